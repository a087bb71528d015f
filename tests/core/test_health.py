import datetime as dt
import threading

import pytest
from django.core.checks import CheckMessage
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from nuanxin.core import checks, health, outbox, ticking
from nuanxin.core import clock as core_clock
from nuanxin.core.actors import SystemActor
from nuanxin.core.health import Part
from nuanxin.core.models import Heartbeat, TimedRule
from nuanxin.core.processes import Pulse, instance_id
from tests.factories import GrantFactory

pytestmark = pytest.mark.django_db
PARTS = {"database", "migrations", "web", "worker", "jobs", "tick", "rules", "outbox"}


@pytest.fixture(autouse=True)
def no_rooms(monkeypatch):
    """Keep the parts of every site, without those of the rooms."""
    monkeypatch.setattr(health, "_checks", {})
    monkeypatch.setattr(health, "_vital", {"database", "migrations"})
    monkeypatch.setattr(ticking, "_rules", {})


@pytest.fixture
def alive(clock):
    """A site on which everything runs."""
    return [pulse for name in ("web", "worker", "jobs", "tick") if (pulse := Pulse(name)).beat()]


def asked(client, status=200):
    response = client.get("/readyz")
    assert response.status_code == status
    body = response.json()
    return body["status"], {name for name, part in body["parts"].items() if not part["ok"]}


def test_site_on_which_everything_runs_is_ready(client, alive):
    response = client.get("/readyz")

    assert response.json() == {
        "ready": True,
        "status": "ready",
        "parts": {name: {"ok": True} for name in PARTS},
    }
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("gone", ["web", "worker", "jobs", "tick"])
def test_process_that_ended_is_seen_and_nobody_is_turned_away(client, alive, gone):
    next(pulse for pulse in alive if pulse.name == gone).end()

    assert asked(client) == ("degraded", {gone})


def test_process_that_was_killed_is_seen_when_its_heartbeat_is_stale(
    client, alive, clock, settings
):
    later = core_clock.now() + dt.timedelta(seconds=settings.STALE_S)
    Heartbeat.objects.exclude(name="worker").update(beat_at=later)
    clock.stop_at((later - dt.timedelta(seconds=1)).isoformat())
    assert asked(client) == ("ready", set())

    clock.stop_at(later.isoformat())

    assert asked(client) == ("degraded", {"worker"})


def test_fewer_server_processes_than_configured_are_seen(client, alive, settings, monkeypatch):
    monkeypatch.setattr(
        connection, "vendor", "postgresql" if connection.vendor != "sqlite" else "x"
    )
    settings.WEB_WORKERS = 2

    assert asked(client) == ("degraded", {"web"})
    Pulse("web").beat()
    assert asked(client) == ("ready", set())


def test_rule_that_fails_or_was_not_run_is_seen(client, alive):
    def broken(now: dt.datetime) -> int:
        raise RuntimeError

    now = core_clock.now()
    ticking.register("a.broken", broken, every_s=60)
    ticking.run_due(now, holder="one")
    assert asked(client) == ("degraded", {"rules"})

    TimedRule.objects.update(last_error="", failing_since_at=None)
    assert asked(client) == ("ready", set())
    TimedRule.objects.update(due_at=now - dt.timedelta(minutes=11))
    assert asked(client) == ("degraded", {"rules"})


def test_message_nobody_sends_is_seen(client, alive):
    due_at = core_clock.now() - dt.timedelta(minutes=11)
    outbox.enqueue(
        dedupe="a", channel="sms", address="1", text="x", due_at=due_at, by=SystemActor("test")
    )

    assert asked(client) == ("degraded", {"outbox"})


def test_database_that_is_away_makes_the_site_unavailable(client, alive, monkeypatch):
    def away(answers: list[bool]) -> None:
        raise OperationalError

    monkeypatch.setattr(threading, "excepthook", lambda args: None)
    monkeypatch.setattr(health, "_ask", away)

    assert asked(client, 503) == ("unavailable", PARTS)
    assert client.get("/livez").status_code == 200


