"""A file part by part, with what its kind computes of records before any look at the tables.

A companion may do it, which has keys and no tables, so that one part is taken apart and hashed while another is staged.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from nuanxin.core.companions import Companion
from nuanxin.sheets.kinds import ahead
from nuanxin.sheets.readings import Accepted
from nuanxin.sheets.wire import accepted_in

Present = dict[str, set[str]]
"""Sheet to the fields it has a column for."""


class Chunk(NamedTuple):
    """Some accepted records as the child has written them, and what the sheets have columns for."""

    line: bytes
    present: Present


class Records(NamedTuple):
    """Accepted records, and what their kind has foreseen of them."""

    records: list[Accepted]
    foreseen: Any


class Foreseer:
    """Takes chunks apart for one kind.

    Parameters
    ----------
    module
        `ImportKind.ahead` of the kind.
    """

    def __init__(self, module: str) -> None:
        self._kind = ahead(module)

    def __call__(self, chunk: Chunk) -> Records:
        """Return the records of a chunk.

        Raises
        ------
        Unreadable
            When it holds none.
        """
        records = [_said(record, chunk.present) for record in accepted_in(chunk.line)]
        return Records(records, self._kind.foresee(records))


def read_ahead(
    parts: Iterable[tuple[str, Any]], foreseer: Companion[Chunk, Records]
) -> Iterator[tuple[str, Any]]:
    """Pass on the parts of a reading, accepted records as `Records`; each while the next is foreseen.

    Raises
    ------
    SheetRefused, Unreadable
        When the file as a whole is not read.
    """
    present: Present = {}
    is_asked = False
    for part, said in parts:
        answered = foreseer.answer() if is_asked else None
        is_asked = part == "accepted"
        if is_asked:
            foreseer.ask(Chunk(said, present))
        if answered:
            yield "accepted", answered
        if part == "columns":
            for column in said:
                present.setdefault(column.sheet, set()).add(column.field)
        if not is_asked:
            yield part, said


def _said(record: Accepted, present: Present) -> Accepted:
    """Leave out the fields for which the sheet has no column: it says nothing about them."""
    fields, columns = record.fields, present.get(record.place.sheet, set())
    silent = [name for name in fields.keys() - columns if fields[name] is None]
    if not silent:
        return record
    kept = {name: value for name, value in fields.items() if name not in silent}
    return Accepted(record.place, kept, record.warnings, record.extra)
