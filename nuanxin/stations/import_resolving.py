"""Resolving the records of a station list: which station each is, where it stands, what is doubtful."""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import numpy as np
from django.db.models import Q

from nuanxin.algorithms import datums
from nuanxin.algorithms.geo import haversine_one_m
from nuanxin.algorithms.outlying import outlying_points
from nuanxin.core.ids import computed_id
from nuanxin.core.policies import holds
from nuanxin.sheets.kinds import Candidate, Note, PlainResolver, Setting
from nuanxin.sheets.readings import Accepted
from nuanxin.stations import policies
from nuanxin.stations.enums import Lifecycle
from nuanxin.stations.import_places import Divisions
from nuanxin.stations.import_values import Reader, full_date, is_accepted
from nuanxin.stations.import_words import Catalogues, plain
from nuanxin.stations.models import Station
from nuanxin.unions.models import Union

_MOVED_M: Final = 30.0
_COUNTY: Final = 6


@dataclass(frozen=True, slots=True)
class Known:
    """What has to be known of a stored station while rows are resolved."""

    key: str
    name: str
    address: str
    path: str
    division: str
    accepted_on: Any
    is_checked: bool
    point: tuple[float, float] | None


class StationResolver(PlainResolver):
    """Resolves one file; remembers what only the whole file shows.

    Parameters
    ----------
    setting
        Whose list it is, what holds for all its rows, and who brings it.
    """

    def __init__(self, setting: Setting) -> None:
        self._options, self._by = setting.options, setting.by
        self._words = Catalogues()
        union = Union.objects.select_related("division").filter(code=setting.source).first()
        self._source = union.code if union else ""
        self._divisions = Divisions(union.division_id if union else "")
        self._unions = _Unions(setting)
        self._seen: dict[str, int] = {}
        self._points: list[tuple[int, float, float, str]] = []
        self._place = 0
        self._lacks_datum = False

    def resolve(self, records: Sequence[Accepted], foreseen: Any = None) -> list[Candidate]:
        """Return one candidate for each record, in order. Four queries."""
        readers = [self._read(record) for record in records]
        known = _known(readers, self._unions.reach)
        candidates = [
            self._candidate(record, reader, known)
            for record, reader in zip(records, readers, strict=True)
        ]
        self._spare_outlets(candidates)
        return candidates

    def afterthoughts(self) -> dict[int, list[Note]]:
        """Return the points that stand where no station of their county does."""
        if not self._points:
            return {}
        places, lats, lons, divisions = zip(*self._points, strict=True)
        counties = np.array([int(code[:_COUNTY]) for code in divisions])
        is_out = outlying_points(np.column_stack([lats, lons]), counties)
        note = Note("point_far", "point", is_doubt=True)
        return {place: [note] for place, out in zip(places, is_out.tolist(), strict=True) if out}

    def open_questions(self) -> list[str]:
        """Return ``datum`` while points have none: Chinese maps differ by half a kilometre."""
        return ["datum"] if self._lacks_datum else []

    def _read(self, record: Accepted) -> Reader:
        fields = {**record.fields, "_warnings": record.warnings}
        reader = Reader(fields, self._words, self._options.get("datum", ""))
        reader.read()
        self._lacks_datum = self._lacks_datum or reader.lacks_datum
        return reader

    def _candidate(self, record: Accepted, reader: Reader, known: "_Stored") -> Candidate:
        place, self._place = self._place, self._place + 1
        values = reader.values
        candidate = Candidate(
            record.place, "", values.get("name") or "", values, notes=reader.notes
        )
        candidate.refusal = reader.refusal or self._set_places(record, candidate)
        stored = None
        if not candidate.refusal:
            stored = known.find(values)
            candidate.key = stored.key if stored else self._new_key(values)
            candidate.refusal = self._check(record, candidate, stored)
        if not candidate.refusal:
            self._seen[candidate.key] = record.place.row
            self._settle(record, candidate, stored, place)
        return candidate

    def _set_places(self, record: Accepted, candidate: Candidate) -> Note | None:
        fields, values = record.fields, candidate.values
        county = fields.get("county") or fields.get("district") or ""
        town, address = fields.get("town") or "", fields.get("address") or ""
        code, missing = self._divisions.resolve(county, town, address)
        if not code:
            return Note("division_unknown", "district", county or town)
        if missing:
            candidate.notes.append(Note("town_unknown", "town", town))
        values["division"] = code
        named = fields.get("union")
        if named:
            union = self._unions.code(named)
            if union is None:
                return Note("union_unknown", "union", named)
            values["union"] = union
        return None

    def _new_key(self, values: dict[str, Any]) -> str:
        if values.get("code"):
            return str(computed_id("station", values["code"]))
        return str(computed_id("station", self._source, values["name"], values["address"]))

    def _check(self, record: Accepted, candidate: Candidate, stored: Known | None) -> Note | None:
        """Return why a row cannot be taken, once it is known which station it is."""
        values = candidate.values
        if (row := self._seen.get(candidate.key)) is not None:
            return Note("duplicate_same", "code" if values.get("code") else "name", str(row))
        union = values.get("union") or (None if stored else self._source)
        if union is not None and not self._unions.may_enter(union):
            return Note("union_unknown", "union", record.fields.get("union") or union)
        if stored and not policies.can_enter_stations(self._by, union_path=stored.path):
            return Note("station_elsewhere", "code", values.get("code") or "")
        if not stored and not (values.get("brand") or self._options.get("brand")):
            return Note("brand_missing", "brand")
        return self._check_acceptance(record, candidate, stored)

    def _check_acceptance(
        self, record: Accepted, candidate: Candidate, stored: Known | None
    ) -> Note | None:
        values = candidate.values
        if stored is None:
            candidate.defaults = self._defaults(candidate.key, values)
        accepted = is_accepted(values) or (
            stored is None and not values.get("lifecycle") and is_accepted(candidate.defaults)
        )
        if not accepted or values.get("accepted_on") or (stored and stored.accepted_on):
            return None
        day = full_date(record.fields.get("built")) or self._options.get("accepted_on")
        if not day:
            return Note("accepted_on_missing", "accepted_on")
        values["accepted_on"] = day
        return None

    def _defaults(self, key: str, values: dict[str, Any]) -> dict[str, Any]:
        defaults = {
            "brand": self._options.get("brand") or None,
            "union": self._source,
            "lifecycle": self._options.get("lifecycle") or Lifecycle.PROPOSED.value,
            "code": generated_code(UUID(key)),
        }
        if values.get("host") and not values.get("outlet"):
            defaults["outlet"] = values["name"]
        return defaults

    def _settle(
        self, record: Accepted, candidate: Candidate, stored: Known | None, place: int
    ) -> None:
        """Complete what a row says, and look at its point."""
        values = candidate.values
        if stored is not None:
            values.pop("code", None)
            if stored.division.startswith(values["division"]):
                del values["division"]  # the town is known already, the list names the county
        point = values.get("point")
        if point is None:
            return
        lat, lon = canonical(point)
        point += [lat, lon]
        division: str = values.get("division") or (stored.division if stored else "")
        self._points.append((place, lat, lon, division))
        accepted = is_accepted(values) or is_accepted(candidate.defaults)
        if accepted and stored is None:
            # acceptance includes the check of the point on site
            values["is_checked"] = True
        if stored and stored.is_checked and stored.point:
            moved_m = haversine_one_m(*stored.point, lat, lon)
            if moved_m > _MOVED_M:
                note = Note("point_moved", "point", f"{moved_m:.0f} m", is_doubt=True)
                candidate.notes.append(note)

    def _spare_outlets(self, candidates: list[Candidate]) -> None:
        """Leave the hours of outlets alone in which stations of unions out of reach stand."""
        if self._unions.has_all:
            return
        keys = {key for c in candidates if not c.refusal and (key := outlet_id(c.values))}
        shared = Station.objects.filter(outlet__in=keys)
        others = shared.exclude(pk__in=self._unions.reach.values("pk"))
        foreign = set(others.values_list("outlet", flat=True))
        for candidate in candidates:
            if candidate.values.get("host") and outlet_id(candidate.values) in foreign:
                for name in ("outlet_hours", "outlet_self_service_hours", "host_kind"):
                    candidate.values.pop(name, None)
                candidate.notes.append(Note("outlet_of_others", "outlet"))


