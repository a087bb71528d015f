"""Applying an import: in pieces of a third of a second, each with its lines in the journal.

A piece is one transaction: the things, the journal, the last words of the source and how far the batch
has come stand or fall together. A process that is killed leaves whole pieces; the next goes on after them.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Final, NamedTuple

from django.db import transaction
from django.db.models import F

from nuanxin.core import audit, bulk, bulk_acts, clock
from nuanxin.core.actors import Actor
from nuanxin.core.checkpoints import Checkpoints
from nuanxin.core.companions import Companion, can_be_apart
from nuanxin.sheets import holds
from nuanxin.sheets.acting import on_behalf_of
from nuanxin.sheets.comparing import compare, digester, digests_as_text, digests_of
from nuanxin.sheets.enums import BatchState, EntryState, Fate
from nuanxin.sheets.kinds import Change, ImportKind, Values, kind_of
from nuanxin.sheets.models import ImportBatch, ImportRow, JournalEntry
from nuanxin.sheets.pacing import Pace
from nuanxin.sheets.preparing import Order, Piece, Prepared, Preparer, Said
from nuanxin.sheets.sealed_rows import seal_entry
from nuanxin.sheets.telling import remember, told_by
from nuanxin.sheets.touched import written
from nuanxin.sheets.windows import Window

_WRITTEN = (
    "batch_id", "number", "key", "label", "is_new", "payload_sealed", "told_before", "state", "reason",
)  # fmt: skip
# a list that is written in a moment needs no second process
_BIG: Final = 2_000


class _Ready(NamedTuple):
    """A piece that only has to be compared and written."""

    piece: Piece
    prepared: Prepared


class _Line(NamedTuple):
    """A row, what stands, and what it changes."""

    number: int
    key: str
    label: str
    stored: Values | None
    told: dict[str, str]
    said: Said
    diff: Values
    is_heard: bool


def apply(batch: ImportBatch, may_go_on: Callable[[], bool]) -> None:
    """Apply a claimed batch, from where an earlier process has stopped.

    Parameters
    ----------
    batch
        Claimed, in state ``applying``.
    may_go_on
        Asked between pieces; when it says no the batch is let go.

    Raises
    ------
    HoldLost
        When another process has taken over; its pieces and ours do not overlap.

    Notes
    -----
    For each piece three queries, the writes of the kind, and three bulk statements. Whatever needs no
    look at the tables is done while others may write: of a big batch by a second process, beside the
    writing of the piece before.
    """
    kind, by, digest, pace = kind_of(batch.kind), on_behalf_of(batch), digester(), Pace()
    window = Window(batch, by_key=kind.goes_by_key)
    companion: Companion[Order, Prepared] = Companion(
        partial(Preparer, batch.pk, kind.ahead), is_apart=_is_big(batch) and can_be_apart()
    )
    with companion, Checkpoints() as checkpoints:
        order = _ask(companion, window, batch, pace)
        while may_go_on():
            ready = _Ready(order.piece, companion.answer())
            if ready.piece.rows:
                order = _ask(companion, window, batch, pace)
            checkpoints.wait()
            if not ready.piece.rows:
                _finish(batch, by)
                return
            pace.begin()
            with transaction.atomic():
                _apply_piece(batch, kind, ready, by, digest)
            pace.end(len(ready.piece.rows))
            checkpoints.begin()
    holds.let_go(batch)


def _is_big(batch: ImportBatch) -> bool:
    return batch.new_count + batch.changed_count >= _BIG


def _ask(
    companion: Companion[Order, Prepared], window: Window, batch: ImportBatch, pace: Pace
) -> Order:
    """Take the next piece and have it prepared."""
    piece = window.take(pace.size)
    doubtful = [row.number for row in piece.rows if row.fate == Fate.SUSPECT]
    order = Order(piece, _chosen(batch, doubtful))
    companion.ask(order, is_first=bool(piece.parts))
    return order


def _apply_piece(
    batch: ImportBatch,
    kind: ImportKind,
    ready: _Ready,
    by: Actor,
    digest: Callable[[object], str],
) -> None:
    lines = _lines(batch, kind, ready, digest)
    changing = [line for line in lines if line.stored is None or line.diff]
    progress = ready.piece.progress
    holds.renew(batch, applied_count=F("applied_count") + len(changing), **progress)
    kind.write([_change(line) for line in changing], by=by, prepared=ready.prepared.of_kind)
    bulk.insert(JournalEntry, _WRITTEN, [_entry(batch, line) for line in changing])
    unheard = {line.key: _told(line) for line in lines if not line.is_heard}
    # of things that stand, another list of this source may speak just now
    is_first = all(line.stored is None and not line.told for line in lines)
    remember(batch, unheard, is_first=is_first)


def _lines(
    batch: ImportBatch,
    kind: ImportKind,
    ready: _Ready,
    digest: Callable[[object], str],
) -> list[_Line]:
    """Compare once more: between preview and now somebody may have been at the desk."""
    keys = [row.key for row in ready.piece.rows]
    current, told = kind.current(keys), told_by(batch, keys)
    lines = []
    for row, said in zip(ready.piece.rows, ready.prepared.said, strict=True):
        stored, before = current.get(row.key), told.get(row.key) or {}
        diff, is_heard = said.new, False
        if stored is not None:
            digests = digests_of(said.told)
            diff, is_heard, _clashes = compare(
                said.values, stored, before, digest, alike=kind.alike, digests=digests
            )
        lines.append(_Line(row.number, row.key, row.label, stored, before, said, diff, is_heard))
    return lines


def _told(line: _Line) -> str:
    """Return what is remembered of a line: what its source says now, over what it had said before."""
    said = line.said.told
    return digests_as_text({**line.told, **digests_of(said)}) if line.told else said


def _chosen(batch: ImportBatch, doubtful: list[int]) -> dict[int, Values]:
    """Return what somebody has chosen for doubtful rows, by number. One query, none without such rows."""
    if not doubtful:
        return {}
    rows = ImportRow.objects.filter(batch=batch, number__in=doubtful).values_list("number", "notes")
    return {
        number: {note["field"]: note["chosen"] for note in notes if note.get("chosen")}
        for number, notes in rows
    }


def _change(line: _Line) -> Change:
    stored, diff = line.stored, line.diff
    return Change(line.key, stored, {**stored, **diff} if stored else diff)


def _entry(batch: ImportBatch, line: _Line) -> tuple[Any, ...]:
    diff, stored = line.diff, line.stored
    before = None if stored is None else {name: stored.get(name) for name in diff}
    # of a new thing the row itself tells, unless somebody has chosen among readings
    is_told = stored is None and line.said.is_staged
    sealed = "" if is_told else seal_entry(batch.pk, line.number, before, diff)
    told = digests_as_text(line.told) if line.told else ""
    return (
        batch.pk, line.number, line.key, line.label, stored is None, sealed, told, EntryState.STANDS.value, "",
    )  # fmt: skip


def _finish(batch: ImportBatch, by: Actor) -> None:
    # the journal is whole and nobody else's: others may write while it is summed up
    touched = bulk_acts.summed(written(batch.pk))
    with transaction.atomic():
        holds.settle(batch, BatchState.APPLIED, applied_at=clock.now())
        batch.refresh_from_db()
        audit.record(
            by=by,
            verb="sheet.applied",
            subject=batch,
            scope_path=batch.scope_path,
            data={"kind": batch.kind, "source": batch.source, **touched},
        )
