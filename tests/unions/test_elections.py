"""A union elects and meets; the latest election says when the term ends."""

import datetime as dt

import pytest

from nuanxin.core.actors import Role
from nuanxin.core.errors import DomainError, NotAllowed
from nuanxin.core.models import AuditEvent
from nuanxin.unions import ending
from nuanxin.unions.elections import hold_election, record_meeting
from nuanxin.unions.enums import MeetingKind
from nuanxin.unions.models import Election, Meeting, Union
from tests.unions.lives import SYSTEM, TODAY, make_tree, officer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

TOMORROW = TODAY + dt.timedelta(days=1)


@pytest.fixture
def city() -> Union:
    return make_tree()


def elect(union, **values):
    told = {"held_on": dt.date(2025, 6, 1), "term_years": 5, "chair_name": "王某", "by": SYSTEM}
    return hold_election(**{"union": union} | told | values)


def meet(union, **values):
    told = {"held_on": TODAY, "kind": MeetingKind.ACTIVITY, "attended_count": 12, "by": SYSTEM}
    return record_meeting(**{"union": union} | told | values)


def term_of(union):
    return Union.objects.get(pk=union.pk).term_ends_on


def test_hold_election_moves_the_end_of_the_term(city):
    election = elect(city)

    assert election.term_ends_on == term_of(city) == city.term_ends_on == dt.date(2030, 6, 1)
    event = AuditEvent.objects.get(verb="union.election_held")
    assert (event.scope_path, event.data["term_ends_on"]) == (city.path, "2030-06-01")
    assert "王某" not in str(event.data)


def test_hold_election_keeps_the_earlier_ones(city):
    elect(city)
    elect(city, held_on=TODAY, term_years=3, chair_name="李某")

    assert [e.chair_name for e in city.elections.order_by("held_on")] == ["王某", "李某"]
    assert term_of(city) == dt.date(2029, 3, 10)


def test_hold_election_written_down_late_leaves_the_term_of_the_latest(city):
    elect(city)
    elect(city, held_on=dt.date(2020, 6, 1), chair_name="赵某")

    assert term_of(city) == dt.date(2030, 6, 1)
    assert Election.objects.count() == 2


def test_hold_election_again_corrects_it_and_the_same_writes_nothing(city, writes_of):
    elect(city)

    assert writes_of(lambda: elect(city)) == []
    elect(city, term_years=3)
    assert Election.objects.count() == 1
    assert term_of(city) == dt.date(2028, 6, 1)


def test_hold_election_on_a_leap_day_ends_on_the_last_of_february(city):
    assert elect(city, held_on=dt.date(2024, 2, 29)).term_ends_on == dt.date(2029, 2, 28)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"held_on": TOMORROW}, "in_the_future"),
        ({"term_years": 4}, "term_years"),
        ({"chair_name": "  "}, "chair_missing"),
    ],
)
def test_hold_election_with_a_fault_is_refused(city, values, code):
    with pytest.raises(DomainError) as refused:
        elect(city, **values)

    assert refused.value.code == code
    assert not Election.objects.exists()


@pytest.mark.parametrize("act", [elect, meet])
def test_life_is_written_down_by_the_union_itself_or_from_above(city, act):
    for by in (officer("ZJ/HZ/"), officer("ZJ/", Role.AUDITOR), officer("ZJ/NB/", Role.KEEPER)):
        with pytest.raises(NotAllowed):
            act(city, by=by)

    assert act(city, by=officer("ZJ/NB/")).entered_by == "system:officer"
    act(city, by=officer("ZJ/"))


@pytest.mark.parametrize("act", [elect, meet])
def test_life_of_an_ended_union_is_over(city, act):
    ending.dissolve_union(union=city, on=TODAY, reason="撤并", by=SYSTEM)

    with pytest.raises(DomainError) as refused:
        act(city)

    assert refused.value.code == "union_ended"


def test_record_meeting_writes_it_down_once(city, writes_of):
    meet(city)

    assert writes_of(lambda: meet(city)) == []
    event = AuditEvent.objects.get(verb="union.meeting_recorded")
    assert (event.scope_path, event.data["attended_count"]) == (city.path, 12)


def test_record_meeting_again_corrects_how_many_came_and_another_stands_beside_it(city):
    meet(city)
    meet(city, attended_count=0)
    meet(city, note="下午场")

    assert sorted(Meeting.objects.values_list("attended_count", flat=True)) == [0, 12]


@pytest.mark.parametrize(
    ("values", "code"),
    [({"held_on": TOMORROW}, "in_the_future"), ({"attended_count": -1}, "attended_negative")],
)
def test_record_meeting_with_a_fault_is_refused(city, values, code):
    with pytest.raises(DomainError) as refused:
        meet(city, **values)

    assert refused.value.code == code
    assert not Meeting.objects.exists()
