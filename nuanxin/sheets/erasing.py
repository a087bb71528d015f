"""Forgetting one thing in the imports that brought it: what they remember of it, not that they were."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from nuanxin.sheets.enums import EntryState
from nuanxin.sheets.models import ImportPart, ImportRow, JournalEntry, SourceRecord
from nuanxin.sheets.sealed_rows import open_part, seal_part


@transaction.atomic
def forget_things(keys: Collection[str]) -> int:
    """Drop what imports remember of some things, for whoever erases them; their undoing goes with it.

    Parameters
    ----------
    keys
        Keys of the things, as text.

    Returns
    -------
    int
        Rows that were dropped, and lines that were emptied. An empty line only tells that a thing of this
        key was touched, as the root over the lines of its import does.

    Notes
    -----
    Six statements, of which the one over rows reads the rows of all imports of the last thirty days;
    two more for each part that a row leaves. The files themselves stay sealed until their thirty days
    are over: none can be opened by a row.
    """
    rows = ImportRow.objects.filter(key__in=keys)
    numbers: dict[UUID, set[int]] = defaultdict(set)
    for batch, number in rows.order_by("batch", "number").values_list("batch_id", "number"):
        numbers[batch].add(number)
    for batch, gone in numbers.items():
        _leave_parts(batch, gone)
    count, _by_model = rows.delete()
    lines = JournalEntry.objects.filter(key__in=keys)
    lines.filter(state=EntryState.STANDS).update(state=EntryState.KEPT, reason=_("erased since"))
    emptied = lines.update(label="", payload_sealed="", told_before="")
    SourceRecord.objects.filter(key__in=keys).delete()
    return count + emptied


def _leave_parts(batch: UUID, numbers: set[int]) -> None:
    """Seal anew the parts in which rows stand, without these rows."""
    for number in sorted(numbers):
        part = ImportPart.objects.filter(batch=batch, first__lte=number, last__gte=number).first()
        if part is None:
            continue
        said = open_part(batch, part.first, bytes(part.payload_sealed))
        kept = [row for row in said if row.number not in numbers]
        if not kept:
            part.delete()
        elif len(kept) < len(said):
            # its place is that of its first row
            part.first, part.payload_sealed = kept[0].number, seal_part(batch, kept)
            part.save(update_fields=["first", "payload_sealed"])
