"""Workbooks as XML of 2003, which business programs save under the name of a workbook."""

import datetime as dt
from typing import Final
from xml.parsers import expat

from nuanxin.sheets.grids import FORMULA_ERROR, FORMULA_NO_CACHE, Broken, Cell, Grid, Merge
from nuanxin.sheets.unreadable import refuse

SPACE: Final = "urn:schemas-microsoft-com:office:spreadsheet"
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 400
_Attributes = dict[str, str]


def read(text: str) -> list[Grid]:
    """Return the sheets of such a document.

    Raises
    ------
    Unreadable
        ``external_entities`` for a document type, ``damaged`` when it is no well-formed XML or counts
        its cells beyond what a sheet may have, ``not_a_sheet`` when there is no sheet in it.
    """
    reader = _Reader()
    try:
        reader.parser.Parse(text.encode("utf-8"), True)
    except (
        expat.ExpatError,
        ValueError,
        IndexError,
    ):  # no XML, no number, or a cell outside of a row
        refuse("damaged")
    if not reader.grids:
        refuse("not_a_sheet", "XML")
    for grid in reader.grids:
        grid.hidden_rows = frozenset(reader.hidden.get(grid.name, ()))
    return reader.grids


class _Reader:
    """Collects rows; cells and rows that are left out are counted by their index."""

    def __init__(self) -> None:
        self.grids: list[Grid] = []
        self.hidden: dict[str, set[int]] = {}
        self.parser = expat.ParserCreate("utf-8", "|")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._hear
        self.parser.StartDoctypeDeclHandler = lambda *_declared: refuse("external_entities")
        self._row = self._column = -1
        self._span = 0
        self._kind = ""
        self._said: list[str] | None = None
        self._is_aside = False  # in a remark on a cell

    def _start(self, name: str, attributes: _Attributes) -> None:
        space, _bar, tag = name.rpartition("|")
        if space != SPACE:
            if tag == "Visible":
                self._said = []
            return
        own = {key.rpartition("|")[2]: value for key, value in attributes.items()}
        if tag == "Worksheet":
            self.grids.append(Grid(own.get("Name", ""), []))
            self._row = -1
        elif tag == "Row":
            self._begin_row(own)
        elif tag == "Cell":
            self._begin_cell(own)
        elif tag == "Comment":
            self._is_aside = True
        elif tag == "Data" and not self._is_aside:
            self._kind, self._said = own.get("Type", "String"), []

    def _begin_row(self, own: _Attributes) -> None:
        self._row = _counted(own.get("Index"), self._row, _MOST_ROWS)
        rows = self.grids[-1].rows
        rows += [[] for _missing in range(self._row + 1 - len(rows))]
        self._column = -1
        if own.get("Hidden") == "1":
            self.hidden.setdefault(self.grids[-1].name, set()).add(self._row)
        self._row += int(own.get("Span", "0"))

    def _begin_cell(self, own: _Attributes) -> None:
        self._column = _counted(own.get("Index"), self._column, _MOST_COLUMNS)
        row = self.grids[-1].rows[-1]
        row += [""] * (self._column + 1 - len(row))
        if "Formula" in own:
            row[self._column] = Broken(FORMULA_NO_CACHE)
        self._span, down = int(own.get("MergeAcross", "0")), int(own.get("MergeDown", "0"))
        if self._span or down:
            top = len(self.grids[-1].rows) - 1
            right = self._column + self._span
            self.grids[-1].merges.append(Merge(top, self._column, top + down, right))

    def _hear(self, text: str) -> None:
        if self._said is not None:
            self._said.append(text)

    def _end(self, name: str) -> None:
        space, _bar, tag = name.rpartition("|")
        text = "".join(self._said or ())
        if tag == "Comment":
            self._is_aside = False
        elif tag == "Data" and space == SPACE and not self._is_aside:
            self.grids[-1].rows[-1][self._column] = _value(self._kind, text)
            self._said = None
        elif tag == "Cell" and space == SPACE:
            self._column += self._span
        elif tag == "Visible" and self.grids:
            self.grids[-1].is_visible = not text.startswith("Sheet")
            self._said = None


def _counted(index: str | None, last: int, most: int) -> int:
    """Return the place of a row or a cell from 0: its index if it has one, else the next."""
    place = last + 1 if index is None else int(index) - 1
    if not last < place < most:
        refuse("damaged")
    return place


def _value(kind: str, text: str) -> Cell:
    if kind == "Number":
        return float(text)
    if kind == "DateTime":
        return dt.datetime.fromisoformat(text)
    if kind == "Boolean":
        return text.strip() == "1"
    return Broken(FORMULA_ERROR, text) if kind == "Error" else text
