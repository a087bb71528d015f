"""The published feeds: what changes seldom apart from what changes fast, in the manner of GBFS 3.

Both come from the snapshot in memory. ``docs/adr/0005-change-feed.md`` says what is taken from that
standard and what is not.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

import numpy as np
from django.utils.translation import gettext as _

from nuanxin.algorithms.finder_horizon import Places
from nuanxin.algorithms.finder_status import information_rows, status_rows
from nuanxin.core import clock
from nuanxin.core.errors import Invalid
from nuanxin.stations import snapshots
from nuanxin.stations.loading import Loaded

VERSION: Final = "1.0"
"""Of the form of these feeds, not of GBFS."""
MOST_CODES: Final = 20
INFORMATION_TTL_S: Final = 3_600
STATUS_TTL_S: Final = 60
PAGE_TTL_S: Final = 15
_BODY: Final = (
    b'{"last_updated":"%b","ttl":%d,"version":"' + VERSION.encode() + b'","data":{"stations":[%b]}}'
)


@dataclass(frozen=True, slots=True)
class Feed:
    """A body and the tag by which a reader asks whether it is still the same.

    Parameters
    ----------
    body
        UTF-8 JSON.
    etag
        Weak: two processes may differ in a second or a third decimal and mean the same.
    """

    body: bytes
    etag: str


def station_information(*, division: str = "", now_s: int) -> Feed:
    """Return what changes seldom of listed stations, by identifier.

    Parameters
    ----------
    division
        Only stations whose division's code begins so; empty for all.
    now_s
        The present moment, epoch seconds.

    Notes
    -----
    No query but the look at the change feed. The tag is of the rows alone, so that evidence, which
    moves the change feed all day long, does not change it.
    """
    held = snapshots.holder.held(now_s=now_s)
    rows = b",".join(information_rows(held.loaded.snapshot, _inside(held.loaded, division)))
    digest = hashlib.blake2b(rows, digest_size=12).hexdigest()
    return Feed(_body(rows, INFORMATION_TTL_S, now_s), f'W/"{digest}"')


def station_status_etag(*, division: str = "", now_s: int) -> str:
    """Return the tag of `station_status`, without its body: of what is held and of the minute."""
    held = snapshots.holder.held(now_s=now_s)
    return _status_etag(held, division, now_s)


def station_status(*, division: str = "", now_s: int) -> Feed:
    """Return the states of listed stations for somebody at the door now, by identifier.

    Parameters
    ----------
    division, now_s
        As for `station_information`.

    Notes
    -----
    No query but the look at the change feed. A state that changes with time alone, as at closing
    time, does so at a new minute, and so does the tag.
    """
    held = snapshots.holder.held(now_s=now_s)
    places = _inside(held.loaded, division)
    rows = b",".join(status_rows(held.loaded.snapshot, places, at_s=now_s))
    return Feed(_body(rows, STATUS_TTL_S, now_s), _status_etag(held, division, now_s))


def status_of(codes: str, *, now_s: int) -> bytes:
    """Return the states of a few stations, for a page that stays open.

    Parameters
    ----------
    codes
        Station numbers separated by commas; those of no listed station are passed over.
    now_s
        The present moment, epoch seconds.

    Returns
    -------
    bytes
        UTF-8 JSON, in the order asked, each once.

    Raises
    ------
    Invalid
        For more than ``MOST_CODES`` numbers.

    Notes
    -----
    No query but the look at the change feed.
    """
    asked = list(dict.fromkeys(filter(None, (code.strip() for code in codes.split(",")))))
    if len(asked) > MOST_CODES:
        sentence = _("Ask for at most %(count)d stations at once.") % {"count": MOST_CODES}
        raise Invalid(sentence, code="too_many_codes", fields={"codes": sentence})
    loaded = snapshots.holder.held(now_s=now_s).loaded
    known = loaded.directory.places_by_code
    places = np.array([known[code] for code in asked if code in known], dtype=np.intp)
    return _body(b",".join(status_rows(loaded.snapshot, places, at_s=now_s)), PAGE_TTL_S, now_s)


def _inside(loaded: Loaded, division: str) -> Places:
    divisions = loaded.directory.divisions
    if not division or not len(divisions):
        return np.arange(len(divisions))
    return np.flatnonzero(np.char.startswith(divisions, division))


def _status_etag(held: snapshots.Held, division: str, now_s: int) -> str:
    return f'W/"{held.version}.{now_s // 60}.{division}"'


def _body(rows: bytes, ttl_s: int, now_s: int) -> bytes:
    return _BODY % (clock.from_epoch_s(now_s).isoformat().encode(), ttl_s, rows)
