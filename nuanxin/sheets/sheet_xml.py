"""What a workbook's XML says beyond its values: error values, formulas, hidden rows, forbidden parts."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from posixpath import normpath

from nuanxin.sheets.grids import Row
from nuanxin.sheets.packages import Package, inflate
from nuanxin.sheets.unreadable import refuse

Position = tuple[int, int]
_MAX_COLUMN = 200
_WHOLE = 4 << 20  # bytes of a part that is read at once; sheets are walked
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_HIDDEN = re.compile(rb"<(?:\w+:)?row\b(?=[^>]*\bhidden=\"(?:1|true)\")[^>]*\br=\"(\d+)\"")
_HIDDEN_LATER = re.compile(rb"<(?:\w+:)?row\b[^>]*\br=\"(\d+)\"[^>]*\bhidden=\"(?:1|true)\"")
_PLACE = re.compile(rb"\br=\"([A-Z]{1,3})(\d{1,7})\"")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b[^>]*?(?:/>|>(.*?)</(?:\w+:)?f>)", re.DOTALL)
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]+)</(?:\w+:)?v>|<(?:\w+:)?is\b")
_FORBIDDEN = re.compile(rb"<!DOCTYPE|<!ENTITY", re.IGNORECASE)
# columns beyond GR, the two hundredth, with anything in them
_WIDE = re.compile(rb"<(?:\w+:)?c\b[^>]*\br=\"(?:G[S-Z]|[H-Z][A-Z]|[A-Z]{3})\d+\"[^>]*[^/]>")
_SUM = re.compile(
    r"=?\s*(?:SUM\(\s*([A-Z]{1,3}\d+)\s*(?::\s*([A-Z]{1,3}\d+)\s*)?\)|([A-Z]{1,3}\d+(?:\s*\+\s*[A-Z]{1,3}\d+)+))\s*",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Trace:
    """Rows from 0 that are hidden, cells with an error value, formulas without a value."""

    hidden_rows: set[int] = field(default_factory=set)
    errors: dict[Position, str] = field(default_factory=dict)
    uncached: dict[Position, str] = field(default_factory=dict)


def trace(content: bytes, package: Package) -> dict[str, Trace]:
    """Walk every part of a workbook once, and return what its sheets hide, by their names.

    Raises
    ------
    Unreadable
        ``external_entities`` for a document type or an entity, ``external_links`` for a data
        connection, ``macros``, ``too_many_columns``, ``bomb`` or ``damaged``.

    Notes
    -----
    Every entry is inflated once, a piece at a time; no more than one row's text is held beyond that.
    """
    sheets = _sheets(content, package)
    traces = {}
    for name, info in package.entries.items():
        pieces = _guarded(inflate(content, info), name)
        if name in sheets:
            traces[sheets[name]] = _walk(pieces, sheets[name])
        else:
            for _piece in pieces:
                pass
    return traces


def _guarded(pieces: Iterator[bytes], name: str) -> Iterator[bytes]:
    """Pass a part on, refusing document types, whichever encoding hides them."""
    if not name.casefold().endswith((".xml", ".rels")):
        yield from pieces
        return
    tail = b""
    for number, piece in enumerate(pieces):
        if number == 0 and (piece[:2] in (b"\xff\xfe", b"\xfe\xff") or piece[:4].count(0) >= 2):
            refuse("external_entities")
        if _FORBIDDEN.search(tail + piece):
            refuse("external_entities")
        if name == "[Content_Types].xml" and b"macroEnabled" in tail + piece:
            refuse("macros")
        tail = piece[-16:]
        yield piece


def _sheets(content: bytes, package: Package) -> dict[str, str]:
    """Return the names of the sheets by their parts."""
    workbook = _part(content, package, "xl/workbook.xml")
    links = _part(content, package, "xl/_rels/workbook.xml.rels")
    targets = {}
    for tag in re.findall(r"<(?:\w+:)?Relationship\b[^>]*>", links):
        key, target = _attribute(tag, "Id"), _attribute(tag, "Target")
        if _attribute(tag, "TargetMode") == "External" and "hyperlink" not in tag:
            refuse("external_links")
        targets[key] = normpath(target.lstrip("/") if target.startswith("/") else f"xl/{target}")
    found = {}
    for tag in re.findall(r"<(?:\w+:)?sheet\b[^>]*>", workbook):
        link = re.search(r"\b\w+:id=\"([^\"]*)\"", tag)
        if link and link[1] in targets:
            found[targets[link[1]]] = _attribute(tag, "name")
    return found


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf"\b{name}=(?:\"([^\"]*)\"|'([^']*)')", tag)
    return unescape(found[1] or found[2] or "") if found else ""


def _part(content: bytes, package: Package, name: str) -> str:
    info = package.entries.get(name)
    if info is None:
        return ""
    if info.file_size > _WHOLE:
        refuse("bomb")
    return b"".join(_guarded(inflate(content, info), name)).decode("utf-8", "surrogateescape")


def _walk(pieces: Iterable[bytes], sheet: str) -> Trace:
    found = Trace()
    for text in _rows(pieces):
        if b"hidden=" in text:
            for pattern in (_HIDDEN, _HIDDEN_LATER):
                found.hidden_rows |= {int(match[1]) - 1 for match in pattern.finditer(text)}
        if _WIDE.search(text) and any(_is_wide(match) for match in _CELL.finditer(text)):
            refuse("too_many_columns", sheet)
        if b't="e"' in text or b"f>" in text or b"<f" in text or b":f " in text:
            _note_formulas(text, found)
    return found


def _rows(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a sheet's text cut behind the ends of rows."""
    rest = b""
    for piece in pieces:
        rest += piece
        cut = rest.rfind(b"</row>") + 6
        if cut < 6 and b":row>" in rest:
            cut = rest.rfind(b":row>") + 5
        if cut > 5:
            yield rest[:cut]
            rest = rest[cut:]
        elif len(rest) > 16 << 20:
            refuse("bomb")
    yield rest


