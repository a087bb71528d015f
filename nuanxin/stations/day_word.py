"""The word of the day: what a keeper writes on a sheet and holds into the picture."""

import datetime as dt
import hmac

from nuanxin.core import crypto
from nuanxin.core.ids import normalised
from nuanxin.stations.models import Station

# two signs that everybody writes alike, from lists without a bad neighbour
_FIRST = "春夏秋冬东西南北日月山水"
_SECOND = "风花云石木竹林田江湖米豆"


def word_of(station: Station, *, on: dt.date) -> str:
    """Return a station's word of one day: two signs and two figures, e.g. ``春风42``."""
    value = f"{station.pk}\x1f{on.isoformat()}"
    digest = bytes.fromhex(crypto.provider().blind_index(value, purpose="station.day_word"))
    first, second = _FIRST[digest[0] % len(_FIRST)], _SECOND[digest[1] % len(_SECOND)]
    return f"{first}{second}{digest[2] % 90 + 10}"


def is_word(station: Station, given: str, *, on: dt.date) -> bool:
    """Return whether somebody read a station's word of one day; spaces and full width are alike."""
    wanted, read = word_of(station, on=on), normalised(given).replace(" ", "")
    return hmac.compare_digest(wanted.encode(), read.encode())
