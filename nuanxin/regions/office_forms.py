import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from nuanxin.core.office_forms import DateField, OfficeForm, dress
from nuanxin.regions import services
from nuanxin.regions.enums import CalendarDayKind
from nuanxin.regions.models import (
    FIRST_CALENDAR_YEAR,
    LAST_CALENDAR_YEAR,
    CalendarDay,
    CalendarNotice,
    Division,
)
from nuanxin.regions.services import DayOfNotice

_LONGEST_SPAN = dt.timedelta(days=31)
_EMPTY_ROWS = 8  # a year has seven holidays and some make-up days; saving gives more


class DivisionField(forms.CharField):
    """A division, typed by its code: forty thousand of them fit no list."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=9, help_text=_("Code of 2, 4, 6 or 9 digits."), **options)

    def clean(self, value: Any) -> Division | None:
        code = super().clean(value)
        division = Division.objects.filter(pk=code).first() if code else None
        if code and division is None:
            raise forms.ValidationError(_("No division has this code."))
        return division


class SetDayForm(OfficeForm):
    title = _("Set a day")
    hint = _("What you set here is confirmed, whatever a notice says or will say.")
    date = DateField(label=_("date"))
    kind = forms.ChoiceField(label=_("kind of day"), choices=CalendarDayKind.choices)
    name_zh = forms.CharField(label=_("name in Chinese"), max_length=60, required=False)
    name_en = forms.CharField(label=_("name in English"), max_length=120, required=False)

    def values_now(self) -> dict[str, Any]:
        return {
            name: getattr(self.subject, name) for name in ("date", "kind", "name_zh", "name_en")
        }

    def perform(self) -> CalendarDay:
        values = self.cleaned_data
        return services.set_calendar_day(
            **values | {"kind": CalendarDayKind(values["kind"])}, by=self.by
        )


class SpanForm(forms.Form):
    """Consecutive days of one kind, as a notice writes them; a line without days is none."""

    first_on = DateField(label=_("first day"), required=False)
    last_on = DateField(label=_("last day"), required=False)
    kind = forms.ChoiceField(label=_("kind of day"), choices=CalendarDayKind.choices)
    name_zh = forms.CharField(label=_("name in Chinese"), max_length=60, required=False)
    name_en = forms.CharField(label=_("name in English"), max_length=120, required=False)

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("first_on"), self.cleaned_data.get("last_on")
        is_named = self.cleaned_data.get("name_zh") or self.cleaned_data.get("name_en")
        if (last or is_named) and not first and "first_on" not in self.errors:
            raise forms.ValidationError(_("Give the first day, or empty the whole line."))
        if first and last and not first <= last <= first + _LONGEST_SPAN:
            raise forms.ValidationError(_("The last day lies within a month after the first."))
        return self.cleaned_data

    def days(self) -> Iterator[DayOfNotice]:
        values = self.cleaned_data
        first: dt.date | None = values.get("first_on")
        if first is None:
            return
        last = values["last_on"] or first
        for offset in range((last - first).days + 1):
            yield DayOfNotice(
                first + dt.timedelta(days=offset),
                CalendarDayKind(values["kind"]),
                values["name_zh"],
                values["name_en"],
            )


SpanFormSet = forms.formset_factory(SpanForm, extra=_EMPTY_ROWS, max_num=60)


def spans_of(days: Iterable[CalendarDay]) -> list[dict[str, Any]]:
    """Return days as spans: neighbours of one kind and name together, by date."""
    spans: list[dict[str, Any]] = []
    for day in sorted(days, key=lambda day: day.date):
        alike = {"kind": day.kind, "name_zh": day.name_zh, "name_en": day.name_en}
        last = spans[-1] if spans else None
        is_next = last is not None and day.date - last["last_on"] == dt.timedelta(days=1)
        if last is not None and is_next and alike.items() <= last.items():
            last["last_on"] = day.date
        else:
            spans.append({"first_on": day.date, "last_on": day.date, **alike})
    return spans


class NoticeForm(OfficeForm):
    title = _("Publish a notice")
    hint = _(
        "Enter every day the notice moves, a line for each run of days. They replace the days "
        "of this year's notice, and from then on the year is confirmed. An empty line is ignored."
    )
    page_template = "regions/office/notice.html"
    year = forms.IntegerField(
        label=_("year"), min_value=FIRST_CALENDAR_YEAR, max_value=LAST_CALENDAR_YEAR
    )
    document_number = forms.CharField(label=_("document number"), max_length=60, required=False)
    published_on = DateField(label=_("published on"))
    # "title" is the heading of the act
    heading = forms.CharField(label=_("title"), max_length=120)

    def __init__(self, data: Any = None, files: Any = None, **options: Any) -> None:
        super().__init__(data, files, **options)
        days = self.subject.days.all() if self.subject else []
        self.spans = SpanFormSet(data, prefix="span", initial=spans_of(days))
        for span in self.spans:
            dress(span, is_row=True)

    def values_now(self) -> dict[str, Any]:
        notice: CalendarNotice = self.subject
        return {
            "year": notice.year,
            "document_number": notice.document_number,
            "published_on": notice.published_on,
            "heading": notice.title,
        }

    def is_valid(self) -> bool:
        return all([super().is_valid(), self.spans.is_valid()])

    def perform(self) -> CalendarNotice:
        values = self.cleaned_data
        return services.publish_calendar_notice(
            year=values["year"],
            document_number=values["document_number"],
            published_on=values["published_on"],
            title=values["heading"],
            days=[day for span in self.spans for day in span.days()],
            by=self.by,
        )
