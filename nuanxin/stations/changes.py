"""Keeping the change feed short."""

import datetime as dt
from typing import Final

from django.db import transaction
from django.db.models import Max

from nuanxin.stations.models import StationChange

KEPT: Final = 100_000


@transaction.atomic
def trim_changes(*, keep: int = KEPT) -> int:
    """Delete old rows of the change feed; nobody is told, and nobody need be.

    Parameters
    ----------
    keep
        How many of the newest numbers stay, >= 1. A process that is further behind finds its place
        gone and reads everything again, so no number is too small to be safe.

    Returns
    -------
    int
        Rows deleted.

    Raises
    ------
    ValueError
        When nothing would stay: processes could not tell a trimmed feed from an empty one.

    Notes
    -----
    Two queries; no audit row, the feed being no record of anything.
    """
    if keep < 1:
        msg = f"at least one row stays, not {keep}"
        raise ValueError(msg)
    last = StationChange.objects.aggregate(last=Max("seq"))["last"] or 0
    count, _by_model = StationChange.objects.filter(seq__lte=last - keep).delete()
    return count


def trim(now: dt.datetime) -> int:
    """Trim the feed as the tick does; what is kept goes by number, whatever the moment."""
    return trim_changes()
