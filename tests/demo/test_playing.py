"""The demo at work: filled through the importers, alive at any hour, and the same when asked twice."""

import datetime as dt

import numpy as np
import pytest
from django.core.management import call_command

from nuanxin.algorithms.openness import EvidenceKind
from nuanxin.core import clock as core_clock
from nuanxin.core import ticking
from nuanxin.demo import acting, playing
from nuanxin.demo.sightings import KINDS, NOTHING, Doors, sightings
from nuanxin.demo.truth import HOUR_S, is_really_open, truths_of
from nuanxin.stations import places, snapshots
from nuanxin.stations.models import Closure, EvidenceLine, OpeningRecord, Station, StationChange

pytestmark = pytest.mark.django_db
COUNT = 150


@pytest.fixture
def demo(clock, settings, tmp_path):
    settings.VAR = tmp_path
    for holder in (snapshots.holder, places.holder):
        holder.forget()
    call_command("seed_demo", stations=COUNT, members=0, verbosity=0)
    yield clock
    for holder in (snapshots.holder, places.holder):
        holder.forget()


def state():
    lines = EvidenceLine.objects.order_by("station_id", "kind")
    records = OpeningRecord.objects.order_by("pk")
    return (
        list(lines.values_list("station_id", "kind", "at", "weight")),
        list(records.values_list("pk", "hits", "times", "shut_until", "doubt_until")),
    )


def test_demo_fills_itself_once(demo):
    filled = state()
    stations, closures = Station.objects.count(), Closure.objects.count()

    call_command("seed_demo", stations=COUNT, members=0, verbosity=0)

    assert stations == COUNT
    assert Station.objects.count() == COUNT
    assert Closure.objects.count() == closures
    assert state() == filled
    assert OpeningRecord.objects.count() == COUNT


def test_tick_twice_at_one_moment_changes_nothing(demo):
    now = core_clock.now()
    filled, changes = state(), StationChange.objects.count()

    assert playing.catch_up(now) == 0
    assert (state(), StationChange.objects.count()) == (filled, changes)


def test_tick_goes_on_and_never_tells_of_the_future(demo):
    now = demo.stop_at("2026-03-10T12:30:00")

    changed = playing.catch_up(now)

    assert changed > 0
    latest = EvidenceLine.objects.order_by("-at").values_list("at", flat=True)[0]
    assert now - dt.timedelta(hours=2) < latest <= now


@pytest.mark.parametrize(
    "at", ["2026-03-10T03:00:00", "2026-03-10T12:30:00", "2026-10-03T15:00:00"]
)
def test_demo_is_alive_at_any_hour(demo, at):
    now = demo.stop_at(at)

    playing.catch_up(now)

    assert EvidenceLine.objects.filter(at__gte=now - dt.timedelta(hours=24)).exists()


def truth_and_posted():
    now_s = core_clock.now_s()
    cast = playing.cast_of(since_s=now_s - 86_400, now_s=now_s)
    return cast.truths, cast.posted, now_s


def test_inside_evidence_is_told_of_open_doors_only_and_some_keepers_lie(demo):
    truths, posted, now_s = truth_and_posted()
    honest, lies = 0, 0
    for hour in range(now_s // HOUR_S - 20, now_s // HOUR_S):
        told = sightings(truths, posted, hour=hour)
        kind = np.array([*KINDS, None], dtype=object)[np.where(told.kind == NOTHING, -1, told.kind)]
        of_rows = truths.take(told.row)
        found = is_really_open(of_rows, posted.take(told.row), told.at_s)
        assert np.array_equal(found, told.found)
        inside = np.isin(
            told.kind, [KINDS.index(EvidenceKind.INSIDE_SCAN), KINDS.index(EvidenceKind.VISIT)]
        )
        assert found[inside].all()
        taps = kind == EvidenceKind.KEEPER_OPEN
        honest += int((taps & found).sum())
        lies += int((taps & ~found).sum())
        assert of_rows.lies[taps & ~found].all()
    assert honest > 0


def test_truth_of_a_station_does_not_depend_on_its_neighbours():
    alone, among = truths_of(["330603100018"]), truths_of(["330402100011", "330603100018"])

    assert alone.keys[0] == among.keys[1]
    assert alone.missed[0] == among.missed[1]
    assert truths_of(["330603100018"], seed=1).keys[0] != alone.keys[0]


def test_what_a_visitor_finds_while_the_play_is_played_stays(demo, monkeypatch):
    now = demo.stop_at("2026-03-10T12:30:00")
    play = Doors.play

    def played_slowly(self, *args, **options):
        play(self, *args, **options)
        EvidenceLine.objects.update(at=now, weight=1.5)

    monkeypatch.setattr(Doors, "play", played_slowly)
    before = EvidenceLine.objects.count()

    playing.catch_up(now)

    assert EvidenceLine.objects.filter(at=now, weight=1.5).count() == before


def test_play_is_a_rule_of_the_tick():
    (rule,) = [rule for rule in ticking.registered() if rule.name == "demo.act"]

    assert (rule.act, rule.every_s) == (acting.act, 60)
