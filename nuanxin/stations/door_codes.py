"""The codes on a station's sign, outside and inside: short, typed if need be, and not to be guessed."""

import base64
import hmac

from nuanxin.core import crypto
from nuanxin.stations.enums import Place
from nuanxin.stations.models import Station

_DIGITS = 8  # 40 bits, and five tries show in the limits long before


def signature(station: Station, place: Place) -> str:
    """Return what the sign's address carries beside the station's number.

    Parameters
    ----------
    station
        The station; one more in its ``code_version`` voids every sign printed before.
    place
        ``DOOR_CODE`` or ``INSIDE_CODE``.

    Returns
    -------
    str
        Eight letters and digits without 0, 1, 8 and 9.
    """
    value = f"{station.pk}\x1f{station.code_version}"
    index = crypto.provider().blind_index(value, purpose=f"station.code.{place}")
    return base64.b32encode(bytes.fromhex(index)).decode()[:_DIGITS].lower()


def place_shown(station: Station, given: str) -> Place | None:
    """Return which of a station's signs a signature stands on; None for neither."""
    for place in (Place.DOOR_CODE, Place.INSIDE_CODE):
        if hmac.compare_digest(signature(station, place), given.strip().lower()):
            return place
    return None
