"""Reading the plain CSV of stations: every row is checked, every fault named."""

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from nuanxin.algorithms import datums
from nuanxin.algorithms.hours import HoursError, parse_hours
from nuanxin.core.ids import normalised
from nuanxin.stations.enums import Access, Datum, HostKind, Lifecycle, Tier
from nuanxin.stations.models import Host, Outlet, Station

REQUIRED = ("code", "name", "brand", "division", "address")
OPTIONAL = (
    "union",
    "host",
    "host_kind",
    "outlet",
    "tier",
    "lifecycle",
    "street",
    "floor",
    "floors_count",
    "area_m2",
    "entrance",
    "parking",
    "access",
    "manager_name",
    "manager_phone",
    "lat",
    "lon",
    "datum",
    "staffed_hours",
    "self_service_hours",
    "outlet_staffed_hours",
    "outlet_self_service_hours",
    "facilities",
    "groups",
    "accepted_on",
)
COLUMNS = (*REQUIRED, *OPTIONAL)
_TEXTS = (
    "code",
    "name",
    "address",
    "street",
    "floor",
    "entrance",
    "parking",
    "manager_name",
    "manager_phone",
)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row cannot be taken: spreadsheet row (the header is row 1), column, reason."""

    row: int
    column: str
    reason: str

    def __str__(self) -> str:
        return _("row %(row)d, column %(column)s: %(reason)s") % {
            "row": self.row,
            "column": self.column,
            "reason": self.reason,
        }


@dataclass(slots=True)
class StationRow:
    """One checked row: model fields, and the keys of what they point to."""

    row: int
    fields: dict[str, Any]
    brand: str
    division: str
    union: str = ""
    host: tuple[str, str] = ("", "")
    outlet: dict[str, str] = field(default_factory=dict)
    facilities: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file holds: rows that can be taken, and the faults of the others."""

    rows: list[StationRow]
    faults: list[Fault]


class _CellError(ValueError):
    pass