def outlet_id(values: dict[str, Any]) -> UUID | None:
    """Return the key of the outlet a station stands in; None for one the union built itself."""
    if not values.get("host"):
        return None
    return computed_id("outlet", values["host"], values.get("outlet") or values.get("name") or "")


def generated_code(key: UUID) -> str:
    """Return the number of a station whose office gave it none: it follows from its key."""
    return "N" + base64.b32encode(key.bytes)[:11].decode("ascii")


def canonical(point: Sequence[Any]) -> tuple[float, float]:
    """Return a point ``[datum, lat, lon]`` in WGS 84, degrees, to a tenth of a metre."""
    lat, lon = float(point[1]), float(point[2])
    if point[0] == datums.Datum.WGS84.value:
        return lat, lon
    source = datums.Datum(point[0])
    moved = datums.convert([lat, lon], source=source, target=datums.Datum.WGS84)
    return round(float(moved[0]), 6), round(float(moved[1]), 6)


class _Unions:
    """The unions an import may name: those in the reach of whoever brings it, by code and name."""

    def __init__(self, setting: Setting) -> None:
        self._by = setting.by
        self.has_all = bool(holds(setting.by, policies.OFFICE))
        rows = Union.objects.visible_to(setting.by).unended().values_list("code", "name", "path")
        self._paths: dict[str, str] = {}
        self._codes: dict[str, str | None] = {}
        for code, name, path in rows:
            self._paths[code] = path
            for word in (plain(code), plain(name)):
                known = self._codes.setdefault(word, code)
                if known != code:
                    self._codes[word] = None  # two unions of this name: nobody knows which
        self.reach = Station.objects.visible_to(setting.by)

    def code(self, text: str) -> str | None:
        """Return the code of a union by its code or name; None for none, or for several."""
        return self._codes.get(plain(text))

    def may_enter(self, code: str) -> bool:
        """Return whether stations may be entered under a union; the empty code is no union."""
        path = self._paths.get(code) if code else ""
        return path is not None and bool(policies.can_enter_stations(self._by, union_path=path))


