"""From a sheet to its records: which rows are records, what merged and repeated cells say."""

from dataclasses import dataclass, field

from nuanxin.sheets.blocks import Block, described, divide, is_header_again
from nuanxin.sheets.cell_texts import is_ditto
from nuanxin.sheets.drafts import Draft, Kind
from nuanxin.sheets.grids import Grid, Row, is_blank, shown
from nuanxin.sheets.headers import Header, header_at
from nuanxin.sheets.headings import Vocabulary
from nuanxin.sheets.readings import Column, Place, Skipped
from nuanxin.sheets.row_kinds import is_column_numbers, kind_of

_EARLY = 6
_LOST = "ditto_unresolved"


@dataclass(slots=True)
class Table:
    """What one sheet holds; ``required`` are the fields its own headings mark."""

    drafts: list[Draft] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    marked: list[str] = field(default_factory=list)


def read_table(grid: Grid, header: Header, kind: Kind, words: Vocabulary) -> Table:
    """Read all records of a sheet, from its header down.

    A header that comes again is passed over; one with other columns begins them anew.
    """
    return _Walk(grid, header, kind, words).go()


class _Walk:
    def __init__(self, grid: Grid, header: Header, kind: Kind, words: Vocabulary) -> None:
        self.grid, self.kind, self.words = grid, kind, words
        self.table = Table()
        self.above: list[Row | None] = []
        self.heads = _head_texts(grid, header)
        self._begin(header)

    def _begin(self, header: Header) -> None:
        self.header = header
        self.blocks = divide(self.grid, header, self.words)
        self.above = [None] * len(self.blocks)
        self.start = header.bottom
        self.probes = [
            b.columns[n] for b in self.blocks for n in ("name", *self.kind.keys) if n in b.columns
        ][:3]
        self.heads |= _head_texts(self.grid, header)
        self.sparse = _sparse_columns(self.grid, header, self.blocks, self.kind)
        self.table.columns += described(self.grid, header, self.blocks, self.words)
        self.table.marked += [
            n for b in self.blocks for n in b.marked if n not in self.table.marked
        ]

    def go(self) -> Table:
        _fill_down(self.grid, self.header.bottom)
        self._skip_titles()
        index = self.header.bottom + 1
        while index < len(self.grid.rows):
            index = self._step(index, self.grid.rows[index]) + 1
        return self.table

    def _skip_titles(self) -> None:
        for index in range(self.header.top):
            blank = all(is_blank(cell) for cell in self.grid.rows[index])
            self._skip(index, "blank" if blank else "title")
        for index in range(self.header.top, self.header.bottom + 1):
            self._skip(index, "header" if index == self.header.top else "subheader")

    def _step(self, index: int, row: Row) -> int:
        """Take one row, or several when a header comes again; return the last one taken."""
        if self._looks_like_header(row):
            if is_header_again(row, self.header, self.grid):
                return self._pass_header(index)
            again = header_at(self.grid, index, self.words)
            if (
                again
                and "name" in again.fields
                and len(again.fields) >= 3
                and again.score >= 0.6 * self.header.score
            ):
                self._begin(again)
                for number in range(again.top, again.bottom + 1):
                    self._skip(number, "repeat_header")
                return again.bottom
        is_early = index - self.start <= _EARLY
        if index == self.start + 1 and is_column_numbers(row):
            self._skip(index, "subheader")
            return index
        what = kind_of(row, self.blocks, is_early=is_early)
        if what:
            self._skip(index, what)
        else:
            for number, block in enumerate(self.blocks):
                self._take(index, row, number, block)
        return index

    def _looks_like_header(self, row: Row) -> bool:
        return any(column < len(row) and row[column] in self.heads for column in self.probes)

    def _pass_header(self, index: int) -> int:
        self._skip(index, "repeat_header")
        below = index + 1
        while (
            below < len(self.grid.rows)
            and below - index < self.header.depth
            and is_header_again(self.grid.rows[below], self.header, self.grid)
        ):
            self._skip(below, "repeat_header")
            below += 1
        return below - 1

    def _take(self, index: int, row: Row, number: int, block: Block) -> None:
        seq = block.columns.get("seq")
        columns = [
            c
            for c in (*block.columns.values(), *block.facilities.values(), *block.extra.values())
            if c != seq
        ]
        if len(self.blocks) > 1 and not any(c < len(row) and not is_blank(row[c]) for c in columns):
            return
        draft = Draft(Place(self.grid.name, index + 1, block.name), {})
        row = self._filled(row, block, number, draft)
        self.kind.read(row, block, draft)
        if index in self.grid.hidden_rows:
            draft.warn("row_hidden")
        self.above[number] = row
        draft.cells = (row, block)
        self.table.drafts.append(draft)

    def _filled(self, row: Row, block: Block, number: int, draft: Draft) -> Row:
        """Return a row with what it repeats from the one above."""
        above = self.above[number]
        copy: Row | None = None
        for name, column in block.columns.items():
            if column >= len(row):
                continue
            cell = row[column]
            if isinstance(cell, str) and is_ditto(cell) and name in self.kind.ditto:
                source = above[column] if above and column < len(above) else None
                copy = copy or list(row)
                copy[column] = source
                draft.warn("ditto_filled" if not is_blank(source) else _LOST)
            elif (
                column in self.sparse
                and is_blank(cell)
                and above
                and column < len(above)
                and not is_blank(above[column])
            ):
                copy = copy or list(row)
                copy[column] = above[column]
                draft.warn(f"filled_down:{name}")
        return copy or row

    def _skip(self, index: int, what: str) -> None:
        self.table.skipped.append(Skipped(Place(self.grid.name, index + 1), what))


