"""GeoJSON: features are records, their properties the columns, a point the position."""

import json
from typing import Any

from nuanxin.sheets.grids import Grid, Row
from nuanxin.sheets.unreadable import refuse

_MAX_PROPERTIES = 200


def read(text: str) -> list[Grid]:
    """Return the features of a collection as a sheet whose row 1 is the first feature.

    Raises
    ------
    Unreadable
        ``not_a_sheet`` for other JSON, ``damaged`` for text that is none.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        refuse("damaged")
    if not isinstance(data, dict) or not isinstance(data.get("features"), list):
        refuse("not_a_sheet", "JSON")
    features = [feature if isinstance(feature, dict) else {} for feature in data["features"]]
    names = _names(features)
    has_point = any(_point(feature) for feature in features)
    header: Row = [*names, *(["经度", "纬度"] if has_point else [])]
    rows = [_row(feature, names, has_point=has_point) for feature in features]
    return [Grid("(geojson)", [header, *rows], first_row=0)]


def _names(features: list[dict[str, Any]]) -> list[str]:
    names: dict[str, None] = {}
    for feature in features:
        properties = feature.get("properties")
        if isinstance(properties, dict):
            names |= dict.fromkeys(properties)
    if len(names) > _MAX_PROPERTIES:
        refuse("too_many_columns", "(geojson)")
    return list(names)


def _row(feature: dict[str, Any], names: list[str], *, has_point: bool) -> Row:
    properties = feature.get("properties")
    known = properties if isinstance(properties, dict) else {}
    row = [_cell(known.get(name)) for name in names]
    return row + ([*(_point(feature) or ("", ""))] if has_point else [])


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        return float(value) if abs(value) < 1e300 else ""
    if isinstance(value, list):
        return "、".join(str(part) for part in value if isinstance(part, str | int | float))
    return ""


def _point(feature: dict[str, Any]) -> tuple[float, float] | None:
    geometry = feature.get("geometry")
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        return None
    place = geometry.get("coordinates")
    if not isinstance(place, list) or len(place) < 2:
        return None
    lng, lat = place[:2]
    numbers = isinstance(lng, int | float) and isinstance(lat, int | float)
    return (float(lng), float(lat)) if numbers and abs(lng) < 1e6 and abs(lat) < 1e6 else None
