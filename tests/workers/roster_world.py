"""A county with two unions, and member lists for them."""

import csv
import io
from dataclasses import dataclass
from typing import Any

from nuanxin.accounts.enums import GrantedRole
from nuanxin.accounts.models import User
from nuanxin.sheets import services, working
from nuanxin.sheets.models import ImportBatch
from nuanxin.unions.models import Union
from nuanxin.workers import catalogue_seeds
from nuanxin.workers.models import Membership, Occupation, Transfer, Worker
from nuanxin.workers.sealing import opened
from tests.factories import DivisionFactory, GrantFactory, UnionFactory
from tests.stations.import_world import import_at_once as import_at_once
from tests.workers.people import name_of, number_of, phone_of

HEADS = {
    "name": "姓名", "id": "身份证号码", "phone": "手机号码", "union": "所属工会", "group": "职业类型",
    "platform": "平台企业", "no": "会员证号", "joined": "入会时间", "status": "会籍状态", "kind": "证件类型",
}  # fmt: skip
ALWAYS = ("name", "id", "phone")


@dataclass
class World:
    """Wuxing, its union of riders and its union of couriers, and who works there."""

    county: Union
    riders: Union
    couriers: Union
    elsewhere: Union
    officer: User
    stranger: User


def make_world() -> World:
    """Save the office."""
    catalogue_seeds.seed()
    division = DivisionFactory.create(code="330502", name="吴兴区")
    city = UnionFactory.create(code="HZ", name="湖州市总工会", root=True)
    county = UnionFactory.create(code="WX", name="吴兴区总工会", parent=city, division=division)
    riders = UnionFactory.create(code="WXR", name="吴兴区外卖行业联合工会", parent=county)
    couriers = UnionFactory.create(code="WXC", name="吴兴区快递行业联合工会", parent=county)
    elsewhere = UnionFactory.create(code="NX", name="南浔区总工会", parent=city)
    officer = GrantFactory.create(role=GrantedRole.OFFICER, union=county).user
    stranger = GrantFactory.create(role=GrantedRole.OFFICER, union=elsewhere).user
    return World(county, riders, couriers, elsewhere, officer, stranger)


def person(n: int, **changes: Any) -> dict[str, Any]:
    """Return the row of person ``n``."""
    return {"name": name_of(n), "id": number_of(n), "phone": phone_of(n), **changes}


def roster(*rows: dict[str, Any]) -> bytes:
    """Return a CSV of people with the columns that any of the rows has."""
    keys = [key for key in HEADS if key in ALWAYS or any(key in row for row in rows)]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([HEADS[key] for key in keys])
    writer.writerows([[row.get(key, "") for key in keys] for row in rows])
    return text.getvalue().encode()


def bring(
    world: World, content: bytes, *, union: Union | None = None, by: Any = None, **options: Any
) -> ImportBatch:
    """Bring a list and have it read."""
    union = union or world.riders
    batch = services.bring_sheet(
        content=content, name="花名册.csv", kind="member", source=union.code, source_label=union.name,
        scope_path=union.path, by=by or world.officer, **options,
    )  # fmt: skip
    working.work_off()
    batch.refresh_from_db()
    return batch


def apply(world: World, batch: ImportBatch, *, by: Any = None) -> ImportBatch:
    """Confirm a list and have it applied."""
    services.confirm(batch=batch, by=by or world.officer)
    working.work_off()
    batch.refresh_from_db()
    return batch


def undo(world: World, batch: ImportBatch) -> ImportBatch:
    """Have a list taken back."""
    services.undo(batch=batch, by=world.officer)
    working.work_off()
    batch.refresh_from_db()
    return batch


def dump() -> list[Any]:
    """Return all that the register says, in clear, without the moments at which it was written."""
    workers = [
        (w.pk, w.name, w.pinyin, w.document_kind, opened(w, "document_sealed"), opened(w, "phone_sealed"))
        for w in Worker.objects.order_by("pk")
    ]  # fmt: skip
    memberships = Membership.objects.order_by("pk").values_list(
        "pk", "worker_id", "n", "union_id", "state", "joined", "member_no", "active_on", "channel"
    )
    occupations = Occupation.objects.order_by("pk").values_list(
        "pk", "group_id", "platform", "until_on"
    )
    transfers = Transfer.objects.order_by("pk").values_list("pk", "from_union", "to_union", "state")
    return [workers, list(memberships), list(occupations), list(transfers)]
