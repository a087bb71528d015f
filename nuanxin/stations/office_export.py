"""The act of taking the stations of an office along as a workbook."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from nuanxin.core import clock
from nuanxin.core.office_forms import Download, OfficeForm
from nuanxin.stations.exports import Exported, export_stations

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ExportForm(OfficeForm):
    """One button: what is exported is what the reader sees."""

    title = _("Export the stations")
    hint = _(
        "A workbook under Chinese headings with every station you may see, as the import reads it "
        "again. That you exported it, and how many stations, is written down."
    )
    exported: Exported | None = None

    def perform(self) -> None:
        """Make the workbook."""
        self.exported = export_stations(by=self.by)

    def download(self) -> Download | None:
        """Return the workbook."""
        if self.exported is None:
            return None
        return Download(f"stations-{clock.civil_date()}.xlsx", XLSX, self.exported.content)
