"""Fill the database with the demo province; the second run only brings the evidence up to date."""

import time
from collections.abc import Callable
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from nuanxin.core import clock
from nuanxin.core.actors import SystemActor
from nuanxin.demo import playing, province
from nuanxin.regions.enums import Level
from nuanxin.regions.models import Division
from nuanxin.regions.selectors import current_divisions
from nuanxin.stations.import_rows import read_csv
from nuanxin.stations.imports import import_stations
from nuanxin.stations.models import Station
from nuanxin.unions.enums import UnionKind
from nuanxin.unions.models import Union
from nuanxin.unions.services import enter_union

_PROVINCE = "33"
_ACTOR = SystemActor("demo")


class Command(BaseCommand):
    """``manage.py seed_demo``: each step says what it did and how many seconds it took."""

    help = "Fill the database with the demo province and bring its evidence up to this minute."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the steps in order; what stands already is left alone."""
        self._step("divisions", lambda: call_command("import_divisions", under=_PROVINCE))
        self._step("calendar", lambda: call_command("import_calendar"))
        self._step("catalogues", lambda: call_command("seed_catalogues"))
        if not Station.objects.exists():
            self._step("unions", enter_unions)
            self._step("stations", enter_stations)
            self._step("records", playing.write_records)
        self._step("evidence", lambda: playing.bring_evidence_up_to(now_s=clock.now_s()))

    def _step(self, title: str, act: Callable[[], object]) -> None:
        began = time.monotonic()
        act()
        self.stdout.write(f"{title}: {time.monotonic() - began:.1f} s")


def enter_unions() -> None:
    """Enter the federations of province, cities and counties, from the root down."""
    entered: dict[str, Union] = {}
    levels = [Level.PROVINCE, Level.CITY, Level.COUNTY]
    for division in current_divisions(under=_PROVINCE).filter(level__in=levels):
        entered[division.code] = enter_union(
            code=f"u{division.code}",
            name=f"{division.name}总工会",
            kind=UnionKind.FEDERATION,
            division=division,
            parent=entered.get(division.parent_id or ""),
            by=_ACTOR,
        )


def enter_stations() -> None:
    """Generate the province's stations and import them as a file."""
    counties = {c.code: c for c in current_divisions(under=_PROVINCE, level=Level.COUNTY)}
    towns = [
        _town(division, counties[division.code[:6]])
        for division in current_divisions(under=_PROVINCE, level=Level.TOWN)
        if division.code[:6] in counties
    ]
    import_stations(sheet=read_csv(province.as_csv(province.generate(towns))), by=_ACTOR)


def _town(division: Division, county: Division) -> province.Town:
    lat, lon = county.seat_lat_wgs84, county.seat_lon_wgs84
    if lat is None or lon is None:
        msg = f"{county.name} has no seat in data/county_seats.csv"
        raise ValueError(msg)
    return province.Town(division.code, division.name, county.code, lat, lon)
