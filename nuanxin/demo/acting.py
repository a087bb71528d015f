"""The demo goes on live: what keepers and riders do at doors, minute by minute, through the services.

What was told before is caught up at once (`playing.catch_up`); from there on every word takes the way
of a real one. At a few doors that are shut though posted open riders keep arriving, so that whoever
looks sees a lie caught within the hour.
"""

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from nuanxin.algorithms.openness import EvidenceKind
from nuanxin.core.devices import Marks
from nuanxin.core.errors import DomainError
from nuanxin.demo import playing
from nuanxin.demo.sightings import KINDS, NOTHING, sightings
from nuanxin.demo.truth import HOUR_S, Bools, draw, is_really_open
from nuanxin.stations import answers, door_codes, evidence, keeping
from nuanxin.stations.enums import Place
from nuanxin.stations.models import Evidence, Keeping, Station

BACK_S: Final = 180
SILENT: Final = dt.timedelta(minutes=10)
STAGE: Final = "330603"
_ON_STAGE = 0.05  # of the doors elsewhere
_ARRIVES = 1 / 9  # riders a minute at a door on stage
_COMES = 1 / 15  # and at a door that a keeper of the demo keeps
_INSISTS = 1 / 25  # and taps of a keeper who lies
_YOUNG = 0.15
_OLD_S = 90 * 86_400
_COLUMN: Final = {kind: index for index, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True, order=True)
class Deed:
    """What somebody does at a door: when, at which row of the cast, and the kind of word."""

    at_s: int
    row: int
    kind: str


def act(now: dt.datetime) -> int:
    """Let keepers and riders do what the last minutes hold.

    Parameters
    ----------
    now
        The moment, aware.

    Returns
    -------
    int
        Words told; the same minutes again tell nothing new.

    Notes
    -----
    Eight queries for the cast, and some twenty for each word, each in a transaction of its own. After
    a long halt everything before is caught up first.
    """
    now_s = int(now.timestamp())
    start = now - dt.timedelta(seconds=BACK_S)
    if not Evidence.objects.filter(at__gt=now - SILENT).exists():
        playing.catch_up(start)
    cast = playing.cast_of(since_s=now_s - HOUR_S, now_s=now_s)
    deeds = sorted({*_told(cast, now_s), *_crowd(cast, now_s), *_regulars(cast, now_s)})
    pks = {cast.pks[deed.row] for deed in deeds}
    stations = Station.objects.select_related("union", "outlet__host").in_bulk(list(pks))
    before = Evidence.objects.count()
    for deed in deeds:
        _do(stations[cast.pks[deed.row]], deed)
    return Evidence.objects.count() - before


def _told(cast: playing.Cast, now_s: int) -> Iterator[Deed]:
    """Yield what the hidden truth lets people tell in the last minutes."""
    for hour in range((now_s - BACK_S) // HOUR_S, now_s // HOUR_S + 1):
        seen = sightings(cast.truths, cast.posted, hour=hour)
        is_now = (seen.at_s > now_s - BACK_S) & (seen.at_s <= now_s) & (seen.kind != NOTHING)
        for row, at_s, kind in zip(
            seen.row[is_now], seen.at_s[is_now], seen.kind[is_now], strict=True
        ):
            yield Deed(int(at_s), int(row), KINDS[kind].value)


def _crowd(cast: playing.Cast, now_s: int) -> Iterator[Deed]:
    """Yield riders, and keepers who insist, at the doors on stage that are shut though posted open."""
    stage = _stage(cast)
    for minute in range((now_s - BACK_S) // 60 + 1, now_s // 60):
        at_s = np.full(len(cast.pks), minute * 60 + 20)
        is_lie = stage & cast.posted.has_hours & cast.posted.is_open(at_s)
        is_lie &= ~is_really_open(cast.truths, cast.posted, at_s)
        drawn = draw(cast.truths.keys, 40, minute)
        for row in np.flatnonzero(is_lie & (drawn < _ARRIVES)):
            yield Deed(minute * 60 + 20 + int(row) % 30, int(row), EvidenceKind.DOOR_REPORT.value)
        insists = is_lie & cast.truths.lies & (draw(cast.truths.keys, 41, minute) < _INSISTS)
        for row in np.flatnonzero(insists):
            yield Deed(minute * 60 + 50, int(row), EvidenceKind.KEEPER_OPEN.value)


def _regulars(cast: playing.Cast, now_s: int) -> Iterator[Deed]:
    """Yield riders at the doors that the demo's keepers keep, so that their desks have a day."""
    kept = set(Keeping.objects.filter(station__isnull=False).values_list("station_id", flat=True))
    is_kept = np.array([pk in kept for pk in cast.pks], dtype=np.bool_)
    for minute in range((now_s - BACK_S) // 60 + 1, now_s // 60):
        at_s = np.full(len(cast.pks), minute * 60 + 5)
        comes = is_kept & cast.posted.is_open(at_s)
        comes &= draw(cast.truths.keys, 43, minute) < _COMES
        found = is_really_open(cast.truths, cast.posted, at_s)
        for row in np.flatnonzero(comes):
            kind = EvidenceKind.INSIDE_SCAN if found[row] else EvidenceKind.DOOR_REPORT
            yield Deed(minute * 60 + 5, int(row), kind.value)


def _stage(cast: playing.Cast) -> Bools:
    here = set(
        Station.objects.filter(division__code__startswith=STAGE)
        .order_by()
        .values_list("pk", flat=True)
    )
    is_here = np.array([pk in here for pk in cast.pks], dtype=np.bool_)
    chosen: Bools = is_here | (draw(cast.truths.keys, 42) < _ON_STAGE)
    return chosen


def _do(station: Station, deed: Deed) -> None:
    try:
        _perform(station, deed, dt.datetime.fromtimestamp(deed.at_s, tz=dt.UTC))
    except DomainError:
        # a visitor of the demo may have changed the station meanwhile; the play goes on
        return


def _perform(station: Station, deed: Deed, at: dt.datetime) -> None:
    kind = EvidenceKind(deed.kind)
    if kind in (EvidenceKind.INSIDE_SCAN, EvidenceKind.DOOR_REPORT):
        _answer(station, at, deed, is_open=kind is EvidenceKind.INSIDE_SCAN)
    elif kind is EvidenceKind.KEEPER_OPEN:
        keeping.open_door(station=station, by=playing.ACTOR, now=at)
    elif kind is EvidenceKind.KEEPER_CLOSE:
        keeping.close_door(station=station, by=playing.ACTOR, now=at)
    else:
        finding = evidence.Finding(kind, at)
        evidence.record_evidence(station=station, finding=finding, by=playing.ACTOR)


def _answer(station: Station, at: dt.datetime, deed: Deed, *, is_open: bool) -> None:
    answers.answer_door(
        station=station,
        is_open=is_open,
        spot=answers.Spot(code=door_codes.signature(station, Place.DOOR_CODE)),
        marks=_marks(deed),
        now=at,
    )


def _marks(deed: Deed) -> Marks:
    """Return the marks of a rider of their own; the same deed has the same rider."""
    name = hashlib.blake2b(
        f"{deed.at_s} {deed.row} {deed.kind}".encode(), digest_size=16
    ).hexdigest()
    is_young = int(name[:4], 16) / 65_536 < _YOUNG
    return Marks(name, name[::-1], name[8:] + name[:8], 60 if is_young else _OLD_S)
