import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from nuanxin.unions.models import (
    Election,
    FoundingItem,
    FoundingStep,
    FoundingThreshold,
    Meeting,
    Union,
)
from tests.factories import UnionFactory

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 3, 10)
BEFORE, AFTER = DAY - dt.timedelta(days=1), DAY + dt.timedelta(days=1)
ENDED: dict[str, Any] = {"ended_on": DAY, "ended_by": "system:test"}
ENTERED = {"entered_by": "system:test"}
ELECTED = {"held_on": DAY, "term_years": 3, "term_ends_on": AFTER, "chair_name": "王某"} | ENTERED
MET = {"held_on": DAY, "kind": "activity", "attended_count": 0} | ENTERED


@pytest.mark.parametrize(
    ("columns", "rule"),
    [
        ({"path": "ZJ"}, "path_ends_with_slash"),
        ({"kind": "guild"}, "known_kind"),
        ({"uscc": "91330000MA27U00001"}, "uscc_of_a_union"),
        ({"uscc": ""}, "uscc_of_a_union"),
        ({"state": "asleep"}, "known_state"),
        ({"state": "dissolved"}, "ended_when_and_by"),
        ({"state": "dissolved", "ended_on": DAY}, "ended_when_and_by"),
        ({"state": "dissolved", "ended_by": "x"}, "ended_when_and_by"),
        ({"ended_on": DAY, "ended_by": "x"}, "ended_when_and_by"),
        ({"ended_by": "x"}, "ended_when_and_by"),
        ({"end_reason": "x"}, "ended_when_and_by"),
        ({"state": "merged", **ENDED}, "merged_into_one"),
        ({"state": "preparing"}, "in_preparation_not_founded"),
        ({"state": "preparing", "preparing_since": DAY, "founded_on": DAY}, "in_preparation"),
        ({"preparing_since": DAY}, "prepared_then_founded"),
        ({"preparing_since": DAY, "founded_on": BEFORE}, "founded_after_preparation"),
        ({"state": "dissolved", "founded_on": AFTER, **ENDED}, "ends_after_its_beginning"),
    ],
)
def test_union_database_refuses(columns, rule):
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        UnionFactory.create(**columns)


@pytest.mark.parametrize("column", ["code", "path", "uscc"])
def test_union_number_path_and_credit_code_are_unique(column):
    first = UnionFactory.create(uscc="81330000MC00000001")

    with pytest.raises(IntegrityError), transaction.atomic():
        UnionFactory.create(**{column: getattr(first, column)})


def test_union_without_credit_code_may_stand_beside_another():
    assert UnionFactory.create().uscc is UnionFactory.create().uscc is None


def test_union_is_not_its_own_parent():
    union = UnionFactory.create()

    with pytest.raises(IntegrityError, match="not_its_own_parent"), transaction.atomic():
        Union.objects.filter(pk=union.pk).update(parent=union.pk)


def test_union_with_children_cannot_be_deleted():
    child = UnionFactory.create(parent=UnionFactory.create(root=True))

    assert child.parent is not None
    with pytest.raises(ProtectedError):
        child.parent.delete()


def test_subtree_is_the_union_and_all_below_but_no_namesake():
    root = UnionFactory.create(code="ZJ", root=True)
    city = UnionFactory.create(code="NB", parent=root)
    street = UnionFactory.create(code="NB1", parent=city)
    UnionFactory.create(code="NBX", parent=root)

    assert list(Union.objects.subtree_of(city)) == [city, street]
    assert str(city) == "工会NB"


def test_union_has_a_successor_only_when_it_was_merged():
    union, other = UnionFactory.create(), UnionFactory.create()

    with pytest.raises(IntegrityError, match="merged_into_one"), transaction.atomic():
        Union.objects.filter(pk=union.pk).update(successor=other, state="dissolved", **ENDED)
    with pytest.raises(IntegrityError, match="not_its_own_successor"), transaction.atomic():
        Union.objects.filter(pk=union.pk).update(successor=union.pk, state="merged", **ENDED)
    Union.objects.filter(pk=union.pk).update(successor=other, state="merged", **ENDED)
    with pytest.raises(ProtectedError):
        other.delete()


def test_ended_union_is_named_as_such():
    union = UnionFactory.create(code="NB", state="dissolved", **ENDED)

    assert str(union) == "工会NB (已撤销)"
    assert str(UnionFactory.create(code="HZ", state="preparing", preparing_since=DAY)) == "工会HZ"


def test_living_unions_are_those_founded_and_not_ended_by_a_day():
    def living(day: dt.date) -> set[str]:
        return set(Union.objects.living_on(day).values_list("code", flat=True))

    UnionFactory.create(code="ENTERED")
    UnionFactory.create(code="FOUNDED", preparing_since=BEFORE, founded_on=DAY)
    UnionFactory.create(code="PREPARING", state="preparing", preparing_since=BEFORE)
    UnionFactory.create(code="GIVENUP", state="dissolved", preparing_since=BEFORE, **ENDED)
    UnionFactory.create(code="ENDED", state="dissolved", **ENDED)

    assert living(BEFORE) == {"ENTERED", "ENDED"}
    assert living(DAY) == living(AFTER) == {"ENTERED", "FOUNDED"}


@pytest.mark.parametrize(
    ("columns", "rule"),
    [
        (ELECTED | {"term_years": 4}, "term_of_three_or_five"),
        (ELECTED | {"term_ends_on": DAY}, "term_ends_later"),
        (ELECTED | {"chair_name": ""}, "has_a_chair"),
        (ELECTED | {"entered_by": ""}, "entered_by_somebody"),
    ],
)
def test_election_database_refuses(columns, rule):
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Election.objects.create(id=uuid.uuid4(), union=UnionFactory.create(), **columns)


@pytest.mark.parametrize(
    ("columns", "rule"),
    [
        (MET | {"kind": "dinner"}, "known_kind"),
        (MET | {"attended_count": -1}, "attended"),
        (MET | {"entered_by": ""}, "entered_by_somebody"),
    ],
)
def test_meeting_database_refuses(columns, rule):
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Meeting.objects.create(id=uuid.uuid4(), union=UnionFactory.create(), **columns)


def test_step_and_day_of_election_stand_once():
    union, item = UnionFactory.create(), FoundingItem.objects.create(code="intent", rank=1)
    step = {"union": union, "item": item, "done_on": DAY, "done_by": "x"}
    FoundingStep.objects.create(id=uuid.uuid4(), **step)
    Election.objects.create(id=uuid.uuid4(), union=union, **ELECTED)

    with pytest.raises(IntegrityError), transaction.atomic():
        FoundingStep.objects.create(id=uuid.uuid4(), **step)
    with pytest.raises(IntegrityError), transaction.atomic():
        Election.objects.create(id=uuid.uuid4(), union=union, **ELECTED)


def test_step_is_ticked_by_somebody_and_a_threshold_is_of_a_kind():
    union, item = UnionFactory.create(), FoundingItem.objects.create(code="intent", rank=1)

    with pytest.raises(IntegrityError, match="done_by_somebody"), transaction.atomic():
        FoundingStep.objects.create(id=uuid.uuid4(), union=union, item=item, done_on=DAY)
    with pytest.raises(IntegrityError, match="known_kind"), transaction.atomic():
        FoundingThreshold.objects.create(kind="guild", members_least=1)


def test_union_with_a_history_cannot_be_deleted():
    union = UnionFactory.create()
    Election.objects.create(id=uuid.uuid4(), union=union, **ELECTED)

    with pytest.raises(ProtectedError):
        union.delete()
