"""Finding the row, or rows, that say what the columns are."""

import re
from dataclasses import dataclass, field

from nuanxin.sheets.grids import Cell, Grid, Merge, Row, is_blank
from nuanxin.sheets.headings import EXACT, LIKE, Match, Vocabulary, base

_SCANNED = 60
_DEEPEST = 3
_ABOUT = re.compile(r"(信息|情况|资料)$")
_VALUE = re.compile(r"[:：\d]")
_UNIT = re.compile(r"^\s*[(（【\[].*[)）】\]]\s*$", re.DOTALL)


@dataclass(slots=True)
class Heading:
    """The heading of one column: its own text, those of the groups above, what it stands for."""

    index: int
    text: str
    groups: tuple[str, ...] = ()
    match: Match | None = None
    is_facility: bool = False


@dataclass(slots=True)
class Header:
    """The rows of a header, from 0, and the headings of its columns that have one."""

    top: int
    depth: int
    headings: list[Heading] = field(default_factory=list)
    score: float = 0.0

    @property
    def bottom(self) -> int:
        """Return the last row of the header."""
        return self.top + self.depth - 1

    @property
    def fields(self) -> set[str]:
        """Return the fields recognised."""
        return {heading.match.field for heading in self.headings if heading.match}


def find_header(grid: Grid, words: Vocabulary) -> Header | None:
    """Return the header of a sheet, or None when none of its first rows is one."""
    best: Header | None = None
    for top in range(min(len(grid.rows), _SCANNED)):
        header = header_at(grid, top, words)
        if header and (best is None or header.score > best.score):
            best = header
    return best


def header_at(grid: Grid, top: int, words: Vocabulary) -> Header | None:
    """Return the header that begins at a row, as deep as it goes, or None."""
    if not _speaks(grid.rows[top], words) and not _names_others(grid, top, words):
        return None
    best: Header | None = None
    rows = [_spread(grid, top)]
    for depth in range(1, _DEEPEST + 1):
        header = _weighed(Header(top, depth, _headings(rows, words)))
        if header and (best is None or header.score + 0.5 * (depth - 1) > best.score):
            best = header
        below = top + depth
        if below >= len(grid.rows) or not _goes_on(rows[-1], grid, below, words):
            break
        rows.append(_spread(grid, below))
    return best


def _speaks(row: Row, words: Vocabulary) -> bool:
    texts = [cell for cell in row if not is_blank(cell)]
    return len({str(text) for text in texts}) >= 2 and any(words.match(text) for text in texts)


def _names_others(grid: Grid, top: int, words: Vocabulary) -> bool:
    """Return whether a row groups the headings below it and one of its groups is of somebody else."""
    if top + 1 == len(grid.rows) or not _speaks(grid.rows[top + 1], words):
        return False
    above, below = _spread(grid, top), grid.rows[top + 1]
    merged = _merged_columns(grid.merges, top)
    return any(
        words.forbids("name", text) and not _VALUE.search(text) and _heads_group(above, below, column, merged)
        for column, text in enumerate(above)
    )  # fmt: skip


def _weighed(header: Header) -> Header | None:
    """Score a header by the fields it names; None when it names too few to be one."""
    _call_outlets_stations(header)
    strengths: dict[str, int] = {}
    for heading in header.headings:
        if heading.match:
            name = heading.match.field
            strengths[name] = max(strengths.get(name, 0), heading.match.strength)
        elif heading.is_facility:
            strengths["facilities"] = EXACT
    known = sum(1 for heading in header.headings if heading.match or heading.is_facility)
    named = {name for name in strengths if name != "seq"}
    if len(named) < 2 or known < 0.4 * len(header.headings):
        return None
    header.score = sum(strengths.values()) + 3 * ("name" in named) - 0.01 * header.top
    return header


