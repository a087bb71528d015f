"""What the page of the map hands to its script."""

from typing import Any, Final

from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _

from nuanxin.algorithms.datums import Datum, convert
from nuanxin.stations import map_tiles
from nuanxin.stations.map_source import MapSource
from nuanxin.stations.presentation import STATE_WORDS

_NEAR_ZOOM: Final = 15
_CHINA: Final = (18.0, 73.0, 54.0, 135.0)
"""South, west, north, east: what a map of no stations shows."""


def map_options(
    source: MapSource, *, position: tuple[float, float] | None, now_s: int
) -> dict[str, Any]:
    """Return the settings of the map as plain data.

    Parameters
    ----------
    source
        Of the pictures.
    position
        Where the map begins, (lat, lon) in WGS 84; None for all stations.
    now_s
        The present moment, epoch seconds.

    Returns
    -------
    dict
        ``credit`` is HTML; words in the reader's language.
    """
    south, west, north, east = map_tiles.extent(now_s=now_s) or _CHINA
    options: dict[str, Any] = {
        "layers": source.layers,
        "subdomains": source.subdomains,
        "credit": str(escape(source.credit)),
        "tiles": reverse("api:stations_map", args=(0, 0, 0)).replace("0/0/0", "{z}/{x}/{y}"),
        "station": reverse("stations:station_detail", args=("CODE",)),
        "words": _words(),
        "leastZoom": map_tiles.LEAST_ZOOM,
        "mostZoom": map_tiles.MOST_ZOOM,
        "bounds": [[south, west], [north, east]],
    }
    if position:
        lat, lon = convert(position, source=Datum.WGS84, target=source.datum).tolist()
        options["start"] = {"lat": lat, "lon": lon, "zoom": _NEAR_ZOOM}
    return options


def _words() -> dict[str, str]:
    states = {state: str(word) for state, word in STATE_WORDS.items()}
    return states | {"zoomIn": _("Zoom in"), "zoomOut": _("Zoom out"), "close": _("Close")}
