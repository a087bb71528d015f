import datetime as dt
import threading

import pytest

from nuanxin.core import clock as core_clock
from nuanxin.core import processes
from nuanxin.core.models import Heartbeat, Lease
from nuanxin.core.processes import Pulse, leave_lease, run_loop, take_lease, trim_heartbeats

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def ticks(monkeypatch):
    """A stopwatch that the test moves."""
    passed = [100.0]
    monkeypatch.setattr("nuanxin.core.processes.time.monotonic", lambda: passed[0])
    return passed


def test_pulse_beats_at_most_every_few_seconds(clock, ticks, django_assert_num_queries):
    pulse = Pulse("worker", "here:1")

    assert pulse.beat() is True
    ticks[0] += processes.beat_s() - 0.1
    with django_assert_num_queries(0):
        assert pulse.beat() is False
    now = clock.stop_at("2026-03-10T10:01:00")
    ticks[0] += 0.1
    assert pulse.beat() is True

    row = Heartbeat.objects.get()
    assert (row.name, row.instance, row.beat_at) == ("worker", "here:1", now)
    assert row.started_at == now - MINUTE


def test_pulse_of_each_process_is_its_own_and_ends_with_it(clock):
    one, other = Pulse("web"), Pulse("web")
    one.beat(), other.beat()

    one.end()

    assert Heartbeat.objects.get().instance == other.instance != one.instance


def test_heartbeats_without_farewell_are_forgotten_after_a_day(clock):
    Pulse("web", "old").beat()
    clock.stop_at("2026-03-11T09:59:00")
    Pulse("web", "young").beat()
    now = clock.stop_at("2026-03-11T10:01:00")

    assert trim_heartbeats(now) == 1
    assert trim_heartbeats(now) == 0
    assert Heartbeat.objects.get().instance == "young"


def test_lease_has_one_holder_until_it_runs_out(clock):
    now = core_clock.now()

    assert take_lease("tick", holder="a", now=now, for_s=30)
    assert not take_lease("tick", holder="b", now=now, for_s=30)
    assert take_lease("tick", holder="a", now=now + dt.timedelta(seconds=20), for_s=30)
    assert not take_lease("tick", holder="b", now=now + dt.timedelta(seconds=49), for_s=30)
    assert take_lease("tick", holder="b", now=now + dt.timedelta(seconds=50), for_s=30)
    assert not take_lease("tick", holder="a", now=now + dt.timedelta(seconds=50), for_s=30)
    assert Lease.objects.get().holder == "b"


def test_lease_that_is_left_is_free_at_once_and_only_its_holder_leaves_it(clock):
    now = core_clock.now()
    take_lease("tick", holder="a", now=now, for_s=30)

    leave_lease("tick", holder="b")
    assert not take_lease("tick", holder="b", now=now, for_s=30)
    leave_lease("tick", holder="a")
    assert take_lease("tick", holder="b", now=now, for_s=30)


def test_keeping_a_lease_is_one_statement(clock, writes_of):
    now = core_clock.now()
    take_lease("tick", holder="a", now=now, for_s=30)

    writes = writes_of(lambda: take_lease("tick", holder="a", now=now, for_s=30))

    assert len(writes) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_first", [True, False])
def test_lease_wanted_by_many_at_once_goes_to_one(together, is_first):
    now = core_clock.now()
    if not is_first:
        take_lease("tick", holder="gone", now=now - MINUTE, for_s=30)

    won = together(lambda n: take_lease("tick", holder=f"h{n}", now=now, for_s=30), 8)

    assert sorted(won) == [False] * 7 + [True]


def test_loop_survives_an_error_and_says_farewell(clock, monkeypatch):
    monkeypatch.setattr("nuanxin.core.processes.connection.close", lambda: None)
    stop, turns = threading.Event(), []

    def step() -> bool:
        turns.append(Heartbeat.objects.count())
        if len(turns) == 1:
            raise RuntimeError
        if len(turns) == 3:
            stop.set()
        return True

    run_loop(Pulse("worker"), step, stop=stop, pause_s=0, farewell=lambda: turns.append(-1))

    assert turns == [1, 1, 1, -1]
    assert Heartbeat.objects.count() == 0
