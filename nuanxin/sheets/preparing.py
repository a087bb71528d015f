"""What of a piece needs no look at the tables: opening its rows, their fingerprints, what a kind prepares.

A companion may do it, which has keys and no tables, while the piece before is written.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from nuanxin.sheets.comparing import digester, digests_as_text
from nuanxin.sheets.kinds import Values, ahead
from nuanxin.sheets.sealed_rows import RowSaid, SealedPart, filled, open_part, open_row


class Row(NamedTuple):
    """A row that is to be written."""

    number: int
    key: str
    label: str
    payload_sealed: str
    fate: str


class Piece(NamedTuple):
    """Rows that are written together.

    Parameters
    ----------
    rows
        None after the last.
    parts
        Where a window begins, the sealed parts in which its rows stand; see `payloads.sealed_parts`.
    progress
        The columns of the batch that tell how far it has come with these rows.
    """

    rows: list[Row]
    parts: Sequence[SealedPart]
    progress: dict[str, Any]


class Order(NamedTuple):
    """A piece, and what somebody has chosen among the readings of its rows, by number."""

    piece: Piece
    chosen: dict[int, Values]


class Said(NamedTuple):
    """What a row says, its fingerprints as text, and what it would change.

    ``is_staged`` tells that this is what is sealed for the row: nobody has chosen among readings.
    """

    values: Values
    new: Values
    told: str
    is_staged: bool


class Prepared(NamedTuple):
    """What the rows of a piece say, in order, and what the kind has computed."""

    said: list[Said]
    of_kind: Any


class Preparer:
    """Prepares the pieces of one batch, in the order in which its window hands them out.

    Parameters
    ----------
    batch
        Its key.
    module
        `ImportKind.ahead` of its kind.

    Notes
    -----
    Holds the rows of a window open in memory, some 70 MB. No query.
    """

    def __init__(self, batch: UUID, module: str) -> None:
        self._batch, self._kind = batch, ahead(module)
        self._digest = digester()
        self._opened: dict[int, RowSaid] = {}

    def __call__(self, order: Order) -> Prepared:
        """Prepare a piece.

        Raises
        ------
        SealBroken
            When a row was altered or moved, or its key is gone.
        """
        rows, parts, _progress = order.piece
        if parts:
            self._opened = {
                row.number: row
                for first, sealed in parts
                for row in open_part(self._batch, first, sealed)
            }
        said = [self._said(row, order.chosen.get(row.number)) for row in rows]
        fresh = {row.key: each.new for row, each in zip(rows, said, strict=True) if each.new}
        return Prepared(said, self._kind.prepare(fresh))

    def _said(self, row: Row, choices: Values | None) -> Said:
        opened = self._open(row)
        values, new = opened.said, opened.change
        if choices:
            values = values | choices
            new = filled(values, new)
        digests = {name: self._digest(value) for name, value in values.items()}
        return Said(values, new, digests_as_text(digests), not choices)

    def _open(self, row: Row) -> RowSaid:
        if row.payload_sealed:
            return open_row(self._batch, row.number, row.payload_sealed)
        return self._opened[row.number]