def read_csv(content: bytes) -> Sheet:
    """Read a CSV of stations.

    Parameters
    ----------
    content
        UTF-8 (with or without a byte order mark) or GB18030; first line the column names of
        ``COLUMNS``, in any order.

    Returns
    -------
    Sheet
        Rows and faults, both in file order. A file that is no such text, or whose header is wrong,
        has faults of row 1 and no rows.
    """
    try:
        lines = list(csv.reader(io.StringIO(_decoded(content), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error):
        return Sheet([], [Fault(1, "", _("this is not a CSV file in UTF-8 or GB18030"))])
    header = [name.strip() for name in lines[0]] if lines else []
    faults = _header_faults(header)
    if faults:
        return Sheet([], faults)
    rows: list[StationRow] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(lines[1:], start=2):
        values = [cell.strip() for cell in line]
        if not any(values):
            continue
        found, row = _read_row(number, dict(zip(header, values, strict=False)))
        if any(values[len(header) :]):
            found.append(Fault(number, "", _("more cells than the header has columns")))
        # the identity of a station does not tell "kq1" from "KQ1"
        key = normalised(row.fields["code"]) if row else ""
        if row is not None and (first := seen.setdefault(key, number)) != number:
            found.append(Fault(number, "code", _("the same number stands in row %d") % first))
        faults += found
        if row is not None and not found:
            rows.append(row)
    return Sheet(rows, faults)


def _header_faults(header: list[str]) -> list[Fault]:
    missing = [name for name in REQUIRED if name not in header]
    unknown = [name for name in header if name not in COLUMNS]
    twice = [name for name in COLUMNS if header.count(name) > 1]
    return [
        *(Fault(1, name, _("this column is missing")) for name in missing),
        *(Fault(1, name, _("this column is unknown")) for name in unknown),
        *(Fault(1, name, _("this column stands there twice")) for name in twice),
    ]


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", errors="strict")


def _read_row(number: int, cells: dict[str, str]) -> tuple[list[Fault], StationRow | None]:
    faults = [
        Fault(number, name, _("must not be empty")) for name in REQUIRED if not cells.get(name)
    ]
    faults += _length_faults(number, cells)
    values: dict[str, Any] = {}
    for column, read in _READERS.items():
        try:
            values[column] = read(cells.get(column, ""))
        except _CellError as error:
            faults.append(Fault(number, column, str(error)))
    if not faults:
        faults += _check_together(number, cells, values)
    return faults, None if faults else _assemble(number, cells, values)


def _length_faults(number: int, cells: dict[str, str]) -> list[Fault]:
    return [
        Fault(number, column, _("is longer than %d characters") % limit)
        for column, limit in _LIMITS.items()
        if len(cells.get(column, "")) > limit
    ]


def _check_together(number: int, cells: dict[str, str], values: dict[str, Any]) -> list[Fault]:
    faults = []
    if bool(cells.get("lat")) != bool(cells.get("lon")):
        faults.append(Fault(number, "lat", _("latitude and longitude come together")))
    elif cells.get("lat") and not (3 <= values["lat"] <= 54 and 73 <= values["lon"] <= 136):
        reason = _("this point lies outside China; are latitude and longitude swapped?")
        faults.append(Fault(number, "lat", reason))
    if cells.get("outlet") and not cells.get("host"):
        faults.append(Fault(number, "host", _("an outlet needs its host")))
    if values["lifecycle"] == Lifecycle.ACCEPTED and values["accepted_on"] is None:
        faults.append(Fault(number, "accepted_on", _("an accepted station needs its date")))
    return faults


def _assemble(number: int, cells: dict[str, str], values: dict[str, Any]) -> StationRow:
    fields: dict[str, Any] = {name: cells.get(name, "") for name in _TEXTS}
    for name in (
        "tier",
        "lifecycle",
        "access",
        "floors_count",
        "area_m2",
        "accepted_on",
        "staffed_hours",
        "self_service_hours",
    ):
        fields[name] = values[name]
    lat, lon = _canonical(values["datum"], values["lat"], values["lon"])
    fields |= {
        "lat_wgs84": lat,
        "lon_wgs84": lon,
        "source_datum": values["datum"],
        "source_y": cells.get("lat", ""),
        "source_x": cells.get("lon", ""),
    }
    outlet = {}
    if cells.get("outlet"):
        outlet = {
            "name": cells["outlet"],
            "address": cells["address"],
            "staffed_hours": values["outlet_staffed_hours"],
            "self_service_hours": values["outlet_self_service_hours"],
        }
    return StationRow(
        row=number,
        fields=fields,
        brand=cells["brand"],
        division=cells["division"],
        union=cells.get("union", ""),
        host=(cells.get("host", ""), values["host_kind"]),
        outlet=outlet,
        facilities=_codes(cells.get("facilities", "")),
        groups=_codes(cells.get("groups", "")),
    )


def _canonical(
    datum: Datum, lat: float | None, lon: float | None
) -> tuple[float | None, float | None]:
    if lat is None or lon is None or datum == Datum.WGS84:
        return lat, lon
    target = datums.Datum.WGS84
    point = datums.convert([lat, lon], source=datums.Datum(str(datum)), target=target)
    return round(float(point[0]), 6), round(float(point[1]), 6)


def _codes(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code.strip() for code in cell.split(";") if code.strip()))


def _choice(choices: Iterable[str], default: str) -> Callable[[str], str]:
    allowed = list(choices)

    def read(cell: str) -> str:
        if cell and cell not in allowed:
            raise _CellError(_("must be one of %s") % ", ".join(allowed))
        return cell or default

    return read


def _number(cell: str) -> float | None:
    try:
        return float(cell) if cell else None
    except ValueError as error:
        raise _CellError(_("is not a number: %s") % cell[:40]) from error


def _whole(cell: str) -> int:
    if cell and not (cell.isascii() and cell.isdigit() and 0 < int(cell) < 200):
        raise _CellError(_("is not a small whole number: %s") % cell[:40])
    return int(cell or 1)


def _area(cell: str) -> Decimal | None:
    try:
        # as the column keeps it; with more decimals a row would differ from itself for ever
        area = Decimal(cell).quantize(Decimal("0.1")) if cell else None
    except InvalidOperation as error:
        raise _CellError(_("is not a number: %s") % cell[:40]) from error
    if area is not None and (area.is_nan() or not 0 < area < 100_000):
        raise _CellError(_("an area lies between 0 and 100,000 square metres"))
    return area


def _code(cell: str) -> str:
    # the number stands in the address of the station's page
    if cell and not _CODE.fullmatch(cell):
        raise _CellError(_("a number has letters, digits, - and _ only"))
    return cell


def _date(cell: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(cell) if cell else None
    except ValueError as error:
        raise _CellError(_("is not a date like 2024-05-31: %s") % cell[:40]) from error


def _hours(cell: str) -> str:
    text = " ".join(cell.split())
    if text:
        try:
            parse_hours(text)
        except HoursError as error:
            raise _CellError(str(error)) from error
    return text


def _limit(model: type[models.Model], name: str) -> int:
    return int(getattr(model._meta.get_field(name), "max_length", None) or 0)


_CODE = re.compile(r"[0-9A-Za-z_-]+")
_READERS: dict[str, Callable[[str], Any]] = {
    "code": _code,
    "host_kind": _choice(HostKind.values, HostKind.COMMUNITY.value),
    "tier": _choice(Tier.values, Tier.BASIC.value),
    "lifecycle": _choice(Lifecycle.values, Lifecycle.PROPOSED.value),
    "access": _choice(Access.values, Access.OPEN.value),
    "datum": _choice(Datum.values, Datum.WGS84.value),
    "floors_count": _whole,
    "area_m2": _area,
    "lat": _number,
    "lon": _number,
    "accepted_on": _date,
    "staffed_hours": _hours,
    "self_service_hours": _hours,
    "outlet_staffed_hours": _hours,
    "outlet_self_service_hours": _hours,
}
# one database refuses a text that is too long with an error, another keeps it: the reader says so
_LIMITS = {name: _limit(Station, name) for name in (*_TEXTS, "staffed_hours", "self_service_hours")}
_LIMITS |= {"lat": _limit(Station, "source_y"), "lon": _limit(Station, "source_x")}
_LIMITS |= {"host": _limit(Host, "name"), "outlet": _limit(Outlet, "name")}
_LIMITS |= {
    f"outlet_{name}": _limit(Outlet, name) for name in ("staffed_hours", "self_service_hours")
}
