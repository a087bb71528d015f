"""Which column holds which field; a row may hold two records side by side."""

import re
from collections import Counter
from dataclasses import dataclass, field

from nuanxin.sheets.grids import Cell, Grid, column_letter, is_blank, shown
from nuanxin.sheets.headers import Header, Heading
from nuanxin.sheets.headings import Vocabulary, base, datum_of, is_marked, plain
from nuanxin.sheets.readings import Column

_TICKS = frozenset(
    ["√", "✓", "✔", "☑", "×", "✗", "✘", "有", "无", "是", "否", "1", "0", "○", "●", "r", "p"]
)
_FACILITY = re.compile(
    r"饮水|热水|直饮|微波炉|空调|冰箱|药箱|药品|急救|充电|换电|桌椅|座椅|休息|卫生间|厕所|洗手|wifi|无线|图书|书报|报刊|书籍|书架|电视|血压|风扇|取暖|暖气|雨伞|雨具|打气|工具|aed|插座|储物|沙发|按摩|母婴|消毒|体重|针线|灭火"
)
_SAMPLES = 3
_DATUM_RANK = ("wgs84", "cgcs2000", "", "gcj02", "bd09")


@dataclass(slots=True)
class Block:
    """One record's share of a row: field to column, facility to column, unknown columns."""

    name: str
    columns: dict[str, int] = field(default_factory=dict)
    facilities: dict[str, int] = field(default_factory=dict)
    extra: dict[str, int] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)
    marked: list[str] = field(default_factory=list)
    datum: str = ""

    def letter(self, name: str) -> str:
        """Return the letter of the column of a field, or nothing."""
        return column_letter(self.columns[name]) if name in self.columns else ""


def divide(grid: Grid, header: Header, words: Vocabulary) -> list[Block]:
    """Return the blocks of a header, left to right."""
    shares = _shares(header.headings)
    names = (
        [""]
        if len(shares) == 1
        else ["L", "R"]
        if len(shares) == 2
        else [str(n + 1) for n in range(len(shares))]
    )
    return [
        _block(name, share, grid, header, words) for name, share in zip(names, shares, strict=True)
    ]


def _shares(headings: list[Heading]) -> list[list[Heading]]:
    """Part the headings where the whole set of fields begins anew."""
    counts = Counter(heading.match.field for heading in headings if heading.match)
    repeated = [name for name, count in counts.items() if count > 1]
    if counts["name"] < 2 or len(repeated) < 2:
        return [headings]
    first = next(h.match.field for h in headings if h.match and h.match.field in repeated)
    starts = [h.index for h in headings if h.match and h.match.field == first]
    if len(starts) != counts["name"]:
        return [headings]
    bounds = [*starts[1:], headings[-1].index + 1]
    shares: list[list[Heading]] = [[] for _bound in bounds]
    for heading in headings:
        shares[next(n for n, bound in enumerate(bounds) if heading.index < bound)].append(heading)
    return shares


def _block(name: str, share: list[Heading], grid: Grid, header: Header, words: Vocabulary) -> Block:
    block = Block(name)
    chosen: dict[str, Heading] = {}
    for heading in sorted(share, key=_rank):
        if heading.match and heading.match.field not in chosen and _fits(heading, grid, header):
            chosen[heading.match.field] = heading
    _pair_coordinates(chosen, share)
    for heading in share:
        taken = heading.match and chosen.get(heading.match.field) is heading
        if heading.match and taken:
            block.columns[heading.match.field] = heading.index
            block.headings[heading.match.field] = heading.text
            if is_marked(heading.text):
                block.marked.append(heading.match.field)
        elif _is_facility(heading, grid, header, words):
            block.facilities[_facility(heading.text)] = heading.index
        elif heading.match is None or heading.match.field != "seq":
            block.extra[_unused(_label(heading), block.extra)] = heading.index
    block.datum = _datum(chosen)
    return block


def _rank(heading: Heading) -> tuple[int, int, int]:
    datum = datum_of("".join((*heading.groups, heading.text)))
    strength = heading.match.strength if heading.match else 0
    return (-strength, _DATUM_RANK.index(datum), heading.index)


