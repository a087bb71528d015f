"""Two at one moment: nothing begins below a union that ends, and what moves, moves once."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from nuanxin.core import clock
from nuanxin.core.errors import DomainError
from nuanxin.core.models import AuditEvent
from nuanxin.unions import ending, homing
from nuanxin.unions.enums import UnionKind
from nuanxin.unions.founding import found_union
from nuanxin.unions.models import Union
from nuanxin.unions.services import enter_union
from tests.accounts.test_sign_in_races import database as database
from tests.factories import UnionFactory
from tests.unions.lives import SYSTEM

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("database")]
TURNS = 8


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Return how each act ended, when all are begun at one moment: nothing, or a code."""
    start, ends = threading.Barrier(len(acts)), [""] * len(acts)

    def work(number: int) -> None:
        try:
            start.wait()
            acts[number]()
        except Exception as error:  # noqa: BLE001  told to the test's own thread
            ends[number] = error.code if isinstance(error, DomainError) else repr(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def end(union: Union) -> Callable[[], object]:
    day = clock.civil_date()
    return lambda: ending.dissolve_union(union=union, on=day, reason="撤并", by=SYSTEM)


def begin(union: Union, act: Callable[..., object]) -> Callable[[], object]:
    told = {"code": f"{union.code}B", "name": "某工会", "kind": UnionKind.JOINT, "by": SYSTEM}
    return lambda: act(**told, parent=union, division=union.division)


@pytest.mark.parametrize("act", [found_union, enter_union])
def test_union_never_begins_below_one_that_ends_at_that_moment(act):
    root = UnionFactory.create(code="ZJ", root=True)
    for turn in range(TURNS):
        union = UnionFactory.create(code=f"A{turn}", parent=root)

        ended, begun = at_once(end(union), begin(union, act))

        assert (ended, begun) in {("", "union_ended"), ("unhomed", "")}, turn
        union.refresh_from_db()
        living_below = Union.objects.subtree_of(union).unended().exclude(pk=union.pk)
        assert not (union.is_ended and living_below.exists())


def test_two_mergers_of_one_union_move_everything_once(monkeypatch):
    monkeypatch.setattr(homing, "_homes", {})
    moved: list[Union] = []

    def move(union: Union, into: Union, by: object) -> int:
        moved.append(union)
        return 1

    homing.register("workers", "workers", lambda union: 0, move)
    root = UnionFactory.create(code="ZJ", root=True)
    one, left, right = (UnionFactory.create(code=c, parent=root) for c in ("M", "A", "Z"))
    day = clock.civil_date()

    ends = at_once(
        *(
            lambda into=into: ending.merge_union(union=one, into=into, on=day, by=SYSTEM)
            for into in (left, right)
        )
    )

    assert sorted(ends) == ["", "union_ended"]
    assert len(moved) == AuditEvent.objects.filter(verb="union.merged").count() == 1
    assert Union.objects.get(pk=one.pk).successor in (left, right)


def test_two_unions_merged_into_each_other_leave_one():
    root = UnionFactory.create(code="ZJ", root=True)
    one, other = (UnionFactory.create(code=c, parent=root) for c in ("A", "B"))
    day = clock.civil_date()

    ends = at_once(
        lambda: ending.merge_union(union=one, into=other, on=day, by=SYSTEM),
        lambda: ending.merge_union(union=other, into=one, on=day, by=SYSTEM),
    )

    assert sorted(ends) == ["", "union_ended"]
    assert Union.objects.filter(parent=root).active().count() == 1
