"""The province's stations arrive as they would anywhere: as the workbooks of twelve offices."""

from typing import Final

from nuanxin.core.actors import Actor
from nuanxin.demo import province, workbooks
from nuanxin.regions.enums import Level
from nuanxin.regions.models import Division
from nuanxin.regions.selectors import current_divisions
from nuanxin.sheets import services, working
from nuanxin.sheets.enums import BatchState
from nuanxin.sheets.models import ImportBatch
from nuanxin.unions.models import Union

PROVINCE: Final = "33"
# what the offices would be asked: three of them say nothing of their map, and it is the national one
_OPTIONS: Final = {"datum": "wgs84"}


def send_in(*, by: Actor, count: int = province.STATIONS_COUNT) -> int:
    """Generate the province's stations, bring each office's file, and have all of them applied.

    Returns
    -------
    int
        Stations that were new or changed.

    Raises
    ------
    RuntimeError
        When a file is not read, or a row of it is not usable: the demo's files are all in order.
    """
    rows = province.generate(_towns(), count=count)
    names = dict(current_divisions(under=PROVINCE).values_list("code", "name"))
    unions = {union.code: union for union in Union.objects.order_by("path")}
    names |= {code: union.name for code, union in unions.items()}
    files = workbooks.write_all(rows, names)
    return sum(_send(file, unions[file.union], by) for file in files)


def _send(file: workbooks.SentFile, union: Union, by: Actor) -> int:
    batch = services.bring_sheet(
        content=file.content,
        name=file.name,
        kind="station",
        source=union.code,
        source_label=union.name,
        scope_path=union.path,
        options=_OPTIONS,
        by=by,
    )
    working.work_off()
    batch.refresh_from_db()
    if batch.state != BatchState.PREVIEW or batch.rejected_count:
        raise RuntimeError(_complaint(batch))
    services.take_doubtful(batch=batch, by=by)
    services.confirm(batch=batch, by=by)
    working.work_off()
    batch.refresh_from_db()
    return batch.applied_count


def _complaint(batch: ImportBatch) -> str:
    rows = batch.rows.filter(fate="rejected").order_by("number")[:5]
    told = [f"{row}: {row.notes}" for row in rows]
    return f"{batch.file_name} {batch.state} {batch.refusal} {told}"


def _towns() -> list[province.Town]:
    counties = {c.code: c for c in current_divisions(under=PROVINCE, level=Level.COUNTY)}
    return [
        _town(division, counties[division.code[:6]])
        for division in current_divisions(under=PROVINCE, level=Level.TOWN)
        if division.code[:6] in counties
    ]


def _town(division: Division, county: Division) -> province.Town:
    lat, lon = county.seat_lat_wgs84, county.seat_lon_wgs84
    if lat is None or lon is None:
        msg = f"{county.name} has no seat in data/county_seats.csv"
        raise ValueError(msg)
    return province.Town(division.code, division.name, county.code, lat, lon)
