import datetime as dt
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuanxin.core import clock as core_clock
from nuanxin.core import ticking
from nuanxin.core.models import TimedRule
from nuanxin.core.ticking import Ran, Rule, run_due, tick

pytestmark = pytest.mark.django_db
SECOND, MINUTE = dt.timedelta(seconds=1), dt.timedelta(minutes=1)
NIGHT = dt.time(3, 20)


class Acts:
    """A rule's act that counts; it fails when told to."""

    def __init__(self) -> None:
        self.at: list[dt.datetime] = []
        self.fails = False

    def __call__(self, now: dt.datetime) -> int:
        self.at.append(now)
        if self.fails:
            msg = "13800138000 cannot be reached"
            raise RuntimeError(msg)
        return 3


@pytest.fixture
def acts():
    return Acts()


def every(acts, seconds=60, name="t.every", hold_s=300):
    return Rule(name, acts, seconds, None, hold_s)


def daily(acts, at=NIGHT, name="t.daily"):
    return Rule(name, acts, None, at, 300)


def run(*rules, now, holder="one"):
    return run_due(now, holder=holder, rules=rules)


def test_rule_runs_at_once_and_then_each_period(clock, acts):
    now = clock.stop_at("2026-03-10T10:00:20")
    rule = every(acts)

    assert run(rule, now=now) == [Ran("t.every", 3)]
    assert run(rule, now=now + 39 * SECOND) == []
    assert run(rule, now=now + 40 * SECOND) == [Ran("t.every", 3)]

    row = TimedRule.objects.get()
    assert row.due_at == now + 100 * SECOND
    assert (row.last_acts_count, row.last_error, row.holder) == (3, "", "")


def test_after_downtime_a_rule_runs_once(clock, acts):
    now = core_clock.now()
    run(every(acts), now=now)
    later = now + dt.timedelta(days=3)

    run(every(acts), now=later)
    run(every(acts), now=later + SECOND)

    assert len(acts.at) == 2
    assert later <= acts.at[1] < later + SECOND


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-03-10T03:19:59", "2026-03-10T03:20:00"),
        ("2026-03-10T03:20:00", "2026-03-11T03:20:00"),
        ("2026-12-31T23:59:59", "2027-01-01T03:20:00"),
        ("2028-02-28T12:00:00", "2028-02-29T03:20:00"),
    ],
)
def test_daily_rule_is_due_by_the_civil_clock(acts, now, due):
    moment = core_clock.read_civil(now).astimezone(dt.UTC)

    assert daily(acts).due_after(moment) == core_clock.read_civil(due)


@given(
    st.integers(1_600_000_000, 2_200_000_000).map(core_clock.from_epoch_s),
    st.one_of(st.integers(1, 90_000), st.times()),
)
def test_due_moment_lies_ahead_by_at_most_a_period(now, period):
    is_daily = isinstance(period, dt.time)
    rule = daily(Acts(), period) if is_daily else every(Acts(), period)

    ahead = rule.due_after(now) - now

    longest = dt.timedelta(days=1) if is_daily else dt.timedelta(seconds=period)
    assert dt.timedelta(0) < ahead <= longest


def test_new_daily_rule_waits_for_its_time(clock, acts):
    now = clock.stop_at("2026-03-10T10:00:00")

    assert run(daily(acts), now=now) == []
    assert run(daily(acts), now=core_clock.read_civil("2026-03-11T03:20:00")) != []


def test_rule_that_comes_more_often_in_a_new_release_does_not_wait_for_its_old_time(clock, acts):
    now = core_clock.now()
    run(every(acts, 86_400), now=now)

    run(every(acts, 60), now=now)

    assert TimedRule.objects.get().due_at == now + MINUTE


