"""What is open when: an hours text, and how texts, exceptions and closures combine.

A *reading* answers, for consecutive days, which spans of time begin on each of them. Everything a
station has said about its hours is combined into one reading; boundaries are compiled from it.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from nuanxin.algorithms.calendars import Calendar
from nuanxin.algorithms.hours_intervals import (
    DAY_MIN,
    Interval,
    clip,
    merge,
    shift,
    subtract,
)
from nuanxin.algorithms.hours_parse import read_rules
from nuanxin.algorithms.hours_rules import Day, Rule

__all__ = [
    "EPOCH",
    "AnyOf",
    "ClosedDuring",
    "DatedException",
    "Excepted",
    "Hours",
    "Reading",
    "local_minute",
    "parse_hours",
    "station_reading",
]

EPOCH = date(1970, 1, 1)
_CACHED_TEXTS = 8192
# A span ends at most at the end of the next day, and "off" with times reaches as far back.
_DAYS_BEFORE = 2
_DAYS_AFTER = 1


class Reading(ABC):
    """Anything that says when a place is open; immutable and hashable."""

    __slots__ = ()

    @abstractmethod
    def spans(self, days: Sequence[Day]) -> list[list[Interval]]:
        """Return the spans that begin on each of some consecutive days.

        Parameters
        ----------
        days
            Consecutive dates with their kinds. The spans of the first and the last of them may miss
            what the days outside would have cut.

        Returns
        -------
        list[list[Interval]]
            One list per day; minutes from midnight of that day, disjoint, by start; a span may end
            on the next day (end > 1440).
        """

    @abstractmethod
    def standing(self) -> "Reading":
        """Return the reading without what concerns particular years or dates only."""

    @property
    @abstractmethod
    def is_weekly(self) -> bool:
        """Whether weekday and kind of day alone decide the standing reading."""

    @property
    @abstractmethod
    def depends_on_calendar(self) -> bool:
        """Whether holidays or make-up workdays change the reading."""

    def intervals(self, day_from: date, days: int, calendar: Calendar) -> list[Interval]:
        """Return when the place is open.

        Parameters
        ----------
        day_from
            First day.
        days
            Number of days, >= 0.
        calendar
            Kinds of the days.

        Returns
        -------
        list[Interval]
            Minutes from local midnight of ``day_from``, inside [0, 1440 * days], by start,
            disjoint; intervals that touch are joined.
        """
        return self.intervals_on(calendar_days(calendar, day_from, days))

    def intervals_on(self, padded_days: Sequence[Day]) -> list[Interval]:
        """Return the same for days already looked up with ``calendar_days``."""
        window = (len(padded_days) - _DAYS_BEFORE - _DAYS_AFTER) * DAY_MIN
        flat = [
            span
            for index, spans in enumerate(self.spans(padded_days))
            for span in shift(spans, (index - _DAYS_BEFORE) * DAY_MIN)
        ]
        return clip(merge(flat), 0, window)


def calendar_days(calendar: Calendar, day_from: date, days: int) -> list[Day]:
    """Return consecutive days with their kinds, and around them those whose hours may reach in."""
    dates = (day_from + timedelta(i) for i in range(-_DAYS_BEFORE, days + _DAYS_AFTER))
    return [Day(on, calendar.kind(on)) for on in dates]


def local_minute(on: date, minute: int = 0) -> int:
    """Return the minutes from local midnight of 1970-01-01 to a minute of a date."""
    return (on - EPOCH).days * DAY_MIN + minute


@dataclass(frozen=True, slots=True)
class Hours(Reading):
    """One opening-hours text, understood; two texts with the same rules are equal."""

    text: str = field(compare=False)
    rules: tuple[Rule, ...]

    def spans(self, days: Sequence[Day]) -> list[list[Interval]]:
        """Apply the rules in their order, each over all days."""
        owned: list[list[Interval]] = [[] for _ in days]
        for rule in self.rules:
            rule.apply(owned, days)
        return owned

    def standing(self) -> "Hours":
        """Leave out the rules that speak of particular years."""
        return Hours(self.text, tuple(rule for rule in self.rules if not rule.is_one_off))

    @property
    def is_weekly(self) -> bool:
        """Whether no rule has a season, a week or an n-th weekday, one-off rules aside."""
        return all(rule.is_weekly or rule.is_one_off for rule in self.rules)

    @property
    def depends_on_calendar(self) -> bool:
        """Whether a rule has ``WD`` or ``PH``."""
        return any(rule.classes for rule in self.rules)


@lru_cache(maxsize=_CACHED_TEXTS)
def parse_hours(text: str) -> Hours:
    """Read an opening-hours text.

    Parameters
    ----------
    text
        OSM ``opening_hours`` syntax as docs/adr/0003-opening-hours.md restricts it, with the
        selector ``WD`` for working days added; at most 1000 characters.

    Returns
    -------
    Hours
        Cached: the same text gives the same object.

    Raises
    ------
    HoursError
        When the text is empty, too long, or cannot be read without guessing.

    References
    ----------
    .. [1] OpenStreetMap Wiki, "Key:opening_hours/specification", version 0.7.4.
    """
    return Hours(text.strip(), read_rules(text))


@dataclass(frozen=True, slots=True)
class AnyOf(Reading):
    """Open when any of the parts is: staffed or self-service."""

    parts: tuple[Reading, ...]

    def spans(self, days: Sequence[Day]) -> list[list[Interval]]:
        """Unite the spans of the parts day by day."""
        read = [part.spans(days) for part in self.parts]
        return [merge(span for spans in read for span in spans[i]) for i in range(len(days))]

    def standing(self) -> "AnyOf":
        """Unite the standing readings."""
        return AnyOf(tuple(part.standing() for part in self.parts))

    @property
    def is_weekly(self) -> bool:
        """Whether every part is."""
        return all(part.is_weekly for part in self.parts)

    @property
    def depends_on_calendar(self) -> bool:
        """Whether a part does."""
        return any(part.depends_on_calendar for part in self.parts)


@dataclass(frozen=True, slots=True)
class DatedException:
    """Other hours on some dates, both included.

    Raises
    ------
    ValueError
        When the dates end before they begin.
    """

    first_on: date
    last_on: date
    hours: Reading

    def __post_init__(self) -> None:
        if self.last_on < self.first_on:
            msg = f"the exception ends on {self.last_on}, before it begins on {self.first_on}"
            raise ValueError(msg)

    def covers(self, on: date) -> bool:
        """Return whether the exception speaks of a date."""
        return self.first_on <= on <= self.last_on


@dataclass(frozen=True, slots=True)
class Excepted(Reading):
    """A reading whose days are replaced on some dates; of several exceptions the last one counts.

    As in a text, a day's reading is what begins on it: the night before an exception still ends
    when it would have.
    """

    base: Reading
    exceptions: tuple[DatedException, ...]

    def spans(self, days: Sequence[Day]) -> list[list[Interval]]:
        """Replace the spans of the dates that an exception covers."""
        spans = self.base.spans(days)
        for exception in self.exceptions:
            covered = [i for i, day in enumerate(days) if exception.covers(day.on)]
            if covered:
                other = exception.hours.spans(days)
                for i in covered:
                    spans[i] = other[i]
        return spans

    def standing(self) -> Reading:
        """Leave out the exceptions."""
        return self.base.standing()

    @property
    def is_weekly(self) -> bool:
        """Whether the base is."""
        return self.base.is_weekly

    @property
    def depends_on_calendar(self) -> bool:
        """Whether the base or an exception does."""
        readings = (self.base, *(exception.hours for exception in self.exceptions))
        return any(reading.depends_on_calendar for reading in readings)


@dataclass(frozen=True, slots=True)
class ClosedDuring(Reading):
    """A reading without some stretches of time.

    Parameters
    ----------
    closures
        (start, end) in minutes from local midnight of 1970-01-01, see ``local_minute``.
    """

    base: Reading
    closures: tuple[Interval, ...]

    def spans(self, days: Sequence[Day]) -> list[list[Interval]]:
        """Cut the closures out of every day's spans."""
        spans = self.base.spans(days)
        if not days:
            return spans
        start = local_minute(days[0].on)
        near = clip(self.closures, start, start + (len(days) + 1) * DAY_MIN)
        if not near:
            return spans
        return [
            subtract(each, shift(near, -local_minute(day.on)))
            for each, day in zip(spans, days, strict=True)
        ]

    def standing(self) -> Reading:
        """Leave out the closures."""
        return self.base.standing()

    @property
    def is_weekly(self) -> bool:
        """Whether the base is."""
        return self.base.is_weekly

    @property
    def depends_on_calendar(self) -> bool:
        """Whether the base does."""
        return self.base.depends_on_calendar


def station_reading(
    staffed: Reading | None,
    self_service: Reading | None = None,
    *,
    exceptions: Iterable[DatedException] = (),
    closures: Iterable[Interval] = (),
) -> Reading | None:
    """Combine all that a station has said about its hours.

    Parameters
    ----------
    staffed, self_service
        Hours with staff and without; the station is open in either; None when not stated.
    exceptions
        Dates on which other hours replace both, the last one counting where several meet.
    closures
        Filed closures, minutes from local midnight of 1970-01-01; nothing is open during them.

    Returns
    -------
    Reading | None
        None when neither kind of hours is stated: then nothing is known, exceptions or not.
    """
    stated = tuple(hours for hours in (staffed, self_service) if hours is not None)
    if not stated:
        return None
    reading = stated[0] if len(stated) == 1 else AnyOf(stated)
    exceptions, closures = tuple(exceptions), tuple(closures)
    if exceptions:
        reading = Excepted(reading, exceptions)
    return ClosedDuring(reading, closures) if closures else reading
