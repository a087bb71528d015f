"""An hours text in words: one sentence for each rule, in the reader's language."""

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from nuanxin.algorithms.hours import (
    Bar,
    DatePart,
    DayClass,
    HoursPart,
    WeekdayPart,
    describe,
    parse_hours,
)
from nuanxin.stations.presentation import weekday_words

_CLASSES = {
    DayClass.HOLIDAY: gettext_lazy("public holidays"),
    DayClass.WORKING: gettext_lazy("working days, make-up workdays too"),
}
_WEEKEND = (WeekdayPart(5, 6, ()),)
_NTHS = {
    1: gettext_lazy("the first %(weekday)s of the month"),
    2: gettext_lazy("the second %(weekday)s of the month"),
    3: gettext_lazy("the third %(weekday)s of the month"),
    4: gettext_lazy("the fourth %(weekday)s of the month"),
    5: gettext_lazy("the fifth %(weekday)s of the month"),
    -1: gettext_lazy("the last %(weekday)s of the month"),
}


def hours_sentences(text: str) -> list[str]:
    """Return what an hours text says, a sentence for each of its rules.

    Parameters
    ----------
    text
        A text that can be read; empty for no hours.

    Returns
    -------
    list of str
        In the order of the text: a later sentence is stronger than an earlier one.
    """
    return [_sentence(part) for part in describe(parse_hours(text))] if text else []


def posted_sentences(posted: tuple[str, str]) -> list[str]:
    """Return what is posted at a door, on paper: staffed hours, then self-service in one sentence.

    Parameters
    ----------
    posted
        Staffed and self-service hours, as `Station.posted_hours` gives them.

    Returns
    -------
    list of str
        At least one sentence, that there are none if need be.
    """
    staffed, self_service = (hours_sentences(text) for text in posted)
    said = _("; ").join(self_service)
    if staffed and said:
        return [*staffed, _("self-service: %(hours)s") % {"hours": said}]
    return staffed or self_service or [_("It has posted no hours.")]


def _sentence(part: HoursPart) -> str:
    days, times = _days(part), _times(part)
    comment = f" ({part.comment})" if part.comment else ""
    return pgettext("days: times", "%(days)s: %(times)s") % {
        "days": days or _("every day"),
        "times": times + comment,
    }


def _days(part: HoursPart) -> str:
    dates = _(", ").join(
        [_date(each) for each in part.dates]
        + [
            _("weeks %(first)d to %(last)d") % {"first": w.first, "last": w.last}
            for w in part.weeks
        ]
    )
    return " ".join(filter(None, (dates, _weekly(part))))


def _weekly(part: HoursPart) -> str:
    if part.needs_both and part.classes == (DayClass.WORKING,) and part.weekdays == _WEEKEND:
        return _("make-up workdays")
    names = [_weekday(each) for each in part.weekdays]
    classes = [str(_CLASSES[each]) for each in part.classes]
    if part.needs_both:
        return _("%(classes)s that are %(weekdays)s") % {
            "classes": _(", ").join(classes),
            "weekdays": _(", ").join(names),
        }
    return _(", ").join([*names, *classes])


def _weekday(part: WeekdayPart) -> str:
    first, last = weekday_words(part.first), weekday_words(part.last)
    if part.nths:
        return _(", ").join(_nth(nth, first) for nth in part.nths)
    return (
        first
        if part.first == part.last
        else _("%(first)s to %(last)s") % {"first": first, "last": last}
    )


def _nth(nth: int, weekday: str) -> str:
    if nth in _NTHS:
        return str(_NTHS[nth]) % {"weekday": weekday}
    return _("%(weekday)s number %(count)d from the end of the month") % {
        "weekday": weekday,
        "count": -nth,
    }


def _date(part: DatePart) -> str:
    if part.is_whole_years:
        first, last = str(part.year_from), str(part.year_to or "")
    else:
        first = _day(part.year_from, part.month_from, part.day_from, part)
        last = _day(part.year_to, part.month_to, part.day_to, part)
    if part.year_from is not None and part.year_to is None:
        return _("from %(first)s on") % {"first": first}
    return first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}


def _day(year: int | None, month: int, day: int, part: DatePart) -> str:
    if not part.is_whole_months:
        return f"{month:02d}-{day:02d}" if year is None else f"{year}-{month:02d}-{day:02d}"
    name = str(MONTHS[month])
    if year is None:
        return name
    return pgettext("a month of a year", "%(month)s %(year)s") % {"month": name, "year": year}


def _times(part: HoursPart) -> str:
    if part.is_whole_day:
        return _("open all day") if part.is_open else _("closed")
    spans = _(", ").join(_span(bar) for bar in part.bars)
    if not part.is_open:
        return _("closed %(times)s") % {"times": spans}
    return _("also %(times)s") % {"times": spans} if part.is_additional else spans


def _span(bar: Bar) -> str:
    if bar.ends_next_day:
        return _("%(opens)s to %(closes)s of the next day") % {
            "opens": bar.start_text,
            "closes": bar.end_text,
        }
    return f"{bar.start_text}–{bar.end_text}"
