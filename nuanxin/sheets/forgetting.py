"""Dropping files, rows and journals of imports whose time is over; the batches stay as a record."""

import datetime as dt
from typing import Final

from django.db import transaction
from django.db.models import Q

from nuanxin.sheets.enums import BatchState
from nuanxin.sheets.models import (
    KEPT,
    ImportBatch,
    ImportFile,
    ImportPart,
    ImportRow,
    JournalEntry,
)

_PIECE: Final = 2_000


def forget(now: dt.datetime) -> int:
    """Drop what is older than thirty days; return how many batches were emptied.

    Parameters
    ----------
    now
        The moment, aware.

    Returns
    -------
    int
        Batches. Files that were never applied are put aside; rows of those put aside go at once.

    Notes
    -----
    In pieces of 2,000 rows, each its own transaction.
    """
    before = now - KEPT
    ended = Q(applied_at__lt=before) | Q(applied_at__isnull=True, uploaded_at__lt=before)
    old = ImportBatch.objects.filter(ended, file__isnull=False)
    old = old.exclude(state__in=[BatchState.APPLYING, BatchState.UNDOING])
    aside = ImportBatch.objects.filter(state=BatchState.DISCARDED, rows__isnull=False).distinct()
    count = 0
    for batch in [*old.order_by("uploaded_at", "id"), *aside.order_by("uploaded_at", "id")]:
        _empty(batch)
        count += 1
    return count


def _empty(batch: ImportBatch) -> None:
    for model in (ImportRow, ImportPart, JournalEntry):
        while keys := list(
            model._default_manager.filter(batch=batch)
            .order_by("pk")
            .values_list("pk", flat=True)[:_PIECE]
        ):
            model._default_manager.filter(pk__in=keys).delete()
    with transaction.atomic():
        waiting = (BatchState.READING, BatchState.PREVIEW, BatchState.REFUSED)
        ImportBatch.objects.filter(pk=batch.pk, state__in=waiting).update(
            state=BatchState.DISCARDED, holder="", held_until_at=None
        )
        ImportFile.objects.filter(batch=batch).delete()
