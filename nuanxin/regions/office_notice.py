"""The act of publishing a holiday notice as its text: read and shown first, written on a second click."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nuanxin.algorithms.calendars_notice import (
    MAX_NOTICE_LENGTH,
    NoticeReading,
    read_notice,
)
from nuanxin.core.errors import DomainError
from nuanxin.core.office_forms import DateField, OfficeForm
from nuanxin.regions import notice_words, selectors, services
from nuanxin.regions.models import CalendarNotice
from nuanxin.regions.notice_words import Change, Month
from nuanxin.regions.services import DayOfNotice


class PasteNoticeForm(OfficeForm):
    """Two steps: what was read is shown, and published when the text comes back with that word."""

    title = gettext_lazy("Publish a notice from its text")
    hint = gettext_lazy(
        "Paste the notice of the State Council from its title to its date. Every sentence is checked; "
        "nothing is guessed, and nothing is written before you have seen what changes."
    )
    page_template = "regions/office/paste_notice.html"
    text = forms.CharField(
        label=gettext_lazy("text of the notice"),
        widget=forms.Textarea(attrs={"rows": 14}),
        max_length=MAX_NOTICE_LENGTH,
    )
    published_on = DateField(
        label=gettext_lazy("published on"),
        required=False,
        help_text=gettext_lazy("Only where the text does not say it."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.reading: NoticeReading | None = None
        self.days: list[DayOfNotice] = []
        self.changes: list[Change] = []
        self.months: list[Month] = []

    @property
    def weekdays(self) -> list[str]:
        """One letter for each weekday, Monday first."""
        return _("M T W T F S S").split()

    @property
    def is_ready(self) -> bool:
        """Whether what is shown may be published."""
        return self.reading is not None and self.is_valid()

    def clean(self) -> dict[str, Any]:
        """Read the text; every sentence that does not fit is an error of its own."""
        values = super().clean() or {}
        if not values.get("text"):
            return values
        self.reading = read_notice(values["text"])
        for fault in self.reading.faults:
            self.add_error("text", notice_words.fault_words(fault))
        values["published_on"] = self.reading.published_on or values.get("published_on")
        if not self.reading.faults and values["published_on"] is None:
            self.add_error("published_on", _("The text does not say when it was published."))
        self._look(self.reading)
        return values

    def carry_out(self) -> bool:
        """Publish when asked to; otherwise show what was read."""
        self.status = 422
        if not self.is_valid():
            return False
        self.status = 200
        if self.data.get("do") != "publish":
            return False
        try:
            self.perform()
        except DomainError as error:
            self.refuse(error)
            return False
        return True

    def perform(self) -> CalendarNotice:
        """Publish what was read."""
        reading: Any = self.reading  # of a form that is valid
        published_on: dt.date = self.cleaned_data["published_on"]
        return services.publish_calendar_notice(
            year=reading.year,
            document_number=reading.document_number,
            published_on=published_on,
            title=reading.title,
            days=self.days,
            by=self.by,
        )

    def _look(self, reading: NoticeReading) -> None:
        if reading.year is None:
            return
        self.days = notice_words.days_of(reading.days)
        stored = selectors.days_a_notice_replaces(reading.year, [day.date for day in self.days])
        self.changes = notice_words.changes(self.days, stored)
        self.months = notice_words.months(reading.year, self.days, self.changes)
