"""The codes on a station's sign, outside and inside: short, typed if need be, and not to be guessed."""

import base64
import hmac

from django.urls import reverse

from nuanxin.core import crypto
from nuanxin.stations.enums import Place
from nuanxin.stations.models import Station

_REMEMBERED = 5  # earlier versions of a sign that are still told from nonsense
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
    return _signature(station, place, station.code_version)


def sign_paths(station: Station) -> tuple[str, str]:
    """Return the addresses that the signs outside and inside lead to, without the host."""
    outside = reverse(
        "stations:door_outside", args=(station.code, signature(station, Place.DOOR_CODE))
    )
    inside = reverse(
        "stations:door_inside", args=(station.code, signature(station, Place.INSIDE_CODE))
    )
    return outside, inside


def place_shown(station: Station, given: str) -> Place | None:
    """Return which of a station's signs a signature stands on; None for neither."""
    for place in (Place.DOOR_CODE, Place.INSIDE_CODE):
        if _is_same(signature(station, place), given):
            return place
    return None


def is_outdated(station: Station, place: Place, given: str) -> bool:
    """Return whether a signature stood on a sign of the station that was voided since.

    Notes
    -----
    Whoever holds one knows nothing new by it: it was printed, and shows no place any more.
    """
    versions = range(max(0, station.code_version - _REMEMBERED), station.code_version)
    return any(_is_same(_signature(station, place, version), given) for version in versions)


def _signature(station: Station, place: Place, version: int) -> str:
    value = f"{station.pk}\x1f{version}"
    index = crypto.provider().blind_index(value, purpose=f"station.code.{place}")
    return base64.b32encode(bytes.fromhex(index)).decode()[:_DIGITS].lower()


def _is_same(signature: str, given: str) -> bool:
    # as bytes: what is given may be any text
    return hmac.compare_digest(signature.encode(), given.strip().lower().encode())