def test_database_that_hangs_is_asked_by_one_thread_and_costs_a_moment(
    client, alive, monkeypatch, django_assert_num_queries
):
    ended, asking = threading.Event(), []

    def hang(answers: list[bool]) -> None:
        asking.append(1)
        ended.wait(10)

    monkeypatch.setattr(health, "_ask", hang)
    monkeypatch.setattr(health, "ASKED_S", 0.01)
    try:
        with django_assert_num_queries(0):
            for _ in range(3):
                assert asked(client, 503)[0] == "unavailable"
        assert asking == [1]
    finally:
        ended.set()
        health._asking[0].join()


def test_table_that_is_missing_makes_the_site_unavailable(client, alive, monkeypatch):
    monkeypatch.setattr(health, "_migrated", [])
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *_: ["0003"])

    assert asked(client, 503) == ("unavailable", {"migrations"})


def test_part_of_a_room_is_shown_and_turns_readers_away_if_it_is_vital(client, alive):
    health.register("snapshot", lambda now: Part(False, {"age_s": 7}), is_vital=True)
    health.register("paper", lambda now: Part(False))

    assert asked(client, 503) == ("unavailable", {"snapshot", "paper"})


def test_part_that_cannot_be_asked_has_failed(client, alive):
    def broken(now: dt.datetime) -> Part:
        raise RuntimeError

    health.register("paper", broken)

    assert asked(client) == ("degraded", {"paper"})
    with pytest.raises(ValueError, match="another"):
        health.register("paper", lambda now: Part(True))


def test_staff_reads_ages_and_counts_and_nobody_reads_a_host(client, alive):
    client.force_login(GrantFactory.create(role="officer").user)

    response = client.get("/readyz")

    parts = response.json()["parts"]
    assert parts["worker"] == {"ok": True, "alive": 1, "expected": 1, "lost": 0, "age_s": 0.0}
    assert parts["rules"] == {"ok": True, "failing": {}, "overdue": []}
    assert instance_id().split(":")[0] not in response.content.decode()


def test_process_that_was_killed_is_counted_as_lost(client, alive, clock):
    client.force_login(GrantFactory.create(role="officer").user)
    clock.stop_at("2026-03-10T10:05:00")
    Pulse("worker").beat()

    worker = client.get("/readyz").json()["parts"]["worker"]

    assert (worker["ok"], worker["alive"], worker["lost"]) == (True, 1, 1)


# --- a database that goes away under a page ---


@pytest.mark.parametrize("address", ["/", "/api/v1/stations/nearby?lat=30&lon=120"])
def test_page_without_its_database_says_when_to_come_again(client, monkeypatch, address):
    def away(*args, **options):
        msg = "could not connect to 10.0.0.5"
        raise OperationalError(msg)

    monkeypatch.setattr("nuanxin.stations.snapshots.holder.current", away)
    monkeypatch.setattr("nuanxin.stations.snapshots.current", away)

    response = client.get(address)

    assert response.status_code == 503
    assert 5 <= int(response["Retry-After"]) < 10
    assert "10.0.0.5" not in response.content.decode()


# --- checks of a deployment ---


def ids(found: list[CheckMessage]) -> list[str | None]:
    return [message.id for message in found]


@pytest.mark.parametrize(
    ("version", "workers", "found"),
    [((3, 51, 2), 1, []), ((3, 51, 2), 2, ["nuanxin.W001"]), ((3, 51, 3), 2, [])],
)
def test_several_processes_on_an_old_sqlite_are_warned_of(
    settings, monkeypatch, version, workers, found
):
    monkeypatch.setattr(connection, "vendor", "sqlite")
    monkeypatch.setattr("sqlite3.sqlite_version_info", version)
    settings.WEB_WORKERS = workers

    assert ids(checks.confirmed_rows_last()) == found


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="speaks of PostgreSQL")
def test_postgresql_that_confirms_before_it_writes_is_refused():
    assert checks.confirmed_rows_last() == []

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")

    assert ids(checks.confirmed_rows_last()) == ["nuanxin.E001"]
