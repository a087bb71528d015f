"""What rows of an import say, and what its journal remembers: sealed, for a list may name people.

Free of tables: a companion opens rows as well.
"""

import json
import zlib
from collections.abc import Sequence
from json.encoder import encode_basestring
from typing import Any, Final, NamedTuple
from uuid import UUID

from nuanxin.core import crypto
from nuanxin.sheets.kinds import Values

PART_ROWS: Final = 500
# tables for whose rows the seals are
PART, ROW, ENTRY = "sheets_importpart", "sheets_importrow", "sheets_journalentry"


class RowSaid(NamedTuple):
    """What a row says. Of a new thing the rest is known: ``diff`` holds its defaults alone then."""

    number: int
    said: Values
    is_new: bool
    diff: Values

    @property
    def change(self) -> Values:
        """Return every field that the row would change."""
        return filled(self.said, self.diff) if self.is_new else self.diff


def filled(said: Values, defaults: Values | None) -> Values:
    """Return what a new thing has: all that is not blank, over what it has where nothing is said."""
    told = {name: value for name, value in said.items() if value is not None}
    return {**defaults, **told} if defaults else told


# made once: `json.dumps` makes one for every call that wants another form than its own
_encode: Final = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), sort_keys=True, check_circular=False
).encode


def dumped(values: object) -> str:
    """Return values as text, the same ones always the same."""
    if type(values) is str:
        return encode_basestring(values)
    if type(values) is list and {*map(type, values)} == {str}:
        return f"[{','.join(map(encode_basestring, values))}]"
    return _encode(values)


SealedPart = tuple[int, bytes]
"""Number of the first row of a part, and what is sealed."""


def seal_row(batch: UUID, row: RowSaid) -> str:
    """Return what one row says and what it would change, sealed for its place."""
    return _sealed(ROW, batch, row.number, [row.said, row.change])


def open_row(batch: UUID, number: int, sealed: str) -> RowSaid:
    """Return what a row says that has a seal of its own.

    Raises
    ------
    SealBroken
        As ``open_part``.
    """
    said, change = _opened(ROW, batch, number, sealed)
    return RowSaid(number, said, False, change)


def seal_part(batch: UUID, rows: Sequence[RowSaid]) -> bytes:
    """Return what some hundred rows say, sealed for the place of the first of them."""
    content = zlib.compress(_encode(rows).encode(), level=1)
    return crypto.provider().seal_bytes(content, _part_place(batch, rows[0].number))


def open_part(batch: UUID, first: int, sealed: bytes) -> list[RowSaid]:
    """Return what the rows of a part say, in order.

    Raises
    ------
    SealBroken
        When it was altered or moved, or its key is gone.
    """
    content = crypto.provider().unseal_bytes(sealed, _part_place(batch, first))
    return [RowSaid(*row) for row in json.loads(zlib.decompress(content))]


def seal_entry(batch: UUID, number: int, before: Values | None, after: Values) -> str:
    """Return how a thing was and how it became, sealed for the line of the journal."""
    return _sealed(ENTRY, batch, number, [before, after])


def open_sealed_entry(batch: UUID, number: int, sealed: str) -> tuple[Values, Values]:
    """Return how a thing was and how it became; the former is empty for a new one.

    Raises
    ------
    SealBroken
        As ``open_part``.
    """
    return _opened(ENTRY, batch, number, sealed)


def _part_place(batch: UUID, first: int) -> crypto.Place:
    return crypto.Place(PART, f"{batch}:{first}", "payload")


def _sealed(table: str, batch: UUID, number: int, payload: list[Any]) -> str:
    return crypto.provider().seal(
        dumped(payload), crypto.Place(table, f"{batch}:{number}", "payload")
    )


def _opened(table: str, batch: UUID, number: int, sealed: str) -> tuple[Values, Values]:
    if not sealed:
        return {}, {}
    place = crypto.Place(table, f"{batch}:{number}", "payload")
    first, second = json.loads(crypto.provider().unseal(sealed, place))
    return first or {}, second
