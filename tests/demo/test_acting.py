"""The demo goes on live, through the services: the same minutes once, and lies are caught."""

import datetime as dt

import numpy as np
import pytest
from django.core.management import call_command
from django.test import Client

from nuanxin.core import clock as core_clock
from nuanxin.demo import acting, playing
from nuanxin.demo.caught import caught_lately
from nuanxin.demo.truth import is_really_open
from nuanxin.stations import places, snapshots
from nuanxin.stations.enums import EvidenceKind, Outcome
from nuanxin.stations.models import Evidence, EvidenceLine, OpeningRecord

pytestmark = pytest.mark.django_db
COUNT = 300


@pytest.fixture
def demo(clock, settings, tmp_path):
    settings.VAR = tmp_path
    for holder in (snapshots.holder, places.holder):
        holder.forget()
    clock.stop_at("2026-03-10T11:00:00")
    call_command("seed_demo", stations=COUNT, members=0, verbosity=0)
    yield clock
    for holder in (snapshots.holder, places.holder):
        holder.forget()


def play(clock, *, minutes):
    """Act minute by minute from eleven o'clock on."""
    for minute in range(0, minutes, 2):
        now = clock.stop_at(f"2026-03-10T{11 + minute // 60}:{minute % 60:02d}")
        acting.act(now)
    return now


def test_same_minutes_tell_nothing_new(demo):
    play(demo, minutes=8)
    words, lines = Evidence.objects.count(), list(EvidenceLine.objects.order_by("pk").values())

    assert words > 0
    assert acting.act(core_clock.now()) == 0
    assert list(EvidenceLine.objects.order_by("pk").values()) == lines


def test_nothing_is_told_of_the_future_or_of_the_day_before(demo):
    now = play(demo, minutes=8)

    moments = Evidence.objects.values_list("at", flat=True)
    assert now - dt.timedelta(minutes=12) < min(moments) <= max(moments) <= now


def test_liars_are_caught_within_the_hour(demo, monkeypatch):
    monkeypatch.setattr(acting, "_ON_STAGE", 1.0)

    now = play(demo, minutes=40)

    caught = Evidence.objects.filter(kind=EvidenceKind.DOOR_REPORT, outcome=Outcome.BORNE_OUT)
    assert caught.exists()
    now_s = int(now.timestamp())
    cast = playing.cast_of(since_s=now_s - 3_600, now_s=now_s)
    closed = set(OpeningRecord.objects.filter(shut_until__gt=now).values_list("pk", flat=True))
    assert closed
    row_of = {pk: row for row, pk in enumerate(cast.pks)}
    is_open = is_really_open(cast.truths, cast.posted, np.full(len(cast.pks), now_s))
    wrong = [pk for pk in closed if is_open[row_of[pk]]]
    assert len(wrong) <= len(closed) // 5
    shown = caught_lately(now)
    assert 0 < len(shown) <= 5
    assert len({door.code for door in shown}) == len(shown)
    assert Client().get("/demo/").text.count(shown[0].name) == 1
