"""Applying an import: in pieces of a third of a second, each with its lines in the journal.

A piece is one transaction: the things, the journal, the last words of the source and how far the batch
has come stand or fall together. A process that is killed leaves whole pieces; the next goes on after them.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F

from nuanxin.core import audit, bulk, clock
from nuanxin.core.actors import Actor
from nuanxin.core.checkpoints import Checkpoints
from nuanxin.sheets import holds
from nuanxin.sheets.acting import on_behalf_of
from nuanxin.sheets.comparing import Comparison, compare, digester
from nuanxin.sheets.enums import BatchState, EntryState, Fate
from nuanxin.sheets.kinds import Change, ImportKind, Values, kind_of
from nuanxin.sheets.models import ImportBatch, ImportRow, JournalEntry
from nuanxin.sheets.pacing import Pace
from nuanxin.sheets.payloads import filled, seal_entry
from nuanxin.sheets.telling import digests_as_text, remember, told_by
from nuanxin.sheets.windows import Row, Window

_WRITTEN = (
    "batch_id", "number", "key", "label", "is_new", "payload_sealed", "told_before", "state", "reason",
)  # fmt: skip


class _Said(NamedTuple):
    """What a row says, with its fingerprints, and what it would change.

    ``is_staged`` tells that this is what is sealed for the row: nobody has chosen among readings.
    """

    values: Values
    new: Values
    digests: dict[str, str]
    is_staged: bool


class _Ready(NamedTuple):
    """A piece that only has to be compared and written."""

    rows: list[Row]
    said: list[_Said]
    prepared: Any
    progress: dict[str, Any]


class _Line(NamedTuple):
    """A row, what stands, and what it changes."""

    number: int
    key: str
    label: str
    stored: Values | None
    told: dict[str, str]
    found: Comparison
    is_staged: bool


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
    look at the tables is done between two pieces, while others may write.
    """
    kind, by, digest, pace = kind_of(batch.kind), on_behalf_of(batch), digester(), Pace()
    window = Window(batch, by_key=kind.goes_by_key)
    with Checkpoints() as checkpoints:
        while may_go_on():
            # made ready while others write
            ready = _make_ready(kind, window, pace.size, batch, digest)
            checkpoints.wait()
            pace.begin()
            with transaction.atomic():
                if not ready.rows:
                    _finish(batch, by)
                    return
                _apply_piece(batch, kind, ready, by, digest)
            pace.end()
            checkpoints.begin()
    holds.let_go(batch)


def _make_ready(
    kind: ImportKind,
    window: Window,
    size: int,
    batch: ImportBatch,
    digest: Callable[[object], str],
) -> _Ready:
    """Open the rows of a piece, and compute what needs no look at the tables."""
    rows, opened = window.take(size)
    said: list[_Said] = []
    chosen = _chosen(batch, [row.number for row in rows if row.fate == Fate.SUSPECT])
    for row in rows:
        values, new = opened[row.number].said, opened[row.number].change
        if choices := chosen.get(row.number):
            values = values | choices
            new = filled(values, new)
        digests = {name: digest(value) for name, value in values.items()}
        said.append(_Said(values, new, digests, not choices))
    fresh = {row.key: each.new for row, each in zip(rows, said, strict=True) if each.new}
    return _Ready(rows, said, kind.prepare(fresh), window.progress(rows) if rows else {})


def _apply_piece(
    batch: ImportBatch,
    kind: ImportKind,
    ready: _Ready,
    by: Actor,
    digest: Callable[[object], str],
) -> None:
    lines = _lines(batch, kind, ready, digest)
    changing = [line for line in lines if line.stored is None or line.found.diff]
    holds.renew(batch, applied_count=F("applied_count") + len(changing), **ready.progress)
    kind.write([_change(line) for line in changing], by=by, prepared=ready.prepared)
    bulk.insert(JournalEntry, _WRITTEN, [_entry(batch, line) for line in changing])
    unheard = {line.key: line.found.digests for line in lines if not line.found.is_heard}
    remember(batch, {key: digests_as_text(digests) for key, digests in unheard.items()})


def _lines(
    batch: ImportBatch,
    kind: ImportKind,
    ready: _Ready,
    digest: Callable[[object], str],
) -> list[_Line]:
    """Compare once more: between preview and now somebody may have been at the desk."""
    keys = [row.key for row in ready.rows]
    current, told = kind.current(keys), told_by(batch, keys)
    lines = []
    for row, said in zip(ready.rows, ready.said, strict=True):
        stored, before = current.get(row.key), told.get(row.key) or {}
        if stored is None:
            found = Comparison(said.new, {**before, **said.digests}, is_heard=False)
        else:
            found = compare(
                said.values, stored, before, digest, alike=kind.alike, digests=said.digests
            )
        line = _Line(row.number, row.key, row.label, stored, before, found, said.is_staged)
        lines.append(line)
    return lines


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
    stored, diff = line.stored, line.found.diff
    return Change(line.key, stored, {**stored, **diff} if stored else diff)


def _entry(batch: ImportBatch, line: _Line) -> tuple[Any, ...]:
    diff, stored = line.found.diff, line.stored
    before = None if stored is None else {name: stored.get(name) for name in diff}
    # of a new thing the row itself tells, unless somebody has chosen among readings
    is_told = stored is None and line.is_staged
    sealed = "" if is_told else seal_entry(batch.pk, line.number, before, diff)
    told = digests_as_text(line.told) if line.told else ""
    return (
        batch.pk, line.number, line.key, line.label, stored is None, sealed, told, EntryState.STANDS.value, "",
    )  # fmt: skip


def _finish(batch: ImportBatch, by: Actor) -> None:
    holds.settle(batch, BatchState.APPLIED, applied_at=clock.now())
    batch.refresh_from_db()
    audit.record(
        by=by,
        verb="sheet.applied",
        subject=batch,
        scope_path=batch.scope_path,
        data={"kind": batch.kind, "source": batch.source, "rows": batch.applied_count},
    )
