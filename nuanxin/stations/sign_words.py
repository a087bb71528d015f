"""What came of reading the words of a sign, in words: why it is in doubt, and what was left out."""

from collections.abc import Iterable, Mapping
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nuanxin.algorithms.hours_text import TextReading
from nuanxin.core.errors import Text

_WHOLE_DAY: Final = gettext_lazy("It says both all day and certain times.")
_OVERLAP: Final = gettext_lazy("Two of its sentences speak of the same days.")
_EXCEPTION: Final = gettext_lazy("It makes an exception, and does not say what applies then.")
_NORMAL: Final = gettext_lazy("It speaks of the usual hours without saying them.")
_DAYS: Final = gettext_lazy("It is not clear which days it means.")
_TIMES: Final = gettext_lazy("It is not clear which times it means.")
_NO_CLOSING: Final = gettext_lazy("It does not say when the door closes.")
_NO_TIMES: Final = gettext_lazy("It names days without times.")
_PLACES: Final = gettext_lazy("It seems to speak of several places.")
_REASONS: Final[Mapping[str, Text]] = {
    "activity": _PLACES,
    "alternate_days": gettext_lazy("It speaks of every other day or week."),
    "alternatives_in_text": gettext_lazy("It names several possibilities itself."),
    "ambiguous": _DAYS,
    "bad_date": gettext_lazy("It names a date that does not exist."),
    "bad_time": gettext_lazy("It names a time that does not exist."),
    "change": gettext_lazy("It tells of a change; the new hours were taken."),
    "closed_only": gettext_lazy("It says only when the door stays shut."),
    "closed_unclear": gettext_lazy("It is not clear when the door stays shut."),
    "condition": gettext_lazy("It makes the hours depend on something."),
    "dates_overlap": _OVERLAP,
    "dates_without_times": _NO_TIMES,
    "days_of_season_unclear": _DAYS,
    "days_overlap": _OVERLAP,
    "days_unclear": _DAYS,
    "days_without_times": _NO_TIMES,
    "dotted_numbers": _TIMES,
    "empty": gettext_lazy("There is nothing to read."),
    "exception_unclear": _EXCEPTION,
    "exception_without_hours": _EXCEPTION,
    "festival": gettext_lazy("It speaks of festivals."),
    "included_days_unclear": _DAYS,
    "last_entry": gettext_lazy("It names a last entry, which is not when the door closes."),
    "no_times": _NO_TIMES,
    "normal_hours_elsewhere": _NORMAL,
    "number_unexplained": gettext_lazy("It has a number whose meaning is not clear."),
    "open_ended": _NO_CLOSING,
    "open_ended_dates": gettext_lazy("It says from which day on, and not until when."),
    "part_of_day": gettext_lazy("It speaks of mornings or evenings without the hour."),
    "period_unnamed": _DAYS,
    "point_in_time": _NO_CLOSING,
    "school_holidays": gettext_lazy("It speaks of school holidays."),
    "season_without_dates": gettext_lazy("It tells summer and winter apart without their dates."),
    "several_places": _PLACES,
    "single_time": gettext_lazy("It names a time that is neither an opening nor a closing."),
    "start_date": gettext_lazy("It says from which day on it holds."),
    "suspended": gettext_lazy("It says that the door stays shut until further notice."),
    "text_cut_off": gettext_lazy("The text seems to be cut off."),
    "times_contradict": gettext_lazy("Its times contradict each other."),
    "times_overlap": _TIMES,
    "times_unclear": _TIMES,
    "too_long": gettext_lazy("That is more than a sign says."),
    "unknown_word": gettext_lazy("It has a word that is not about hours."),
    "unsupported": gettext_lazy("It says something that hours here cannot say."),
    "vague_time": _TIMES,
    "weekday_of_month": gettext_lazy("It speaks of a certain weekday of the month."),
    "whole_day_and_times": _WHOLE_DAY,
    "whole_day_or_hours": _WHOLE_DAY,
    "workdays_or_weekdays": gettext_lazy(
        "Monday to Friday, or working days of the calendar? It makes a difference on holidays and "
        "make-up workdays."
    ),
}


def why_unread(reading: TextReading) -> str:
    """Return why the words of a sign were not read, and what to do about it."""
    last = _("Nothing was filled in; please fill in the rows.")
    return " ".join([*_said(reading.reasons), last])


def what_to_look_at(reading: TextReading) -> str:
    """Return that a sign was read, and what to look at before it is saved."""
    last = _("This is how it was read. Look at every row, then save.")
    return " ".join([*_said(reading.reasons), last])


def why_asked(reading: TextReading) -> str:
    """Return why the words of a sign are in doubt, and the question."""
    if len(reading.alternatives) == 1:
        last = _("Is this what is meant? If not, fill in the rows.")
    else:
        last = _("This can be read in more than one way. Which one is meant?")
    return " ".join([*_said(reading.reasons), last])


def _said(reasons: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(str(_REASONS[code]) for code in reasons if code in _REASONS))
