"""A small office: a province, two counties, one person of each role, one row of every table."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from io import BytesIO

from django.conf import settings
from django.db import transaction
from PIL import Image

from nuanxin.accounts.consents import load_texts
from nuanxin.accounts.enums import GrantedRole
from nuanxin.accounts.models import User
from nuanxin.core import audit, crypto
from nuanxin.core.actors import SystemActor
from nuanxin.core.ids import computed_id
from nuanxin.regions.enums import CalendarDayKind
from nuanxin.regions.services import DayOfNotice, publish_calendar_notice
from nuanxin.stations import catalogues, photos, services
from nuanxin.stations.enums import ClosureReason, PhotoKind
from nuanxin.stations.models import (
    Evidence,
    EvidenceLine,
    Fault,
    Keeping,
    Standard,
    Station,
    StationFacility,
    StationGroup,
)
from nuanxin.unions import catalogue_seeds
from nuanxin.unions.models import Union
from nuanxin.workers.enums import Channel, MembershipState, MergeReason
from nuanxin.workers.models import Ceremony, Occupation, Transfer, Worker, WorkerGroup, WorkerMerge
from nuanxin.workers.moves import fresh
from nuanxin.workers.row_ids import occupation_digits
from nuanxin.workers.sealing import merge_place, seal_document
from tests.conftest import StrictClient
from tests.factories import (
    DelegationFactory,
    DivisionFactory,
    FacilityFactory,
    GrantFactory,
    StationFactory,
    UnionFactory,
    UserFactory,
    WelcomedGroupFactory,
)
from tests.regions.worlds import succession
from tests.sheets.batches import make_batch
from tests.workers import people

SYSTEM = SystemActor("test")
KEQIAO, XIAOSHAN = "330603001", "330109001"
MOMENT = dt.datetime(2026, 3, 10, 2, 0, tzinfo=dt.UTC)


@dataclass
class Office:
    """Two counties under one province; ``here`` is the officer's own."""

    province: Union
    here: Union
    there: Union
    station: Station
    elsewhere: Station
    people: dict[str, User]

    def client(self, role: str) -> StrictClient:
        """Return a browser in which the person of a role is signed in."""
        client = StrictClient()
        client.force_login(self.people[role])
        return client


def make_office() -> Office:
    """Save an office whose officer, auditor and keeper belong to the county ``here``."""
    province = UnionFactory.create(code="ZJ", root=True)
    here = UnionFactory.create(
        code="KQ", parent=province, division=DivisionFactory.create(code=KEQIAO[:6])
    )
    there = UnionFactory.create(
        code="XS", parent=province, division=DivisionFactory.create(code=XIAOSHAN[:6])
    )
    staff = {
        "admin": GrantFactory.create(whole_tree=True).user,
        "officer": GrantFactory.create(role=GrantedRole.OFFICER, union=here).user,
        "auditor": GrantFactory.create(role=GrantedRole.AUDITOR, union=here).user,
        "keeper": GrantFactory.create(role=GrantedRole.KEEPER, union=here).user,
    }
    GrantFactory.create(union=there)
    DelegationFactory.create(grant__union=here, to_user=GrantFactory.create(union=here).user)
    make_members(here, there)
    station = make_station(here, code="KQ001", division=DivisionFactory.create(code=KEQIAO))
    elsewhere = make_station(there, code="XS001", division=DivisionFactory.create(code=XIAOSHAN))
    make_calendar()
    catalogue_seeds.seed()
    return Office(province, here, there, station, elsewhere, staff)


