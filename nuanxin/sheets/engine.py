"""The reading itself, free of Django: a child process runs it as well."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from nuanxin.sheets import code_sheets, containers
from nuanxin.sheets.drafts import Draft, Kind, Setting
from nuanxin.sheets.grids import Book, Grid, Row
from nuanxin.sheets.headers import Header, find_header
from nuanxin.sheets.headings import Vocabulary
from nuanxin.sheets.kind_listed import UnionKind, UserKind
from nuanxin.sheets.kind_member import MemberKind
from nuanxin.sheets.kind_station import StationKind
from nuanxin.sheets.readings import Accepted, Column, Place, Reading, Rejected, Skipped
from nuanxin.sheets.tables import read_table
from nuanxin.sheets.unreadable import refuse

KINDS: dict[str, Callable[[Setting], Kind]] = {
    "station": StationKind,
    "member": MemberKind,
    "union": UnionKind,
    "user": UserKind,
}


def read(
    content: bytes,
    *,
    kind: str,
    today: dt.date,
    required: Sequence[str] | None = None,
    mapping: Mapping[str, str] | None = None,
) -> Reading:
    """Read a file of any container; see ``reading.read_sheet``.

    Raises
    ------
    Unreadable
        When the file is refused as a whole.
    """
    words = Vocabulary(kind, mapping)
    book = containers.open_book(content, lambda rows: _weight(rows, words))
    containers.check_limits(book)
    sheets = _data_sheets(book, KINDS[kind](Setting(today)), words)
    data = [grid for grid, _header in sheets]
    codes = code_sheets.gather([g for g in book.grids if g.is_visible and g not in data], words)
    return _reading(book, sheets, KINDS[kind](Setting(today, codes)), words, required)


def _weight(rows: list[Row], words: Vocabulary) -> float:
    header = find_header(Grid("", rows), words)
    return header.score if header else 0.0


def _data_sheets(book: Book, kind: Kind, words: Vocabulary) -> list[tuple[Grid, Header]]:
    """Return the sheets that hold records: visible, with a name and something that goes with it.

    A sheet without a field every record needs is left aside when another sheet has it.
    """
    found = []
    for grid in book.grids:
        header = find_header(grid, words) if grid.is_visible and grid.rows else None
        if header and "name" in header.fields and header.fields & set(kind.keys):
            found.append((grid, header))
    if not found:
        refuse("no_header")
    whole = [(grid, header) for grid, header in found if set(kind.always_required) <= header.fields]
    return whole or found


def _reading(
    book: Book,
    sheets: list[tuple[Grid, Header]],
    kind: Kind,
    words: Vocabulary,
    required: Sequence[str] | None,
) -> Reading:
    drafts: list[Draft] = []
    skipped: list[Skipped] = []
    columns: list[Column] = []
    headers = {id(grid): header for grid, header in sheets}
    for grid in book.grids:
        if id(grid) not in headers:
            skipped.append(
                Skipped(Place(grid.name, 0), "sheet_other" if grid.is_visible else "sheet_hidden")
            )
            continue
        table = read_table(grid, headers[id(grid)], kind, words, required)
        drafts += table.drafts
        skipped += table.skipped
        columns += table.columns
    kind.compare(drafts)
    return Reading(
        kind=kind.name,
        accepted=[_accepted(draft) for draft in drafts if not draft.reason],
        rejected=[_rejected(draft) for draft in drafts if draft.reason],
        skipped=skipped,
        columns=columns,
        encoding=book.encoding,
    )


def _accepted(draft: Draft) -> Accepted:
    return Accepted(draft.place, draft.fields, tuple(draft.warnings), draft.extra or {})


def _rejected(draft: Draft) -> Rejected:
    return Rejected(
        draft.place, draft.reason, draft.at_field, draft.column, draft.value, draft.twin_row
    )
