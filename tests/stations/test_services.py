import datetime as dt

import pytest

from nuanxin.algorithms.openness import EvidenceKind
from nuanxin.core.actors import AnonymousActor, Role, Scope, SystemActor
from nuanxin.core.clock import CIVIL_ZONE
from nuanxin.core.errors import Invalid, NotAllowed
from nuanxin.core.models import AuditEvent
from nuanxin.stations import evidence, services
from nuanxin.stations.enums import ClosureReason
from nuanxin.stations.models import (
    Closure,
    DatedException,
    EvidenceLine,
    OpeningRecord,
    Station,
    StationChange,
)
from tests.factories import StationFactory, UnionFactory

pytestmark = pytest.mark.django_db

OFFICER = SystemActor("officer", scopes=(Scope(Role.OFFICER, "NB/"),))

ELSEWHERE = SystemActor("hz", scopes=(Scope(Role.OFFICER, "HZ/"),))
NOON = dt.datetime(2026, 3, 10, 12, 0, tzinfo=CIVIL_ZONE)
DAY = dt.date(2026, 3, 10)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def station():
    return StationFactory.create(union=UnionFactory.create(code="NB", root=True))


def set_hours(station, *, staffed="Mo-Fr 09:00-17:00", self_service="", by=OFFICER):
    return services.set_hours(station=station, staffed=staffed, self_service=self_service, by=by)


def file_closure(station, *, starts_at=NOON, ends_at=NOON + HOUR, by=OFFICER):
    return services.file_closure(
        station=station, starts_at=starts_at, ends_at=ends_at, reason=ClosureReason.REPAIR, by=by
    )


def set_exception(station, *, first_on=DAY, last_on=DAY, hours="off", by=OFFICER):
    return services.set_exception(
        station=station, first_on=first_on, last_on=last_on, hours=hours, by=by
    )


def record(station, *, kind=EvidenceKind.INSIDE_SCAN, at=NOON, by=OFFICER):
    finding = evidence.Finding(kind=kind, at=at)
    return evidence.record_evidence(station=station, finding=finding, by=by)


ACTS = [set_hours, file_closure, set_exception, record]


def nothing_written():
    tables = (Closure, DatedException, EvidenceLine, OpeningRecord, StationChange, AuditEvent)
    return not any(model._default_manager.exists() for model in tables)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(
    "by",
    [
        ELSEWHERE,
        AnonymousActor(),
        SystemActor("auditor", scopes=(Scope(Role.AUDITOR),)),
        SystemActor("namesake", scopes=(Scope(Role.OFFICER, "NB/X/"),)),
    ],
)
def test_act_of_others_is_refused_and_writes_nothing(station, clock, act, by):
    clock.stop_at("2026-03-10T12:00")

    with pytest.raises(NotAllowed):
        act(station, by=by)

    assert nothing_written()


@pytest.mark.parametrize("act", ACTS)
def test_act_of_the_own_office_is_announced_once(station, clock, act):
    clock.stop_at("2026-03-10T12:00")

    act(station, by=OFFICER)

    assert [row.station_id for row in StationChange.objects.all()] == [station.pk]


def test_keepers_role_without_keeping_the_door_does_not_change_posted_hours(station):
    keeper = SystemActor("keeper", scopes=(Scope(Role.KEEPER, "NB/"),))

    with pytest.raises(NotAllowed):
        set_hours(station, by=keeper)


# --- hours ---


def test_set_hours_stores_both_texts_and_writes_before_and_after(station):
    set_hours(station, staffed=" Mo-Fr   09:00-17:00 ", self_service="24/7")

    stored = Station.objects.get()
    assert stored.posted_hours == ("Mo-Fr 09:00-17:00", "24/7")
    event = AuditEvent.objects.get()
    assert (event.verb, event.object_key) == ("station.hours_changed", str(station.pk))
    assert event.data == {"before": ["", ""], "after": ["Mo-Fr 09:00-17:00", "24/7"]}


def test_set_hours_unchanged_writes_nothing(station, writes_of):
    set_hours(station)

    assert writes_of(lambda: set_hours(station, staffed="Mo-Fr  09:00-17:00")) == []


