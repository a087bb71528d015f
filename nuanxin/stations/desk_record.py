"""How reliable a door was found, as a grid of days and hours, and what would make it better."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nuanxin.algorithms.calendars import DayKind
from nuanxin.algorithms.openness import INSIDE_KINDS, EvidenceKind
from nuanxin.algorithms.records import BANDS, CELLS, OWN_UNITS
from nuanxin.core import clock
from nuanxin.regions.selectors import calendar
from nuanxin.stations import doors, parameters
from nuanxin.stations.desk_words import WordLine, word_lines
from nuanxin.stations.models import Evidence, Station

LOOKED_BACK: Final = dt.timedelta(days=30)
SHOWN_WORDS: Final = 60
_AROUND_DAYS: Final = 60  # long enough to hold every kind of day that comes soon
_COUNTED: Final = [*INSIDE_KINDS, EvidenceKind.DOOR_REPORT, EvidenceKind.KEEPER_CLOSE]
_OFTEN: Final = 3
_FEW: Final = 5
_WORST: Final = 2
_DAYS: Final = {
    DayKind.WORKDAY: gettext_lazy("Workdays"),
    DayKind.REST: gettext_lazy("Weekends"),
    DayKind.HOLIDAY: gettext_lazy("Holidays"),
    DayKind.MAKEUP: gettext_lazy("Make-up workdays"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """What was found in two hours of one kind of day.

    Parameters
    ----------
    level
        ``good``, ``fair``, ``poor``, ``unknown`` where nearly nothing is known, ``none`` where no
        hours are posted.
    tenths
        Of ten times, how often it was found open.
    findings
        On how many findings that rests, what was found at other hours counting for a part.
    kind, hours
        Names of the kind of day and of the two hours.
    """

    level: str
    tenths: int
    findings: int
    kind: str
    hours: str


@dataclass(frozen=True, slots=True)
class GridRow:
    """Two hours of the day, one cell for each kind of day."""

    hours: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Record:
    """The reliability of a door, ready for the page.

    Parameters
    ----------
    summary
        In one sentence.
    kinds
        Names of the kinds of day, the columns.
    rows
        The grid, by hour.
    words
        What counted in the last thirty days, latest first, at most ``SHOWN_WORDS``.
    advice
        What would make it better.
    """

    summary: str
    kinds: list[str]
    rows: list[GridRow]
    words: list[WordLine]
    advice: list[str]


def record_page(station: Station, *, now: dt.datetime) -> Record:
    """Return how reliable a station was found, and how that came about.

    Parameters
    ----------
    station
        The station, as `desks.door_at` loads it.
    now
        The moment.

    Notes
    -----
    Three queries.
    """
    told = Evidence.objects.filter(
        station=station, at__gt=now - LOOKED_BACK, kind__in=_COUNTED, worth__gt=0
    )
    words = list(told.order_by("-at", "id"))
    posted = _posted_cells(station, now)
    kinds = [kind for kind in DayKind if any(cell // BANDS == kind for cell in posted)]
    rows = _grid(station, posted, kinds)
    cells = [cell for row in rows for cell in row.cells if cell.level not in ("none", "unknown")]
    return Record(
        summary=_summary(cells),
        kinds=[str(_DAYS[kind]) for kind in kinds],
        rows=rows,
        words=word_lines(words[:SHOWN_WORDS]),
        advice=_advice(cells, words),
    )


def _posted_cells(station: Station, now: dt.datetime) -> set[int]:
    """Return the cells in which the door means to be open; those looked at when it posts no hours."""
    record, reading = doors.record_of(station), doors.posted_reading(station)
    if reading is None:
        times = bytes(record.times) if record else bytes(CELLS)
        return {cell for cell, units in enumerate(times) if units}
    first = clock.civil_date(now) - dt.timedelta(days=_AROUND_DAYS)
    length = 2 * _AROUND_DAYS
    days = calendar(first - dt.timedelta(days=1), first + dt.timedelta(days=length + 1))
    cells = set()
    for start, end in reading.intervals(first, length, days):
        for band in range(max(start, 0) // 120, -(-min(end, length * 1440) // 120)):
            on = first + dt.timedelta(days=band // BANDS)
            cells.add(days.kind(on) * BANDS + band % BANDS)
    return cells


def _grid(station: Station, posted: set[int], kinds: Sequence[DayKind]) -> list[GridRow]:
    record = doors.record_of(station)
    hits = bytes(record.hits) if record else bytes(CELLS)
    times = bytes(record.times) if record else bytes(CELLS)

    def cell(kind: DayKind, band: int) -> Cell:
        index, names = kind * BANDS + band, (str(_DAYS[kind]), _hours(band))
        if index not in posted:
            return Cell("none", 0, 0, *names)
        return _cell(hits[index], times[index], *names)

    bands = sorted({index % BANDS for index in posted})
    return [GridRow(_hours(band), [cell(kind, band) for kind in kinds]) for band in bands]


def _cell(hits: int, times: int, kind: str, hours: str) -> Cell:
    if times < OWN_UNITS // 2:
        return Cell("unknown", 0, 0, kind, hours)
    params, share = parameters.openness_params(), hits / times
    level = "good" if share >= params.confirmed_p else "fair"
    level = "poor" if share < params.expected_p else level
    return Cell(level, round(share * 10), max(1, round(times / OWN_UNITS)), kind, hours)


def _hours(band: int) -> str:
    return f"{band * 2:02d}–{band * 2 + 2:02d}"


def _summary(cells: Sequence[Cell]) -> str:
    if not cells:
        return _("Nobody has looked at this door yet.")
    weight = sum(cell.findings for cell in cells)
    tenths = round(sum(cell.tenths * cell.findings for cell in cells) / weight)
    return _("Within its hours this door was found open about %(count)d of 10 times.") % {
        "count": tenths
    }


def _advice(cells: Sequence[Cell], words: Sequence[Evidence]) -> list[str]:
    poor = sorted((c for c in cells if c.level == "poor"), key=lambda c: c.tenths)
    advice = [
        _(
            "%(kind)s %(hours)s: found open only %(count)d of 10 times. If it cannot be open then, "
            "post other hours, so that nobody comes in vain."
        )
        % {"kind": cell.kind, "hours": cell.hours, "count": cell.tenths}
        for cell in poor[:_WORST]
    ]
    if sum(word.kind in INSIDE_KINDS for word in words) < _FEW:
        advice.append(
            _("Ask visitors to scan the code inside: each one who came in speaks for your door.")
        )
    return advice or [_("Keep it as it is: riders can rely on this door.")]
