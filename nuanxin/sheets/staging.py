"""From a file to rows with a fate: read by the child, resolved by the room, compared with what stands.

Every piece is a transaction of its own. A process that is killed half-way leaves rows which the next
one drops before it begins again; nothing outside this room has been written by then.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import transaction

from nuanxin.algorithms import resident_ids
from nuanxin.core import bulk, crypto
from nuanxin.core.companions import Companion, can_be_apart
from nuanxin.sheets import holds, wire
from nuanxin.sheets.acting import on_behalf_of
from nuanxin.sheets.comparing import Comparison, compare, digester
from nuanxin.sheets.enums import BatchState, Fate, RowState
from nuanxin.sheets.errors import SheetRefused, refused
from nuanxin.sheets.foreseeing import Foreseer, Records, read_ahead
from nuanxin.sheets.guarded import stream_guarded
from nuanxin.sheets.kinds import Candidate, ImportKind, Note, Resolver, Setting, Values, kind_of
from nuanxin.sheets.models import ImportBatch, ImportPart, ImportRow
from nuanxin.sheets.payloads import masked, without_name, without_numbers
from nuanxin.sheets.readings import Column, Place, Rejected
from nuanxin.sheets.sealed_rows import PART_ROWS, RowSaid, seal_part, seal_row
from nuanxin.sheets.services import file_place
from nuanxin.sheets.telling import told_by
from nuanxin.sheets.unreadable import Unreadable

WALL_S: Final = 3600.0  # the child waits for us more than it works; its processor time is limited
# a file that is read in a moment needs no second process
_BIG_BYTES: Final = 200_000
_PIECE: Final = 2_000
_WRITTEN: Final = (
    "batch_id", "number", "sheet", "row", "block", "fate", "state", "key", "label", "payload_sealed", "notes",
    "is_taken",
)  # fmt: skip
_PART: Final = ("batch_id", "first", "last", "payload_sealed")
_DROPPED: Final = 2_000
# columns in which names of people may stand: that of the name, and those nobody has mapped
_NAMES: Final = ("name", "")
_WAITING, _SUSPECT = RowState.WAITING.value, Fate.SUSPECT.value


def _number_of_today(record: Rejected) -> str:
    """Return what a void number of fifteen places may be today; nothing for any other."""
    return resident_ids.upgraded(record.value.strip()) if record.reason == "id_length" else ""


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
    Three queries and one bulk INSERT for every 2,000 records, each piece its own transaction. A big file
    is taken apart and hashed by a second process, ahead of what is staged.
    """
    _drop_rows(batch)
    kind = kind_of(batch.kind)
    resolver = kind.resolver(Setting(batch.source, batch.options, on_behalf_of(batch)))
    desk, content = _Desk(batch, kind, resolver), _content(batch)
    parts = stream_guarded(
        content, name=batch.file_name, kind=batch.kind, mapping=batch.mapping, wall_s=WALL_S
    )
    is_apart = len(content) >= _BIG_BYTES and can_be_apart()
    try:
        with Companion(partial(Foreseer, kind.ahead), is_apart=is_apart) as foreseer:
            for part, said in read_ahead(parts, foreseer):
                desk.take(part, said)
                if not may_go_on():
                    holds.let_go(batch)
                    return
    except (SheetRefused, Unreadable) as error:
        _drop_rows(batch)
        refusal = str(refused(error) if isinstance(error, Unreadable) else error)
        holds.settle(batch, BatchState.REFUSED, refusal=refusal[:300])
        return
    desk.finish()


def _content(batch: ImportBatch) -> bytes:
    return crypto.provider().unseal_bytes(bytes(batch.file.content_sealed), file_place(batch))


def _drop_rows(batch: ImportBatch) -> None:
    """Delete what an earlier reading has left, a piece at a time."""
    while True:
        with transaction.atomic():
            holds.renew(batch)
            keys = list(batch.rows.order_by("pk").values_list("pk", flat=True)[:_DROPPED])
            ImportRow.objects.filter(pk__in=keys).delete()
            if len(keys) < _DROPPED:
                batch.parts.all().delete()
        if len(keys) < _DROPPED:
            return


