"""Signs of life: meetings held, and what the rooms above add."""

import datetime as dt

import pytest

from nuanxin.unions import vitality
from nuanxin.unions.elections import record_meeting
from nuanxin.unions.enums import MeetingKind
from tests.factories import UnionFactory
from tests.unions.lives import SYSTEM, TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

SINCE_ON = dt.date(2026, 1, 1)


@pytest.fixture(autouse=True)
def _no_measures(monkeypatch):
    monkeypatch.setattr(vitality, "_measures", {})


def meet(union, *days: dt.date) -> None:
    for day in days:
        record_meeting(
            union=union, held_on=day, kind=MeetingKind.COMMITTEE, attended_count=5, by=SYSTEM
        )


def test_vitality_counts_meetings_of_both_ends_of_the_period():
    union = UnionFactory.create()
    meet(union, SINCE_ON - dt.timedelta(days=1), SINCE_ON, TODAY)
    meet(UnionFactory.create(), TODAY)

    (sign,) = vitality.vitality_of(union, SINCE_ON, TODAY)

    assert (sign.name, sign.count) == ("meetings", 2)


def test_vitality_shows_the_measures_of_the_rooms_above_in_their_order():
    union, other = UnionFactory.create(), UnionFactory.create()
    asked = []

    def read(unions, since_on, until_on):
        asked.append((list(unions), since_on, until_on))
        return {other.pk: 7}

    vitality.register("members", "members reached", read)
    vitality.register("services", "services used", lambda unions, since_on, until_on: {union.pk: 3})

    signs = vitality.vitality_of(union, SINCE_ON, TODAY)

    assert [(sign.name, sign.count) for sign in signs] == [
        ("meetings", 0),
        ("members", 0),
        ("services", 3),
    ]
    assert asked == [([union], SINCE_ON, TODAY)]


def test_vitality_of_many_unions_asks_the_same(assert_same_queries):
    unions = [UnionFactory.create()]

    def grow() -> None:
        unions.extend(UnionFactory.create() for _number in range(19))
        meet(unions[-1], TODAY)

    count = assert_same_queries(lambda: vitality.vitality_of_each(unions, SINCE_ON, TODAY), grow)

    assert count == 1
    assert vitality.vitality_of_each(unions, SINCE_ON, TODAY)[unions[-1].pk][0].count == 1


def test_measures_are_registered_once_by_name():
    def read(unions, since_on, until_on):
        return {}

    for _turn in range(2):
        vitality.register("members", "members reached", read)

    assert [measure.name for measure in vitality.registered()] == ["meetings", "members"]
    with pytest.raises(ValueError, match="members"):
        vitality.register("members", "members", read)
