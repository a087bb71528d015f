"""The one shape every container is brought into: sheets of rows of plain values."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell whose formula gave an error, or was never worked out; never its formula's text."""

    code: str
    text: str = ""

    def __str__(self) -> str:
        return self.text


Cell = str | float | int | bool | dt.date | dt.time | dt.timedelta | Broken | None
Row = list[Cell]

FORMULA_ERROR = "formula_error"
FORMULA_NO_CACHE = "formula_no_cache"


@dataclass(frozen=True, slots=True)
class Merge:
    """A rectangle of merged cells, rows and columns from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class Grid:
    """One sheet; a blank cell is ``""`` or None, ``hidden_rows`` count from 0.

    ``first_row`` is what the office program calls the first of ``rows``; 0 where headings stand in
    front of it.
    """

    name: str
    rows: list[Row]
    merges: list[Merge] = field(default_factory=list)
    hidden_rows: frozenset[int] = frozenset()
    is_visible: bool = True
    first_row: int = 1


@dataclass(slots=True)
class Book:
    """A whole file as sheets; ``encoding`` is empty unless it was text."""

    grids: list[Grid]
    encoding: str = ""


# Says how well the rows of a text, read in one way, carry headings; 0 when not at all.
Weigher = Callable[[list[Row]], float]

# among them the marks of direction that address books put about a number that is copied
_INVISIBLE = (
    "\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff"
)
_DROP = str.maketrans("", "", _INVISIBLE)


def is_blank(value: Cell) -> bool:
    """Return whether a cell says nothing: empty, or nothing but white space."""
    if isinstance(value, str):
        if not value:
            return True
        return not value[0].isalnum() and not value.translate(_DROP).strip()
    return value is None


def visible(text: str) -> str:
    """Return a text without characters that take no room."""
    return text if text.isprintable() else text.translate(_DROP)


def column_letter(index: int) -> str:
    """Return the letters of a column counted from 0."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def shown(value: Cell) -> str:
    """Return a cell as a person would read it, for error lists and samples."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    return str(value)
