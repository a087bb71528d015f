"""A union ends: nothing that is at home in it is left behind."""

import datetime as dt

import pytest

from nuanxin.core.actors import Role
from nuanxin.core.errors import Conflict, DomainError, NotAllowed
from nuanxin.core.models import AuditEvent
from nuanxin.unions import homing
from nuanxin.unions.elections import record_meeting
from nuanxin.unions.ending import dissolve_union, merge_union
from nuanxin.unions.enums import MeetingKind, UnionState
from nuanxin.unions.models import Meeting, Union
from tests.factories import UnionFactory
from tests.unions.lives import SINCE, SYSTEM, TODAY, approve, found, make_tree, officer, tick_all

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


class Lodgers:
    """A room above: so many at home in each union, by its code."""

    def __init__(self, **at_home: int) -> None:
        self.at_home = at_home

    def count(self, union: Union) -> int:
        return self.at_home.get(union.code, 0)

    def move(self, union: Union, into: Union, by: object) -> int:
        moved = self.at_home.pop(union.code, 0)
        self.at_home[into.code] = self.at_home.get(into.code, 0) + moved
        return moved

    def lose_the_way(self, union: Union, into: Union, by: object) -> int:
        raise ZeroDivisionError


@pytest.fixture(autouse=True)
def _no_homes(monkeypatch):
    monkeypatch.setattr(homing, "_homes", {})


@pytest.fixture
def city() -> Union:
    return make_tree()


@pytest.fixture
def pair(city) -> tuple[Union, Union]:
    """Two active unions below the city."""
    return (
        UnionFactory.create(code="A", parent=city, founded_on=SINCE),
        UnionFactory.create(code="B", parent=city),
    )


def lodge(name="workers", **at_home: int) -> Lodgers:
    lodgers = Lodgers(**at_home)
    homing.register(name, name, lodgers.count, lodgers.move)
    return lodgers


def refusal(act) -> Conflict | DomainError:
    before = list(Union.objects.values_list())
    with pytest.raises(DomainError) as refused:
        act()
    assert before == list(Union.objects.values_list())
    return refused.value


def dissolve(union, **values):
    return dissolve_union(
        **{"union": union, "on": TODAY, "reason": "企业注销", "by": SYSTEM} | values
    )


def merge(union, into, **values):
    return merge_union(**{"union": union, "into": into, "on": TODAY, "by": SYSTEM} | values)


# --- dissolved ---


def test_dissolve_union_ends_it_with_its_day_and_reason(pair):
    dissolve(pair[0], by=officer("ZJ/NB/"))

    union = Union.objects.get(pk=pair[0].pk)
    assert (union.state, union.ended_on, union.ended_by) == ("dissolved", TODAY, "system:officer")
    assert (union.end_reason, union.successor) == ("企业注销", None)
    assert AuditEvent.objects.get(verb="union.dissolved").scope_path == union.path


def test_dissolve_union_names_everything_that_is_at_home_there(pair):
    lodge("workers", A=3)
    lodge("stations", A=2, B=9)
    lodge("roles", B=1)

    refused = refusal(lambda: dissolve(pair[0]))

    assert refused.code == "unhomed"
    assert "workers 3" in str(refused.message)
    assert "stations 2" in str(refused.message)
    assert "roles" not in str(refused.message)


def test_dissolve_union_with_lodgers_gone_goes_through(pair):
    lodgers = lodge(A=3)
    assert refusal(lambda: dissolve(pair[0])).code == "unhomed"

    lodgers.move(pair[0], pair[1], SYSTEM)

    assert dissolve(pair[0]).is_ended


def test_dissolve_union_above_a_living_one_is_refused(city, pair):
    refused = refusal(lambda: dissolve(city))

    assert refused.code == "unhomed"
    assert "2" in str(refused.message)
    for union in pair:
        dissolve(union)
    assert dissolve(city).is_ended


def test_dissolve_union_above_one_in_preparation_is_refused(city):
    found(city)

    assert refusal(lambda: dissolve(city)).code == "unhomed"


def test_dissolve_union_gives_up_one_in_preparation(city):
    union = dissolve(found(city))

    assert (union.state, union.founded_on) == (UnionState.DISSOLVED, None)
    assert not Union.objects.living_on(SINCE).filter(pk=union.pk).exists()


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"on": TODAY + dt.timedelta(days=1)}, "in_the_future"),
        ({"on": SINCE - dt.timedelta(days=1)}, "before_founding"),
        ({"reason": " "}, "reason_missing"),
    ],
)
def test_dissolve_union_with_a_fault_is_refused(pair, values, code):
    assert refusal(lambda: dissolve(pair[0], **values)).code == code


def test_dissolve_union_before_its_preparation_is_refused(city):
    union = found(city)

    day = SINCE - dt.timedelta(days=1)
    assert refusal(lambda: dissolve(union, on=day)).code == "before_founding"


