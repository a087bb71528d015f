"""The weekly form as an act of the office: a station's own hours, and those of a host's outlet."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from unfold import widgets

from nuanxin.core.errors import DomainError
from nuanxin.core.office_forms import OfficeForm
from nuanxin.stations import outlets, services
from nuanxin.stations.week_editor import WeekEditor

_BUTTON = (
    "font-medium inline-flex group items-center gap-1 relative rounded-default justify-center "
    "cursor-pointer px-3 py-2 "
)


class WeekForm(OfficeForm):
    """A station's weekly hours; every button but the one that saves shows the form again."""

    title = _("Set hours")
    hint = _(
        "Fill in the rows, or let the words of the sign be read. Nothing is stored before you save; "
        "where no hours are left, those of the host apply."
    )
    page_template = "stations/office/week.html"
    looks: ClassVar[dict[str, str]] = {
        "btn": _BUTTON + "border border-base-200 bg-white shadow-xs text-important "
        "dark:border-base-700 dark:bg-transparent",
        "go": _BUTTON + "border border-transparent bg-primary-600 text-white",
        "field": " ".join(widgets.INPUT_CLASSES),
    }

    def __init__(self, data: Any = None, files: Any = None, **options: Any) -> None:
        super().__init__(data, files, **options)
        own = (self.subject.staffed_hours, self.subject.self_service_hours)
        self.editor = WeekEditor(self.posted(), data, own=own)

    def posted(self) -> tuple[str, str]:
        """Return the hours that apply now."""
        hours: tuple[str, str] = self.subject.posted_hours
        return hours

    def carry_out(self) -> bool:
        """Save when that button was pressed and every row is right."""
        self.status = 422 if self.editor.is_wrong else 200
        if self.editor.is_wrong or not self.editor.is_save or not self.is_valid():
            return False
        try:
            self.perform()
        except DomainError as error:
            self.refuse(error)
            return False
        return True

    def perform(self) -> object:
        """Post what the form says."""
        staffed, self_service = self.editor.to_save
        return services.set_hours(
            station=self.subject, staffed=staffed, self_service=self_service, by=self.by
        )


class OutletWeekForm(WeekForm):
    """The weekly hours of a host's outlet."""

    hint = _(
        "Stations inside that post no hours of their own have these. Fill in the rows, or let the "
        "words of the sign be read; nothing is stored before you save."
    )

    def posted(self) -> tuple[str, str]:
        """Return the outlet's hours."""
        return self.subject.staffed_hours, self.subject.self_service_hours

    def perform(self) -> object:
        """Post what the form says."""
        staffed, self_service = self.editor.to_save
        return outlets.set_outlet_hours(
            outlet=self.subject, staffed=staffed, self_service=self_service, by=self.by
        )
