"""What a process holds follows the change feed: patched where that is enough, and never lost."""

import datetime as dt
import logging
import threading
from collections.abc import Callable

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from nuanxin.algorithms.finder import FinderSnapshot, answer
from nuanxin.algorithms.openness import EvidenceKind
from nuanxin.core import clock as core_clock
from nuanxin.core.actors import SystemActor
from nuanxin.core.ids import computed_id
from nuanxin.regions.models import CalendarDay
from nuanxin.stations import evidence, loading, services, snapshots
from nuanxin.stations.changes import trim_changes
from nuanxin.stations.enums import ClosureReason, Lifecycle
from nuanxin.stations.models import Facility, Station, StationChange, StationFacility
from nuanxin.stations.snapshots import SnapshotHolder
from tests.stations.page_world import NEAR, TUESDAY_10, make_station, make_street

pytestmark = pytest.mark.django_db
BY = SystemActor("test")
NOW_S = int(TUESDAY_10.timestamp())


@pytest.fixture
def street(clock) -> list[Station]:
    return make_street()


@pytest.fixture
def holder(street: list[Station], monkeypatch: pytest.MonkeyPatch) -> SnapshotHolder:
    """A holder of its own, which looks at every question."""
    monkeypatch.setattr(snapshots, "POLL_S", 0.0)
    made = SnapshotHolder()
    made.current(now_s=NOW_S)
    return made


@pytest.fixture
def no_whole_build(holder: SnapshotHolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_named: object) -> None:
        pytest.fail("built whole")

    monkeypatch.setattr(loading, "load", refuse)


def told(snapshot: FinderSnapshot, query: str = f"{NEAR}&limit=50") -> bytes:
    return answer(snapshot, query.encode(), now_s=NOW_S).body


def close_for_an_hour(station: Station) -> None:
    services.file_closure(
        station=station,
        starts_at=TUESDAY_10,
        ends_at=TUESDAY_10 + dt.timedelta(hours=1),
        reason=ClosureReason.REPAIR,
        by=BY,
    )


def see(station: Station, kind: EvidenceKind) -> None:
    finding = evidence.Finding(kind, TUESDAY_10 - dt.timedelta(minutes=1))
    evidence.record_evidence(station=station, finding=finding, by=BY)


def furnish(station: Station, facility: str) -> None:
    StationFacility.objects.create(
        id=computed_id("more", station.code, facility), station=station, facility_id=facility
    )
    services.announce(station)


CHANGES: dict[str, Callable[[Station], object]] = {
    "closure": close_for_an_hour,
    "keeper opened": lambda station: see(station, EvidenceKind.KEEPER_OPEN),
    "came in": lambda station: see(station, EvidenceKind.INSIDE_SCAN),
    "hours": lambda station: services.set_hours(
        station=station, staffed="Mo-Su 06:00-09:30", self_service="", by=BY
    ),
    "exception": lambda station: services.set_exception(
        station=station,
        first_on=dt.date(2026, 3, 10),
        last_on=dt.date(2026, 3, 10),
        hours="off",
        by=BY,
    ),
    "facility": lambda station: furnish(station, "charging"),
}


@pytest.mark.usefixtures("no_whole_build")
@pytest.mark.parametrize("name", CHANGES)
def test_change_at_one_door_is_told_without_a_whole_build(holder, street, name):
    before, old = holder.current(now_s=NOW_S), told(holder.current(now_s=NOW_S))

    CHANGES[name](street[3])

    assert told(holder.current(now_s=NOW_S)) != old
    assert told(before) == old
    assert holder.health().seq == StationChange.objects.latest("seq").seq


def test_patches_one_after_another_are_what_a_whole_build_reads(holder, street):
    for station in street[2:]:
        for change in CHANGES.values():
            change(station)
            holder.current(now_s=NOW_S)

    whole = loading.load(today=dt.date(2026, 3, 10)).snapshot
    # the rates of host types are of the last whole build
    whole.host_rates = holder.current(now_s=NOW_S).host_rates
    for query in (f"{NEAR}&limit=50", f"{NEAR}&need=charging", f"{NEAR}&at=2026-03-10T07:00"):
        assert told(holder.current(now_s=NOW_S), query) == told(whole, query)