class _Staged(NamedTuple):
    """A row with its fate, on its way into the table."""

    number: int
    place: Place
    fate: str
    key: str
    label: str
    notes: list[dict[str, Any]]
    said: RowSaid | None = None

    def columns(self, batch: UUID) -> tuple[Any, ...]:
        """Return the columns of ``_WRITTEN``."""
        # a doubtful row may be looked at and decided by itself
        is_own = self.said is not None and self.fate == _SUSPECT
        sealed = seal_row(batch, self.said) if self.said and is_own else ""
        sheet, row, block = self.place.sheet[:120], self.place.row, self.place.block
        return (
            batch, self.number, sheet, row, block, self.fate, _WAITING, self.key, self.label, sealed, self.notes,
            False,
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

    def take(self, part: str, items: Any) -> None:
        """Take in a part of the reading."""
        if part == "columns":
            self._columns += [self._column(column) for column in items]
        elif part == "accepted":
            self._accept(items)
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

    def _accept(self, read: Records) -> None:
        candidates = self._resolver.resolve(read.records, read.foreseen)
        keys = [each.key for each in candidates if not (each.refusal or each.is_new)]
        current = self._kind.current(keys) if keys else {}
        told = told_by(self._batch, list(current)) if current else {}
        rows = [self._row(c, current.get(c.key), told.get(c.key)) for c in candidates]
        self._write([row for row in rows if row])

    def _row(
        self, candidate: Candidate, stored: Values | None, told: dict[str, str] | None
    ) -> "_Staged | None":
        place = self._records
        self._records += 1
        if candidate.refusal:
            return self._make(candidate, Fate.REJECTED, [candidate.refusal])
        if stored is None:
            fate = Fate.SUSPECT if _is_doubtful(candidate.notes) else Fate.NEW
            notes, diff = candidate.notes, candidate.defaults
        else:
            found = compare(
                candidate.values, stored, told or {}, self._digest, alike=self._kind.alike
            )
            notes = candidate.notes + [
                Note("changed_at_desk", name, is_doubt=True) for name in found.clashes
            ]
            fate, diff = _fate(found, notes), found.diff
            if fate == Fate.SAME and found.is_heard:
                self._counts["same"] += 1
                return None
        said = RowSaid(self._number + 1, candidate.values, stored is None, diff)
        self._rows_of[place] = said.number
        return self._make(candidate, fate, notes, said=said)

    def _refused(self, record: Rejected) -> "_Staged":
        is_secret = record.field in self._kind.sensitive
        value = masked(record.value) if is_secret else record.value
        note = Note(record.reason, record.field, value)
        if hint := _number_of_today(record):
            note = Note("id_void", record.field, masked(hint))
        return self._make(Candidate(record.place), Fate.REJECTED, [note], column=record.column)

    def _column(self, column: Column) -> dict[str, Any]:
        """Return a column as it is kept; of lists of people without their numbers and names."""
        if self._kind.sensitive:
            is_name = column.field in _NAMES
            mask = without_name if is_name else without_numbers
            column = replace(column, samples=tuple(map(mask, column.samples)))
        return wire.column_as_json(column)

    def _make(
        self,
        candidate: Candidate,
        fate: Fate,
        notes: list[Note],
        column: str = "",
        said: RowSaid | None = None,
    ) -> "_Staged":
        self._number += 1
        self._counts[fate.value] += 1
        if notes:
            self._note_counts.update({note.code for note in notes})
        told = [note_as_json(note, column) for note in notes]
        label = candidate.label[:160]
        return _Staged(self._number, candidate.place, fate.value, candidate.key, label, told, said)

    def _write(self, rows: "list[_Staged]") -> None:
        batch = self._batch.pk
        columns, parts = [row.columns(batch) for row in rows], list(_sealed(batch, rows))
        with transaction.atomic():
            holds.renew(self._batch, read_count=max(self._records, self._number))
            bulk.insert(ImportRow, _WRITTEN, columns)
            bulk.insert(ImportPart, _PART, parts)

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


def _fate(found: Comparison, notes: list[Note]) -> Fate:
    if not found.diff:
        return Fate.SAME
    return Fate.SUSPECT if _is_doubtful(notes) else Fate.CHANGED


def _is_doubtful(notes: list[Note]) -> bool:
    return any(note.is_doubt for note in notes)


def _sealed(batch: UUID, rows: list[_Staged]) -> Iterator[tuple[Any, ...]]:
    """Yield the columns of ``_PART`` for what rows without a seal of their own say."""
    said = [row.said for row in rows if row.said and row.fate != _SUSPECT]
    for start in range(0, len(said), PART_ROWS):
        part = said[start : start + PART_ROWS]
        yield batch, part[0].number, part[-1].number, seal_part(batch, part)


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
