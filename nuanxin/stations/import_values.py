"""From a record of a sheet to what it says about a station: words resolved, points converted."""

import datetime as dt
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from nuanxin.algorithms.hours import HoursError, parse_hours
from nuanxin.algorithms.hours_kinds import canonical
from nuanxin.algorithms.hours_text import Outcome, TextReading, read_hours_text
from nuanxin.sheets.kinds import Note
from nuanxin.stations.enums import Datum, Lifecycle
from nuanxin.stations.import_words import Catalogues, Words
from nuanxin.stations.models import HOURS_LENGTH, Host, Outlet, Station

Fields = Mapping[str, Any]
TEXTS: Final = {
    "name": "name",
    "address": "address",
    "street": "street",
    "floor": "floor",
    "entrance": "entrance",
    "parking": "parking",
    "contact": "manager_name",
    "phone": "manager_phone",
    "host": "host",
    "outlet": "outlet",
}
HOURS: Final = {
    "open_hours": "staffed_hours",
    "self_service_hours": "self_service_hours",
    "outlet_hours": "outlet_hours",
    "outlet_self_service_hours": "outlet_self_service_hours",
}
CHOICES: Final = {"host_kind": "host_kinds", "tier": "tiers", "lifecycle": "lifecycles", "access": "accesses", "brand": "brands"}  # fmt: skip
LISTS: Final = ("facilities", "groups")
# “Mo-Su 08:00-18:00” says no more than “08:00-18:00”
_EVERY_DAY = re.compile(r"(^|; )Mo-Su (?=\d)")
_CODE = re.compile(r"[0-9A-Za-z_-]{1,20}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DATUMS: Final = {"cgcs2000": Datum.WGS84.value}


class Reader:
    """Reads the cells of one record into values and notes.

    Parameters
    ----------
    fields
        The record's fields as the sheet's reader leaves them.
    words
        All catalogues.
    datum
        The datum of points whose row names none; empty while nobody has said.
    """

    def __init__(self, fields: Fields, words: Catalogues, datum: str) -> None:
        self._fields, self._words, self._datum = fields, words, datum
        self.values: dict[str, Any] = {}
        self.notes: list[Note] = []
        self.refusal: Note | None = None
        self.lacks_datum = False

    def read(self) -> None:
        """Read every field that needs nothing but itself and the catalogues."""
        self._read_code()
        for name, target in TEXTS.items():
            self._read_text(name, target)
        for name, catalogue in CHOICES.items():
            self._read_choice(name, getattr(self._words, catalogue))
        for name, target in HOURS.items():
            self._read_hours(name, target)
        for name in LISTS:
            self._read_list(name, getattr(self._words, name))
        self._read_numbers()
        self._read_point()

    def _refuse(self, code: str, name: str, detail: str = "") -> None:
        self.refusal = self.refusal or Note(code, name, detail)

    def _read_code(self) -> None:
        code = self._fields.get("code")
        if not code:
            return
        if not _CODE.fullmatch(code):
            self._refuse("code_bad", "code", code)
        self.values["code"] = code

    def _read_text(self, name: str, target: str) -> None:
        if name not in self._fields:
            return
        text = self._fields[name] or None
        limit = _LIMITS[target]
        if text and len(text) > limit:
            self._refuse("too_long", name, f"{len(text)} > {limit}")
        self.values[target] = text

    def _read_choice(self, name: str, words: Words) -> None:
        if name not in self._fields:
            return
        text = self._fields[name]
        code = words.code(text) if text else None
        if text and code is None:
            if name == "brand":
                self._refuse("brand_unknown", name, text)
            else:
                self.notes.append(Note(f"{name}_unknown", name, text, is_doubt=name == "lifecycle"))
        self.values[name] = code

    def _read_hours(self, name: str, target: str) -> None:
        if name not in self._fields:
            return
        text = self._fields[name]
        if not text:
            self.values[target] = None
            return
        reading = _hours(text)
        if reading.outcome == Outcome.READ and "closed_only" not in reading.reasons:
            osm = canonical_hours(reading.osm or "")
            if len(osm) <= HOURS_LENGTH:
                self.values[target] = osm
                return
        choices = reading.alternatives or ((reading.osm,) if reading.osm else ())
        fitting = tuple(choice for choice in choices if len(choice) <= HOURS_LENGTH)[:8]
        code = "hours_unclear" if fitting else "hours_unreadable"
        self.notes.append(Note(code, target, text, fitting, is_doubt=True))

    def _read_list(self, name: str, words: Words) -> None:
        if name not in self._fields:
            return
        texts: list[str] = self._fields[name] or []
        found = {text: words.code(text) for text in texts}
        unknown = [text for text, code in found.items() if code is None]
        if unknown:
            self.notes.append(Note(f"{name}_unknown", name, "、".join(unknown)))
        codes = sorted({code for code in found.values() if code})
        self.values[name] = codes or None

    def _read_numbers(self) -> None:
        if "area_m2" in self._fields:
            area = self._fields["area_m2"]
            if area is not None and not 0 < area < 100_000:
                self.notes.append(Note("area_out_of_range", "area_m2", str(area)))
                area = None
            self.values["area_m2"] = None if area is None else round(float(area), 1)
        if "floors_count" in self._fields:
            count = self._fields["floors_count"]
            self.values["floors_count"] = count if count and 0 < count < 200 else None
        if "accepted_on" in self._fields:
            self.values["accepted_on"] = full_date(self._fields["accepted_on"])

    def _read_point(self) -> None:
        lat, lng = self._fields.get("lat"), self._fields.get("lng")
        if lat is None or lng is None:
            if "coord_invalid" in self._fields.get("_warnings", ()):
                self.notes.append(Note("point_unreadable", "point", is_doubt=True))
            return
        stated = self._fields.get("datum") or self._datum
        datum = _DATUMS.get(stated, stated)
        if not datum:
            self.lacks_datum = True
            return
        if not (3 <= lat <= 54 and 73 <= lng <= 136):
            self.notes.append(Note("point_outside", "point", f"{lat} {lng}", is_doubt=True))
            return
        self.values["point"] = [datum, _degrees(lat), _degrees(lng)]


def full_date(text: str | None) -> str | None:
    """Return a date that is known to the day, in ISO form; None for a month, a year or nothing."""
    if not text or not _DATE.fullmatch(text):
        return None
    return dt.date.fromisoformat(text).isoformat()


def is_accepted(values: Fields) -> bool:
    """Return whether a row says that a station has been accepted."""
    return values.get("lifecycle") == Lifecycle.ACCEPTED.value


@lru_cache(maxsize=20_000)
def canonical_hours(text: str) -> str:
    """Return an hours text in the one form in which two of the same meaning are mostly equal."""
    try:
        return _EVERY_DAY.sub(r"\1", canonical(parse_hours(text))) if text else ""
    except HoursError:
        return text


@lru_cache(maxsize=20_000)
def _hours(text: str) -> TextReading:
    return read_hours_text(text)


def _degrees(value: float) -> str:
    """Return a coordinate as it is kept beside its datum: to a tenth of a metre, no needless digits."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _limit(model: type[Host] | type[Outlet] | type[Station], name: str) -> int:
    return int(getattr(model._meta.get_field(name), "max_length", None) or 0)


# one database refuses a text that is too long with an error, another keeps it: the reader says so
_LIMITS: Final = {name: _limit(Station, name) for name in TEXTS.values() if name not in ("host", "outlet")} | {
    "host": _limit(Host, "name"), "outlet": _limit(Outlet, "name"),
}  # fmt: skip
