"""Told by its content, never by its name: what a file is, and the reader that opens it."""

from nuanxin.sheets import book_text, book_xls, book_xlsx
from nuanxin.sheets.grids import Book, Weigher
from nuanxin.sheets.unreadable import refuse

MAX_ROWS = 1_048_576
MAX_COLUMNS = 200
MAX_CELL_CHARS = 32_767
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNS = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "picture"), (b"\xff\xd8\xff", "picture"), (b"GIF8", "picture"), (b"BM", "picture"),
    (b"II*\x00", "picture"), (b"MM\x00*", "picture"),
    (b"Rar!", "archive"), (b"7z\xbc\xaf", "archive"), (b"\x1f\x8b", "archive"), (b"BZh", "archive"), (b"\xfd7zXZ", "archive"),
    (b"{\\rtf", "Word"),
    (b"MZ", "program"), (b"\x7fELF", "program"),
    (b"SQLite format 3", "database"),
    (b"ID3", "recording"), (b"OggS", "recording"),
)  # fmt: skip


def open_book(content: bytes, weigh: Weigher) -> Book:
    """Open a file as sheets.

    Parameters
    ----------
    content
        The whole file.
    weigh
        Says how well rows carry headings; tells readings of a text apart.

    Raises
    ------
    Unreadable
        When it is no sheet (``not_a_sheet``, saying what it is), or a sheet that is refused.
    """
    if not content.strip():
        refuse("empty")
    if content[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"):
        return book_xlsx.open_xlsx(content)
    if content.startswith(_OLE):
        return book_xls.open_xls(content)
    _refuse_others(content)
    return book_text.open_text(content, weigh)


def _refuse_others(content: bytes) -> None:
    for sign, what in _SIGNS:
        if (
            content.startswith(sign)
            and (sign != b"BM" or b"\x00" in content[:32])
            and (sign != b"MZ" or b"\x00" in content[:64])
        ):
            refuse("not_a_sheet", what)
    head = content[:16]
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        refuse("not_a_sheet", "picture")
    if head[4:8] == b"ftyp":
        refuse("not_a_sheet", "picture" if head[8:11] in (b"hei", b"mif", b"avi") else "recording")


def check_limits(book: Book) -> None:
    """Refuse a book with a sheet that is too long or wide, or a cell that is too full.

    Raises
    ------
    Unreadable
        ``too_many_rows``, ``too_many_columns`` or ``cell_too_long``, with the name of the sheet.
    """
    for grid in book.grids:
        if len(grid.rows) > MAX_ROWS:
            refuse("too_many_rows", grid.name)
        for row in grid.rows:
            if len(row) > MAX_COLUMNS and any(cell not in ("", None) for cell in row[MAX_COLUMNS:]):
                refuse("too_many_columns", grid.name)
            for cell in row:
                if isinstance(cell, str) and len(cell) > MAX_CELL_CHARS:
                    refuse("cell_too_long", grid.name)
