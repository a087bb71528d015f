"""What became of a stranger's word: its standing, and what happened at the door since."""

import datetime as dt

import pytest
from django.conf import settings

from nuanxin.algorithms.openness import EvidenceKind
from nuanxin.core.actors import SystemActor
from nuanxin.core.errors import NotFound
from nuanxin.regions.imports import import_calendar
from nuanxin.stations import evidence, keeping, reports
from nuanxin.stations.enums import Discount, Place
from nuanxin.stations.models import DeskDevice
from nuanxin.stations.reports import Effect, Standing, Step, Turn
from tests.stations.door_world import make_keeper, make_station, marks, say

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def calendar():
    import_calendar(settings.ROOT / "data", by=SystemActor("test"))


@pytest.fixture
def station(clock):
    clock.stop_at("2026-03-10T12:03")
    return make_station()


def report_of(word):
    return reports.report_page(word.pk)


def told(word):
    """Return turns and effects of what happened, with the minutes of the hour."""
    steps = report_of(word).steps
    return [(step.turn, step.effect, step.at.astimezone(dt.UTC).minute) for step in steps]


def test_whole_story_is_told_in_its_order(station, clock):
    keeper = make_keeper(station)
    first = say(station, "shut")
    assert report_of(first).standing is Standing.WAITING

    closed_at = clock.stop_at("2026-03-10T12:10")
    second = say(station, "shut")
    last = report_of(first).steps[-1]
    assert last == Step(
        Turn.SAME, second.at, Effect.CLOSED, until=closed_at + dt.timedelta(hours=4)
    )
    clock.stop_at("2026-03-10T12:15")
    keeping.open_door(station=station, by=keeper)
    clock.stop_at("2026-03-10T12:25")
    say(station, "open")

    assert told(first) == [
        (Turn.SAID_SHUT, Effect.NONE, 3),
        (Turn.KEEPER_TOLD, Effect.NONE, 3),
        (Turn.SAME, Effect.CLOSED, 10),
        (Turn.KEEPER_OPEN, Effect.DOUBT, 15),
        (Turn.CAME_IN, Effect.OPEN, 25),
    ]
    assert told(second)[0] == (Turn.SAID_SHUT, Effect.CLOSED, 10)
    for word in (first, second):
        report = report_of(word)
        assert (report.standing, report.others) == (Standing.BORNE_OUT, 1)
        assert report.steps[-1].until is None


def test_station_without_a_keeper_claims_no_keeper_was_told(station):
    assert [step.turn for step in report_of(say(station, "shut")).steps] == [Turn.SAID_SHUT]


def test_contradicted_report_says_so(station, clock):
    word = say(station, "shut")
    clock.stop_at("2026-03-10T12:06")
    say(station, "open")

    assert report_of(word).standing is Standing.CONTRADICTED


def test_overtaken_report_says_so(station, clock):
    word = say(station, "shut")
    clock.stop_at("2026-03-10T13:06")
    say(station, "open")

    assert report_of(word).standing is Standing.OVERTAKEN


def test_report_nobody_answered_stands_alone_after_four_hours(station, clock):
    word = say(station, "shut")
    clock.stop_at("2026-03-10T16:02")
    assert (report_of(word).standing, report_of(word).is_running) == (Standing.WAITING, True)

    clock.stop_at("2026-03-10T16:03")
    say(station, "shut")

    assert (report_of(word).standing, report_of(word).is_running) == (Standing.ALONE, False)


def test_attacked_door_falls_into_doubt_and_the_replay_says_so(station, clock):
    say(station, "open")
    clock.stop_at("2026-03-10T12:05")
    word = say(station, "shut")
    clock.stop_at("2026-03-10T12:06")
    say(station, "shut")

    assert told(word) == [(Turn.SAID_SHUT, Effect.NONE, 5), (Turn.SAME, Effect.DOUBT, 6)]