def _is_wide(cell: re.Match[bytes]) -> bool:
    place = _PLACE.search(cell[1])
    return bool(place and cell[2] and _VALUE.search(cell[2]) and _column(place[1]) >= _MAX_COLUMN)


def _note_formulas(text: bytes, found: Trace) -> None:
    for cell in _CELL.finditer(text):
        attributes, inside = cell[1], cell[2]
        if inside is None:
            continue
        place = _PLACE.search(attributes)
        if place is None:
            continue
        position = int(place[2]) - 1, _column(place[1])
        value = _VALUE.search(inside)
        if b't="e"' in attributes:
            found.errors[position] = (
                value[1].decode("ascii", "replace") if value and value[1] else ""
            )
        elif b"f" in inside:
            formula = _FORMULA.search(inside)
            if formula and not value and b't="str"' not in attributes:
                found.uncached[position] = unescape(
                    (formula[1] or b"").decode("utf-8", "surrogateescape")
                )


def _column(letters: bytes | str) -> int:
    number = 0
    for letter in letters.decode("ascii") if isinstance(letters, bytes) else letters:
        number = number * 26 + ord(letter.upper()) - 64
    return number - 1


def plain_sum(formula: str, rows: list[Row]) -> float | None:
    """Return the value of ``SUM`` over one range, or of ``A1+B1``; None for any other formula."""
    match = _SUM.fullmatch(formula.replace("$", ""))
    if not match:
        return None
    total = 0.0
    for row, column in _positions(match):
        cell = rows[row][column] if row < len(rows) and column < len(rows[row]) else ""
        if isinstance(cell, int | float):
            total += cell
        elif match[3] and cell != "":
            return None
    return total


def _positions(match: re.Match[str]) -> Iterator[Position]:
    if match[3]:
        for part in match[3].split("+"):
            yield _position(part.strip())
        return
    top, left = _position(match[1])
    bottom, right = _position(match[2] or match[1])
    if (bottom - top + 1) * (right - left + 1) > 1_000_000:
        return
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            yield row, column


def _position(reference: str) -> Position:
    letters = reference.rstrip("0123456789")
    return int(reference[len(letters) :]) - 1, _column(letters)
