"""One row of the weekly form: what is typed for a day, and what it says."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from django.utils.translation import gettext as _

from nuanxin.algorithms.hours import (
    ALL_DAY,
    CLOSED,
    DAY_MIN,
    MAX_SPANS,
    DaySpans,
    joined_row,
)

MODE_CLOSED: Final = "closed"
MODE_ALL: Final = "all"
MODE_TIMES: Final = "times"
MODE_WEEKDAY: Final = "weekday"
"""Of the rows of holidays and make-up workdays: the hours of the weekday on which one falls."""

_CLOCK = re.compile(r"^([01]?\d|2[0-3])[:：]([0-5]\d)(:00)?$")


@dataclass(slots=True)
class SpanField:
    """Two times as typed; ``number`` counts from 1."""

    name: str
    number: int
    opens: str = ""
    closes: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is typed."""
        return not (self.opens or self.closes)

    @property
    def ends_next_day(self) -> bool:
        """Whether the closing time is one of the next day."""
        opens, closes = _minute(self.opens), _minute(self.closes)
        return opens is not None and closes is not None and closes <= opens


@dataclass(slots=True)
class RowField:
    """One row as typed.

    Parameters
    ----------
    name
        Prefix of the names of its fields.
    label
        The day in words.
    has_weekday
        Whether the row may say *as the weekday*.
    mode
        One of the four modes.
    spans
        Always as many as fit.
    error
        What is wrong with it, in words.
    """

    name: str
    label: str
    has_weekday: bool
    mode: str = MODE_CLOSED
    spans: list[SpanField] = field(default_factory=list)
    error: str = ""

    def __post_init__(self) -> None:
        if not self.spans:
            self.clear()

    @property
    def day(self) -> str:
        """The last part of the name: which day this is."""
        return self.name.rpartition("-")[2]

    @property
    def more(self) -> list[SpanField]:
        """The spans behind the first."""
        return self.spans[1:]

    @property
    def has_more(self) -> bool:
        """Whether more than one span is typed."""
        return any(not span.is_empty for span in self.more)

    @property
    def modes(self) -> list[tuple[str, str]]:
        """The modes offered, with their names."""
        modes = [
            (MODE_TIMES, _("by the clock")),
            (MODE_ALL, _("open all day")),
            (MODE_CLOSED, _("closed")),
        ]
        return [*modes, (MODE_WEEKDAY, _("as that weekday"))] if self.has_weekday else modes

    def clear(self) -> None:
        """Empty the times."""
        self.spans = [SpanField(f"{self.name}-{n}", n) for n in range(1, MAX_SPANS + 1)]

    def show(self, spans: DaySpans | None) -> None:
        """Fill the row with what a day says."""
        self.clear()
        self.mode = _mode_of(spans)
        if spans is not None and self.mode == MODE_TIMES:
            for shown, (start, end) in zip(self.spans, spans, strict=False):
                shown.opens, shown.closes = _clock(start), _clock(end)

    def copy(self, other: "RowField") -> None:
        """Take over what is typed in another row."""
        self.mode = other.mode
        for own, its in zip(self.spans, other.spans, strict=True):
            own.opens, own.closes = its.opens, its.closes

    def read(self, data: Mapping[str, str]) -> None:
        """Take over what was sent.

        Times typed into a row that was shown as closed mean what they say; the same row switched to
        *closed* afterwards has its times still in it, and is closed.
        """
        known = {mode for mode, _label in self.modes}
        mode = data.get(f"{self.name}-mode", "")
        was = data.get(f"{self.name}-was", "")
        for span in self.spans:
            span.opens = data.get(f"{span.name}-opens", "").strip()[:8]
            span.closes = data.get(f"{span.name}-closes", "").strip()[:8]
        is_typed = any(not span.is_empty for span in self.spans)
        self.mode = mode if mode in known else MODE_CLOSED
        if is_typed and self.mode == was != MODE_TIMES:
            self.mode = MODE_TIMES
        if self.mode != MODE_TIMES:
            self.clear()

    def value(self) -> DaySpans | None:
        """Return what the row says; what is wrong stands in ``error``, and the day counts as closed."""
        self.error = ""
        if self.mode == MODE_WEEKDAY:
            return None
        if self.mode != MODE_TIMES:
            return ALL_DAY if self.mode == MODE_ALL else CLOSED
        typed = [span for span in self.spans if not span.is_empty]
        self.error = _what_is_wrong(typed)
        if self.error:
            return CLOSED
        try:
            return joined_row([_interval(span) for span in typed])
        except ValueError:
            self.error = _("These times fill a whole day; for all day, choose it.")
            return CLOSED


def _what_is_wrong(typed: list[SpanField]) -> str:
    if not typed:
        return _("Give the times, or choose closed or open all day.")
    for span in typed:
        if _minute(span.opens) is None or _minute(span.closes) is None:
            return _("Give both times, for example 08:30 and 17:30.")
        if _minute(span.opens) == _minute(span.closes) != 0:
            return _("The two times are the same; for all day, choose it.")
    intervals = sorted(map(_interval, typed))
    if any(later[0] < earlier[1] for earlier, later in pairwise(intervals)):
        return _("Two stretches of time overlap.")
    return ""


def _interval(span: SpanField) -> tuple[int, int]:
    opens, closes = _minute(span.opens) or 0, _minute(span.closes) or 0
    return opens, closes if closes > opens else closes + DAY_MIN


def _minute(text: str) -> int | None:
    match = _CLOCK.match(text)
    return int(match[1]) * 60 + int(match[2]) if match else None


def _clock(minute: int) -> str:
    return f"{dt.time(minute // 60 % 24, minute % 60):%H:%M}"


def _mode_of(spans: DaySpans | None) -> str:
    if spans is None:
        return MODE_WEEKDAY
    if spans == ALL_DAY:
        return MODE_ALL
    return MODE_TIMES if spans else MODE_CLOSED
