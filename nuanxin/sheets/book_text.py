"""Sheets that are text: CSV and its like in any encoding of the field, HTML tables, XML of 2003, GeoJSON."""

import csv
import re
from collections.abc import Iterator

from nuanxin.sheets import book_geojson, book_html, book_xml
from nuanxin.sheets.grids import Book, Grid, Row, Weigher
from nuanxin.sheets.unreadable import Unreadable, refuse

_MAX_BYTES = 200 * 2**20
_DELIMITERS = (",", "\t", ";", "|", "，", "^")
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_TRIED = 40  # lines that tell a delimiter
# So many characters of two or more bytes, all well formed, are no accident of another encoding.
_CERTAIN = 24
_MAX_LINES_IN_CELL = 60
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$")
_HAN = re.compile(r"[\u4e00-\u9fff]")


def open_text(content: bytes, weigh: Weigher) -> Book:
    """Open a text as a sheet: byte order mark, else UTF-8, else GB 18030, else UTF-16, never a guess.

    Raises
    ------
    Unreadable
        ``encoding_unknown``, ``encoding_ambiguous`` (two readings are possible and no Chinese
        heading tells them apart), ``not_a_sheet``, ``quote_unclosed``, ``too_large``.
    """
    if len(content) > _MAX_BYTES:
        refuse("too_large", str(_MAX_BYTES // 2**20))
    decoded = list(_decodings(content))
    if not decoded:
        refuse("encoding_unknown")
    books = []
    for text, encoding in decoded:
        grids = _grids(text, weigh)
        weight = max((weigh(grid.rows[:_TRIED]) for grid in grids), default=0.0)
        is_sure = len(decoded) == 1 or (encoding == "utf-8" and _is_certain(text))
        if weight and (is_sure or _rests_on_chinese(grids, weigh, weight)):
            return Book(grids, encoding)
        books.append((weight, grids, encoding))
    if len(decoded) > 1 and any(weight for weight, _grids, _encoding in books):
        refuse("encoding_ambiguous")
    return Book(books[0][1], books[0][2])


def _decodings(content: bytes) -> Iterator[tuple[str, str]]:
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            try:
                yield content.decode(encoding), encoding
            except UnicodeDecodeError:
                refuse("encoding_unknown")
            return
    if b"\0" in content:
        yield from _wide(content)
        return
    for encoding in ("utf-8", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        yield text, encoding
        if encoding == "utf-8" and _is_certain(text):
            return


def _wide(content: bytes) -> Iterator[tuple[str, str]]:
    """Try UTF-16 without a mark: every other byte of the commas and line ends is nought."""
    if len(content) % 2:
        refuse("not_a_sheet", "binary")
    even, odd = content[:4000:2].count(0), content[1:4000:2].count(0)
    encoding = "utf-16-be" if even > odd else "utf-16-le"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        refuse("not_a_sheet", "binary")
    if "\0" in text or not re.search(r"[\r\n,\t]", text):
        refuse("not_a_sheet", "binary")
    yield text, encoding


def _is_certain(text: str) -> bool:
    return text.isascii() or sum(char > "\x7f" for char in text[:20_000]) >= _CERTAIN


def _rests_on_chinese(grids: list[Grid], weigh: Weigher, weight: float) -> bool:
    """Return whether the headings found are Chinese: without them the rows would say less."""
    bare = [
        [["" if _HAN.search(str(c)) else c for c in row] for row in g.rows[:_TRIED]] for g in grids
    ]
    return max(weigh(rows) for rows in bare) < weight


def _grids(text: str, weigh: Weigher) -> list[Grid]:
    start = text[:2000].lstrip("\ufeff \t\r\n").casefold()
    if start.startswith("{"):
        return book_geojson.read(text)
    if book_xml.SPACE in start:
        return book_xml.read(text.lstrip("\ufeff \t\r\n"))
    if start.startswith("<") or "<table" in start:
        return book_html.read(text)
    if start.startswith("mime-version:"):
        refuse("not_a_sheet", "MHTML")
    return [_delimited(text.removeprefix("\ufeff"), weigh)]


def _delimited(text: str, weigh: Weigher) -> Grid:
    if "\0" in text:
        refuse("not_a_sheet", "binary")
    sample = "".join(text[:200_000].splitlines(keepends=True)[: _TRIED * 3])
    hint = re.match(r"sep=(.)\r?\n", text)
    chosen = hint[1] if hint else max(_DELIMITERS, key=lambda mark: _weight(sample, mark, weigh))
    rows = _records(text, chosen)
    return Grid("(csv)", rows)


def _weight(sample: str, delimiter: str, weigh: Weigher) -> tuple[float, int]:
    try:
        rows = _records(sample, delimiter, whole=False)[:_TRIED]
    except Unreadable:
        return 0.0, 0
    return weigh(rows), sum(len(row) > 1 for row in rows)


def _records(text: str, delimiter: str, *, whole: bool = True) -> list[Row]:
    rows: list[Row] = []
    # lines by hand: a StringIO would hold the text once more, at four bytes a character
    reader = csv.reader((line[0] for line in _LINE.finditer(text)), delimiter=delimiter)
    try:
        for record in reader:
            rows.append(record)  # type: ignore[arg-type]  # a list of texts is a row
    except csv.Error:
        refuse("cell_too_long", "(csv)")
    if whole and '"' in text and any(map(_runs_on, rows)):
        refuse("quote_unclosed")
    return rows


def _runs_on(row: Row) -> bool:
    """Return whether a cell holds so many lines that a quotation mark must have gone astray."""
    return any(isinstance(cell, str) and cell.count("\n") > _MAX_LINES_IN_CELL for cell in row)
