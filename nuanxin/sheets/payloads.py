"""What rows of an import say, and what its journal remembers: sealed, for a list may name people."""

import json
import re
import zlib
from bisect import bisect_left
from collections.abc import Collection, Sequence
from json.encoder import encode_basestring
from typing import Any, Final, NamedTuple
from uuid import UUID

from nuanxin.core import crypto
from nuanxin.sheets.kinds import Values
from nuanxin.sheets.models import ImportPart, ImportRow, JournalEntry

PART_ROWS: Final = 500
_PART: Final = ImportPart._meta.db_table
_ROW: Final = ImportRow._meta.db_table
_ENTRY: Final = JournalEntry._meta.db_table
_INNER_DIGITS: Final = re.compile(r"\d(?=[\dXx]{2})")
_SHOWN: Final = 4


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


def seal_row(batch: UUID, row: RowSaid) -> str:
    """Return what one row says and what it would change, sealed for its place."""
    return _sealed(_ROW, batch, row.number, [row.said, row.change])


def open_row(batch: UUID, number: int, sealed: str) -> RowSaid:
    """Return what a row says that has a seal of its own.

    Raises
    ------
    SealBroken
        As ``open_part``.
    """
    said, change = _opened(_ROW, batch, number, sealed)
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


SealedPart = tuple[int, bytes]
"""Number of the first row of a part, and what is sealed."""


def sealed_parts(batch: UUID, numbers: Collection[int]) -> list[SealedPart]:
    """Return the parts in which rows may stand, sealed.

    Notes
    -----
    Two queries, for parts are big and looked up first; none without numbers.
    """
    if not numbers:
        return []
    parts = ImportPart.objects.filter(batch=batch).order_by("first")
    within = parts.filter(first__lte=max(numbers), last__gte=min(numbers))
    wanted, keys = sorted(numbers), []
    for key, first, last in within.values_list("pk", "first", "last"):
        at = bisect_left(wanted, first)
        if at < len(wanted) and wanted[at] <= last:
            keys.append(key)
    sealed = parts.filter(pk__in=keys).values_list("first", "payload_sealed")
    return [(first, bytes(content)) for first, content in sealed]


class RowReader:
    """Opens rows of one import: sealed by themselves, or with others as a part.

    Parameters
    ----------
    batch
        Key of the import. The part that was opened last is remembered, for who reads on.
    """

    def __init__(self, batch: UUID) -> None:
        self._batch = batch
        self._last: dict[int, RowSaid] = {}

    def read(self, rows: Collection[tuple[int, str]]) -> dict[int, RowSaid]:
        """Return what rows say and would change, by their number.

        Parameters
        ----------
        rows
            Number and own seal, which is empty for rows of a part and for those that were not usable;
            of the latter nothing is returned.

        Raises
        ------
        SealBroken
            As ``open_part``.

        Notes
        -----
        Two queries, none when every row has a seal of its own or is remembered.
        """
        found = {number: open_row(self._batch, number, sealed) for number, sealed in rows if sealed}
        wanted = {number for number, sealed in rows if not sealed}
        found |= {number: self._last[number] for number in wanted & self._last.keys()}
        missing = wanted - found.keys()
        for first, sealed in sealed_parts(self._batch, missing):
            self._last = {row.number: row for row in open_part(self._batch, first, sealed)}
            found |= {number: self._last[number] for number in missing & self._last.keys()}
        return found


def seal_entry(batch: UUID, number: int, before: Values | None, after: Values) -> str:
    """Return how a thing was and how it became, sealed for the line of the journal."""
    return _sealed(_ENTRY, batch, number, [before, after])


def open_entries(entries: Sequence[JournalEntry]) -> dict[int, tuple[Values, Values]]:
    """Return how things were and how they became, by the number of the line.

    Parameters
    ----------
    entries
        Of one import.

    Returns
    -------
    dict
        Before and after; the former is empty for a new thing.

    Notes
    -----
    Three queries, for lines of new things: what they say stands in the rows of the import.
    """
    told = [entry.number for entry in entries if entry.is_new and not entry.payload_sealed]
    said: dict[int, RowSaid] = {}
    if told:
        batch = entries[0].batch_id
        rows = ImportRow.objects.filter(batch=batch, number__in=told)
        said = RowReader(batch).read(rows.values_list("number", "payload_sealed"))
    return {
        entry.number: ({}, said[entry.number].change) if entry.number in said else open_entry(entry)
        for entry in entries
    }


def open_entry(entry: JournalEntry) -> tuple[Values, Values]:
    """Return how a thing was and how it became; the former is empty for a new one.

    Raises
    ------
    SealBroken
        As ``open_part``.
    """
    return _opened(_ENTRY, entry.batch_id, entry.number, entry.payload_sealed)


def masked(text: str) -> str:
    """Return a number as a page about an import shows it: its last four characters."""
    shown = text[-_SHOWN:] if len(text) > 2 * _SHOWN else text[-1:]
    return "*" * (len(text) - len(shown)) + shown


def without_numbers(text: str) -> str:
    """Return a text with stars for its digits, but for the last two of each number."""
    return _INNER_DIGITS.sub("*", text)


def without_name(text: str) -> str:
    """Return a text of which only the beginning can be read, by which a column is recognised."""
    return text[:1] + "*" * (len(text) - 1)


def _part_place(batch: UUID, first: int) -> crypto.Place:
    return crypto.Place(_PART, f"{batch}:{first}", "payload")


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
