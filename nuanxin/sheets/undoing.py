"""Taking an import back: the journal read backwards, in pieces, leaving what somebody changed since."""

from collections.abc import Callable

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from nuanxin.core import audit, bulk_acts, clock
from nuanxin.core.actors import Actor
from nuanxin.core.checkpoints import Checkpoints
from nuanxin.core.errors import Conflict
from nuanxin.core.models import AuditEvent
from nuanxin.sheets import holds, policies
from nuanxin.sheets.acting import on_behalf_of
from nuanxin.sheets.enums import BatchState, EntryState
from nuanxin.sheets.kinds import Change, ImportKind, Values, kind_of
from nuanxin.sheets.models import ImportBatch, JournalEntry, SourceRecord
from nuanxin.sheets.pacing import Pace
from nuanxin.sheets.payloads import open_entries
from nuanxin.sheets.services import check_time
from nuanxin.sheets.telling import remember
from nuanxin.sheets.touched import taken_back


def take_back(batch: ImportBatch, may_go_on: Callable[[], bool]) -> None:
    """Undo a claimed batch, from where an earlier process has stopped.

    Parameters
    ----------
    batch
        Claimed, in state ``undoing``.
    may_go_on
        Asked between pieces; when it says no the batch is let go.

    Raises
    ------
    HoldLost
        When another process has taken over.

    Notes
    -----
    For each piece two queries, the writes of the kind and four statements; two more for each row that
    is kept because somebody changed it.
    """
    kind, by, pace = kind_of(batch.kind), on_behalf_of(batch), Pace()
    with Checkpoints() as checkpoints:
        while may_go_on():
            checkpoints.wait()
            pace.begin()
            with transaction.atomic():
                standing = JournalEntry.objects.filter(batch=batch, state=EntryState.STANDS)
                if entries := list(standing.order_by("-number")[: pace.size]):
                    _undo_piece(batch, kind, entries, by)
            if not entries:
                _finish(batch, by)
                return
            pace.end(len(entries))
            checkpoints.begin()
    holds.let_go(batch)


def roll_back(batch: ImportBatch, trouble: str) -> None:
    """Begin to take back what a failed import of “all rows or none” has written. One UPDATE."""
    failed = ImportBatch.objects.filter(pk=batch.pk, state=BatchState.APPLYING, holder=batch.holder)
    failed.update(state=BatchState.UNDOING, trouble=trouble, holder="", held_until_at=None)


@transaction.atomic
def undo_row(*, batch: ImportBatch, sheet_row: int, sheet: str = "", by: Actor) -> JournalEntry:
    """Take back what one row of an import has changed.

    Parameters
    ----------
    batch
        Applied, within thirty days.
    sheet_row, sheet
        The row as the office program counts it, and its sheet; without one any that has such a row.
    by
        Who acts; the office of a union above the source.

    Returns
    -------
    JournalEntry
        Undone; or kept, with the reason, because somebody has changed the thing since.

    Raises
    ------
    NotAllowed
        For anybody else.
    Conflict
        When the import is not applied, its time is over, or the row has changed nothing that stands.

    Notes
    -----
    Some ten queries and one audit row.
    """
    policies.can_handle(by, batch).enforce()
    check_time(batch)
    # held until the end: two who take the same row back, or all of them, come one after the other
    applied = ImportBatch.objects.select_for_update().filter(pk=batch.pk, state=BatchState.APPLIED)
    is_applied = applied.first() is not None
    rows = batch.rows.filter(row=sheet_row, **({"sheet": sheet} if sheet else {}))
    numbers = rows.order_by("number").values_list("number", flat=True)
    entry = JournalEntry.objects.filter(
        batch=batch, number__in=list(numbers), state=EntryState.STANDS
    ).first()
    if not is_applied or entry is None:
        sentence = _("Row %(row)d has changed nothing that could be taken back.")
        raise Conflict(sentence % {"row": sheet_row}, code="nothing_to_undo")
    back, kept = _take_entries_back(batch, kind_of(batch.kind), [entry], by)
    ImportBatch.objects.filter(pk=batch.pk).update(
        undone_count=F("undone_count") + len(back), kept_count=F("kept_count") + len(kept)
    )
    audit.record(
        by=by,
        verb="sheet.row_undone",
        subject=batch,
        scope_path=batch.scope_path,
        data={"kind": batch.kind, "row": sheet_row, "undone": len(back)},
    )
    entry.refresh_from_db()
    return entry