def _head_texts(grid: Grid, header: Header) -> set[object]:
    rows = grid.rows[header.top : header.bottom + 1]
    texts: set[object] = {cell for row in rows for cell in row if isinstance(cell, str) and cell}
    return texts | {"姓名", "姓 名", "站点名称", "驿站名称", "序号", "名称"}


def _fill_down(grid: Grid, bottom: int) -> None:
    """Write the text of a cell merged downwards into every cell it covers."""
    for merge in grid.merges:
        if merge.top <= bottom or merge.bottom == merge.top or merge.left != merge.right:
            continue
        if merge.top >= len(grid.rows) or merge.left >= len(grid.rows[merge.top]):
            continue
        value = grid.rows[merge.top][merge.left]
        for row in grid.rows[merge.top + 1 : merge.bottom + 1]:
            row.extend([""] * (merge.left + 1 - len(row)))
            if not is_blank(value) and is_blank(row[merge.left]):
                row[merge.left] = value


def _sparse_columns(grid: Grid, header: Header, blocks: list[Block], kind: Kind) -> set[int]:
    """Return columns written once for a group of rows, where no merged cell says so.

    The first record has it, most others do not.
    """
    rows = [
        row
        for row in grid.rows[header.bottom + 1 :][:400]
        if sum(not is_blank(cell) for cell in row) >= 3
    ]
    sparse = set()
    for block in blocks:
        for name in kind.filled_down:
            column = block.columns.get(name)
            if column is None or len(rows) < 4:
                continue
            if any(m.left == column and m.bottom > m.top > header.bottom for m in grid.merges):
                continue
            filled = [column < len(row) and not is_blank(row[column]) for row in rows]
            if filled[0] and sum(filled) < 0.5 * len(rows):
                sparse.add(column)
    return sparse


def raw_value(draft: Draft, name: str) -> tuple[str, str]:
    """Return the column letter of a field and what its cell said."""
    if draft.cells is None:
        return "", ""
    row, block = draft.cells
    column = block.columns.get(name)
    if column is None:
        return "", ""
    return block.letter(name), shown(row[column]) if column < len(row) else ""