def _fits(heading: Heading, grid: Grid, header: Header) -> bool:
    """编号 over 1, 2, 3 … numbers the rows and names nothing."""
    if plain(heading.text) not in ("编号", "编码"):
        return True
    cells = [row[heading.index] for row in _below(grid, header, 12) if heading.index < len(row)]
    texts = [shown(cell) for cell in cells if not is_blank(cell)]
    return not texts or texts != [str(n) for n in range(1, len(texts) + 1)]


def _pair_coordinates(chosen: dict[str, Heading], share: list[Heading]) -> None:
    """Take longitude and latitude of one and the same datum."""
    if "lng" not in chosen or "lat" not in chosen:
        return
    wanted = _spelt_datum(chosen["lng"])
    for heading in share:
        if heading.match and heading.match.field == "lat" and _spelt_datum(heading) == wanted:
            chosen["lat"] = heading
            return


def _spelt_datum(heading: Heading) -> str:
    return datum_of(" ".join((*heading.groups, heading.text)))


def _datum(chosen: dict[str, Heading]) -> str:
    for name in ("lng", "lat", "coords"):
        if name in chosen and _spelt_datum(chosen[name]):
            return _spelt_datum(chosen[name])
    return ""


def _is_facility(heading: Heading, grid: Grid, header: Header, words: Vocabulary) -> bool:
    if "facilities" not in words.fields:
        return False
    if heading.is_facility:
        return True
    if heading.match or not _FACILITY.search(plain(heading.text)) or "是否24" in heading.text:
        return False
    cells = [
        shown(row[heading.index]).strip()
        for row in _below(grid, header, 40)
        if heading.index < len(row)
    ]
    filled = [cell.casefold() for cell in cells if cell]
    return bool(filled) and sum(cell in _TICKS for cell in filled) >= 0.7 * len(filled)


def _facility(text: str) -> str:
    name = re.sub(r"\s+", "", text)
    return re.sub(r"^(有无|是否有|有否)|[（(][^（）()]*[)）]$", "", name) or name


def _label(heading: Heading) -> str:
    return "/".join(
        re.sub(r"\s+", "", text) for text in (*heading.groups, heading.text) if text.strip()
    )


def _unused(label: str, taken: dict[str, int]) -> str:
    number = 2
    unique = label
    while unique in taken:
        unique = f"{label} {number}"
        number += 1
    return unique


def _below(grid: Grid, header: Header, count: int) -> list[list[Cell]]:
    first = header.bottom + 1
    return [
        row for row in grid.rows[first : first + count + 10] if any(not is_blank(c) for c in row)
    ][:count]


def described(grid: Grid, header: Header, blocks: list[Block], words: Vocabulary) -> list[Column]:
    """Return what each column was taken for, for a person to confirm."""
    taken = {index: name for block in blocks for name, index in block.columns.items()}
    taken |= {index: "facilities" for block in blocks for index in block.facilities.values()}
    sample = _below(grid, header, 8)
    columns = []
    for heading in header.headings:
        texts = [shown(row[heading.index]) for row in sample if heading.index < len(row)]
        columns.append(
            Column(
                sheet=grid.name,
                letter=column_letter(heading.index),
                heading=_label(heading),
                field=taken.get(heading.index, _silent(heading)),
                source="given" if words.is_given(heading.text) else "heading",
                samples=tuple([text for text in texts if text][:_SAMPLES]),
            )
        )
    return columns


def _silent(heading: Heading) -> str:
    return "seq" if heading.match and heading.match.field == "seq" else ""


def is_header_again(row: list[Cell], header: Header, grid: Grid) -> bool:
    """Return whether a row repeats the header above it, as on each printed page."""
    known = {heading.index: base(heading.text) for heading in header.headings}
    cells = [(column, cell) for column, cell in enumerate(row) if not is_blank(cell)]
    if len(cells) < 2:
        return False
    same = sum(
        isinstance(cell, str) and base(cell) in (known.get(column), *_tops(grid, header, column))
        for column, cell in cells
    )
    return same >= 0.8 * len(cells)


def _tops(grid: Grid, header: Header, column: int) -> list[str]:
    rows = grid.rows[header.top : header.bottom + 1]
    return [base(str(row[column])) for row in rows if column < len(row) and row[column]]
