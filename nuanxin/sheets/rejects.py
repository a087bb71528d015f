"""A file as it came, with a column that says of each row that was not taken why."""

import csv
import io
from collections.abc import Mapping
from typing import Any, Final

import openpyxl
import xlsxwriter
from django.utils.translation import gettext as _
from openpyxl.styles import Alignment, PatternFill
from openpyxl.utils import get_column_letter

from nuanxin.core import crypto
from nuanxin.core.actors import Actor
from nuanxin.core.errors import NotFound
from nuanxin.sheets import containers, packages, policies
from nuanxin.sheets.enums import Fate
from nuanxin.sheets.grids import Book, Cell, Grid, shown
from nuanxin.sheets.headers import find_header
from nuanxin.sheets.headings import Vocabulary
from nuanxin.sheets.models import ImportBatch, ImportFile
from nuanxin.sheets.selectors import notes_of
from nuanxin.sheets.services import file_place

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_STYLED_BYTES: Final = 4 << 20  # beyond that a styled copy takes too much memory
_FILL: Final = "FFF1D6"
_PATTERN: Final = PatternFill("solid", fgColor=_FILL)
Reasons = dict[str, dict[int, str]]


def reject_workbook(*, batch: ImportBatch, by: Actor) -> tuple[str, str, bytes]:
    """Return the file of an import with the reasons for rows that were not taken.

    Parameters
    ----------
    batch
        Read, its file still kept.
    by
        Who asks; the office of a union above the source.

    Returns
    -------
    tuple
        File name, content type, content. A workbook keeps its looks; a text stays a text of its
        encoding; everything else becomes a workbook. The reader passes over the new column, so the
        corrected file may be brought as it is: rows taken before are the same.

    Raises
    ------
    NotAllowed
        For anybody else.
    NotFound
        When the file is not kept any more.

    Notes
    -----
    Two queries; memory grows with the file.
    """
    policies.can_handle(by, batch).enforce()
    kept = ImportFile.objects.filter(batch=batch).first()
    if kept is None:
        raise NotFound
    content = crypto.provider().unseal_bytes(bytes(kept.content_sealed), file_place(batch))
    reasons = _reasons(batch)
    stem = batch.file_name.rpartition(".")[0] or batch.file_name
    if content.startswith(b"PK") and len(content) <= _STYLED_BYTES:
        packages.check(content)
        return _name(stem, "xlsx"), XLSX, _styled(content, batch, reasons)
    words = Vocabulary(batch.kind, batch.mapping)

    def weigh(rows: list[list[Cell]]) -> float:
        header = find_header(Grid("", rows), words)
        return header.score if header else 0.0

    book = containers.open_book(content, weigh)
    if book.encoding and len(book.grids) == 1 and not _is_markup(content):
        return _name(stem, "csv"), "text/csv", _text(book, batch, reasons)
    return _name(stem, "xlsx"), XLSX, _plain(book, batch, reasons)


def _name(stem: str, suffix: str) -> str:
    return f"{stem}（{_('to correct')}）.{suffix}"


def _is_markup(content: bytes) -> bool:
    return content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"<", b"{", b"[")


def _reasons(batch: ImportBatch) -> Reasons:
    """Return why rows were not taken, by sheet and row; two halves of a row in one text."""
    reasons: Reasons = {}
    rows = batch.rows.filter(fate=Fate.REJECTED) | batch.rows.filter(
        fate=Fate.SUSPECT, is_taken=False
    )
    for row in rows.order_by("number").select_related("batch"):
        told = "；".join(notes_of(row))
        at = reasons.setdefault(row.sheet, {})
        at[row.row] = f"{at[row.row]}；{told}" if row.row in at else told
    return reasons


def _styled(content: bytes, batch: ImportBatch, reasons: Reasons) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in book.worksheets:
        if sheet.title not in {column["sheet"] for column in batch.columns}:
            continue
        column = sheet.max_column + 1
        head = sheet.cell(batch.header_rows.get(sheet.title, 1), column, _("Why not taken"))
        head.fill = _PATTERN
        for row, told in reasons.get(sheet.title, {}).items():
            cell = sheet.cell(row, column, told)
            cell.fill, cell.alignment = _PATTERN, Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[get_column_letter(column)].width = 48
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def _text(book: Book, batch: ImportBatch, reasons: Reasons) -> bytes:
    grid = book.grids[0]
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\r\n")
    for cells in _with_reasons(grid, batch, reasons):
        writer.writerow([_harmless(shown(cell)) for cell in cells])
    encoding = "gb18030" if book.encoding == "gb18030" else "utf-8-sig"
    return sink.getvalue().encode(encoding)


def _harmless(text: str) -> str:
    """Return a cell that an office program does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "@") else text


def _plain(book: Book, batch: ImportBatch, reasons: Reasons) -> bytes:
    sink = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(sink, options) as target:
        for grid in book.grids:
            if not grid.is_visible:
                continue
            sheet = target.add_worksheet(grid.name[:31] or None)
            for row, cells in enumerate(_with_reasons(grid, batch, reasons)):
                for column, cell in enumerate(cells):
                    if isinstance(cell, int | float) and not isinstance(cell, bool):
                        sheet.write_number(row, column, cell)
                    else:
                        sheet.write_string(row, column, shown(cell))
    return sink.getvalue()


def _with_reasons(grid: Grid, batch: ImportBatch, reasons: Reasons) -> list[list[Cell]]:
    """Return the rows of a sheet with one column more; the name of a text's sheet is whatever it was."""
    told: Mapping[int, str] = reasons.get(grid.name, {})
    header: Any = batch.header_rows.get(grid.name, grid.first_row)
    width = max((len(row) for row in grid.rows), default=0)
    rows: list[list[Cell]] = []
    for number, row in enumerate(grid.rows, start=grid.first_row):
        last = _("Why not taken") if number == header else told.get(number, "")
        rows.append([*row, *[""] * (width - len(row)), last])
    return rows