def delist(station: Station) -> None:
    Station.objects.filter(pk=station.pk).update(lifecycle=Lifecycle.SUSPENDED)


def move(station: Station) -> None:
    Station.objects.filter(pk=station.pk).update(lat_wgs84=30.09)


def invent(station: Station) -> None:
    Facility.objects.create(code="sofa", name_zh="沙发", name_en="Sofa", bit=9)
    StationFacility.objects.create(
        id=computed_id("sofa", station.code), station=station, facility_id="sofa"
    )


@pytest.mark.parametrize(
    "change", [delist, move, invent, lambda station: make_station(station.division, 9, "新站")]
)
def test_station_that_comes_goes_or_moves_is_told_too(holder, street, change):
    change(street[0])
    services.announce(street[0])

    whole = told(loading.load(today=dt.date(2026, 3, 10)).snapshot)
    assert told(holder.current(now_s=NOW_S)) == whole
    assert holder.held(now_s=NOW_S).is_whole


@pytest.mark.usefixtures("no_whole_build")
def test_change_at_a_door_that_is_not_listed_costs_nothing(holder, street):
    delisted = make_station(street[0].division, 8, "停用", lifecycle=Lifecycle.SUSPENDED)
    before = holder.current(now_s=NOW_S)
    services.announce(delisted)

    assert holder.current(now_s=NOW_S) is before


def test_look_at_a_feed_that_stands_still_is_one_query(holder, django_assert_num_queries):
    with django_assert_num_queries(1):
        holder.current(now_s=NOW_S)


def test_patch_costs_the_same_queries_for_one_door_and_for_four(holder, street):
    def asked(stations: list[Station]) -> int:
        for station in stations:
            services.announce(station)
        with CaptureQueriesContext(connection) as context:
            holder.current(now_s=NOW_S)
        return len(context)

    assert asked(street[:1]) == asked(street) == 10


def test_calendar_that_changes_is_told(holder, street, monkeypatch):
    services.set_hours(station=street[3], staffed="WD 08:00-18:00", self_service="", by=BY)
    tomorrow = f"{NEAR}&limit=50&at=2026-03-11T10:00"
    before = told(holder.current(now_s=NOW_S), tomorrow)
    CalendarDay.objects.create(
        date=dt.date(2026, 3, 11), kind="holiday", name_zh="节", name_en="Feast"
    )
    assert told(holder.current(now_s=NOW_S), tomorrow) == before
    monkeypatch.setattr(snapshots, "_CALENDAR_S", 0.0)

    after = told(holder.current(now_s=NOW_S), tomorrow)

    assert (b"KQ004" in before, b"KQ004" in after) == (True, False)


def test_feed_trimmed_past_a_process_is_read_whole(holder, street):
    for station in street:
        Station.objects.filter(pk=station.pk).update(name="改名")
        services.announce(station)
    assert trim_changes(keep=1) == 7

    assert "改名" in told(holder.current(now_s=NOW_S)).decode()


def test_trimming_keeps_the_newest_and_refuses_to_keep_none(street):
    last = StationChange.objects.latest("seq").seq

    assert trim_changes(keep=2) == 2
    assert trim_changes(keep=2) == 0
    assert [row.seq for row in StationChange.objects.all()] == [last - 1, last]
    with pytest.raises(ValueError, match="at least one"):
        trim_changes(keep=0)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """The database is away until the returned function is called."""

    def refuse(*_given: object) -> None:
        raise OperationalError

    real = snapshots._followed
    monkeypatch.setattr(snapshots, "_followed", refuse)
    return lambda: monkeypatch.setattr(snapshots, "_followed", real)


def test_database_away_leaves_the_old_snapshot_serving(holder, street, broken, caplog):
    before = holder.current(now_s=NOW_S)
    close_for_an_hour(street[0])
    age_s = holder.health().age_s

    with caplog.at_level(logging.INFO, logger=snapshots.__name__):
        assert all(holder.current(now_s=NOW_S) is before for _again in range(5))
        assert not holder.look(now_s=NOW_S)
        assert holder.health().age_s >= age_s
        assert len(caplog.records) == 1
        broken()
        assert holder.current(now_s=NOW_S) is not before

    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


