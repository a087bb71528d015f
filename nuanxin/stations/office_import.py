"""The act of importing stations: a file is checked and shown first, and written on a second click."""

import base64
import binascii
import zlib
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from nuanxin.core.errors import DomainError, Invalid
from nuanxin.core.office_forms import OfficeForm
from nuanxin.stations.import_rows import COLUMNS, REQUIRED, Fault, Sheet, read_csv
from nuanxin.stations.imports import (
    ImportRejected,
    Outcome,
    import_stations,
    preview_stations,
)

MAX_BYTES = 5_000_000
MAX_PACKED = 2_000_000  # a form's texts are limited to 2.5 MB
SHOWN_FAULTS = 200


class ImportForm(OfficeForm):
    """Two steps in one form: the checked file travels packed in the page, and is checked again."""

    title = gettext_lazy("Import stations")
    hint = gettext_lazy(
        "A CSV file in UTF-8 or GB18030 with the column names in its first line. Nothing is "
        "written before you have seen what would change; one fault, and nothing is written at all."
    )
    page_template = "stations/office/import.html"
    file = forms.FileField(label=gettext_lazy("CSV file"), required=False)

    required_columns = REQUIRED
    optional_columns = COLUMNS[len(REQUIRED) :]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.outcome: Outcome | None = None
        self.faults: list[Fault] = []
        self.faults_count = 0
        self.packed = ""

    def clean_file(self) -> bytes:
        """Return the bytes of the given file, nothing when none is given."""
        file = self.cleaned_data["file"]
        if file is None:
            return b""
        if file.size > MAX_BYTES:  # before it is read into memory
            limit = MAX_BYTES // 1_000_000
            raise forms.ValidationError(_("The file is bigger than %d MB; split it.") % limit)
        content: bytes = file.read()
        return content

    def carry_out(self) -> bool:
        """Write the packed file when there is one; otherwise check the given one and show it."""
        self.status = 422
        if not self.is_valid():
            return False
        try:
            given = self.cleaned_data["file"]
            return self._check(given) if given else self._apply(self.data.get("packed", ""))
        except ImportRejected as error:
            self._show(error.faults)
            self.refuse(error)
        except DomainError as error:
            self.refuse(error)
        return False

    def report(self) -> str:
        """Return how many stations were written."""
        outcome = self.outcome or Outcome(0, 0, 0)
        count = outcome.new_count + outcome.changed_count
        return ngettext("%(count)d station imported.", "%(count)d stations imported.", count) % {
            "count": count
        }

    def _check(self, content: bytes) -> bool:
        self.outcome = preview_stations(sheet=_sheet(content), by=self.by)
        self.packed = _packed(content)
        self.status = 200
        return False

    def _apply(self, packed: str) -> bool:
        if not packed:
            text = _("Choose a file.")
            raise Invalid(text, code="no_file", fields={"file": text})
        self.outcome = import_stations(sheet=_sheet(_unpacked(packed)), by=self.by)
        return True

    def _show(self, faults: list[Fault]) -> None:
        self.faults_count = len(faults)
        self.faults = faults[:SHOWN_FAULTS]


def _sheet(content: bytes) -> Sheet:
    sheet = read_csv(content)
    if not sheet.rows and not sheet.faults:
        raise Invalid(_("There is no station in this file."), code="no_rows")
    return sheet


def _packed(content: bytes) -> str:
    packed = base64.b64encode(zlib.compress(content, 9)).decode("ascii")
    if len(packed) > MAX_PACKED:
        raise Invalid(_("This file holds too much for one import; split it."), code="file_big")
    return packed


def _unpacked(packed: str) -> bytes:
    """Return the file again; what comes back from a browser is never trusted to be ours."""
    try:
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(base64.b64decode(packed, validate=True), MAX_BYTES + 1)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise Invalid(_("Choose the file again."), code="bad_file") from error
    if len(content) > MAX_BYTES:
        raise Invalid(_("Choose the file again."), code="bad_file")
    return content
