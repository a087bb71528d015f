"""The files that members are taken along in: each says on every page who took it, when and what for."""

import csv
import datetime as dt
import io
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Any, Final

import xlsxwriter
from django.utils.translation import gettext as _

_HEADER_LENGTH: Final = 255  # of what Excel prints above a page
# what an office program takes for the beginning of a formula
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
Cell = str | dt.date
Column = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Watermark:
    """What a file says of itself.

    Parameters
    ----------
    who
        Who took it along.
    at
        When, in civil time.
    purpose
        What for, in words.
    number
        Under which the audit trail knows it.
    """

    who: str
    at: dt.datetime
    purpose: str
    number: str

    def __str__(self) -> str:
        """Return it in one sentence."""
        return _("Exported by %(who)s, %(at)s. Purpose: %(purpose)s. Number %(number)s.") % {
            "who": self.who,
            "at": f"{self.at:%Y-%m-%d %H:%M}",
            "purpose": self.purpose,
            "number": self.number,
        }


def workbook(
    title: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], mark: Watermark
) -> IO[bytes]:
    """Return rows as a workbook, at its beginning.

    Parameters
    ----------
    title
        Name of the sheet.
    columns
        Heading and width in characters of each.
    rows
        Cells in the order of the columns; a text stays a text, whatever it begins with.
    mark
        Stands above the headings, in the header and footer of each printed page, and in the properties.

    Notes
    -----
    Rows go to the disk one by one.
    """
    content = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(content, options)
    sheet = book.add_worksheet(title)
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    _mark(book, sheet, title, mark)
    for number, (_heading, width) in enumerate(columns):
        sheet.set_column(number, number, width)
    sheet.write_string(0, 0, str(mark), book.add_format({"bold": True, "font_color": "#8C1D2B"}))
    for number, (heading, _width) in enumerate(columns):
        sheet.write_string(1, number, heading, bold)
    sheet.freeze_panes(2, 0)
    for at, row in enumerate(rows, start=2):
        for number, cell in enumerate(row):
            _write(sheet, at, number, cell, day)
    book.close()
    content.seek(0)
    return content


def text(columns: Sequence[Column], rows: Iterable[Sequence[Cell]], mark: Watermark) -> IO[bytes]:
    """Return rows as CSV in UTF-8, at its beginning; its first and its last line are the mark."""
    content = io.BytesIO()
    lines = io.TextIOWrapper(content, encoding="utf-8-sig", newline="")
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow([str(mark)])
    writer.writerow([heading for heading, _width in columns])
    writer.writerows([_harmless(str(cell)) for cell in row] for row in rows)
    writer.writerow([str(mark)])
    lines.flush()
    lines.detach()
    content.seek(0)
    return content


def _mark(book: Any, sheet: Any, title: str, mark: Watermark) -> None:
    printed = str(mark).replace("&", "&&")
    sheet.set_header(f"&L{printed}"[:_HEADER_LENGTH])
    sheet.set_footer(f"&L{mark.number}&R&P / &N")
    sheet.repeat_rows(0, 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    book.set_properties(
        {"title": title, "author": mark.who, "keywords": mark.number, "comments": str(mark)}
    )


def _write(sheet: Any, at: int, column: int, cell: Cell, day: Any) -> None:
    if isinstance(cell, dt.date):
        sheet.write_datetime(at, column, cell, day)
    elif cell:
        sheet.write_string(at, column, cell)


def _harmless(cell: str) -> str:
    seen = unicodedata.normalize("NFKC", cell[:1])  # full-width signs are taken for the plain ones
    return f"'{cell}" if seen.startswith(_FORMULA) else cell