@pytest.mark.parametrize("column", ["staffed", "self_service"])
def test_set_hours_unreadable_text_is_refused_with_the_reason(station, column):
    with pytest.raises(Invalid) as refused:
        set_hours(station, **{column: "whenever"})

    assert refused.value.code == "bad_hours"
    assert refused.value.fields["hours"]
    assert nothing_written()


# --- closures ---


def test_file_closure_keeps_who_filed_it_and_when(station, clock):
    moment = clock.stop_at("make-up workday")

    closure = file_closure(station)

    assert (closure.filed_at, closure.filed_by) == (moment, "system:officer")
    assert AuditEvent.objects.get().verb == "station.closure_filed"


def test_file_closure_twice_writes_nothing(station, writes_of):
    first = file_closure(station)

    assert writes_of(lambda: file_closure(station)) == []
    assert file_closure(station) == first


@pytest.mark.parametrize("length", [dt.timedelta(0), -HOUR])
def test_file_closure_in_the_wrong_order_is_refused(station, length):
    with pytest.raises(Invalid) as refused:
        file_closure(station, ends_at=NOON + length)

    assert refused.value.code == "closure_order"
    assert nothing_written()


# --- exceptions ---


def test_set_exception_again_replaces_the_hours_of_the_same_days(station):
    set_exception(station)
    set_exception(station, hours="10:00-12:00")

    assert DatedException.objects.get().hours == "10:00-12:00"
    assert set(AuditEvent.objects.values_list("verb", flat=True)) == {"station.exception_set"}


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"hours": ""}, "bad_exception"),
        ({"last_on": DAY - dt.timedelta(days=1)}, "bad_exception"),
        ({"hours": "sometimes"}, "bad_hours"),
    ],
)
def test_set_exception_nonsense_is_refused(station, columns, code):
    with pytest.raises(Invalid) as refused:
        set_exception(station, **columns)

    assert refused.value.code == code
    assert nothing_written()


# --- evidence ---


def test_record_evidence_keeps_one_line_of_each_kind(station, clock):
    clock.stop_at("2026-03-10T13:00")
    record(station)
    later = record(station, at=NOON + HOUR)
    record(station, kind=EvidenceKind.DOOR_REPORT)

    lines = {line.kind: line for line in EvidenceLine.objects.all()}
    assert set(lines) == {"inside_scan", "door_report"}
    assert lines["inside_scan"].at == later.at == NOON + HOUR
    assert lines["inside_scan"].weight > 0 > lines["door_report"].weight
    assert not AuditEvent.objects.exists()


def counted(station, cell):
    row = OpeningRecord.objects.filter(station=station).first()
    return (row.hits[cell], row.times[cell]) if row else None


def test_record_evidence_counts_what_was_found_in_posted_hours(station, clock):
    clock.stop_at("2026-03-10T13:00")
    set_hours(station, staffed="Mo-Fr 09:00-17:00")

    record(station, kind=EvidenceKind.VISIT)
    record(station, kind=EvidenceKind.DOOR_REPORT, at=NOON + HOUR / 2)

    assert counted(station, 6) == (24, 48)
    assert counted(station, 12 + 6) == (6, 12)


@pytest.mark.parametrize(
    ("kind", "hours"),
    [(EvidenceKind.DOOR_REPORT, "Mo-Fr 14:00-17:00"), (EvidenceKind.KEEPER_OPEN, "09:00-17:00")],
)
def test_record_evidence_outside_hours_or_a_mere_claim_is_not_counted(station, clock, kind, hours):
    clock.stop_at("2026-03-10T13:00")
    set_hours(station, staffed=hours)

    record(station, kind=kind)

    assert counted(station, 6) is None


def test_record_evidence_without_hours_is_counted_in_its_own_cell(station, clock):
    clock.stop_at("2026-03-10T13:00")

    record(station)

    assert counted(station, 6) == (24, 24)
    assert counted(station, 7) == (0, 0)


@pytest.mark.parametrize(("ahead_s", "is_taken"), [(0, True), (60, True), (61, False)])
def test_record_evidence_from_the_future_is_refused(station, clock, ahead_s, is_taken):
    now = clock.stop_at("2026-03-10T12:00")
    at = now + dt.timedelta(seconds=ahead_s)

    if is_taken:
        assert record(station, at=at).at == at
    else:
        with pytest.raises(Invalid, match=r"."):
            record(station, at=at)
        assert nothing_written()