def test_positions_alone_put_a_door_in_doubt_and_the_replay_says_so(station, clock):
    word = say(station, "shut", place=Place.NEAR)
    clock.stop_at("2026-03-10T12:06")
    say(station, "shut", place=Place.NEAR)

    assert told(word)[-1] == (Turn.SAME, Effect.DOUBT, 6)


def test_many_alike_are_one_line(station, clock):
    word = say(station, "shut")
    for minute in range(10, 20):
        clock.stop_at(f"2026-03-10T12:{minute}")
        say(station, "shut")

    steps = report_of(word).steps
    assert [(step.turn, step.effect, step.people) for step in steps] == [
        (Turn.SAID_SHUT, Effect.NONE, 1),
        (Turn.SAME, Effect.CLOSED, 1),
        (Turn.SAME, Effect.NONE, 9),
    ]
    assert report_of(word).others == 10


def test_keeper_who_locks_up_bears_it_out(station, clock):
    word = say(station, "shut")
    clock.stop_at("2026-03-10T12:06")
    keeping.close_door(station=station, by=make_keeper(station))

    report = report_of(word)
    assert report.standing is Standing.BORNE_OUT
    assert report.steps[-1].turn is Turn.KEEPER_SHUT


def test_half_a_word_from_inside_leaves_a_closed_door_in_doubt(station, clock):
    word = say(station, "shut")
    say(station, "shut")
    clock.stop_at("2026-03-10T12:16")
    say(station, "open", by=marks(age_s=5))

    assert told(word)[-1] == (Turn.CAME_IN, Effect.DOUBT, 16)


def test_rebuttal_from_inside_is_told(station, clock):
    word = say(station, "shut")
    say(station, "shut")
    now = clock.stop_at("2026-03-10T12:16")
    finding = evidence.Finding(EvidenceKind.REBUTTAL, now)
    evidence.record_evidence(station=station, finding=finding, by=make_keeper(station))

    assert told(word)[-1] == (Turn.SHOWN, Effect.OPEN, 16)


def test_word_that_counts_nothing_tells_why_and_nothing_else(station):
    say(station, "shut")
    word = say(station, "shut", place=Place.FAR)

    report = report_of(word)
    assert (report.standing, report.discount) == (Standing.NOTHING, Discount.FAR_AWAY)
    assert [step.turn for step in report.steps] == [Turn.SAID_SHUT]
    assert (report.others, report.is_running) == (0, False)


def test_keepers_own_word_is_told_so(station):
    desk = marks()
    keeping.remember_desk(user=make_keeper(station), marks=desk)
    assert DeskDevice.objects.exists()

    assert report_of(say(station, "open", by=desk)).discount is Discount.KEEPERS_OWN


def test_who_came_in_sees_what_that_changed(station, clock):
    say(station, "shut")
    say(station, "shut")
    clock.stop_at("2026-03-10T12:20")
    word = say(station, "open")

    report = report_of(word)
    assert (report.standing, report.is_shut) == (Standing.THANKS, False)
    assert told(word) == [(Turn.SAID_IN, Effect.OPEN, 20)]


def test_words_of_the_future_and_of_other_doors_are_not_told(station, clock):
    word = say(station, "shut")
    say(make_station(), "shut")
    clock.stop_at("2026-03-10T17:30")
    say(station, "open")

    assert [step.turn for step in report_of(word).steps] == [Turn.SAID_SHUT]


def test_unlisted_station_has_no_reports(station):
    word = say(station, "shut")
    station.coordinates_checked_at = None
    station.save(update_fields=["coordinates_checked_at"])

    with pytest.raises(NotFound):
        report_of(word)


def test_report_asks_the_same_however_much_happened(station, clock, assert_same_queries):
    word = say(station, "shut")

    def grow() -> None:
        for minute in range(20, 32):
            clock.stop_at(f"2026-03-10T12:{minute}")
            say(station, "open" if minute % 3 == 0 else "shut")

    assert assert_same_queries(lambda: report_of(word), grow) <= 5
