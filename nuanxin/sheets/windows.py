"""The rows of an import in the order in which they are written.

Most kinds are written as the file has them. Keys of people are digests, so that each row of a list of them belongs on
another page of every index that begins with the key. Those go by key instead, some ten thousand
rows at a time: a piece then touches a fraction of the pages, and what takes long in a big register is pages.
"""

from typing import Any, Final, NamedTuple

from nuanxin.sheets.enums import Fate, RowState
from nuanxin.sheets.models import ImportBatch, ImportRow
from nuanxin.sheets.payloads import RowReader, RowSaid

ROWS: Final = 64_000
_COLUMNS: Final = ("number", "key", "label", "payload_sealed", "fate")


class Row(NamedTuple):
    """A row that is to be written."""

    number: int
    key: str
    label: str
    payload_sealed: str
    fate: str


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
    Of a kind that goes by key a window of rows is held open in memory, some 70 MB.
    """

    def __init__(self, batch: ImportBatch, *, by_key: bool) -> None:
        self._batch, self._by_key = batch, by_key
        self._reader = RowReader(batch.pk)
        self._rows: list[Row] = []
        self._opened: dict[int, RowSaid] = {}
        self._at = self._through = 0

    def take(self, size: int) -> tuple[list[Row], dict[int, RowSaid]]:
        """Return the next rows, at most so many, and what they say, by number; none after the last.

        Notes
        -----
        Three queries for a window, or for what is opened of one.
        """
        if self._at == len(self._rows):
            self._load()
        rows = self._rows[self._at : self._at + size]
        self._at += len(rows)
        return rows, self._opened if self._by_key else self._open(rows)

    def progress(self, rows: list[Row]) -> dict[str, Any]:
        """Return the columns of the batch that tell how far it has come with some rows just taken."""
        if not self._by_key:
            return {"applied_through": rows[-1].number}
        if self._at == len(self._rows):
            return {"applied_through": self._through, "window_through": 0, "applied_mark": ""}
        mark = f"{rows[-1].key}:{rows[-1].number}"
        return {"window_through": self._through, "applied_mark": mark}

    def _load(self) -> None:
        batch = self._batch
        waiting = ImportRow.objects.filter(batch=batch, state=RowState.WAITING)
        waiting = waiting.filter(number__gt=batch.applied_through).exclude(fate=Fate.REJECTED)
        if batch.applied_mark:
            waiting = waiting.filter(number__lte=batch.window_through)
        found = waiting.order_by("number").values_list(*_COLUMNS)[:ROWS]
        self._rows, self._at = [Row(*row) for row in found], 0
        self._through = self._rows[-1].number if self._rows else batch.applied_through
        if self._by_key:
            self._sort()

    def _sort(self) -> None:
        """Put a window in order, and leave out what an earlier process has written of it."""
        mark = self._batch.applied_mark
        if mark:
            key, _colon, number = mark.rpartition(":")
            done = (key, int(number))
            self._rows = [row for row in self._rows if (row.key, row.number) > done]
            self._through = self._batch.window_through
        self._rows.sort(key=lambda row: (row.key, row.number))
        self._opened = self._open(self._rows)

    def _open(self, rows: list[Row]) -> dict[int, RowSaid]:
        return self._reader.read([(row.number, row.payload_sealed) for row in rows])
