"""Reading what rows of an import say, and what its journal remembers."""

import re
from bisect import bisect_left
from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from nuanxin.sheets.kinds import Values
from nuanxin.sheets.models import ImportPart, ImportRow, JournalEntry
from nuanxin.sheets.sealed_rows import RowSaid, SealedPart, open_part, open_row, open_sealed_entry

_INNER_DIGITS: Final = re.compile(r"\d(?=[\dXx]{2})")
_SHOWN: Final = 4


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
    return open_sealed_entry(entry.batch_id, entry.number, entry.payload_sealed)


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
