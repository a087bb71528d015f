"""Opening hours: texts in OSM syntax, what they mean on the Chinese calendar, and fast look-ups.

The rules of reading, and why, are in docs/adr/0003-opening-hours.md. This module is the one that
other rooms import.
"""

from nuanxin.algorithms.hours_compile import NEVER_MIN, Boundaries, compile_boundaries
from nuanxin.algorithms.hours_errors import HoursError, HoursErrorCode
from nuanxin.algorithms.hours_grid import (
    ALL_DAY,
    CLOSED,
    MAX_SPANS,
    DaySpans,
    WeekGrid,
    from_grid,
    joined_row,
    to_grid,
)
from nuanxin.algorithms.hours_intervals import DAY_MIN, Interval
from nuanxin.algorithms.hours_kinds import (
    DayKindHours,
    canonical,
    from_day_kinds,
    is_round_the_clock,
    to_day_kinds,
    with_makeup_workdays,
)
from nuanxin.algorithms.hours_readings import (
    AnyOf,
    ClosedDuring,
    DatedException,
    Excepted,
    Hours,
    Reading,
    local_minute,
    parse_hours,
    station_reading,
)
from nuanxin.algorithms.hours_rules import DayClass
from nuanxin.algorithms.hours_view import (
    Bar,
    DatePart,
    DayView,
    HoursPart,
    WeekdayPart,
    describe,
    week_view,
)

__all__ = [
    "ALL_DAY",
    "CLOSED",
    "DAY_MIN",
    "MAX_SPANS",
    "NEVER_MIN",
    "AnyOf",
    "Bar",
    "Boundaries",
    "ClosedDuring",
    "DatePart",
    "DatedException",
    "DayClass",
    "DayKindHours",
    "DaySpans",
    "DayView",
    "Excepted",
    "Hours",
    "HoursError",
    "HoursErrorCode",
    "HoursPart",
    "Interval",
    "Reading",
    "WeekGrid",
    "WeekdayPart",
    "canonical",
    "compile_boundaries",
    "describe",
    "from_day_kinds",
    "from_grid",
    "is_round_the_clock",
    "joined_row",
    "local_minute",
    "parse_hours",
    "station_reading",
    "to_day_kinds",
    "to_grid",
    "week_view",
    "with_makeup_workdays",
]
