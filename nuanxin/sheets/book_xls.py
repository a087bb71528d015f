"""Workbooks of the years before 2007 (BIFF8 in OLE), whatever they are called now."""

from nuanxin.sheets.book_xlsx import open_calamine
from nuanxin.sheets.grids import Book
from nuanxin.sheets.unreadable import refuse

_MAX_BYTES = 50 * 2**20


def open_xls(content: bytes) -> Book:
    """Open an XLS workbook.

    Raises
    ------
    Unreadable
        ``password``, ``macros``, ``not_a_sheet`` for another office document, ``damaged``.
    """
    if len(content) > _MAX_BYTES:
        refuse("too_large", str(_MAX_BYTES // 2**20))
    if _has(content, "EncryptedPackage") or _has(content, "EncryptionInfo"):
        refuse("password")
    if _has(content, "WordDocument"):
        refuse("not_a_sheet", "Word")
    if _has(content, "PowerPoint Document"):
        refuse("not_a_sheet", "PowerPoint")
    if _has(content, "_VBA_PROJECT"):
        refuse("macros")
    if not (_has(content, "Workbook") or _has(content, "Book")):
        refuse("not_a_sheet", "OLE")
    return Book(open_calamine(content))


def _has(content: bytes, stream: str) -> bool:
    """Return whether the directory names a stream; its names are UTF-16."""
    return f"{stream}\0".encode("utf-16-le") in content
