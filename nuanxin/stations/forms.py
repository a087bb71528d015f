"""What a reader asks of the list and says at a door, as immutable values."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import parse_qs, urlencode

Parameters = Mapping[str, list[str]]

_DECIMALS = 4

MODES = ("ebike", "walk", "van")
DEFAULT_MODE = "ebike"
REST_MIN = 20
"""The rest one chip asks for, in minutes."""

_FILTER_KEYS = ("by", "need", "group", "access", "open24", "rest")


@dataclass(frozen=True, slots=True)
class Search:
    """One question to the finder, as it stands in the address.

    Parameters
    ----------
    lat, lon
        WGS 84 degrees as written; empty on a cold page.
    at
        Civil moment of leaving, ``YYYY-MM-DDTHH:MM``; empty for now.
    by
        Mode of travel.
    need
        Codes of facilities, all required, sorted.
    group, access, rest
        Code of a group, kind of access, minutes of rest; empty for any.
    is_24h
        Round the clock only.
    """

    lat: str = ""
    lon: str = ""
    at: str = ""
    by: str = DEFAULT_MODE
    need: tuple[str, ...] = ()
    group: str = ""
    access: str = ""
    rest: str = ""
    is_24h: bool = False

    @classmethod
    def read(cls, stated: Parameters, *, kept: str = "") -> Self:
        """Read an address; when it states no filter, the kept filters apply.

        Parameters
        ----------
        stated
            Parameters of the address, each with all its values; ``need`` may be repeated or a comma list.
        kept
            Filters as `kept_filters` wrote them.
        """
        filters = stated if states_filters(stated) else parse_qs(kept)
        return cls(
            lat=_last(stated, "lat"),
            lon=_last(stated, "lon"),
            at=_last(stated, "at"),
            **_read_filters(filters),
        )

    @property
    def has_position(self) -> bool:
        """Whether the question can be asked at all."""
        return bool(self.lat and self.lon)

    @property
    def has_filters(self) -> bool:
        """Whether anything beyond the mode narrows the list."""
        return bool(self.need or self.group or self.access or self.rest or self.is_24h)

    def knowing(self, *, facilities: Collection[str], groups: Collection[str]) -> Self:
        """Forget filters that the catalogue no longer has, as an old cookie may bring them."""
        return replace(
            self,
            by=self.by if self.by in MODES else DEFAULT_MODE,
            need=tuple(code for code in self.need if code in facilities),
            group=self.group if self.group in groups else "",
            access=self.access if self.access == "open" else "",
            rest=self.rest
            if self.rest.isascii() and self.rest.isdigit() and int(self.rest) <= 480
            else "",
        )

    def toggling(self, code: str) -> Self:
        """Return the question with one facility added or taken away."""
        kept = set(self.need) ^ {code}
        return replace(self, need=tuple(sorted(kept)))

    def filters(self) -> dict[str, str]:
        """Return mode and filters as parameters of an address; the mode is always stated."""
        pairs = {
            "by": self.by,
            "need": ",".join(self.need),
            "group": self.group,
            "access": self.access,
            "open24": "1" if self.is_24h else "",
            "rest": self.rest,
        }
        return {key: value for key, value in pairs.items() if value}

    def parameters(self) -> dict[str, str]:
        """Return all parameters of an address, without empty ones."""
        place = {"lat": self.lat, "lon": self.lon, "at": self.at}
        return {key: value for key, value in place.items() if value} | self.filters()

    def query(self) -> bytes:
        """Return the query string for the finder."""
        return urlencode(self.parameters()).encode("ascii")

    def kept_filters(self) -> str:
        """Return what the cookie keeps: mode and filters, never a position."""
        return urlencode(self.filters())


def states_filters(stated: Parameters) -> bool:
    """Return whether an address states its filters, so that kept ones do not apply."""
    return any(key in stated for key in _FILTER_KEYS)


def _read_filters(values: Parameters) -> dict[str, Any]:
    need = {code for text in values.get("need", []) for code in text.split(",") if code}
    return {
        "by": _last(values, "by") or DEFAULT_MODE,
        "need": tuple(sorted(need)),
        "group": _last(values, "group"),
        "access": _last(values, "access"),
        "rest": _last(values, "rest"),
        "is_24h": _last(values, "open24") == "1",
    }


def _last(values: Parameters, key: str) -> str:
    found = values.get(key) or [""]
    return found[-1]


def read_position(stated: Mapping[str, str]) -> tuple[float, float] | None:
    """Return the position that a form's body shows, in degrees and four decimals.

    Parameters
    ----------
    stated
        The body of the form.

    Returns
    -------
    (float, float) or None
        Latitude and longitude; None when there is none, or it is no place on earth: whoever speaks
        at a door must not be refused for what their phone filled in.
    """
    try:
        lat, lon = float(stated.get("lat", "")), float(stated.get("lon", ""))
    except ValueError:
        return None
    is_on_earth = math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180
    return (round(lat, _DECIMALS), round(lon, _DECIMALS)) if is_on_earth else None
