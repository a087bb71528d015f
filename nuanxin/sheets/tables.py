"""From a sheet to its records: which rows are records, what merged and repeated cells say."""

from collections.abc import Sequence
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


def read_table(
    grid: Grid,
    header: Header,
    kind: Kind,
    words: Vocabulary,
    required: Sequence[str] | None,
) -> Table:
    """Read all records of a sheet, from its header down; the sheet's rows are used up.

    A header that comes again is passed over; one with other columns begins them anew. Without
    ``required`` the headings that are marked say what every record needs.
    """
    return _Walk(grid, header, kind, words, required).go()


class _Walk:
    def __init__(
        self,
        grid: Grid,
        header: Header,
        kind: Kind,
        words: Vocabulary,
        required: Sequence[str] | None,
    ) -> None:
        self.grid, self.kind, self.words, self.required = grid, kind, words, required
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
        marked = [name for block in self.blocks for name in block.marked]
        self.needed = self.required
        if self.needed is None:
            self.needed = list(dict.fromkeys([*self.kind.always_required, *marked]))
        self.ditto = [
            [(n, c) for n, c in block.columns.items() if n in self.kind.ditto or c in self.sparse]
            for block in self.blocks
        ]

    def go(self) -> Table:
        _fill_down(self.grid, self.header.bottom)
        self._skip_titles()
        index = self.header.bottom + 1
        while index < len(self.grid.rows):
            last = self._step(index, self.grid.rows[index])
            for done in range(index, last + 1):
                self.grid.rows[done] = []  # read, and not needed again
            index = last + 1
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
        if len(self.blocks) > 1 and not _holds(row, block):
            return
        draft = Draft(Place(self.grid.name, index + self.grid.first_row, block.name), {})
        row = self._filled(row, number, draft)
        self.kind.read(row, block, draft)
        if index in self.grid.hidden_rows:
            draft.warn("row_hidden")
        self.above[number] = row
        self._judge(draft, row, block)
        self.table.drafts.append(draft)

    def _judge(self, draft: Draft, row: Row, block: Block) -> None:
        """Reject a record for the first field it needs and has not."""
        for name in self.needed or ():
            value = draft.fields.get(name)
            if value is None or value == []:
                draft.reject((draft.problems or {}).get(name) or self.kind.missing(name))
                draft.at_field, draft.column = name, block.letter(name)
                column = block.columns.get(name)
                if column is not None and column < len(row):
                    draft.value = shown(row[column])
                return

    def _filled(self, row: Row, number: int, draft: Draft) -> Row:
        """Return a row with what it repeats from the one above."""
        above = self.above[number] or []
        copy: Row | None = None
        for name, column in self.ditto[number]:
            if column >= len(row):
                continue
            cell = row[column]
            if cell == "" or cell is None or (isinstance(cell, str) and is_blank(cell)):
                code = f"filled_down:{name}" if column in self.sparse else ""
            else:
                code = "ditto_filled" if is_ditto(cell) else ""
            if not code:
                continue
            source = above[column] if column < len(above) else ""
            copy = copy or list(row)
            copy[column] = source
            if not is_blank(source):
                draft.warn(code)
            elif code == "ditto_filled":
                draft.warn(_LOST)
        return copy or row

    def _skip(self, index: int, what: str) -> None:
        number = index + self.grid.first_row
        if number:
            self.table.skipped.append(Skipped(Place(self.grid.name, number), what))


def _holds(row: Row, block: Block) -> bool:
    """Return whether a block of several has anything in this row but its number."""
    seq = block.columns.get("seq")
    columns = (*block.columns.values(), *block.facilities.values(), *block.extra.values())
    return any(c != seq and c < len(row) and not is_blank(row[c]) for c in columns)


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
        if sum(not is_blank(cell) for cell in row) >= 2
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
