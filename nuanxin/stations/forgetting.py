"""Forgetting in time: marks of strangers stand only as long as they weigh words."""

import datetime as dt
from typing import Final

from django.db.models import Q

from nuanxin.stations.answers import REMEMBERED
from nuanxin.stations.models import DeskDevice, Evidence, Fault

NETWORKS_KEPT: Final = dt.timedelta(days=2)
DESKS_KEPT: Final = dt.timedelta(days=90)


def forget_marks(now: dt.datetime) -> int:
    """Blank what tells one stranger from another once it weighs nothing any more.

    Parameters
    ----------
    now
        The moment, aware.

    Returns
    -------
    int
        Rows that were blanked or deleted; a second run finds none.

    Notes
    -----
    Five statements. Marks of networks go after two days, marks of devices after thirty; the word
    itself, its place and its worth stay.
    """
    done = 0
    for words in (Evidence.objects, Fault.objects):
        networks = words.filter(at__lt=now - NETWORKS_KEPT).exclude(
            Q(origin_key="", network_key="")
        )
        done += networks.update(origin_key="", network_key="")
        devices = words.filter(at__lt=now - REMEMBERED).exclude(device_key="")
        done += devices.update(device_key="")
    deleted, _by_table = DeskDevice.objects.filter(seen_at__lt=now - DESKS_KEPT).delete()
    return done + deleted
