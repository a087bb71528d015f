"""Stations as a kind of sheet: how they stand, and how an import writes them and takes them back."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from nuanxin.algorithms.geo import haversine_one_m
from nuanxin.core.actors import Actor
from nuanxin.core.errors import Text
from nuanxin.core.policies import Decision
from nuanxin.sheets.kinds import Change, PlainKind, Question, Resolver, Setting, Source, Values
from nuanxin.stations import import_labels, policies
from nuanxin.stations.import_resolving import StationResolver
from nuanxin.stations.import_values import canonical_hours
from nuanxin.stations.import_writing import withdraw_stations, write_stations
from nuanxin.stations.models import Station, StationFacility, StationGroup
from nuanxin.unions.models import Union

_SAME_POINT_M: Final = 1.0
_PLAIN: Final = (
    "code", "name", "address", "street", "floor", "entrance", "parking", "access", "tier", "lifecycle",
    "manager_name", "manager_phone", "floors_count",
)  # fmt: skip
_OTHER: Final = (
    "brand_id", "division_id", "union__code", "outlet__host__name", "outlet__host__kind", "outlet__name",
    "outlet__staffed_hours", "outlet__self_service_hours", "staffed_hours", "self_service_hours", "area_m2", "accepted_on",
    "coordinates_checked_at", "source_datum", "source_y", "source_x", "lat_wgs84", "lon_wgs84",
)  # fmt: skip


class StationImport(PlainKind):
    """The kind ``station`` of `sheets.kinds.ImportKind`."""

    name = "station"
    label: Text = import_labels.LABEL
    fields: Mapping[str, Text] = import_labels.FIELDS
    values: Mapping[str, Text] = import_labels.VALUES
    words: Mapping[str, Text] = import_labels.WORDS

    def may_import(self, by: Actor, *, scope_path: str) -> Decision:
        """Decide whether somebody may bring a station list of a union. No query."""
        return policies.can_enter_stations(by, union_path=scope_path)

    def sources(self, by: Actor) -> list[Source]:
        """Return the unions in reach, from the top down. One query."""
        rows = Union.objects.visible_to(by).order_by("path").values_list("code", "name", "path")
        allowed = [Source(*row) for row in rows]
        return [source for source in allowed if self.may_import(by, scope_path=source.path)]

    def questions(self, *, source: str) -> list[Question]:
        """Return what may be said about a whole list. One query."""
        return import_labels.questions()

    def resolver(self, setting: Setting) -> Resolver:
        """Return what resolves one list. Six queries."""
        return StationResolver(setting)

    def current(self, keys: Sequence[str]) -> dict[str, Values]:
        """Return how stations stand, in the form in which a list speaks of them. Three queries."""
        wanted = [UUID(key) for key in keys]
        rows = Station.objects.filter(pk__in=wanted).order_by()
        found = {row["pk"]: _values(row) for row in rows.values("pk", *_PLAIN, *_OTHER)}
        for model, name in ((StationFacility, "facilities"), (StationGroup, "groups")):
            column = "facility_id" if model is StationFacility else "group_id"
            links = model._default_manager.filter(station_id__in=wanted).order_by(column)
            for station, code in links.values_list("station_id", column):
                if station in found:
                    found[station][name] = [*(found[station][name] or ()), code]
        return {str(key): values for key, values in found.items()}

    def alike(self, name: str, stored: object, said: object) -> bool:
        """Return whether two positions are one, whatever the datum they came in. No query."""
        if name != "point" or not isinstance(stored, list) or not isinstance(said, list):
            return False
        return haversine_one_m(*stored[3:], *said[3:]) < _SAME_POINT_M

    def write(
        self,
        changes: Sequence[Change],
        *,
        by: Actor,
        is_undo: bool = False,
        prepared: object = None,
    ) -> None:
        """Write stations with their hosts, outlets and links; see `import_writing`."""
        write_stations(changes, is_undo=is_undo)

    def withdraw(self, keys: Sequence[str], *, by: Actor) -> dict[str, str]:
        """Remove stations that an import had made and nobody has used; see `import_writing`."""
        return withdraw_stations(keys)


def _values(row: Mapping[str, Any]) -> Values:
    area, accepted_on, lat = row["area_m2"], row["accepted_on"], row["lat_wgs84"]
    place = [row["source_datum"], row["source_y"], row["source_x"], lat, row["lon_wgs84"]]
    return {
        **{name: row[name] or None for name in _PLAIN},
        "brand": row["brand_id"],
        "division": row["division_id"],
        "union": row["union__code"],
        "host": row["outlet__host__name"],
        "host_kind": row["outlet__host__kind"],
        "outlet": row["outlet__name"],
        "outlet_hours": canonical_hours(row["outlet__staffed_hours"] or "") or None,
        "outlet_self_service_hours": canonical_hours(row["outlet__self_service_hours"] or "")
        or None,
        "staffed_hours": canonical_hours(row["staffed_hours"]) or None,
        "self_service_hours": canonical_hours(row["self_service_hours"]) or None,
        "area_m2": None if area is None else float(area),
        "accepted_on": accepted_on.isoformat() if accepted_on else None,
        "is_checked": row["coordinates_checked_at"] is not None,
        "point": None if lat is None else place,
        "facilities": None,
        "groups": None,
    }
