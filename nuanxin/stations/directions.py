"""Addresses that hand a destination to a map application, each in that map's own datum."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from nuanxin.algorithms.datums import Datum, convert

# by mode: Gaode, Baidu, Tencent
_MODE_WORDS = {
    "walk": ("walk", "walking", "walk"),
    "ebike": ("ride", "riding", "bike"),
    "van": ("car", "driving", "drive"),
}
_APP = "nuanxin"


@dataclass(frozen=True, slots=True)
class Way:
    """One map application: what it is called and the address that opens it."""

    label: str
    href: str


def ways_to(name: str, *, lat_wgs84: float, lon_wgs84: float, by: str) -> list[Way]:
    """Return the links that lead to a point.

    Parameters
    ----------
    name
        What the map shall call the destination.
    lat_wgs84, lon_wgs84
        The destination, WGS 84 degrees.
    by
        Mode of travel: walk, ebike or van.

    Returns
    -------
    list[Way]
        Gaode, Baidu, Tencent, then whatever the phone keeps for ``geo:``; no link tells where the
        reader is.
    """
    gaode_mode, baidu_mode, tencent_mode = _MODE_WORDS[by]
    lat, lon = convert([lat_wgs84, lon_wgs84], source=Datum.WGS84, target=Datum.GCJ02)
    gaode = {
        "to": f"{lon:.6f},{lat:.6f},{name}",
        "mode": gaode_mode,
        "coordinate": "gaode",
        "callnative": "1",
        "src": _APP,
    }
    baidu = {
        "origin": _("my position"),
        "destination": f"latlng:{lat_wgs84:.6f},{lon_wgs84:.6f}|name:{name}",
        "mode": baidu_mode,
        "coord_type": "wgs84",
        "output": "html",
        "src": _APP,
    }
    tencent = {
        "type": tencent_mode,
        "to": name,
        "tocoord": f"{lat:.6f},{lon:.6f}",
        "coord_type": "2",  # GCJ-02, which Tencent calls its own
        "referer": _APP,
    }
    return [
        Way(_("Gaode map"), _address("https://uri.amap.com/navigation", gaode)),
        Way(_("Baidu map"), _address("https://api.map.baidu.com/direction", baidu)),
        Way(_("Tencent map"), _address("https://apis.map.qq.com/uri/v1/routeplan", tencent)),
        Way(_("Another map on this phone"), f"geo:{lat_wgs84:.6f},{lon_wgs84:.6f}"),
    ]


def _address(base: str, parameters: dict[str, str]) -> str:
    return f"{base}?{urlencode(parameters, safe=',:|')}"