def _call_outlets_stations(header: Header) -> None:
    """Take the name of the outlet for that of the station where no column has the latter."""
    if header.fields & {"name", "outlet"} == {"outlet"}:
        for heading in header.headings:
            if heading.match and heading.match.field == "outlet":
                heading.match = Match("name", LIKE)


def _spread(grid: Grid, index: int) -> list[str]:
    """Return a row's texts with those of cells merged to the right repeated."""
    texts = [cell if isinstance(cell, str) else _number(cell) for cell in grid.rows[index]]
    for merge in grid.merges:
        if merge.top == index and merge.left < merge.right and merge.left < len(texts):
            right = min(merge.right, len(texts) - 1)
            texts[merge.left + 1 : right + 1] = [texts[merge.left]] * (right - merge.left)
    return texts


def _number(cell: Cell) -> str:
    return "" if cell is None else str(cell)


def _goes_on(above: list[str], grid: Grid, index: int, words: Vocabulary) -> bool:
    """Return whether a row parts the headings above it, rather than being the first record."""
    row = grid.rows[index]
    cells = [(column, cell) for column, cell in enumerate(row) if not is_blank(cell)]
    if not cells or not all(isinstance(cell, str) and len(cell) <= 40 for _column, cell in cells):
        return False
    merged = _merged_columns(grid.merges, index - 1)
    fits = 0
    for column, cell in cells:
        own = above[column] if column < len(above) else ""
        if not own.strip() or _heads_group(above, row, column, merged):
            fits += 1
        elif not _UNIT.match(str(cell)):
            return False
    return fits > 0 and (fits >= 2 or words.match(cells[0][1]) is not None)


def _heads_group(above: list[str], row: Row, column: int, merged: set[int]) -> bool:
    if column in merged:
        return True
    right = column + 1
    return (
        right < len(above)
        and right < len(row)
        and not above[right].strip()
        and not is_blank(row[right])
    )


def _merged_columns(merges: list[Merge], index: int) -> set[int]:
    """Return the columns under a cell that is merged sideways in a row."""
    return {
        column
        for merge in merges
        if merge.top == index and merge.bottom == index and merge.left < merge.right
        for column in range(merge.left, min(merge.right, 400) + 1)
    }


def _headings(rows: list[list[str]], words: Vocabulary) -> list[Heading]:
    width = max(len(row) for row in rows)
    headings = []
    group: list[str] = [""] * len(rows)
    for column in range(width):
        texts = [row[column] if column < len(row) else "" for row in rows]
        path = _path(texts, group)
        if path:
            headings.append(_heading(column, path, words))
    return headings


def _path(texts: list[str], group: list[str]) -> list[str]:
    """Return the texts over a column from the top; a group reaches on over blank cells beside it."""
    path = []
    for level, text in enumerate(texts):
        if text.strip():
            group[level:] = [text] + [""] * (len(texts) - level - 1)
            path.append(text)
        elif group[level] and any(below.strip() for below in texts[level + 1 :]):
            path.append(group[level])
        elif not any(below.strip() for below in texts[level:]):
            break
    return [text for text in path if not _UNIT.match(text)] or path[:1]


def _heading(column: int, path: list[str], words: Vocabulary) -> Heading:
    text, groups = path[-1], tuple(path[:-1])
    own = words.match(text)
    group = words.match(groups[-1]) if groups else None
    if group and group.field == "facilities" and not (own and own.strength == EXACT):
        return Heading(column, text, groups, is_facility=True)
    return Heading(column, text, groups, _meaning(text, groups, words))


def _meaning(text: str, groups: tuple[str, ...], words: Vocabulary) -> Match | None:
    above = "".join(groups)
    own = words.match(text)
    group = words.match(groups[-1]) if groups else None
    if own is None and groups:
        own = words.match(_ABOUT.sub("", base(groups[-1])) + base(text))
    if own is None and group and len(groups) == 1 and base(groups[0]) == base(text):
        own = group
    return None if own and words.forbids(own.field, above) else own