def test_process_that_holds_nothing_says_so():
    assert snapshots.Health(None, 0) == SnapshotHolder().health()


def test_versions_tell_apart_what_is_held(holder, street):
    first = holder.held(now_s=NOW_S).version
    same = holder.held(now_s=NOW_S).version
    close_for_an_hour(street[0])

    assert first == same != holder.held(now_s=NOW_S).version


class Turns(threading.Event):
    """Stands for the event that ends a watch: at each wait somebody else does something."""

    def __init__(self, *acts: Callable[[], object]) -> None:
        super().__init__()
        self.acts = list(acts)

    def wait(self, timeout: float | None = None) -> bool:
        if not self.acts:
            return True
        elsewhere(self.acts.pop(0))
        return False


def elsewhere(act: Callable[[], object]) -> None:
    """Do something on another connection, as another process would."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001  told to the test's own thread
            failures.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert failures == []


@pytest.mark.django_db(transaction=True)
def test_watch_tells_what_another_process_wrote(holder, street):
    before = told(holder.current(now_s=NOW_S))
    asked: list[int] = []
    seen: list[bytes] = []
    with CaptureQueriesContext(connections["default"]) as context:
        holder.keep_looking(
            stop=Turns(
                lambda: None,
                lambda: asked.append(len(context)),
                lambda: asked.append(len(context)),
                lambda: close_for_an_hour(street[0]),
                lambda: seen.append(told(holder._held.loaded.snapshot)),
            )
        )

    assert seen != [before]
    # on SQLite nobody wrote between the first look and the second: only that was asked
    assert asked[1] - asked[0] == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_change_committed_after_a_later_one_is_told(holder, street):
    begun, may_end = threading.Event(), threading.Event()

    def slowly() -> None:
        with transaction.atomic():
            close_for_an_hour(street[0])
            begun.set()
            assert may_end.wait(30)
        connection.close()

    slow = threading.Thread(target=slowly)
    slow.start()
    assert begun.wait(30)
    elsewhere(lambda: close_for_an_hour(street[1]))
    early = told(holder.current(now_s=NOW_S))
    missing = holder.held(now_s=NOW_S).cursor.missing
    may_end.set()
    slow.join()

    late = told(holder.current(now_s=NOW_S))

    assert b"KQ002" not in early
    assert (b"KQ001" in early, b"KQ001" in late) == (True, False)
    assert holder.held(now_s=NOW_S).cursor.missing == missing - 1


@pytest.mark.django_db(transaction=True)
def test_watch_survives_what_nobody_thought_of(holder, street, monkeypatch, caplog):
    def surprise(*_given: object) -> None:
        raise KeyError

    real, seen = loading.reload, []
    monkeypatch.setattr(loading, "reload", surprise)
    holder.keep_looking(
        stop=Turns(
            lambda: close_for_an_hour(street[0]),
            lambda: monkeypatch.setattr(loading, "reload", real),
            lambda: seen.append(told(holder._held.loaded.snapshot)),
        )
    )

    assert b"KQ001" not in seen[0]
    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO"]


@pytest.mark.django_db(transaction=True)
def test_midnight_keeps_nobody_waiting(holder, street, clock, monkeypatch):
    allowed, real = threading.Event(), loading.load

    def slow(*, today: dt.date) -> loading.Loaded:
        assert allowed.wait(30)
        return real(today=today)

    monkeypatch.setattr(loading, "load", slow)
    midnight_s = int(clock.stop_at("midnight").timestamp())
    seen: list[snapshots.Held] = []

    def ask() -> None:
        seen.append(holder.held(now_s=midnight_s))

    def finish() -> None:
        allowed.set()
        for thread in threading.enumerate():
            if thread.name == "snapshot":
                thread.join(30)

    holder.keep_looking(stop=Turns(ask, lambda: close_for_an_hour(street[0]), ask, finish, ask))

    assert [held.built_on.day for held in seen] == [10, 10, 11]
    first, second, third = (told(held.loaded.snapshot) for held in seen)
    # what changes during the build is told at once, and by the new snapshot too
    assert first != second == third
    assert core_clock.civil_date() == dt.date(2026, 3, 11)
