"""A tree of unions on three levels, with at least one row of every kind in each, every text marked.

A text says whose it is and who may read it: ``canary-<place>-<kind>``.

==========  ==============================================================================
``open``    what the door of a listed station says of itself
``posted``  the name and the telephone that a listed station posts
``draft``   everything at a station that the map does not list
``host``    host and outlet of a listed station; ``lodge``: of one that is not listed
``union``   the name of a union
``name``    the name of somebody who signs in
``shut``    what the audit trail and the outbox say
``mark``    devices, networks and sealed telephones: on no page at all
==========  ==============================================================================
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.db.models import Model

from nuanxin.accounts import invitations
from nuanxin.accounts import keepers as keeper_doors
from nuanxin.accounts.enums import GrantedRole
from nuanxin.accounts.models import Delegation, Grant, KeeperKey, User
from nuanxin.accounts.services import set_contact
from nuanxin.core import clock, outbox
from nuanxin.core.actors import SystemActor
from nuanxin.core.ids import computed_id
from nuanxin.core.models import AuditEvent
from nuanxin.sheets.models import ImportBatch
from nuanxin.stations import door_codes, photos, services
from nuanxin.stations.enums import (
    ClosureReason,
    EvidenceKind,
    Lifecycle,
    PhotoKind,
    Place,
    Source,
)
from nuanxin.stations.models import (
    DeskDevice,
    Evidence,
    EvidenceLine,
    Fault,
    Host,
    Keeping,
    OpeningRecord,
    Outlet,
    Reminder,
    Station,
    StationFacility,
    StationGroup,
    StationPhoto,
)
from nuanxin.unions import catalogue_seeds, elections
from nuanxin.unions.enums import MeetingKind
from nuanxin.unions.models import FoundingStep, Union
from nuanxin.workers import memberships, merging
from nuanxin.workers.enums import Channel, MergeReason
from nuanxin.workers.models import (
    Ceremony,
    Consent,
    Membership,
    Transfer,
    Worker,
    WorkerGroup,
    WorkerMerge,
)
from nuanxin.workers.services import enter_occupation, enter_worker
from tests.accounts.codes import enrolled
from tests.conftest import StrictClient
from tests.demo.certificates import plant_ca
from tests.factories import (
    DelegationFactory,
    DivisionFactory,
    FacilityFactory,
    GrantFactory,
    HostFactory,
    OutletFactory,
    StationFactory,
    UnionFactory,
    UserFactory,
    WelcomedGroupFactory,
)
from tests.office_world import make_calendar, picture
from tests.sheets.batches import make_batch
from tests.workers import people as members
from tests.workers.joining_world import session_of

SYSTEM = SystemActor("test")
# place, the union above it, its division, the town of its stations
TREE = (
    ("parent", None, "33", "330106001"),
    ("own", "parent", "3301", "330106001"),
    ("child", "own", "330106", "330106001"),
    ("sibling", "parent", "3302", "330206001"),
    ("nephew", "sibling", "330206", "330206001"),
)
PLACES = tuple(place for place, *_ in TREE)
LAT, LON = 30.0760, 120.4880
_TOKEN = re.compile(
    r"canary-(parent|own|child|sibling|nephew)-(open|posted|draft|host|lodge|union|name|shut|mark)"
)
_PHONE = re.compile(r"13([789])0000(\d)\d{3}")
_PHONE_KINDS = {"7": "draft", "8": "posted", "9": "mark"}

Token = tuple[str, str]


def canary(place: str, kind: str) -> str:
    return f"canary-{place}-{kind}"


def phone(place: str, kind: str, number: int = 0) -> str:
    digit = next(digit for digit, named in _PHONE_KINDS.items() if named == kind)
    return f"13{digit}0000{PLACES.index(place)}{number:03d}"


def tokens_of(text: str) -> set[Token]:
    """Return whose texts stand in a text, and of which kind."""
    found = {(match[1], match[2]) for match in _TOKEN.finditer(text)}
    return found | {(PLACES[int(m[2])], _PHONE_KINDS[m[1]]) for m in _PHONE.finditer(text)}


@dataclass
class Target:
    """One station with everything that hangs on it: what the parameters of an address may name."""

    place: str
    is_listed: bool
    station: Station
    host: Host
    keeper: User
    rows: dict[type[Model], Model] = field(default_factory=dict)
    keys: dict[str, UUID] = field(default_factory=dict)
    proof: str = ""
    invited: User = field(default_factory=User)

    @property
    def kind(self) -> str:
        return "open" if self.is_listed else "draft"

    def __str__(self) -> str:
        return self.station.code

    def fill(self, address: str, parameter: str) -> str:
        """Return what stands in the place of a parameter of an address."""
        if parameter == "object_id":
            return str(self.rows[model_of(address) or Station].pk)
        if parameter == "digest":
            return self.proof if "proofs" in address else self._photo.digest
        if parameter == "key":
            part = next((part for part in self.keys if f"/{part}/" in address), "")
            return str(self.keys[part]) if part else str(self.host.pk)
        return self._texts[parameter]

    @cached_property
    def _photo(self) -> StationPhoto:
        return StationPhoto.objects.get(station=self.station)

    @cached_property
    def _texts(self) -> dict[str, str]:
        return {
            "code": self.station.code,
            "service_id": str(self.station.pk),
            "door_sign": door_codes.signature(self.station, Place.DOOR_CODE),
            "inside_sign": door_codes.signature(self.station, Place.INSIDE_CODE),
            "union_code": self.place.upper(),
            "ceremony_code": f"{self.place}{self.is_listed:d}",
            "word": str(self.rows[Evidence].pk),
            "invitation": invitations.token_of(self.invited),
            "token": keeper_doors.token_of(KeeperKey.objects.get(pk=self.keeper.pk)),
            "zoom": "4",  # one tile for everybody: it holds all stations of this world
            "x": "13",
            "y": "6",
            "content_type_id": "1",
            "app_label": "stations",
            "url": "nothing/",
        }


@dataclass
class Person:
    """Who walks: their roles in the words of the route table, and the places they reach."""

    name: str
    roles: set[str]
    places: frozenset[str] = frozenset()
    keeps: str = ""  # the number of the station whose desk they have
    user: User | None = None
    worker: Worker | None = None  # signed in by telephone

    @property
    def is_office(self) -> bool:
        return bool(self.roles & {"officer", "auditor", "admin"})

    def client(self) -> StrictClient:
        client = StrictClient(raise_request_exception=False)
        if self.user is not None:
            client.force_login(self.user)
        if self.worker is not None:
            client.cookies["sessionid"] = session_of(self.worker)
        return client


@dataclass
class World:
    """The unions, one listed and one unlisted station in each, and who walks."""

    unions: dict[str, Union]
    targets: list[Target]
    people: dict[str, Person]

    def target(self, place: str, *, is_listed: bool = True) -> Target:
        return next(t for t in self.targets if (t.place, t.is_listed) == (place, is_listed))


def model_of(address: str) -> type[Model] | None:
    """Return the table that an address of the office is about."""
    parts = address.split("/")
    known = {(m._meta.app_label, m._meta.model_name): m for m in admin.site._registry}
    return known.get((parts[2], parts[3])) if parts[1] == "office" and len(parts) > 4 else None


def is_shared(address: str) -> bool:
    """Return whether every reader of the office sees the rows of an address."""
    model = model_of(address)
    page: Any = admin.site._registry.get(model) if model else None
    return bool(page and page.is_shared)


def make_world() -> World:
    """Save the tree; the clock stands on a Tuesday morning."""
    plant_ca(Path(settings.VAR))
    for code in ("330603", "330109"):  # of which one follows the other
        DivisionFactory.create(code=code)
    make_calendar()
    unions: dict[str, Union] = {}
    for place, above, division, _town in TREE:
        unions[place] = UnionFactory.create(
            code=place.upper(),
            name=canary(place, "union"),
            parent=unions[above] if above else None,
            division=DivisionFactory.create(code=division),
        )
    catalogue_seeds.seed()
    for place, union in unions.items():
        _live(union, place)
    targets = [
        make_target(unions[place], place, town, is_listed=is_listed)
        for place, _above, _division, town in TREE
        for is_listed in (True, False)
    ]
    for model in admin.site._registry:
        if model not in targets[0].rows:  # every union reads the same ones
            row = model._default_manager.all()[0]
            for target in targets:
                target.rows[model] = row
    world = World(unions, targets, {})
    # a bank's outlets stand under many unions
    chain, far = world.target("own"), world.target("sibling")
    Outlet.objects.filter(stations=far.station).update(host=chain.host)
    far.host = far.rows[Host] = chain.host
    world.people = {person.name: person for person in _people(unions["own"], chain)}
    return world


def _live(union: Union, place: str) -> None:
    """Let a union have been founded, elect and meet."""
    text, today = canary(place, "shut"), clock.civil_date()
    kept: dict[str, Any] = {"union": union, "note": text, "by": SYSTEM}
    elections.hold_election(held_on=today, term_years=5, chair_name=canary(place, "name"), **kept)
    elections.record_meeting(held_on=today, kind=MeetingKind.CONGRESS, attended_count=9, **kept)
    FoundingStep.objects.create(
        id=computed_id("founding_step", union.code, "intent"), union=union, item_id="intent",
        done_on=today, note=text, done_by="system:test",
    )  # fmt: skip
    Union.objects.filter(pk=union.pk).update(preparing_since=today, founded_on=today)


def make_target(union: Union, place: str, town: str, *, is_listed: bool) -> Target:
    """Save a station, everything that can hang on one, and its keeper."""
    kind = "open" if is_listed else "draft"
    code, by = canary(place, kind), SystemActor(canary(place, "shut"))
    host = HostFactory.create(name=canary(place, "host" if is_listed else "lodge"))
    outlet = OutletFactory.create(host=host, name=host.name, address=host.name)
    posted = "posted" if is_listed else "draft"
    station = StationFactory.create(
        listed=True, code=code, name=code, address=code, street=code, floor=code, entrance=code,
        parking=code, manager_name=canary(place, posted), manager_phone=phone(place, posted),
        union=union, division=DivisionFactory.create(code=town), outlet=outlet,
        staffed_hours="Mo-Su 08:30-18:00", lat_wgs84=LAT + PLACES.index(place) * 0.001,
        source_y=code, source_x=code,
    )  # fmt: skip
    keeper = _staff(union, place, kind, GrantedRole.KEEPER)
    target = Target(place, is_listed, station, host, keeper)
    target.rows = {
        Station: station, Union: union, User: keeper, Host: host, Outlet: outlet,
        Grant: Grant.objects.get(user=keeper),
    }  # fmt: skip
    _hang_plans(target, by)
    _hang_words(target, picture(f"proof of {code}"), by)
    _hang_people(target, by)
    _hang_members(target, by)
    target.rows[ImportBatch] = make_batch(union, code=code, key=str(station.pk), by=by)
    target.rows[AuditEvent] = AuditEvent.objects.create(
        at=clock.now(), actor_key="system:test", actor_label=canary(place, "shut"), verb="test.done",
        object_type="x", object_key=code, scope_path=union.path, data={"note": canary(place, "shut")},
    )  # fmt: skip
    if not is_listed:
        Station.objects.filter(pk=station.pk).update(lifecycle=Lifecycle.SUSPENDED)
        station.refresh_from_db()
    services.announce(station)
    return target


def _hang_plans(target: Target, by: SystemActor) -> None:
    station, code, today = target.station, target.station.code, clock.civil_date()
    StationFacility.objects.create(
        id=computed_id("sf", code),
        station=station,
        facility=FacilityFactory.create(code="water", bit=0, is_filter=True),
    )
    StationGroup.objects.create(
        id=computed_id("sg", code),
        station=station,
        group=WelcomedGroupFactory.create(code="rider", bit=0),
    )
    OpeningRecord.objects.create(station=station, hits=bytes([20] * 48), times=bytes([28] * 48))
    EvidenceLine.objects.create(
        id=computed_id("ev", code), station=station, kind="visit", at=clock.now(), weight=1.0
    )
    closure = services.file_closure(
        station=station,
        starts_at=clock.now() + dt.timedelta(days=1),
        ends_at=clock.now() + dt.timedelta(days=2),
        reason=ClosureReason.REPAIR,
        note=code,
        by=by,
    )
    other = today + dt.timedelta(days=5)
    exception = services.set_exception(
        station=station, first_on=other, last_on=other, hours="off", by=by
    )
    target.rows[StationPhoto] = photos.add_photo(
        station=station, content=picture(code), kind=PhotoKind.ENTRANCE, caption=code, by=by
    )
    Reminder.objects.create(
        id=computed_id("reminder", code),
        station=station,
        due_at=clock.now() + dt.timedelta(hours=1),
    )
    target.keys |= {"closures": closure.pk, "hours": exception.pk}


def _hang_words(target: Target, shown: bytes, by: SystemActor) -> None:
    station, mark = target.station, canary(target.place, "mark")
    told: dict[str, Any] = {
        "station": station,
        "at": clock.now() - dt.timedelta(minutes=10),
        "device_key": f"{mark}-d",
        "origin_key": f"{mark}-o",
        "network_key": f"{mark}-n",
    }
    word = Evidence.objects.create(
        id=computed_id("word", station.code),
        kind=EvidenceKind.DOOR_REPORT,
        source=Source.RIDER,
        place=Place.DOOR_CODE,
        **told,
    )
    target.proof = _digest(station)
    photos.keep_proof(target.proof, shown)
    Evidence.objects.create(
        id=computed_id("proof", station.code),
        kind=EvidenceKind.REBUTTAL,
        source=Source.KEEPER,
        actor_key=by.actor_key,
        photo_digest=target.proof,
        **told,
    )
    fault = Fault.objects.create(
        id=computed_id("fault", station.code), facility_id="water", kind="broken", **told
    )
    target.rows |= {Evidence: word, Fault: fault}
    target.keys |= {"reports": word.pk, "faults": fault.pk}


def _hang_people(target: Target, by: SystemActor) -> None:
    station, place, keeper = target.station, target.place, target.keeper
    sealed = phone(place, "mark", 1 if target.is_listed else 2)
    since = clock.now() - dt.timedelta(days=9)
    target.rows[Keeping] = Keeping.objects.create(
        user=keeper, station=station, since=since, named_by=by.actor_key
    )
    Keeping.objects.create(user=keeper, host=target.host, since=since, named_by=by.actor_key)
    stand_in = _staff(station.union, place, f"{target.kind}-substitute", GrantedRole.KEEPER)
    substitute = _substitute(stand_in, station)
    keeper_doors.issue_keeper_link(user=keeper, by=by)
    set_contact(user=keeper, phone=sealed, notice_url=f"wecombot://{canary(place, 'mark')}", by=by)
    DeskDevice.objects.create(
        id=computed_id("device", station.code),
        user=keeper,
        device_key=f"{canary(place, 'mark')}-d",
        seen_at=clock.now(),
    )
    officer = _staff(station.union, place, f"{target.kind}-officer", GrantedRole.OFFICER)
    enrolled(officer)
    target.rows[Delegation] = DelegationFactory.create(
        grant=officer.grants.get(), to_user=officer, reason=canary(place, "shut")
    )
    outbox.enqueue(
        dedupe=station.code,
        channel="sms",
        address=sealed,
        subject=canary(place, "shut"),
        text=canary(place, "shut"),
        due_at=clock.now(),
        by=by,
    )
    target.invited = _staff(station.union, place, f"{target.kind}-new", GrantedRole.OFFICER)
    target.invited.set_unusable_password()
    target.invited.save(update_fields=["password"])
    target.keys["substitute"] = substitute.pk


def _hang_members(target: Target, by: SystemActor) -> None:
    """A worker of the union, merged out of two rows, who asks for a transfer to a union nearby."""
    union, number = target.station.union, PLACES.index(target.place) * 10 + 5 * target.is_listed
    assert union is not None
    near = UnionFactory.create(
        parent=union, name=canary(target.place, "union"), division=union.division
    )
    second = SystemActor("second")
    group, _made = WorkerGroup.objects.get_or_create(code="rider", name_zh="外卖", name_en="riders")
    who = enter_worker(
        document=members.document(number),
        name=canary(target.place, "name"),
        phone=phone(target.place, "mark", 3 if target.is_listed else 4),
        union=union,
        by=by,
    ).worker
    for step in range(2):
        if step == 0:
            asked = memberships.apply(worker=who, union=union, channel=Channel.QR, by=by)
            memberships.approve_many(memberships=[asked], by=by)
            enter_occupation(worker=who, group=group, platform=canary(target.place, "name"), by=by)
        merge = merging.propose_merge(
            worker=who,
            document=members.document(number + 1 + step),
            reason=MergeReason.MISTYPED,
            by=by,
        )
        if step == 0:
            who = merging.approve_merge(merge=merge, by=second)
    memberships.apply(worker=who, union=near, channel=Channel.QR, by=by)
    held = Membership.objects.held().get(worker=who)
    transfer = Transfer.objects.get(worker=who)
    target.rows |= {Worker: who, Membership: held, Transfer: transfer, WorkerMerge: merge}
    target.rows[Ceremony] = Ceremony.objects.create(
        id=computed_id("ceremony", target.station.code), union=near, title=canary(target.place, "open"),
        code=f"{target.place}{target.is_listed:d}", starts_at=clock.now(),
        ends_at=clock.now() + dt.timedelta(hours=2), opened_by=by.actor_key, opened_label=by.actor_label,
    )  # fmt: skip
    Consent.objects.create(
        id=computed_id("consent", str(who.pk)), worker=who, purpose="photo", n=1, version=1, digest="0" * 64,
        channel=Channel.QR, given_at=clock.now(), given_by=by.actor_key,
    )  # fmt: skip


def _substitute(user: User, station: Station) -> Keeping:
    return Keeping.objects.create(
        user=user,
        station=station,
        since=clock.now() - dt.timedelta(days=1),
        until=clock.now() + dt.timedelta(days=7),
        is_substitute=True,
        named_by="system:test",
    )


def _staff(union: Union | None, place: str, name: str, role: GrantedRole | None) -> User:
    called = f"{canary(place, 'name')}-{name}"
    user: User = UserFactory.create(username=called, display_name=called)
    if role is not None:
        GrantFactory.create(user=user, role=role, union=union)
    return user


def _people(own: Union, target: Target) -> Iterator[Person]:
    subtree = frozenset({"own", "child"})
    yield Person("anonymous", {"anonymous"})
    who: Any = target.rows[Worker]
    yield Person("worker", {"anonymous", "worker"}, worker=who)
    since = clock.now() - dt.timedelta(days=9)
    for name in ("keeper", "substitute", "host_keeper"):
        user = _staff(own, "own", name, GrantedRole.KEEPER)
        if name == "substitute":
            _substitute(user, target.station)
        else:
            at = {"host": target.host} if name == "host_keeper" else {"station": target.station}
            Keeping.objects.create(user=user, since=since, named_by="system:test", **at)
        yield Person(name, {"anonymous", "keeper"}, keeps=target.station.code, user=user)
    for role in (GrantedRole.OFFICER, GrantedRole.AUDITOR, GrantedRole.ADMIN):
        user = _staff(own, "own", role.value, role)
        name = "subtree_admin" if role is GrantedRole.ADMIN else role.value
        yield Person(name, {"anonymous", role.value}, subtree, user=user)
    root = _staff(None, "parent", "admin", None)
    GrantFactory.create(user=root, whole_tree=True)
    yield Person("admin", {"anonymous", "admin"}, frozenset(PLACES), user=root)


def _digest(station: Station) -> str:
    return computed_id("proof", station.code).hex * 2


def dump() -> dict[str, set[tuple[Any, ...]]]:
    """Return every row of every table, but for sessions."""
    tables = [
        m for m in apps.get_models() if m._meta.managed and m._meta.db_table != "django_session"
    ]
    return {m._meta.label: set(map(_plain, m._base_manager.values_list())) for m in tables}


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(repr(bytes(v) if isinstance(v, memoryview) else v) for v in row)
