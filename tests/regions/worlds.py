"""Small rows for the tests of regions, and the actors who may and may not write them."""

import datetime as dt
from pathlib import Path
from typing import Any

from nuanxin.core.actors import AnonymousActor, Role, Scope, SystemActor
from nuanxin.core.ids import computed_id
from nuanxin.regions.enums import CalendarDayKind, Level
from nuanxin.regions.models import Division, DivisionSuccession
from nuanxin.regions.services import DayOfNotice

DATA = Path(__file__).resolve().parents[2] / "data"
SYSTEM = SystemActor("test")
STRANGER = AnonymousActor()
COUNTY_ADMIN = SystemActor("county", scopes=(Scope(Role.ADMIN, "/zj/nb/"),))
OFFICER = SystemActor("officer", scopes=(Scope(Role.OFFICER),))
DAY = dt.date


def unsaved_division(code: str, name: str = "某地", **columns: Any) -> Division:
    level = Level.of_code(code)
    above = {Level.CITY: 2, Level.COUNTY: 4, Level.TOWN: 6}.get(level)
    values: dict[str, Any] = {"level": level, "parent_id": code[:above] if above else None}
    return Division(code=code, name=name, name_pinyin="moudi", initials="md", **values | columns)


def make_divisions(*codes: str, **columns: Any) -> Division:
    """Save divisions with everything they lie in; the columns belong to the last code."""
    for code in codes:
        for length in (2, 4, 6):
            above = code[:length]
            if length < len(code) and not Division.objects.filter(pk=above).exists():
                unsaved_division(above).save()
        unsaved_division(code, **columns if code == codes[-1] else {}).save()
    return Division.objects.get(pk=codes[-1])


def succession(predecessor: str, successor: str, on: dt.date) -> DivisionSuccession:
    return DivisionSuccession(
        id=computed_id("division_succession", predecessor, successor, on.isoformat()),
        predecessor_id=predecessor,
        successor_id=successor,
        effective_on=on,
    )


def holiday(on: dt.date, name_zh: str = "春节", name_en: str = "Spring Festival") -> DayOfNotice:
    return DayOfNotice(on, CalendarDayKind.HOLIDAY, name_zh, name_en)


def makeup(on: dt.date) -> DayOfNotice:
    return DayOfNotice(on, CalendarDayKind.MAKEUP, "春节调休上班", "Make-up workday")
