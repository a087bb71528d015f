"""The doors that reports closed lately: what the demo's landing page shows of lies that are caught."""

import datetime as dt
from dataclasses import dataclass

from nuanxin.core import clock
from nuanxin.stations.enums import EvidenceKind, Outcome
from nuanxin.stations.models import Evidence

SHOWN = 5
_LATELY = dt.timedelta(hours=6)
_WORDS = 60


@dataclass(frozen=True, slots=True)
class Caught:
    """One door: its station's number and name, and when the last report was borne out."""

    code: str
    name: str
    at: dt.datetime


def caught_lately(now: dt.datetime) -> list[Caught]:
    """Return doors found shut though posted open, by the latest report that others bore out.

    Parameters
    ----------
    now
        The moment, aware.

    Returns
    -------
    list of Caught
        At most five, the latest first, each station once. One query.
    """
    words = Evidence.objects.between(now - _LATELY, now).filter(
        kind=EvidenceKind.DOOR_REPORT, outcome=Outcome.BORNE_OUT
    )
    found: dict[str, Caught] = {}
    for word in words.select_related("station").order_by("-at", "id")[:_WORDS]:
        station = word.station
        at = word.at.astimezone(clock.CIVIL_ZONE)
        found.setdefault(station.code, Caught(station.code, station.name, at))
    return list(found.values())[:SHOWN]
