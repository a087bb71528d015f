"""How fast strangers may speak: no reading of the rules needs more, and rows cost room."""

import datetime as dt
from typing import Final

from django.utils.translation import gettext_lazy as _

from nuanxin.core.devices import Marks
from nuanxin.core.errors import DomainError
from nuanxin.stations.models import Evidence, Fault

WINDOW: Final = dt.timedelta(minutes=1)
OF_A_DEVICE: Final = 6
OF_A_NETWORK: Final = 60
"""Thousands of phones can share one address of their carrier."""


class TooFast(DomainError):
    """More was said within a minute than anybody can have seen."""

    def __init__(self) -> None:
        sentence = _("That was a lot within a minute. Wait a moment, then say it again.")
        super().__init__(sentence, code="too_fast", status=429)


def check(marks: Marks, *, now: dt.datetime) -> None:
    """Refuse a word when its device or address has said too much within the last minute.

    Parameters
    ----------
    marks
        Who speaks.
    now
        The moment.

    Raises
    ------
    TooFast
        Beyond six words of a device or sixty of an address; the same word again is none.

    Notes
    -----
    At most four queries.
    """
    for field, key, limit in (
        ("device_key", marks.device_key, OF_A_DEVICE),
        ("network_key", marks.network_key, OF_A_NETWORK),
    ):
        said = sum(
            model._default_manager.filter(at__gt=now - WINDOW, **{field: key}).count()
            for model in (Evidence, Fault)
        )
        if said >= limit:
            raise TooFast
