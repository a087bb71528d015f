"""A small union office with its catalogues, and sheets of stations for it."""

import csv
import io
import json
from dataclasses import dataclass
from typing import Any

from django.core.management import call_command

from nuanxin.accounts.enums import GrantedRole
from nuanxin.accounts.models import User
from nuanxin.core.actors import SystemActor
from nuanxin.sheets import pacing, services, staging, wire, working
from nuanxin.sheets.models import ImportBatch
from nuanxin.sheets.reading import read_sheet
from nuanxin.stations.models import Host, Outlet, Station, StationFacility, StationGroup
from nuanxin.unions.models import Union
from tests.factories import DivisionFactory, GrantFactory, UnionFactory

SYSTEM = SystemActor("test")
HEADS = {
    "code": "站点编号", "name": "站点名称", "county": "所属区县", "town": "乡镇街道", "address": "详细地址",
    "brand": "站点品牌", "union": "所属工会", "host": "共建单位", "host_kind": "单位类型", "outlet": "网点名称",
    "outlet_hours": "网点营业时间", "hours": "开放时间", "tier": "站点等级", "lifecycle": "建设状态",
    "accepted_on": "验收日期", "built": "建成时间", "floor": "楼层", "area": "使用面积", "lng": "经度",
    "lat": "纬度", "facilities": "设施", "groups": "服务对象", "contact": "站长", "phone": "联系电话",
}  # fmt: skip
WGS84 = {"datum": "wgs84"}
DOOR = {
    "code": "KQ1",
    "name": "城区营业厅",
    "county": "柯桥区",
    "town": "华舍街道",
    "address": "金柯桥大道1号",
    "brand": "工会驿站",
    "hours": "8:30-17:30",
    "lifecycle": "已验收",
    "accepted_on": "2024-06-12",
    "lng": "120.4905",
    "lat": "30.0789",
    "facilities": "空调、热水",
}


@dataclass
class World:
    """A province with two counties, and who works there."""

    province: Union
    here: Union
    there: Union
    officer: User
    other: User


def make_world() -> World:
    """Save the office: Keqiao is ``here``, Xiaoshan ``there``."""
    names = {"33": "浙江省", "3306": "绍兴市", "330603": "柯桥区", "330603001": "华舍街道",
             "330603002": "安昌街道", "3301": "杭州市", "330109": "萧山区", "330109001": "城厢街道"}  # fmt: skip
    divisions = {code: DivisionFactory.create(code=code, name=name) for code, name in names.items()}
    call_command("seed_catalogues")
    province = UnionFactory.create(
        code="ZJ", name="浙江省总工会", root=True, division=divisions["33"]
    )
    here = UnionFactory.create(
        code="KQ", name="柯桥区总工会", parent=province, division=divisions["330603"]
    )
    there = UnionFactory.create(
        code="XS", name="萧山区总工会", parent=province, division=divisions["330109"]
    )
    officer = GrantFactory.create(role=GrantedRole.OFFICER, union=here).user
    other = GrantFactory.create(role=GrantedRole.OFFICER, union=there).user
    return World(province, here, there, officer, other)


def import_at_once(monkeypatch: Any) -> None:
    """Read files in this process and leave no pauses; the child has tests of its own."""

    def parts(content: bytes, *, name: str, kind: str, mapping: Any, wall_s: float) -> Any:
        reading = read_sheet(content, name=name, kind=kind, mapping=mapping)
        records = [wire.accepted_as_json(record) for record in reading.accepted]
        yield "columns", reading.columns
        if records:
            yield "accepted", json.dumps({"accepted": records}).encode()
        yield "rejected", reading.rejected
        yield "skipped", reading.skipped
        yield "encoding", [reading.encoding]

    monkeypatch.setattr(staging, "stream_guarded", parts)
    monkeypatch.setattr(pacing, "PAUSE_S", 0.0)


def sheet(*rows: dict[str, Any], columns: tuple[str, ...] = ()) -> bytes:
    """Return a CSV of stations; each row is ``DOOR`` with what it changes."""
    keys = columns or tuple(dict.fromkeys([*DOOR, *(key for row in rows for key in row)]))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([HEADS[key] for key in keys])
    for row in rows:
        writer.writerow([(DOOR | row).get(key, "") for key in keys])
    return text.getvalue().encode()


def doors(count: int, **changes: Any) -> list[dict[str, Any]]:
    """Return rows of different doors along one street."""
    return [
        {
            "code": f"KQ{n}",
            "name": f"驿站{n}",
            "address": f"大道{n}号",
            "lat": f"{30.0789 + n / 10_000:.4f}",
            **changes,
        }
        for n in range(1, count + 1)
    ]


def bring(
    world: World, content: bytes, *, by: Any = None, union: Union | None = None, **options: Any
) -> ImportBatch:
    """Bring a sheet and have it read."""
    union = union or world.here
    batch = services.bring_sheet(
        content=content,
        name="站点.csv",
        kind="station",
        source=union.code,
        source_label=union.name,
        scope_path=union.path,
        by=by or world.officer,
        **{"options": WGS84, **options},
    )
    working.work_off()
    batch.refresh_from_db()
    return batch


def apply(world: World, batch: ImportBatch) -> ImportBatch:
    """Confirm a batch and have it applied."""
    services.confirm(batch=batch, by=world.officer)
    working.work_off()
    batch.refresh_from_db()
    return batch


def undo(world: World, batch: ImportBatch) -> ImportBatch:
    """Have a batch taken back."""
    services.undo(batch=batch, by=world.officer)
    working.work_off()
    batch.refresh_from_db()
    return batch


def fates(batch: ImportBatch) -> dict[int, str]:
    """Return the fate of each kept row, by its row in the sheet."""
    return dict(batch.rows.order_by("number").values_list("row", "fate"))


def codes(batch: ImportBatch) -> dict[int, list[str]]:
    """Return the codes of the notes of each kept row, by its row in the sheet."""
    rows = batch.rows.order_by("number").values_list("row", "notes")
    return {row: [note["code"] for note in notes] for row, notes in rows}


def dump() -> list[Any]:
    """Return all that stations, hosts and links hold, without the moments of checks."""
    return [
        list(Station.objects.order_by("pk").values_list(*_columns())),
        *(
            list(model.objects.order_by("pk").values_list())
            for model in (Host, Outlet, StationFacility, StationGroup)
        ),
    ]


def _columns() -> list[str]:
    return [f.attname for f in Station._meta.concrete_fields if f.name != "coordinates_checked_at"]