class _Stored:
    """Stations that rows may be about, by number and by name and address."""

    def __init__(self, rows: Iterable[tuple[str, Known]]) -> None:
        self._by_code: dict[str, Known] = {}
        self._by_name: dict[tuple[str, str], Known | None] = {}
        for code, known in rows:
            self._by_code[plain(code)] = known
            key = (plain(known.name), plain(known.address))
            self._by_name[key] = None if key in self._by_name else known

    def find(self, values: dict[str, Any]) -> Known | None:
        """Return the station a row is about, by its number, else by name and address."""
        if values.get("code"):
            return self._by_code.get(plain(values["code"]))
        return self._by_name.get((plain(values["name"]), plain(values["address"])))


_COLUMNS: Final = ("code", "pk", "name", "address", "union__path", "division_id", "accepted_on", "coordinates_checked_at", "lat_wgs84", "lon_wgs84")  # fmt: skip


def _known(readers: Sequence[Reader], reach: Any) -> _Stored:
    """Read the stations the rows may be about; by name only those in reach. Two queries."""
    codes = {r.values["code"] for r in readers if r.values.get("code")}
    keys = [computed_id("station", code) for code in codes]
    rows = list(Station.objects.filter(Q(pk__in=keys) | Q(code__in=codes)).values_list(*_COLUMNS))
    names = {r.values.get("name") for r in readers if not r.values.get("code")}
    if names:
        rows += list(reach.filter(name__in=names).order_by("code").values_list(*_COLUMNS))
    return _Stored((code, _make(rest)) for code, *rest in {row[1]: row for row in rows}.values())


def _make(row: list[Any]) -> Known:
    key, name, address, path, division, accepted_on, checked_at, lat, lon = row
    point = None if lat is None else (lat, lon)
    is_checked = checked_at is not None
    return Known(str(key), name, address, path or "", division, accepted_on, is_checked, point)
