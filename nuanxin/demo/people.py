"""The demo's unions and people: federations down to the counties, one invented person for each role."""

import secrets
from pathlib import Path
from typing import Final

from django.db import transaction

from nuanxin.accounts.enums import GrantedRole
from nuanxin.accounts.models import User
from nuanxin.accounts.services import create_user, grant_role
from nuanxin.core.actors import Actor
from nuanxin.regions.enums import Level
from nuanxin.regions.selectors import current_divisions
from nuanxin.stations import keepers
from nuanxin.stations.models import Keeping, Station
from nuanxin.unions.enums import UnionKind
from nuanxin.unions.models import Union
from nuanxin.unions.services import enter_union

PROVINCE: Final = "33"
KEPT_COUNTY: Final = "330603"
KEPT: Final = 2
# user name, invented name, role, code of the union; an administrator reaches the whole tree
PEOPLE: Final = (
    ("demo-admin", "演示·系统管理员", GrantedRole.ADMIN, None),
    ("demo-officer", "演示·省总干部", GrantedRole.OFFICER, "u33"),
    ("demo-county", "演示·柯桥干部", GrantedRole.OFFICER, "u330603"),
    ("demo-members", "演示·吴兴干部", GrantedRole.OFFICER, "u330502"),
    ("demo-second", "演示·吴兴复核", GrantedRole.OFFICER, "u330502"),
    ("demo-keeper", "演示·陈师傅", GrantedRole.KEEPER, "u330603"),
    ("demo-substitute", "演示·李师傅", GrantedRole.KEEPER, "u330603"),
    ("demo-host", "演示·网点经理", GrantedRole.KEEPER, "u33"),
    ("demo-auditor", "演示·审计员", GrantedRole.AUDITOR, "u33"),
)


def enter_unions(*, by: Actor) -> int:
    """Enter the federations of province, cities and counties, from the root down.

    Returns
    -------
    int
        Federations in the tree.
    """
    entered: dict[str, Union] = {}
    levels = [Level.PROVINCE, Level.CITY, Level.COUNTY]
    for division in current_divisions(under=PROVINCE).filter(level__in=levels):
        entered[division.code] = enter_union(
            code=f"u{division.code}",
            name=f"{division.name}总工会",
            kind=UnionKind.FEDERATION,
            division=division,
            parent=entered.get(division.parent_id or ""),
            by=by,
        )
    return len(entered)


@transaction.atomic
def enter_people(*, by: Actor, password_path: Path) -> int:
    """Create the demo's people who are missing, with one password drawn for this database.

    Parameters
    ----------
    by
        Who acts; needs administrator rights over the whole tree.
    password_path
        Where the password is kept, readable by its owner alone. It is drawn anew for each database,
        so that a demo that is carried elsewhere has no password that everybody knows.

    Returns
    -------
    int
        People created; none when all stand already.
    """
    there = set(User.objects.values_list("username", flat=True))
    missing = [person for person in PEOPLE if person[0] not in there]
    if not missing:
        return 0
    password = _password(password_path)
    for username, name, role, union_code in missing:
        user = create_user(username=username, display_name=name, password=password, by=by)
        union = Union.objects.get(code=union_code) if union_code else None
        grant_role(user=user, role=role, union=union, by=by)
    return len(missing)


def name_keepers(*, by: Actor) -> int:
    """Let the demo's keepers keep doors: two stations of Keqiao, and all outlets of one host there.

    Returns
    -------
    int
        Keepings in force for them afterwards.
    """
    keeper, host_keeper = (User.objects.get(username=f"demo-{name}") for name in ("keeper", "host"))
    here = Station.objects.listed().filter(division__code__startswith=KEPT_COUNTY)
    here = here.filter(outlet__staffed_hours__gt="").select_related("union", "outlet__host")
    stations = list(here.order_by("code")[:KEPT])
    for station in stations:
        keepers.name_keeper(user=keeper, station=station, by=by)
    host = next((station.outlet.host for station in stations if station.outlet), None)
    if host is not None:
        keepers.name_keeper(user=host_keeper, host=host, by=by)
    return Keeping.objects.filter(user__in=[keeper, host_keeper], ended_at__isnull=True).count()


def _password(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(12), encoding="ascii")
    return path.read_text(encoding="ascii").strip()
