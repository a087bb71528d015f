"""The act of taking the rows of the members' list along as a file."""

from typing import ClassVar, NamedTuple, Self

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from nuanxin.core import clock
from nuanxin.core.office_forms import Download, OfficeForm
from nuanxin.workers.enums import FileKind, RevealPurpose
from nuanxin.workers.exports import LIMIT, Exported, export_members
from nuanxin.workers.models import Membership

_MEDIA_TYPES = {
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.CSV: "text/csv; charset=utf-8",
}


class Chosen(NamedTuple):
    """The rows of a list, and how it is filtered: in the words of the address, and in those of the page."""

    rows: QuerySet[Membership]
    filters: dict[str, str]
    told: list[str]


class ExportForm(OfficeForm):
    """What is exported is what the list shows."""

    title = _("Export")
    hint = _(
        "The rows of the list as it is filtered now. Each page of the file names you, the time, the purpose "
        "and a number; the same is written down before the file is made."
    )
    page_template = "workers/office/export.html"
    purpose = forms.ChoiceField(label=_("what for"), choices=RevealPurpose.choices)
    kind = forms.ChoiceField(label=_("file"), choices=FileKind.choices)
    is_full = forms.BooleanField(
        label=_("numbers of documents and phones in full"),
        required=False,
        help_text=_("Every worker can read who took their numbers along, when, and what for."),
    )
    chosen: ClassVar[Chosen]
    exported: Exported | None = None

    @classmethod
    def of(cls, chosen: Chosen) -> type[Self]:
        """Return the act on some rows."""
        return type(cls.__name__, (cls,), {"chosen": chosen})

    @property
    def rows_told(self) -> str:
        """How many rows there are, as far as anybody counts."""
        count = self.chosen.rows.order_by().values("pk")[: LIMIT + 1].count()
        return str(count) if count <= LIMIT else f"> {LIMIT}"

    def perform(self) -> None:
        """Make the file."""
        values = self.cleaned_data
        self.kind_made = FileKind(values["kind"])
        self.exported = export_members(
            rows=self.chosen.rows,
            filters=self.chosen.filters,
            purpose=RevealPurpose(values["purpose"]),
            is_full=values["is_full"],
            kind=self.kind_made,
            by=self.by,
        )

    def download(self) -> Download | None:
        """Return the file."""
        if self.exported is None:
            return None
        name = f"members-{clock.civil_date()}-{self.exported.number}.{self.kind_made.value}"
        return Download(name, _MEDIA_TYPES[self.kind_made], self.exported.content)
