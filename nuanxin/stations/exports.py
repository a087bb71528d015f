"""The stations of an office as a workbook in the office's own layout, which the import reads again."""

import datetime as dt
import io
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any, Final
from uuid import UUID

import xlsxwriter
from django.db import transaction
from django.utils.translation import gettext as _

from nuanxin.core import audit
from nuanxin.core.actors import Actor
from nuanxin.core.errors import Invalid
from nuanxin.core.scopes import OFFICE_READERS, common_path
from nuanxin.regions.enums import Level
from nuanxin.stations import policies
from nuanxin.stations import sheet_words as words
from nuanxin.stations.models import Station, StationFacility, StationGroup

_CHUNK: Final = 500
_SEPARATOR: Final = "、"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Exported:
    """A workbook, at its beginning, and how many stations it holds."""

    content: IO[bytes]
    stations_count: int


def _word(column: str, said: dict[str, str]) -> Callable[[Row], str]:
    return lambda row: said.get(row[column], "")


def _hours(column: str) -> Callable[[Row], str]:
    return lambda row: words.hours_in_sheet(row[column] or "")


def _county(row: Row) -> str:
    name = "division__parent__name" if row["division__level"] == Level.TOWN else "division__name"
    return str(row[name] or "")


def _town(row: Row) -> str:
    return str(row["division__name"]) if row["division__level"] == Level.TOWN else words.NOTHING


# heading, what stands below it (a column of the query, or made of the row), width in characters
_COLUMNS: Final[tuple[tuple[str, str | Callable[[Row], Any], int], ...]] = (
    ("站点编号", "code", 16),
    ("站点名称", "name", 28),
    ("所属区县", _county, 12),
    ("乡镇街道", _town, 12),
    ("详细地址", "address", 36),
    ("道路", "street", 14),
    ("站点品牌", "brand__name_zh", 12),
    ("所属工会", "union__name", 24),
    ("共建单位", "outlet__host__name", 24),
    ("单位类型", _word("outlet__host__kind", words.HOST_KINDS), 12),
    ("网点名称", "outlet__name", 24),
    ("网点营业时间", _hours("outlet__staffed_hours"), 24),
    ("开放时间", _hours("staffed_hours"), 24),
    ("无人值守时间", _hours("self_service_hours"), 24),
    ("站点等级", _word("tier", words.TIERS), 12),
    ("建设状态", _word("lifecycle", words.LIFECYCLES), 10),
    ("验收日期", "accepted_on", 12),
    ("楼层", "floor", 8),
    ("楼层数", "floors_count", 8),
    ("使用面积（㎡）", "area_m2", 12),
    ("入口位置", "entrance", 20),
    ("停车", "parking", 16),
    ("进入方式", _word("access", words.ACCESSES), 10),
    ("站长", "manager_name", 10),
    ("联系电话", "manager_phone", 16),
    ("经度", "lon_wgs84", 12),
    ("纬度", "lat_wgs84", 12),
    ("坐标系", lambda row: "" if row["lat_wgs84"] is None else words.DATUM, 10),
    ("设施", "facilities", 40),
    ("服务对象", "groups", 30),
)
# a heading of its own: hours of an outlet without staff have no place in the office's layout
_OUTLET_SELF_SERVICE: Final = ("网点自助时间", _hours("outlet__self_service_hours"), 24)
_READ: Final = (
    "pk", "code", "name", "address", "street", "tier", "lifecycle", "accepted_on", "floor", "floors_count", "area_m2",
    "entrance", "parking", "access", "manager_name", "manager_phone", "lon_wgs84", "lat_wgs84", "staffed_hours",
    "self_service_hours", "brand__name_zh", "union__name", "division__name", "division__level", "division__parent__name",
    "outlet__name", "outlet__staffed_hours", "outlet__self_service_hours", "outlet__host__name", "outlet__host__kind",
)  # fmt: skip


def export_stations(*, by: Actor) -> Exported:
    """Write down every station an actor may see, listed or not, as a workbook.

    Parameters
    ----------
    by
        Who takes the stations with them; officers and administrators, each the stations they see.

    Returns
    -------
    Exported
        XLSX under Chinese headings, by station number; points in WGS 84, hours as OSM text. Texts
        stand there as texts, never as formulas.

    Raises
    ------
    NotAllowed
        For anybody else.
    Invalid
        When there is no station to see.

    Notes
    -----
    One query for the keys, three for every 500 stations, then one audit row; rows go to the disk one
    by one. The audit row says who and how many, nothing of the stations.
    """
    policies.can_export_stations(by).enforce()
    visible = Station.objects.visible_to(by).order_by("code")
    keys = list(visible.values_list("pk", flat=True))
    if not keys:
        raise Invalid(_("There is no station to export."), code="nothing_to_export")
    content = _written(_rows(keys))
    with transaction.atomic():
        audit.record(
            by=by,
            verb="station.exported",
            subject_type="stations.station",
            subject_key="export",
            scope_path=_path_of(by),
            data={"stations": len(keys)},
        )
    return Exported(content, len(keys))


def _path_of(actor: Actor) -> str:
    return common_path([scope.path for scope in actor.scopes if scope.role in OFFICE_READERS])


def _rows(keys: list[UUID]) -> Iterator[Row]:
    """Yield the rows of some stations in the order of their keys."""
    waiting = iter(keys)
    while part := list(islice(waiting, _CHUNK)):
        facilities = _names(StationFacility, "facility", part)
        groups = _names(StationGroup, "group", part)
        found = {row["pk"]: row for row in Station.objects.filter(pk__in=part).values(*_READ)}
        for key in part:
            if (row := found.get(key)) is not None:  # else it went while the others were read
                row["facilities"] = _SEPARATOR.join(facilities[key])
                row["groups"] = _SEPARATOR.join(groups[key])
                yield row


def _names(
    model: type[StationFacility] | type[StationGroup], word: str, keys: list[UUID]
) -> dict[UUID, list[str]]:
    named: dict[UUID, list[str]] = defaultdict(list)
    links = model._default_manager.filter(station__in=keys).order_by(f"{word}__rank", word)
    for key, name in links.values_list("station_id", f"{word}__name_zh"):
        named[key].append(name)
    return named


def _written(rows: Iterator[Row]) -> IO[bytes]:
    content = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(content, options)
    sheet = book.add_worksheet("服务站点")
    heading, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    columns = [*_COLUMNS, _OUTLET_SELF_SERVICE]
    for number, (title, _source, width) in enumerate(columns):
        sheet.set_column(number, number, width)
        sheet.write_string(0, number, title, heading)
    sheet.freeze_panes(1, 2)
    for at, row in enumerate(rows, start=1):
        for number, (_title, source, _width) in enumerate(columns):
            value = row[source] if isinstance(source, str) else source(row)
            _write(sheet, at, number, value, day)
    book.close()
    content.seek(0)
    return content


def _write(sheet: Any, at: int, column: int, value: Any, day: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, str):
        # by name: what begins with = + - or @ stays what was typed
        sheet.write_string(at, column, value)
    elif isinstance(value, dt.date):
        sheet.write_datetime(at, column, value, day)
    else:
        sheet.write_number(at, column, value)
