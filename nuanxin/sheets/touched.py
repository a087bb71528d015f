"""What an import has touched, as the trail sums it up: the lines of its journal, in their order.

A root over them stands in the sealed act. While the journal is kept, whoever takes a line away, adds one
or passes one thing off as another no longer meets it.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from nuanxin.core import clock
from nuanxin.core.bulk_acts import Leaf
from nuanxin.core.models import AuditEvent
from nuanxin.sheets.enums import EntryState
from nuanxin.sheets.models import KEPT, JournalEntry

# journals are dropped about the time they are due
_NEARLY: Final = KEPT - dt.timedelta(hours=1)


def written(batch: UUID) -> Iterator[Leaf]:
    """Yield the things that applying a batch has entered or changed. One query, read row by row."""
    for key, is_new in _lines(batch).values_list("key", "is_new").iterator():
        yield Leaf(key, "" if is_new else "standing", "written")


def taken_back(batch: UUID) -> Iterator[Leaf]:
    """Yield the things that undoing a batch has put back. One query, read row by row."""
    undone = _lines(batch).filter(state=EntryState.UNDONE)
    for key, is_new in undone.values_list("key", "is_new").iterator():
        yield Leaf(key, "written", "" if is_new else "standing")


def written_by(event: AuditEvent) -> Iterator[Leaf] | None:
    """Return what an act of applying wrote; None when its journal is due to be dropped."""
    return written(UUID(event.object_key)) if _is_kept(event) else None


def taken_back_by(event: AuditEvent) -> Iterator[Leaf] | None:
    """Return what an act of undoing put back; None when the journal is due to be dropped."""
    return taken_back(UUID(event.object_key)) if _is_kept(event) else None


def _lines(batch: UUID) -> QuerySet[JournalEntry]:
    return JournalEntry.objects.filter(batch=batch).order_by("number")


def _is_kept(event: AuditEvent) -> bool:
    return clock.now() - event.at < _NEARLY
