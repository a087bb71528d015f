"""A ceremony in Keqiao: riders join by its code, as they would on their phones, and go on while the demo runs.

Not in Wuxing, whose members are those of the page: 11,961, before the ceremony and after.
"""

import datetime as dt
import random
from typing import Final

from nuanxin.accounts.models import ConsentText
from nuanxin.accounts.selectors import current_texts
from nuanxin.core import clock
from nuanxin.core.actors import Actor
from nuanxin.demo import members
from nuanxin.unions.enums import UnionKind
from nuanxin.unions.models import Union
from nuanxin.unions.services import enter_union
from nuanxin.workers import ceremonies, joining, memberships, sealing
from nuanxin.workers.documents import Document
from nuanxin.workers.enums import Channel, DocumentKind
from nuanxin.workers.models import Ceremony, Membership, Worker, WorkerGroup

TITLE: Final = "柯桥区外卖骑手集体入会仪式"
COUNTY: Final = "330603"
EXPECTED: Final = 300
CAME: Final = 120  # before anybody looks
APPROVED: Final = 96
MOVING: Final = 4  # of them members of another union, who ask for a transfer by joining
_SEED: Final = 20240613
_GROUP: Final = "外卖配送员"
# numbers of people whom no list of the demo names
_FIRST: Final = members.MEMBERS + 1_000


def begin(*, by: Actor, count: int = CAME) -> int:
    """Open the ceremony, let riders join and the office approve most of them.

    Parameters
    ----------
    by
        Who acts; the office over the union.
    count
        Riders.

    Returns
    -------
    int
        Applications; 0 when the ceremony was held before.
    """
    if Ceremony.objects.filter(title=TITLE).exists():
        return 0
    union, now = _union(by), clock.now()
    ceremony = ceremonies.open_ceremony(
        union=union,
        title=TITLE,
        starts_at=now - dt.timedelta(hours=1),
        ends_at=now - dt.timedelta(hours=1) + ceremonies.LONGEST,
        expected_count=EXPECTED,
        by=by,
    )
    for n in range(count - MOVING):
        _join(newcomer(n, union), ceremony)
    for worker in _members_elsewhere(union):
        _join(_application_of(worker), ceremony)
    waiting = Membership.objects.waiting().filter(ceremony=ceremony)
    rows = waiting.select_related("union", "worker").order_by("pk")[:APPROVED]
    memberships.approve_many(memberships=list(rows), by=by)
    return ceremonies.tally(ceremony).joined_count


def go_on(now: dt.datetime) -> int:
    """Let one more rider join, until all have come; for the demo's clock.

    Returns
    -------
    int
        How many joined: one or none.
    """
    rows = Ceremony.objects.open_at(now).select_related("union").filter(title=TITLE)
    ceremony = rows.first()
    came = ceremonies.tally(ceremony).joined_count if ceremony else EXPECTED
    if ceremony is None or came >= EXPECTED:
        return 0
    _join(newcomer(came, ceremony.union), ceremony)
    return 1


def newcomer(n: int, union: Union) -> joining.Application:
    """Return what rider ``n`` of the ceremony says of themselves: invented, as everybody here is."""
    home = members.NewUnion(union.code, union.name, "", "外卖骑手")
    row = members.person(_FIRST + n, home, random.Random(_SEED + n))
    return joining.Application(
        document=Document(DocumentKind.RESIDENT, row["身份证号码"]),
        name=row["姓名"],
        phone=row["手机号码"],
        group=WorkerGroup.objects.filter(name_zh=_GROUP).first(),
        platform=row["平台企业"],
        agreed=_agreed(),
    )


def _union(by: Actor) -> Union:
    county = Union.objects.select_related("division").get(code=f"u{COUNTY}")
    return enter_union(
        code=f"u{COUNTY}J01",
        name="柯桥区外卖行业联合工会",
        kind=UnionKind.JOINT,
        division=county.division,
        parent=county,
        is_new_form=True,
        by=by,
    )


def _members_elsewhere(union: Union) -> list[Worker]:
    held = Membership.objects.held().exclude(union=union).select_related("worker")
    return [row.worker for row in held.order_by("pk")[:MOVING]]


def _application_of(worker: Worker) -> joining.Application:
    number = sealing.opened(worker, "document_sealed")
    return joining.Application(
        document=Document(DocumentKind(worker.document_kind), number),
        name=worker.name,
        phone=sealing.opened(worker, "phone_sealed"),
        group=None,
        platform="",
        agreed=_agreed(),
    )


def _agreed() -> list[ConsentText]:
    return [text for text in current_texts(on=clock.civil_date()) if text.is_required]


def _join(application: joining.Application, ceremony: Ceremony) -> None:
    joining.join(
        application=application,
        union=ceremony.union,
        channel=Channel.CEREMONY,
        ceremony=ceremony,
    )
