"""HTML tables that programs save under the name of a workbook."""

import re
from html.parser import HTMLParser

from nuanxin.sheets.grids import Grid, Merge, Row
from nuanxin.sheets.unreadable import refuse

_MAX_SPAN = 1000
_BLOCKS = frozenset(["p", "div", "li"])
_SILENT = frozenset(["script", "style", "head", "title", "template"])
_DOCTYPE = re.compile(r"<!doctype[^>]*\[|<!entity", re.IGNORECASE)


def read(text: str) -> list[Grid]:
    """Return the tables of a page; rows are counted as ``tr`` elements.

    Raises
    ------
    Unreadable
        ``not_a_sheet`` when there is no table, ``external_entities`` for declared entities.
    """
    if _DOCTYPE.search(text[:5000]):
        refuse("external_entities")
    parser = _Tables()
    try:
        parser.feed(text)
        parser.close()
    except AssertionError:  # the parser's word for marked sections it does not know
        refuse("damaged")
    parser.end()
    tables = [table for table in parser.tables if table.rows]
    if not tables:
        refuse("not_a_sheet", "XML" if text.lstrip("\ufeff \r\n").startswith("<?xml") else "HTML")
    for number, table in enumerate(tables[1:], 2):
        table.name = f"(html {number})"
    return tables


class _Tables(HTMLParser):
    """Collects rows; spans become merges whose first cell has the text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[Grid] = []
        self._open: list[Grid] = []
        self._row: Row | None = None
        self._text: list[str] | None = None
        self._taken: dict[int, dict[int, int]] = {}
        self._span = (1, 1)
        self._quiet = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT and tag != "head":
            self._quiet += 1
        elif tag == "table":
            self._begin_table()
        elif tag == "tr" and self._open:
            self._end_row()
            self._row = []
        elif tag in ("td", "th") and self._open:
            self._end_cell()
            if self._row is None:
                self._row = []
            values = dict(attrs)
            self._span = (_span(values.get("rowspan")), _span(values.get("colspan")))
            self._text = []
        elif tag == "br" and self._text is not None:
            self._text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT and tag != "head":
            self._quiet = max(0, self._quiet - 1)
        elif tag in ("td", "th"):
            self._end_cell()
        elif tag == "tr":
            self._end_row()
        elif tag == "table" and self._open:
            self._end_row()
            self._open.pop()
        elif tag in _BLOCKS and self._text:
            self._text.append("\n")

    def handle_data(self, data: str) -> None:
        if self._text is not None and not self._quiet:
            self._text.append(re.sub(r"[ \t\r\n]+", " ", data))

    def end(self) -> None:
        """Close what the page left open."""
        self._end_row()

    def _begin_table(self) -> None:
        self._end_row()
        grid = Grid("(html)", [])
        self.tables.append(grid)
        self._open.append(grid)
        self._taken[id(grid)] = {}

    def _end_cell(self) -> None:
        if self._text is None or self._row is None or not self._open:
            return
        text = "\n".join(line.strip(" ") for line in "".join(self._text).split("\n")).strip("\n")
        grid, index = self._open[-1], len(self._open[-1].rows)
        taken = self._taken[id(grid)]
        while taken.get(len(self._row), 0) > index:
            self._row.append("")
        left, (down, across) = len(self._row), self._span
        self._row += [text] + [""] * (across - 1)
        if down > 1 or across > 1:
            grid.merges.append(Merge(index, left, index + down - 1, left + across - 1))
            for column in range(left, left + across):
                taken[column] = index + down
        self._text = None

    def _end_row(self) -> None:
        self._end_cell()
        if self._row is not None and self._open:
            self._open[-1].rows.append(self._row)
        self._row = None


def _span(text: str | None) -> int:
    return (
        min(int(text), _MAX_SPAN) if text and text.isascii() and text.isdigit() and int(text) else 1
    )
