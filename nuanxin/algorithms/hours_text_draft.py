"""What a text of hours says, statement by statement, before it is put together."""

from dataclasses import dataclass, field

from nuanxin.algorithms.hours_text_phrases import DateSpan, DaySet, Range

__all__ = ["Closure", "Dates", "Draft", "Statement"]

Dates = tuple[DateSpan, ...]


@dataclass(slots=True)
class Statement:
    """Some ranges with the days they are about; ``days`` None means every day."""

    dates: Dates = ()
    days: DaySet | None = None
    season: str = ""
    ranges: list[tuple[Range, str]] = field(default_factory=list)
    is_all_day: bool = False
    is_tainted: bool = False
    label: str = ""
    days_before: DaySet | None = None


@dataclass(slots=True)
class Closure:
    """Days said to be closed, and whether holidays among them are open all the same."""

    dates: Dates = ()
    days: DaySet | None = None
    part: str = ""
    spares_holidays: bool = False


@dataclass(slots=True)
class Draft:
    """All that a text says, before it is put together.

    Parameters
    ----------
    statements, closures
        In the order of the text.
    cuts
        Ranges said to be closed within the others.
    included
        Days said to be open like the others.
    loose_days
        Days said to be open, with times elsewhere.
    copies
        Days of certain dates said to be open as usual.
    is_suspended
        Whether the place is said to be shut until further notice.
    issues
        Codes of what could not be accounted for, in the order met.
    """

    statements: list[Statement] = field(default_factory=list)
    closures: list[Closure] = field(default_factory=list)
    cuts: list[Range] = field(default_factory=list)
    included: list[DaySet] = field(default_factory=list)
    loose_days: DaySet | None = None
    copies: list[tuple[Dates, DaySet]] = field(default_factory=list)
    is_suspended: bool = False
    issues: list[str] = field(default_factory=list)