def make_members(here: Union, there: Union) -> None:
    """Save a worker of ``here`` with everything that can hang on one: a transfer, a proposed merge.

    Rows as the services leave them, without the services: every test of the office begins with them.
    """
    document, right = people.document(2), people.document(3)
    who = Worker(pk=document.worker_id, name="演示劳动者", entered_at=MOMENT)
    seal_document(who, document)
    who.save(force_insert=True)
    group, _made = WorkerGroup.objects.get_or_create(
        code="riders", defaults={"name_zh": "外卖配送员", "name_en": "delivery riders"}
    )
    Occupation.objects.create(
        id=occupation_digits(str(who.pk), group.pk, "甲平台"),
        worker=who,
        group=group,
        platform="甲平台",
    )
    for n, (union, state) in enumerate(((here, "active"), (there, "applied")), start=1):
        membership = fresh(who, union, MembershipState(state), Channel.QR, SYSTEM)
        membership.n, membership.active_on = n, MOMENT.date() if n == 1 else None
        membership.save(force_insert=True)
    asked = {"asked_at": MOMENT, "asked_by": "system:test", "expires_at": MOMENT + dt.timedelta(30)}
    Transfer.objects.create(
        id=computed_id("transfer", str(who.pk)), worker=who, n=1, from_union=here, to_union=there, **asked
    )  # fmt: skip
    merge = WorkerMerge(
        id=computed_id("worker_merge", str(who.pk)), worker=who, survivor_id=right.worker_id, n=1,
        document_kind=right.kind, reason=MergeReason.MISTYPED,
        proposed_by="system:test", proposed_label="test", proposed_at=MOMENT,
    )  # fmt: skip
    merge.document_sealed = crypto.provider().seal(right.number, merge_place(merge))
    merge.save(force_insert=True)
    Ceremony.objects.create(
        id=computed_id("ceremony", "office22"), union=here, title="集体入会", code="office22",
        starts_at=MOMENT, ends_at=MOMENT + dt.timedelta(hours=2), opened_by="system:test", opened_label="test",
    )  # fmt: skip


def make_station(
    union: Union, *, code: str, division: object, facility: str = "water", group: str = "rider"
) -> Station:
    """Save a listed station with everything that can hang on one."""
    station = StationFactory.create(
        listed=True, co_built=True, code=code, union=union, division=division
    )
    StationFacility.objects.create(
        id=computed_id("sf", code), station=station, facility=FacilityFactory.create(code=facility)
    )
    StationGroup.objects.create(
        id=computed_id("sg", code), station=station, group=WelcomedGroupFactory.create(code=group)
    )
    EvidenceLine.objects.create(
        id=computed_id("ev", code), station=station, kind="visit", at=MOMENT, weight=1.0
    )
    proof = hashlib.sha256(code.encode()).hexdigest()
    photos.keep_proof(proof, picture(code))
    Evidence.objects.create(
        id=computed_id("word", code), station=station, kind="door_report", at=MOMENT, source="rider",
        device_key="d" * 32, origin_key="o" * 32, network_key="n" * 32, photo_digest=proof,
    )  # fmt: skip
    Fault.objects.create(
        id=computed_id("fault", code),
        station=station,
        facility_id=facility,
        kind="broken",
        at=MOMENT,
        device_key="d" * 32,
    )
    Keeping.objects.create(
        user=UserFactory.create(), station=station, since=MOMENT, named_by="system:test"
    )
    services.file_closure(
        station=station,
        starts_at=MOMENT,
        ends_at=MOMENT + dt.timedelta(hours=2),
        reason=ClosureReason.REPAIR,
        by=SYSTEM,
    )
    services.set_exception(
        station=station,
        first_on=MOMENT.date(),
        last_on=MOMENT.date(),
        hours="off",
        by=SYSTEM,
    )
    photos.add_photo(
        station=station, content=picture(code), kind=PhotoKind.ENTRANCE, caption="正门", by=SYSTEM
    )
    make_batch(union, code=code, key=str(station.pk), by=SYSTEM)
    return station


def picture(seed: str = "", *, size: tuple[int, int] = (320, 240), kind: str = "JPEG") -> bytes:
    """Return a picture of one colour; another seed gives another file."""
    colour = (sum(seed.encode()) % 256, 120, 90)
    buffer = BytesIO()
    Image.new("RGB", size, colour).save(buffer, kind)
    return buffer.getvalue()


def make_calendar() -> None:
    new_year = DayOfNotice(dt.date(2026, 1, 1), CalendarDayKind.HOLIDAY, "元旦", "New Year's Day")
    publish_calendar_notice(
        year=2026, published_on=dt.date(2025, 11, 4), title="通知", days=[new_year], by=SYSTEM
    )
    succession(XIAOSHAN[:6], KEQIAO[:6], dt.date(2021, 4, 9)).save()
    catalogues.keep_word(
        model=Standard, code="six", values={"name_zh": "六有", "name_en": "The six"}, by=SYSTEM
    )
    catalogues.keep_standard_item(
        standard=Standard.objects.get(pk="six"),
        code="sign",
        name_zh="有标识",
        name_en="a sign",
        rank=1,
        by=SYSTEM,
    )
    load_texts(path=settings.CONSENTS_PATH, by=SYSTEM)
    with transaction.atomic():
        audit.record(by=SYSTEM, verb="test.done", subject_type="x", subject_key="y")
