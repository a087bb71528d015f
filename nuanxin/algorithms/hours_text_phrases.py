"""Putting tokens together: from clock times to ranges, from weekdays to sets of days, from dates to spans."""

from collections.abc import Callable
from dataclasses import dataclass, field

from nuanxin.algorithms.hours_text_tokens import TextToken

__all__ = ["DateSpan", "DaySet", "Phrase", "Point", "Range", "Reader"]

MonthDay = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Point:
    """A time of the day as written: which half of the day may still be open.

    Parameters
    ----------
    hour, minute
        As written, 0 to 24 and 0 to 59.
    period
        ``dawn``, ``am``, ``noon``, ``pm``, ``eve``, or empty.
    is_fixed
        Whether it was written as on a 24-hour clock: from 13 on, or with a leading zero.
    is_next_day
        Whether it was said to be on the day after.
    is_bare
        Whether it was a number without any mark of time.
    """

    hour: int
    minute: int
    period: str = ""
    is_fixed: bool = False
    is_next_day: bool = False
    is_bare: bool = False


@dataclass(frozen=True, slots=True)
class Range:
    """From one time to another, as written."""

    start: Point
    end: Point


@dataclass(frozen=True, slots=True)
class DaySet:
    """Weekdays (Monday 0) and classes of days (``WD``, ``PH``), alternatives to each other."""

    weekdays: frozenset[int] = frozenset()
    classes: frozenset[str] = frozenset()
    is_not_working: bool = False

    def __or__(self, other: "DaySet") -> "DaySet":
        return DaySet(
            self.weekdays | other.weekdays,
            self.classes | other.classes,
            self.is_not_working or other.is_not_working,
        )


@dataclass(frozen=True, slots=True)
class DateSpan:
    """First and last date, (month, day), every year unless a year is given."""

    first: MonthDay
    last: MonthDay
    year: int | None = None
    last_year: int | None = None


@dataclass(frozen=True, slots=True)
class Phrase:
    """One piece of meaning: a kind and what it holds."""

    kind: str
    text: str = ""
    ranges: tuple[Range, ...] = ()
    points: tuple[Point, ...] = ()
    days: DaySet = DaySet()
    dates: tuple[DateSpan, ...] = ()
    issues: tuple[str, ...] = ()


@dataclass(slots=True)
class Reader:
    """A cursor over tokens."""

    tokens: list[TextToken]
    at: int = 0
    issues: list[str] = field(default_factory=list)

    def kind(self, ahead: int = 0) -> str:
        """Return the kind of the token so far ahead; empty at the end."""
        index = self.at + ahead
        return self.tokens[index].kind if 0 <= index < len(self.tokens) else ""

    def token(self) -> TextToken:
        """Return the token under the cursor."""
        return self.tokens[self.at]

    def take(self) -> TextToken:
        """Return the token and step behind it."""
        token = self.tokens[self.at]
        self.at += 1
        return token

    def skip(self, *kinds: str) -> bool:
        """Step behind tokens of some kinds; return whether there was one."""
        start = self.at
        while self.kind() in kinds:
            self.at += 1
        return self.at > start

    def attempt(self, read: Callable[["Reader"], Phrase | None]) -> Phrase | None:
        """Return what a function reads here; step back if it reads nothing."""
        start = self.at
        phrase = read(self)
        if phrase is None:
            self.at = start
        return phrase
