"""What rows of an import say, and what its journal remembers: sealed, for a list may name people."""

import json
import re
from collections.abc import Sequence
from json.encoder import encode_basestring
from typing import Any, Final
from uuid import UUID

from nuanxin.core import crypto
from nuanxin.sheets.kinds import Values
from nuanxin.sheets.models import ImportRow, JournalEntry

_ROW: Final = ImportRow._meta.db_table
_ENTRY: Final = JournalEntry._meta.db_table
_INNER_DIGITS: Final = re.compile(r"\d(?=[\dXx]{2})")
_SHOWN: Final = 4


# made once: `json.dumps` makes one for every call that wants another form than its own
_encode: Final = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), sort_keys=True, check_circular=False
).encode


def dumped(values: object) -> str:
    """Return values as text, the same ones always the same."""
    return encode_basestring(values) if type(values) is str else _encode(values)


def seal_row(batch: UUID, number: int, said: Values, diff: Values) -> str:
    """Return what a row says and what it would change, sealed for its place."""
    return _sealed(_ROW, batch, number, [said, diff])


def open_row(batch: UUID, number: int, sealed: str) -> tuple[Values, Values]:
    """Return what a row says and what it would change; nothing for a row that was not usable.

    Raises
    ------
    SealBroken
        When it was altered or moved, or its key is gone.
    """
    return _opened(_ROW, batch, number, sealed)


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
    One query, for lines of new things: what they say stands in the row of the import.
    """
    told = [entry for entry in entries if entry.is_new and not entry.payload_sealed]
    rows = ImportRow.objects.filter(
        batch__in={entry.batch_id for entry in told}, number__in=[entry.number for entry in told]
    )
    said = dict(rows.values_list("number", "payload_sealed")) if told else {}
    opened: dict[int, tuple[Values, Values]] = {}
    for entry in entries:
        if sealed := said.get(entry.number):
            opened[entry.number] = ({}, open_row(entry.batch_id, entry.number, sealed)[1])
        else:
            opened[entry.number] = open_entry(entry)
    return opened


def open_entry(entry: JournalEntry) -> tuple[Values, Values]:
    """Return how a thing was and how it became; the former is empty for a new one.

    Raises
    ------
    SealBroken
        As ``open_row``.
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
