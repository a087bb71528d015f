"""Code sheets: what 13 stands for in the column 政治面貌."""

from nuanxin.sheets.grids import Grid, Row, is_blank, shown
from nuanxin.sheets.headings import Vocabulary

_LONGEST = 500


def gather(grids: list[Grid], words: Vocabulary) -> dict[str, dict[str, str]]:
    """Return labels by field and code from sheets that list them.

    Two layouts are known: a field's heading on a row of its own with rows of code and label below,
    and headings side by side with ``13-群众`` below.
    """
    found: dict[str, dict[str, str]] = {}
    for grid in grids:
        if len(grid.rows) <= _LONGEST:
            _gather_stacked(grid.rows, words, found)
            _gather_columns(grid.rows, words, found)
    return found


def _gather_stacked(rows: list[Row], words: Vocabulary, found: dict[str, dict[str, str]]) -> None:
    current = ""
    for row in rows:
        cells = [shown(cell).strip() for cell in row if not is_blank(cell)]
        if len(cells) >= 2 and words.match(cells[0]) and _is_code(cells[1]):
            current = _field(words, cells[0])
            cells = cells[1:]
        if len(cells) == 1 and words.match(cells[0]):
            current = _field(words, cells[0])
        elif current and len(cells) == 2 and _is_code(cells[0]) and not _is_code(cells[1]):
            found.setdefault(current, {}).setdefault(cells[0], cells[1])


def _gather_columns(rows: list[Row], words: Vocabulary, found: dict[str, dict[str, str]]) -> None:
    if not rows:
        return
    for column, heading in enumerate(rows[0]):
        match = words.match(heading)
        if not match:
            continue
        for row in rows[1:]:
            text = shown(row[column]).strip() if column < len(row) else ""
            for mark in "-－—、.:：":
                code, parted, label = text.partition(mark)
                if (
                    parted
                    and _is_code(code.strip())
                    and label.strip()
                    and not _is_code(label.strip())
                ):
                    found.setdefault(match.field, {}).setdefault(code.strip(), label.strip())
                    break


def _field(words: Vocabulary, heading: str) -> str:
    match = words.match(heading)
    return match.field if match else ""


def _is_code(text: str) -> bool:
    return text.isdigit() and len(text) <= 3
