"""The rows of an import in the order in which they are written.

Most kinds are written as the file has them. Keys of people are digests, so that each row of a list of them belongs on
another page of every index that begins with the key. Those go by key instead, some ten thousand
rows at a time: a piece then touches a fraction of the pages, and what takes long in a big register is pages. The
first windows are smaller, so that whoever opens them is soon done.
"""

from collections.abc import Sequence
from typing import Any, Final

from nuanxin.sheets.enums import Fate, RowState
from nuanxin.sheets.models import ImportBatch, ImportRow
from nuanxin.sheets.payloads import sealed_parts
from nuanxin.sheets.preparing import Piece, Row
from nuanxin.sheets.sealed_rows import SealedPart

ROWS: Final = 64_000
_FIRST: Final = 4_000
_COLUMNS: Final = ("number", "key", "label", "payload_sealed", "fate")


class Window:
    """Hands out the rows of a batch that are still to be written.

    Parameters
    ----------
    batch
        Being applied; where an earlier process has stopped stands in it.
    by_key
        Whether the kind is written by key.

    Notes
    -----
    Whoever opens the parts of a window holds some 70 MB.
    """

    def __init__(self, batch: ImportBatch, *, by_key: bool) -> None:
        self._batch, self._by_key = batch, by_key
        self._rows: list[Row] = []
        self._size = min(_FIRST, ROWS)
        self._at, self._through = 0, batch.applied_through
        self._mark, self._mark_through = batch.applied_mark, batch.window_through

    def take(self, size: int) -> Piece:
        """Return the next rows, at most so many.

        Notes
        -----
        Three queries where a window begins.
        """
        parts: Sequence[SealedPart] = ()
        if self._at == len(self._rows):
            parts = self._load()
        rows = self._rows[self._at : self._at + size]
        self._at += len(rows)
        return Piece(rows, parts, self._progress(rows) if rows else {})

    def _progress(self, rows: list[Row]) -> dict[str, Any]:
        if not self._by_key:
            return {"applied_through": rows[-1].number}
        if self._at == len(self._rows):
            return {"applied_through": self._through, "window_through": 0, "applied_mark": ""}
        mark = f"{rows[-1].key}:{rows[-1].number}"
        return {"window_through": self._through, "applied_mark": mark}

    def _load(self) -> Sequence[SealedPart]:
        waiting = ImportRow.objects.filter(batch=self._batch, state=RowState.WAITING)
        waiting = waiting.filter(number__gt=self._through).exclude(fate=Fate.REJECTED)
        if self._mark:  # the very window in which an earlier process has stopped
            waiting, self._size = waiting.filter(number__lte=self._mark_through), ROWS
        found = waiting.order_by("number").values_list(*_COLUMNS)[: self._size]
        self._size = min(2 * self._size, ROWS)
        self._rows, self._at = [Row(*row) for row in found], 0
        self._through = self._rows[-1].number if self._rows else self._through
        if self._by_key:
            self._sort()
        return sealed_parts(
            self._batch.pk, [row.number for row in self._rows if not row.payload_sealed]
        )

    def _sort(self) -> None:
        """Put a window in order, and leave out what an earlier process has written of it."""
        if self._mark:
            key, _colon, number = self._mark.rpartition(":")
            done = (key, int(number))
            self._rows = [row for row in self._rows if (row.key, row.number) > done]
            self._through, self._mark = self._mark_through, ""
        self._rows.sort(key=lambda row: (row.key, row.number))