def test_dissolve_union_is_decided_from_above(pair):
    for by in (officer("ZJ/NB/A/"), officer("ZJ/HZ/"), officer("ZJ/", Role.AUDITOR)):
        with pytest.raises(NotAllowed):
            dissolve(pair[0], by=by)


def test_union_ends_once(pair):
    dissolve(pair[0])

    assert refusal(lambda: dissolve(pair[0])).code == "union_ended"
    assert refusal(lambda: merge(*pair)).code == "union_ended"


# --- merged ---


def test_merge_union_moves_everything_and_names_the_successor(pair):
    workers, stations = lodge("workers", A=3, B=4), lodge("stations", A=1)

    merge(*pair, by=officer("ZJ/NB/"), reason="合并办公")

    union = Union.objects.get(pk=pair[0].pk)
    assert (union.state, union.successor, union.ended_on) == ("merged", pair[1], TODAY)
    assert workers.at_home == {"B": 7}
    assert stations.at_home == {"B": 1}
    event = AuditEvent.objects.get(verb="union.merged")
    assert event.data == {"into": "B", "moved": {"workers": 3, "stations": 1}}
    assert event.scope_path == union.path


def test_merge_union_keeps_the_history_of_both(pair):
    record_meeting(
        union=pair[0], held_on=TODAY, kind=MeetingKind.CONGRESS, attended_count=9, by=SYSTEM
    )

    merge(*pair)

    assert Meeting.objects.get().union == pair[0]


def test_merge_union_undoes_everything_when_a_room_fails(pair):
    def found_a_meeting(union: Union, into: Union, by: object) -> int:
        return Meeting.objects.filter(union=union).update(union=into)

    record_meeting(
        union=pair[0], held_on=TODAY, kind=MeetingKind.CONGRESS, attended_count=9, by=SYSTEM
    )
    homing.register("meetings", "meetings", lambda union: 0, found_a_meeting)
    lodgers = Lodgers(A=1)
    homing.register("lost", "lost", lodgers.count, lodgers.lose_the_way)

    with pytest.raises(ZeroDivisionError):
        merge(*pair)

    assert Meeting.objects.get().union == pair[0]
    assert Union.objects.get(pk=pair[0].pk).is_active
    assert not AuditEvent.objects.filter(verb="union.merged").exists()


def test_merge_union_refuses_what_a_room_left_behind(pair):
    homing.register("workers", "workers", lambda union: 2, lambda union, into, by: 0)

    refused = refusal(lambda: merge(*pair))

    assert (refused.code, "workers 2" in str(refused.message)) == ("unhomed", True)


def test_merge_union_above_a_living_one_is_refused_before_anything_moves(city, pair):
    lodgers = lodge(NB=3)

    assert refusal(lambda: merge(city, Union.objects.get(code="HZ"))).code == "unhomed"
    assert lodgers.at_home == {"NB": 3}


def test_merge_union_into_itself_another_tree_or_an_ended_one_is_refused(pair):
    far = UnionFactory.create(code="SH", root=True)
    assert refusal(lambda: merge(pair[0], pair[0])).code == "merged_into_itself"
    assert refusal(lambda: merge(pair[0], far)).code == "other_tree"
    dissolve(pair[1])
    assert refusal(lambda: merge(*pair)).code == "union_ended"


def test_merge_union_takes_two_active_ones(city, pair):
    preparing = found(city)

    assert refusal(lambda: merge(pair[0], preparing)).code == "union_preparing"
    assert refusal(lambda: merge(preparing, pair[0])).code == "union_preparing"
    tick_all(preparing)
    assert merge(pair[0], approve(preparing)).is_ended


def test_merge_union_takes_rights_over_both(city, pair):
    other = UnionFactory.create(code="HZ1", parent=Union.objects.get(code="HZ"))

    for by in (officer("ZJ/NB/A/"), officer("ZJ/HZ/"), officer("ZJ/", Role.AUDITOR)):
        with pytest.raises(NotAllowed):
            merge(*pair, by=by)
    with pytest.raises(NotAllowed):
        merge(pair[0], other, by=officer("ZJ/NB/"))
    assert merge(pair[0], other, by=officer("ZJ/")).successor == other


@pytest.mark.parametrize("day", [SINCE - dt.timedelta(days=1), TODAY + dt.timedelta(days=1)])
def test_merge_union_on_a_wrong_day_is_refused(pair, day):
    assert refusal(lambda: merge(*pair, on=day)).code in ("before_founding", "in_the_future")


# --- the registry ---


def test_homes_are_registered_once_by_name():
    first = Lodgers()
    for _turn in range(2):
        homing.register("workers", "workers", first.count, first.move)

    assert [home.name for home in homing.registered()] == ["workers"]
    with pytest.raises(ValueError, match="workers"):
        homing.register("workers", "workers", Lodgers().count, Lodgers().move)