def test_failing_rule_stops_no_other_is_seen_and_tried_again_soon(clock, acts, caplog):
    now = clock.stop_at("2026-03-10T10:00:00")
    broken, sound = Acts(), acts
    broken.fails = True
    rules = (every(broken, 3600, "a.broken"), every(sound, 3600, "b.sound"))

    ran = run(*rules, now=now)

    assert ran == [Ran("a.broken", 0, "RuntimeError"), Ran("b.sound", 3)]
    assert "timed rule a.broken failed" in caplog.text
    row = TimedRule.objects.get(name="a.broken")
    assert (row.last_error, row.failing_since_at) == ("RuntimeError", row.last_ran_at)
    first_failed_at = row.last_ran_at
    assert first_failed_at is not None
    assert row.due_at == first_failed_at + ticking.RETRY

    run(*rules, now=now + 6 * MINUTE)
    row.refresh_from_db()
    assert row.failing_since_at == first_failed_at
    broken.fails = False
    run(*rules, now=now + 12 * MINUTE)
    row = TimedRule.objects.get(name="a.broken")
    assert (row.last_error, row.failing_since_at) == ("", None)
    assert len(sound.at) == 1


def test_longest_due_rule_runs_first(clock, acts):
    now = core_clock.now()
    rules = [every(acts, name=name) for name in ("a", "b", "c")]
    for rule, late in zip(rules, (1, 3, 2), strict=True):
        TimedRule.objects.create(name=rule.name, due_at=now - late * MINUTE)

    assert [ran.name for ran in run(*rules, now=now)] == ["b", "c", "a"]


def test_tick_told_to_stop_begins_no_other_rule(clock, acts):
    rules = tuple(every(acts, name=name) for name in ("a", "b", "c"))
    answers = iter([True, False])

    ran = run_due(core_clock.now(), holder="one", rules=rules, may_go_on=lambda: next(answers))

    assert [one.name for one in ran] == ["a"]


def test_what_a_killed_tick_held_runs_again_when_the_hold_is_over(clock, acts):
    now = core_clock.now()

    def killed(moment: dt.datetime) -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(every(killed), now=now)

    assert run(every(acts), now=now + 299 * SECOND, holder="two") == []
    assert run(every(acts), now=now + 301 * SECOND, holder="two") != []


def test_slow_tick_does_not_settle_what_another_took_over(clock, acts):
    now = core_clock.now()

    def slow(moment: dt.datetime) -> int:
        TimedRule.objects.update(holder="two")
        return 9

    run(every(slow), now=now)

    row = TimedRule.objects.get()
    assert (row.holder, row.last_acts_count) == ("two", 0)


def test_only_the_leader_ticks_and_another_leads_after_it(clock, acts, monkeypatch):
    monkeypatch.setattr(ticking, "_rules", {"t.every": every(acts, 1)})
    now = core_clock.now()

    assert tick(now, holder="one") != []
    assert tick(now + 10 * SECOND, holder="two") == []
    assert tick(now + 10 * SECOND, holder="one") != []
    assert tick(now + 41 * SECOND, holder="two") != []
    ticking.resign(holder="two")
    assert tick(now + 42 * SECOND, holder="one") != []


@pytest.mark.django_db(transaction=True)
def test_two_ticks_that_both_lead_never_act_twice(together):
    count, lock = [0] * 5, threading.Lock()

    def act_of(number: int):
        def act(now: dt.datetime) -> int:
            with lock:
                count[number] += 1
            time.sleep(0.02)  # while the other ticks look
            return 1

        return act

    rules = tuple(Rule(f"t.{n}", act_of(n), 3600, None, 300) for n in range(5))
    now = core_clock.now()

    ran = together(lambda n: run_due(now, holder=f"h{n}", rules=rules), 4)

    assert count == [1] * 5
    assert sum(len(one) for one in ran) == 5


@pytest.mark.parametrize("options", [{}, {"every_s": 60, "daily_at": NIGHT}, {"every_s": 0}])
def test_rule_needs_exactly_one_period(acts, options):
    with pytest.raises(ValueError, match="needs every_s or daily_at"):
        ticking.register("t.odd", acts, **options)


def test_rule_is_registered_once_and_rooms_bring_theirs(acts):
    with pytest.raises(ValueError, match="another"):
        ticking.register("core.trim_heartbeats", acts, every_s=60)
    assert {"core.trim_heartbeats", "core.trim_outbox"} <= {r.name for r in ticking.registered()}
