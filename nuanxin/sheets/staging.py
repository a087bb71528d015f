"""From a file to rows with a fate: read by the child, resolved by the room, compared with what stands.

Every piece is a transaction of its own. A process that is killed half-way leaves rows which the next
one drops before it begins again; nothing outside this room has been written by then.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from nuanxin.core import bulk, crypto
from nuanxin.sheets import holds, wire
from nuanxin.sheets.acting import on_behalf_of
from nuanxin.sheets.comparing import Comparison, compare, digester
from nuanxin.sheets.enums import BatchState, Fate, RowState
from nuanxin.sheets.errors import SheetRefused
from nuanxin.sheets.guarded import stream_guarded
from nuanxin.sheets.kinds import Candidate, ImportKind, Note, Resolver, Setting, Values, kind_of
from nuanxin.sheets.models import ImportBatch, ImportRow
from nuanxin.sheets.payloads import masked, seal_row, without_name, without_numbers
from nuanxin.sheets.readings import Accepted, Column, Rejected
from nuanxin.sheets.services import file_place
from nuanxin.sheets.telling import told_by

WALL_S: Final = 3600.0  # the child waits for us more than it works; its processor time is limited
_PIECE: Final = 2_000
_WRITTEN: Final = (
    "batch_id", "number", "sheet", "row", "block", "fate", "state", "key", "label", "payload_sealed", "notes",
    "is_taken",
)  # fmt: skip
_DROPPED: Final = 2_000
# columns in which names of people may stand: that of the name, and those nobody has mapped
_NAMES: Final = ("name", "")


def stage(batch: ImportBatch, may_go_on: Callable[[], bool]) -> None:
    """Read a claimed batch from its file and give every row its fate.

    Parameters
    ----------
    batch
        Claimed, in state ``reading``.
    may_go_on
        Asked between pieces; when it says no the batch is let go, to be read anew.

    Raises
    ------
    HoldLost
        When another process has taken over.

    Notes
    -----
    Three queries and one bulk INSERT for every 2,000 records, each piece its own transaction.
    """
    _drop_rows(batch)
    kind = kind_of(batch.kind)
    setting = Setting(batch.source, batch.options, on_behalf_of(batch))
    desk = _Desk(batch, kind, kind.resolver(setting))
    try:
        for part, items in _parts(batch):
            desk.take(part, items)
            if not may_go_on():
                holds.let_go(batch)
                return
    except SheetRefused as error:
        _drop_rows(batch)
        holds.settle(batch, BatchState.REFUSED, refusal=str(error)[:300])
        return
    desk.finish()


def _parts(batch: ImportBatch) -> Iterator[tuple[str, list[Any]]]:
    sealed = bytes(batch.file.content_sealed)
    content = crypto.provider().unseal_bytes(sealed, file_place(batch))
    return stream_guarded(
        content, name=batch.file_name, kind=batch.kind, mapping=batch.mapping, wall_s=WALL_S
    )


def _drop_rows(batch: ImportBatch) -> None:
    """Delete what an earlier reading has left, a piece at a time."""
    while True:
        with transaction.atomic():
            holds.renew(batch)
            keys = list(batch.rows.order_by("pk").values_list("pk", flat=True)[:_DROPPED])
            ImportRow.objects.filter(pk__in=keys).delete()
        if len(keys) < _DROPPED:
            return


@dataclass(slots=True)
class _Staged:
    """A row with its fate, on its way into the table."""

    number: int
    sheet: str
    row: int
    block: str
    fate: str
    key: str
    label: str
    notes: list[dict[str, Any]]
    sealed: str = ""

    def columns(self, batch: UUID) -> tuple[Any, ...]:
        """Return the columns of ``_WRITTEN``."""
        return (
            batch, self.number, self.sheet, self.row, self.block, self.fate, RowState.WAITING.value, self.key,
            self.label, self.sealed, self.notes, False,
        )  # fmt: skip


class _Desk:
    """What is known of a file while it is read."""

    def __init__(self, batch: ImportBatch, kind: ImportKind, resolver: Resolver) -> None:
        self._batch, self._kind, self._resolver = batch, kind, resolver
        self._digest = digester()
        self._number = 0
        self._counts: Counter[str] = Counter()
        self._note_counts: Counter[str] = Counter()
        self._rows_of: dict[int, int] = {}  # place among the records to number, where a row is kept
        self._records = 0
        self._columns: list[dict[str, Any]] = []
        self._header_rows: dict[str, int] = {}
        self._present: dict[str, set[str]] = {}  # sheet to the fields it has a column for

    def take(self, part: str, items: list[Any]) -> None:
        """Take in a part of the reading."""
        if part == "columns":
            self._columns += [self._column(column) for column in items]
            for column in items:
                self._present.setdefault(column.sheet, set()).add(column.field)
        elif part == "accepted":
            for start in range(0, len(items), _PIECE):
                self._accept(items[start : start + _PIECE])
        elif part == "rejected":
            self._write([self._refused(record) for record in items])
        elif part == "skipped":
            self._counts["skipped"] += len(items)
            for row in items:
                if row.kind == "header":
                    self._header_rows[row.place.sheet] = row.place.row

    def finish(self) -> None:
        """Let the whole file be looked at, and show it."""
        self._doubt(self._resolver.afterthoughts())
        names = ("new", "changed", "same", "suspect", "rejected", "skipped")
        holds.settle(
            self._batch,
            BatchState.PREVIEW,
            columns=self._columns,
            header_rows=self._header_rows,
            note_counts=dict(self._note_counts),
            questions=self._resolver.open_questions(),
            **{f"{name}_count": self._counts[name] for name in names},
        )

    def _accept(self, records: Sequence[Accepted]) -> None:
        candidates = self._resolver.resolve([self._said(record) for record in records])
        keys = [candidate.key for candidate in candidates if not candidate.refusal]
        current = self._kind.current(keys)
        told = told_by(self._batch, keys)
        rows = [self._row(c, current.get(c.key), told.get(c.key, {})) for c in candidates]
        self._write([row for row in rows if row])

    def _said(self, record: Accepted) -> Accepted:
        """Leave out the fields for which the sheet has no column: it says nothing about them."""
        present = self._present.get(record.place.sheet, set())
        fields = {k: v for k, v in record.fields.items() if v is not None or k in present}
        return replace(record, fields=fields)

    def _row(
        self, candidate: Candidate, stored: Values | None, told: dict[str, str]
    ) -> "_Staged | None":
        place = self._records
        self._records += 1
        if candidate.refusal:
            return self._make(candidate, Fate.REJECTED, [candidate.refusal])
        found = compare(
            candidate.values, stored, told, self._digest, candidate.defaults, self._kind.alike
        )
        notes = candidate.notes + [
            Note("changed_at_desk", name, is_doubt=True) for name in found.clashes
        ]
        fate = _fate(stored, found, notes)
        if fate == Fate.SAME and found.is_heard:
            self._counts["same"] += 1
            return None
        row = self._make(candidate, fate, notes)
        row.sealed = seal_row(self._batch.pk, row.number, candidate.values, found.diff)
        self._rows_of[place] = row.number
        return row

    def _refused(self, record: Rejected) -> "_Staged":
        is_secret = record.field in self._kind.sensitive
        value = masked(record.value) if is_secret else record.value
        note = Note(record.reason, record.field, value)
        return self._make(Candidate(record.place), Fate.REJECTED, [note], column=record.column)

    def _column(self, column: Column) -> dict[str, Any]:
        """Return a column as it is kept; of lists of people without their numbers and names."""
        if self._kind.sensitive:
            is_name = column.field in _NAMES
            mask = without_name if is_name else without_numbers
            column = replace(column, samples=tuple(map(mask, column.samples)))
        return wire.column_as_json(column)

    def _make(
        self, candidate: Candidate, fate: Fate, notes: list[Note], column: str = ""
    ) -> "_Staged":
        self._number += 1
        self._counts[fate.value] += 1
        self._note_counts.update({note.code for note in notes})
        place = candidate.place
        return _Staged(
            self._number,
            place.sheet[:120],
            place.row,
            place.block,
            fate.value,
            candidate.key,
            candidate.label[:160],
            [note_as_json(note, column) for note in notes],
        )

    def _write(self, rows: "list[_Staged]") -> None:
        with transaction.atomic():
            holds.renew(self._batch, read_count=max(self._records, self._number))
            bulk.insert(ImportRow, _WRITTEN, [row.columns(self._batch.pk) for row in rows])

    def _doubt(self, doubts: dict[int, list[Note]]) -> None:
        """Put rows in doubt that only the whole file shows to be doubtful."""
        by_number = {
            self._rows_of[place]: doubts[place] for place in doubts if place in self._rows_of
        }
        numbers = sorted(by_number)
        for start in range(0, len(numbers), _PIECE):
            with transaction.atomic():
                holds.renew(self._batch)
                for row in self._batch.rows.filter(number__in=numbers[start : start + _PIECE]):
                    self._counts[row.fate] -= 1
                    self._counts["suspect"] += 1
                    row.fate = Fate.SUSPECT
                    row.notes += [note_as_json(note) for note in by_number[row.number]]
                    self._note_counts.update({note.code for note in by_number[row.number]})
                    row.save(update_fields=["fate", "notes"])


def _fate(stored: Values | None, found: Comparison, notes: list[Note]) -> Fate:
    if stored is not None and not found.diff:
        return Fate.SAME
    if any(note.is_doubt for note in notes):
        return Fate.SUSPECT
    return Fate.NEW if stored is None else Fate.CHANGED


def note_as_json(note: Note, column: str = "") -> dict[str, Any]:
    """Return a note as plain values."""
    return {
        "code": note.code,
        "field": note.field,
        "detail": note.detail[:200],
        "choices": list(note.choices),
        "is_doubt": note.is_doubt,
        "column": column,
    }