def _undo_piece(
    batch: ImportBatch, kind: ImportKind, entries: list[JournalEntry], by: Actor
) -> None:
    back, kept = _take_entries_back(batch, kind, entries, by)
    undone_count, kept_count = F("undone_count") + len(back), F("kept_count") + len(kept)
    holds.renew(batch, undone_count=undone_count, kept_count=kept_count)


def _take_entries_back(
    batch: ImportBatch, kind: ImportKind, entries: list[JournalEntry], by: Actor
) -> tuple[list[JournalEntry], dict[int, str]]:
    """Take lines of the journal back; return those undone, and why others are kept, by key."""
    current = kind.current([entry.key for entry in entries])
    opened = open_entries(entries)
    kept = {
        entry.pk: _changed_since(batch, entry)
        for entry in entries
        if not _stands(entry, opened[entry.number][1], current)
    }
    back = [entry for entry in entries if entry.pk not in kept]
    fresh = {entry.key: entry for entry in back if entry.is_new and entry.key in current}
    changes = [
        _change(entry, opened[entry.number][0], current[entry.key])
        for entry in back
        if not entry.is_new
    ]
    kind.write(changes, by=by, is_undo=True)
    for key, reason in kind.withdraw(list(fresh), by=by).items():
        kept[fresh[key].pk] = reason
    back = [entry for entry in back if entry.pk not in kept]
    _unhear(batch, back)
    JournalEntry.objects.filter(pk__in=[entry.pk for entry in back]).update(state=EntryState.UNDONE)
    for pk, reason in kept.items():
        JournalEntry.objects.filter(pk=pk).update(state=EntryState.KEPT, reason=reason[:300])
    return back, kept


def _stands(entry: JournalEntry, after: Values, current: dict[str, Values]) -> bool:
    """Whether the thing still is as this import left it, in the fields it touched."""
    stored = current.get(entry.key)
    if stored is None:
        return entry.is_new  # gone already: there is nothing to take back
    if entry.is_new:
        return all(value == after.get(name) for name, value in stored.items() if name in after)
    return all(stored.get(name) == value for name, value in after.items())


def _change(entry: JournalEntry, before: Values, stored: Values) -> Change:
    return Change(entry.key, stored, {**stored, **before})


def _changed_since(batch: ImportBatch, entry: JournalEntry) -> str:
    """Return who changed a thing since, as far as the records tell."""
    acts = AuditEvent.objects.filter(object_key=entry.key)
    if batch.applied_at:
        acts = acts.filter(at__gte=batch.applied_at)
    if act := acts.order_by("-at").first():
        at = clock.from_epoch_s(int(act.at.timestamp())).strftime("%Y-%m-%d %H:%M")
        return _("changed by %(who)s, %(at)s") % {"who": act.actor_label, "at": at}
    changing = JournalEntry.objects.filter(key=entry.key, is_new=False)
    later = changing.filter(pk__gt=entry.pk).select_related("batch")
    if other := later.order_by("-pk").first():
        return _("changed by another import: %(file)s") % {"file": other.batch.file_name}
    return _("changed since")


def _unhear(batch: ImportBatch, entries: list[JournalEntry]) -> None:
    """Give a source back the word it had spoken before."""
    records = SourceRecord.objects.filter(kind=batch.kind, source=batch.source)
    records.filter(key__in=[entry.key for entry in entries if not entry.told_before]).delete()
    remember(batch, {entry.key: entry.told_before for entry in entries if entry.told_before})


def _finish(batch: ImportBatch, by: Actor) -> None:
    if batch.applied_at is None:
        _finish_rolling_back(batch, by)
        return
    back = bulk_acts.summed(taken_back(batch.pk))
    with transaction.atomic():
        holds.settle(batch, BatchState.UNDONE, undone_at=clock.now())
        batch.refresh_from_db()
        audit.record(
            by=by,
            verb="sheet.undone",
            subject=batch,
            scope_path=batch.scope_path,
            data={"kind": batch.kind, "kept": batch.kept_count, **back},
        )


@transaction.atomic
def _finish_rolling_back(batch: ImportBatch, by: Actor) -> None:
    """Leave a failed import, all of it taken back, as one that was refused: it may be read anew."""
    JournalEntry.objects.filter(batch=batch).delete()
    refusal = _(
        "Writing failed half-way (%(error)s); everything was taken back, nothing has changed."
    )
    holds.settle(
        batch,
        BatchState.REFUSED,
        refusal=refusal % {"error": batch.trouble},
        applied_through=0,
        window_through=0,
        applied_mark="",
        applied_count=0,
        undone_count=0,
    )
    audit.record(
        by=by,
        verb="sheet.rolled_back",
        subject=batch,
        scope_path=batch.scope_path,
        data={"kind": batch.kind, "error": batch.trouble},
    )
