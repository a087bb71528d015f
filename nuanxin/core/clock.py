"""The one clock: whoever needs the time asks here, whoever tests it replaces it here."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone

CIVIL_ZONE = ZoneInfo("Asia/Shanghai")


def now() -> dt.datetime:
    """Return the present moment as an aware UTC datetime."""
    return timezone.now()


def now_s() -> int:
    """Return the present moment in whole seconds since 1970-01-01T00:00:00Z."""
    return int(now().timestamp())


def civil_date(moment: dt.datetime | None = None) -> dt.date:
    """Return the calendar date in Asia/Shanghai, whatever zone the machine keeps.

    Parameters
    ----------
    moment
        An aware datetime; the present moment when left out.
    """
    return (moment or now()).astimezone(CIVIL_ZONE).date()


def from_epoch_s(epoch_s: int) -> dt.datetime:
    """Return the civil datetime (Asia/Shanghai) of a moment in epoch seconds."""
    return dt.datetime.fromtimestamp(epoch_s, tz=CIVIL_ZONE)


def read_civil(text: str) -> dt.datetime:
    """Read ``2026-02-14T09:30`` as a civil moment; a text with an offset keeps its own.

    Raises
    ------
    ValueError
        When the text is not an ISO 8601 datetime.
    """
    moment = dt.datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=CIVIL_ZONE)
