"""One process works on a batch at a time: a hold that runs out, renewed with each piece of work."""

import datetime as dt
from typing import Any, Final

from django.db.models import Q

from nuanxin.core import clock
from nuanxin.sheets.models import ImportBatch

HOLD: Final = dt.timedelta(seconds=60)


class HoldLost(Exception):
    """Another process took the batch over, or somebody put it aside: what was begun is rolled back."""


def take_next(holder: str) -> ImportBatch | None:
    """Claim the batch that has waited longest; None when nothing waits, or others were faster.

    Notes
    -----
    One query, and one UPDATE for each try.
    """
    now = clock.now()
    free = Q(held_until_at__isnull=True) | Q(held_until_at__lte=now)
    waiting = ImportBatch.objects.at_work().filter(free).order_by("uploaded_at", "id")
    for batch in waiting[:5]:
        taken = ImportBatch.objects.at_work().filter(free, pk=batch.pk, state=batch.state)
        if taken.update(holder=holder, held_until_at=now + HOLD):
            batch.holder = holder
            return batch
    return None


def renew(batch: ImportBatch, **changes: Any) -> None:
    """Write a batch and hold it longer, in the transaction of a piece of work.

    Parameters
    ----------
    batch
        As this process claimed it: by its holder and its state the hold is known.
    changes
        Columns to set with it.

    Raises
    ------
    HoldLost
        When the hold is somebody else's now.

    Notes
    -----
    One UPDATE; on PostgreSQL it locks the row until the end of the transaction.
    """
    mine = ImportBatch.objects.filter(pk=batch.pk, holder=batch.holder, state=batch.state)
    if not mine.update(held_until_at=clock.now() + HOLD, **changes):
        raise HoldLost
    for name, value in changes.items():
        if not hasattr(value, "resolve_expression"):
            setattr(batch, name, value)


def settle(batch: ImportBatch, state: str, **changes: Any) -> None:
    """Give a batch back in a new state.

    Raises
    ------
    HoldLost
        As ``renew``.
    """
    mine = ImportBatch.objects.filter(pk=batch.pk, holder=batch.holder, state=batch.state)
    if not mine.update(state=state, holder="", held_until_at=None, trouble="", **changes):
        raise HoldLost


def let_go(batch: ImportBatch) -> None:
    """Give a batch back as it is, for whoever comes next."""
    ImportBatch.objects.filter(pk=batch.pk, holder=batch.holder).update(
        holder="", held_until_at=None
    )
