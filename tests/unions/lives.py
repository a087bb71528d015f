"""Unions on their way: a small tree, a checklist, and somebody of each place."""

import datetime as dt
from typing import Any

from nuanxin.core.actors import Role, Scope, SystemActor
from nuanxin.unions import catalogue_seeds, founding
from nuanxin.unions.enums import UnionKind
from nuanxin.unions.models import FoundingItem, Union
from tests.factories import DivisionFactory, UnionFactory

SYSTEM = SystemActor("test")
TODAY = dt.date(2026, 3, 10)
SINCE = dt.date(2026, 1, 5)
USCC = "81330000MC0000000C"


def officer(path: str, role: Role = Role.OFFICER) -> SystemActor:
    """Return somebody with a role over one place alone."""
    return SystemActor("officer", scopes=(Scope(role, path),))


def make_tree() -> Union:
    """Save a checklist and a province with two cities; return the city ``NB``."""
    catalogue_seeds.seed()
    root = UnionFactory.create(code="ZJ", root=True)
    UnionFactory.create(code="HZ", parent=root)
    city: Union = UnionFactory.create(code="NB", parent=root)
    return city


def found(parent: Union, **values: Any) -> Union:
    told: dict[str, Any] = {
        "code": "NB01", "name": "港区骑手联合工会", "kind": UnionKind.JOINT, "since_on": SINCE,
        "division": DivisionFactory.create(), "by": SYSTEM,
    }  # fmt: skip
    return founding.found_union(**(told | values), parent=parent)


def item(code: str) -> FoundingItem:
    return FoundingItem.objects.get(pk=code)


def tick_all(union: Union, *, members: int = 30, without: str = "") -> None:
    """Tick every line of the checklist but one."""
    items = FoundingItem.objects.exclude(pk=without)
    founding.keep_steps(
        union=union, items=list(items), done_on=SINCE, members_count=members, by=SYSTEM
    )


def approve(union: Union, **values: Any) -> Union:
    term_ends_on = dt.date(2031, 3, 10)
    told: dict[str, Any] = {
        "uscc": USCC, "approved_on": TODAY, "term_ends_on": term_ends_on, "by": SYSTEM,
    }  # fmt: skip
    return founding.approve_union(**(told | values), union=union)
