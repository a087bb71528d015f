"""A union comes to be: begun below an upper union, ticked step by step, approved from above."""

import datetime as dt
from typing import Any

import pytest

from nuanxin.core.actors import Role
from nuanxin.core.errors import Conflict, DomainError, NotAllowed
from nuanxin.core.ids import computed_id
from nuanxin.core.models import AuditEvent
from nuanxin.unions import catalogue_seeds, ending, founding
from nuanxin.unions.elections import hold_election
from nuanxin.unions.enums import UnionKind, UnionState
from nuanxin.unions.models import FoundingItem, FoundingStep, FoundingThreshold, Union
from nuanxin.unions.selectors import founding_progress
from nuanxin.unions.services import enter_union
from tests.factories import UnionFactory
from tests.unions.lives import (
    SINCE,
    SYSTEM,
    TODAY,
    USCC,
    approve,
    found,
    item,
    make_tree,
    officer,
    tick_all,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def city() -> Union:
    return make_tree()


def refusal(act) -> str:
    """Return the code by which an act is refused; it changes nothing."""
    before = list(Union.objects.values_list()), list(FoundingStep.objects.values_list())
    with pytest.raises(DomainError) as refused:
        act()
    assert before == (list(Union.objects.values_list()), list(FoundingStep.objects.values_list()))
    return refused.value.code


# --- begun ---


def test_found_union_begins_a_preparation_below_its_parent(city):
    union = found(city, is_new_form=True)

    assert (union.pk, union.path) == (computed_id("union", "NB01"), "ZJ/NB/NB01/")
    assert (union.state, union.preparing_since, union.founded_on) == ("preparing", SINCE, None)
    assert union.is_new_form
    event = AuditEvent.objects.get(verb="union.founding_begun")
    assert (event.object_key, event.scope_path) == (str(union.pk), union.path)


def test_found_union_without_a_day_begins_today(city):
    assert found(city, since_on=None).preparing_since == TODAY


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"code": "NB 01"}, "union_code"),
        ({"code": "HZ"}, "union_elsewhere"),
        ({"since_on": TODAY + dt.timedelta(days=1)}, "in_the_future"),
    ],
)
def test_found_union_with_a_fault_is_refused(city, values, code):
    assert refusal(lambda: found(city, **values)) == code


def test_found_union_twice_is_a_conflict(city):
    found(city)

    assert refusal(lambda: found(city)) == "union_exists"


@pytest.mark.parametrize("path", ["ZJ/HZ/", "ZJ/NB/NB01/"])
def test_found_union_takes_rights_over_the_upper_union(city, path):
    with pytest.raises(NotAllowed):
        found(city, by=officer(path))
    with pytest.raises(NotAllowed):
        found(city, by=officer("ZJ/", Role.AUDITOR))

    assert found(city, by=officer("ZJ/NB/")).path == "ZJ/NB/NB01/"


def test_nothing_is_founded_or_entered_below_an_ended_union(city):
    ending.dissolve_union(union=city, on=TODAY, reason="撤并", by=SYSTEM)

    assert refusal(lambda: found(city)) == "union_ended"
    assert refusal(lambda: enter_below(city)) == "union_ended"


def test_nothing_is_founded_or_entered_below_a_union_in_preparation(city):
    parent = found(city)

    assert refusal(lambda: found(parent, code="NB02")) == "union_preparing"
    assert refusal(lambda: enter_below(parent)) == "union_preparing"


def test_parent_that_ended_since_it_was_read_is_seen(city):
    stale = Union.objects.get(pk=city.pk)
    ending.dissolve_union(union=city, on=TODAY, reason="撤并", by=SYSTEM)

    assert refusal(lambda: found(stale)) == "union_ended"


def enter_below(parent, **values):
    told: dict[str, Any] = {"code": "NB02", "name": "某工会", "kind": UnionKind.JOINT} | values
    return enter_union(**told, division=parent.division, parent=parent, by=SYSTEM)


def test_enter_union_neither_founds_nor_approves_what_is_in_preparation(city):
    union = found(city)

    changed = enter_below(city, code="NB01", name="改过的名字")

    assert (changed.name, changed.state) == ("改过的名字", UnionState.PREPARING)
    assert refusal(lambda: enter_below(city, code="NB01", founded_on=SINCE)) == "union_preparing"
    assert Union.objects.get(pk=union.pk).founded_on is None


def test_enter_union_changes_nothing_of_an_ended_one(city):
    union = enter_below(city)
    ending.dissolve_union(union=union, on=TODAY, reason="撤并", by=SYSTEM)

    assert refusal(lambda: enter_below(city, name="新名字")) == "union_ended"
    assert enter_below(city).state == UnionState.DISSOLVED  # the same again writes nothing


def test_enter_union_keeps_what_is_not_told_again(city):
    enter_below(city, is_new_form=True, founded_on=SINCE)

    again = enter_below(city, name="新名字")

    assert (again.is_new_form, again.founded_on) == (True, SINCE)
    tomorrow = TODAY + dt.timedelta(days=1)
    assert refusal(lambda: enter_below(city, founded_on=tomorrow)) == "in_the_future"


# --- step by step ---


def test_tick_step_stands_once_and_the_same_again_writes_nothing(city, writes_of):
    union = found(city)

    def tick(note: str = "会议纪要") -> FoundingStep:
        return founding.tick_step(
            union=union, item=item("intent"), done_on=SINCE, note=note, by=SYSTEM
        )

    step = tick()
    assert (step.done_by, step.members_count) == ("system:test", None)
    assert writes_of(tick) == []
    tick("改正")
    assert FoundingStep.objects.get().note == "改正"
    assert AuditEvent.objects.filter(verb="union.step_ticked").count() == 2


def test_untick_step_takes_the_tick_away_and_a_second_time_nothing(city, writes_of):
    union = found(city)
    tick_all(union)

    founding.untick_step(union=union, item=item("intent"), by=SYSTEM)
    assert not FoundingStep.objects.filter(item="intent").exists()
    assert AuditEvent.objects.get(verb="union.step_unticked").data == {"step": "intent"}
    founding.untick_step(union=union, item=item("intent"), by=SYSTEM)
    assert AuditEvent.objects.filter(verb="union.step_unticked").count() == 1


@pytest.mark.parametrize(
    ("step", "values", "code"),
    [
        ("intent", {"done_on": TODAY + dt.timedelta(days=1)}, "in_the_future"),
        ("members", {}, "members_missing"),
        ("members", {"members_count": 2}, "too_few_members"),
    ],
)
def test_tick_step_with_a_fault_is_refused(city, step, values, code):
    union = found(city)
    told: dict[str, Any] = {
        "union": union,
        "item": item(step),
        "done_on": SINCE,
        "by": SYSTEM,
    } | values

    assert refusal(lambda: founding.tick_step(**told)) == code


@pytest.mark.parametrize(("kind", "least"), [(UnionKind.SINGLE, 25), (UnionKind.JOINT, 3)])
def test_members_enough_is_what_the_threshold_of_the_kind_says(city, kind, least):
    union = found(city, kind=kind)
    told: dict[str, Any] = {"union": union, "item": item("members"), "done_on": SINCE, "by": SYSTEM}

    assert refusal(lambda: founding.tick_step(**told, members_count=least - 1)) == "too_few_members"
    assert founding.tick_step(**told, members_count=least).members_count == least


def test_threshold_is_data(city):
    FoundingThreshold.objects.filter(kind="single").update(members_least=10)
    union = found(city, kind=UnionKind.SINGLE)

    tick_all(union, members=10)
    assert founding_progress(union).is_complete


def test_upper_steps_are_ticked_from_above_alone(city):
    union = found(city)
    own, upper = officer(union.path), officer(city.path)
    told: dict[str, Any] = {"union": union, "done_on": SINCE}

    assert founding.tick_step(**told, item=item("intent"), by=own).done_by == "system:officer"
    for by in (own, officer("ZJ/HZ/"), officer("ZJ/", Role.AUDITOR)):
        with pytest.raises(NotAllowed):
            founding.tick_step(**told, item=item("consent"), by=by)
    founding.tick_step(**told, item=item("consent"), by=upper)
    with pytest.raises(NotAllowed):
        founding.untick_step(union=union, item=item("consent"), by=own)
    with pytest.raises(NotAllowed):
        founding.untick_step(union=union, item=item("intent"), by=officer("ZJ/HZ/"))


def test_keep_steps_ticks_and_unticks_in_one_act_or_not_at_all(city):
    union = found(city)
    told: dict[str, Any] = {"union": union, "done_on": SINCE}
    founding.keep_steps(**told, items=[item("intent"), item("group")], by=SYSTEM)

    def marked() -> set[str]:
        return set(FoundingStep.objects.values_list("item", flat=True))

    with pytest.raises(NotAllowed):
        founding.keep_steps(**told, items=[item("report"), item("consent")], by=officer(union.path))
    assert marked() == {"intent", "group"}
    founding.keep_steps(**told, items=[item("group"), item("members")], members_count=7, by=SYSTEM)
    assert marked() == {"group", "members"}
    founding.keep_steps(**told, items=[item("group"), item("members")], members_count=9, by=SYSTEM)
    assert FoundingStep.objects.get(item="members").members_count == 9
    with pytest.raises(NotAllowed):
        founding.keep_steps(**told, items=[], by=officer("ZJ/HZ/"))


def test_steps_of_a_founded_union_stand(city):
    union = found(city)
    tick_all(union)
    approve(union)
    told: dict[str, Any] = {"union": union, "item": item("intent"), "by": SYSTEM}

    assert refusal(lambda: founding.untick_step(**told)) == "union_not_preparing"
    assert refusal(lambda: founding.tick_step(**told, done_on=SINCE)) == "union_not_preparing"
    assert refusal(lambda: founding.keep_steps(
        union=union, items=[], done_on=SINCE, by=SYSTEM
    )) == "union_not_preparing"  # fmt: skip


def test_founding_progress_says_what_is_done_and_what_is_missing(city, django_assert_num_queries):
    union = found(city)
    tick_all(union, without="report")

    with django_assert_num_queries(3):
        progress = founding_progress(union)

    assert [line.item.pk for line in progress.lines][:3] == ["intent", "group", "consent"]
    assert (progress.done_count, len(progress.lines)) == (8, 9)
    assert [missing.pk for missing in progress.missing] == ["report"]
    assert not progress.is_complete


def test_founding_progress_counts_members_anew_when_the_kind_is_corrected(city):
    union = found(city)
    tick_all(union, members=10)
    assert founding_progress(union).is_complete

    union = enter_below(city, code="NB01", kind=UnionKind.SINGLE)

    assert [missing.pk for missing in founding_progress(union).missing] == ["members"]
    assert refusal(lambda: approve(union)) == "founding_incomplete"


# --- approved ---


def test_approve_union_makes_it_active_with_its_code_and_term(city):
    union = found(city)
    tick_all(union, without="seal")  # not required

    approved = approve(union, by=officer("ZJ/NB/"))

    stored = Union.objects.get(pk=union.pk)
    assert stored.state == approved.state == UnionState.ACTIVE
    assert (stored.uscc, stored.founded_on) == (USCC, TODAY)
    assert stored.term_ends_on == dt.date(2031, 3, 10)
    event = AuditEvent.objects.get(verb="union.approved")
    assert (event.actor_key, event.scope_path) == ("system:officer", union.path)


def test_approve_union_takes_the_code_as_people_type_it(city):
    union = found(city)
    tick_all(union)

    assert approve(union, uscc=f" {USCC.lower()} ").uscc == USCC


def test_approve_union_takes_the_term_of_the_election_held(city):
    union = found(city)
    tick_all(union)
    assert refusal(lambda: approve(union, term_ends_on=None)) == "term_missing"
    hold_election(
        union=union, held_on=dt.date(2026, 3, 1), term_years=3, chair_name="王某", by=SYSTEM
    )

    assert approve(union, term_ends_on=None).term_ends_on == dt.date(2029, 3, 1)


@pytest.mark.parametrize("path", ["ZJ/NB/NB01/", "ZJ/HZ/"])
def test_approve_union_is_not_for_the_union_itself(city, path):
    union = found(city)
    tick_all(union)

    with pytest.raises(NotAllowed):
        approve(union, by=officer(path))
    with pytest.raises(NotAllowed):
        approve(union, by=officer("ZJ/", Role.AUDITOR))
    assert Union.objects.get(pk=union.pk).state == UnionState.PREPARING


@pytest.mark.parametrize(
    "missing", ["intent", "group", "consent", "members", "election", "report", "approval", "uscc"]
)
def test_approve_union_takes_every_required_step(city, missing):
    union = found(city)
    tick_all(union, without=missing)

    with pytest.raises(Conflict, match=item(missing).name_zh) as refused:
        approve(union)

    assert refused.value.code == "founding_incomplete"


def test_approve_union_without_a_checklist_is_refused(city):
    union = found(city)
    FoundingItem.objects.all().delete()

    assert refusal(lambda: approve(union)) == "checklist_missing"


@pytest.mark.parametrize(
    "uscc",
    [
        "",
        USCC[:-1],
        USCC[:-1] + "D",  # another check character
        "91350100M000100Y43",  # a company
        "81330000MC000000OC",
        USCC + "0",
    ],
)
def test_approve_union_with_a_wrong_credit_code_is_refused(city, uscc):
    union = found(city)
    tick_all(union)

    assert refusal(lambda: approve(union, uscc=uscc)) == "uscc_bad"


def test_approve_union_with_the_credit_code_of_another_is_refused(city):
    UnionFactory.create(uscc=USCC)
    union = found(city)
    tick_all(union)

    assert refusal(lambda: approve(union)) == "uscc_taken"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"approved_on": TODAY + dt.timedelta(days=1)}, "in_the_future"),
        ({"approved_on": SINCE - dt.timedelta(days=1)}, "before_preparation"),
        ({"term_ends_on": TODAY}, "term_over"),
    ],
)
def test_approve_union_on_a_wrong_day_is_refused(city, values, code):
    union = found(city)
    tick_all(union)

    assert refusal(lambda: approve(union, **values)) == code


def test_approve_union_below_one_that_is_not_active_is_refused(city):
    union = found(city)
    tick_all(union)
    Union.objects.filter(pk=city.pk).update(
        state=UnionState.DISSOLVED, ended_on=TODAY, ended_by="system:test"
    )

    assert refusal(lambda: approve(union)) == "union_ended"


def test_approve_union_twice_and_one_that_was_given_up_is_refused(city):
    union, given_up = found(city), found(city, code="NB02")
    tick_all(union)
    tick_all(given_up)
    approve(union)
    ending.dissolve_union(union=given_up, on=TODAY, reason="不再筹建", by=SYSTEM)

    assert refusal(lambda: approve(union)) == "union_not_preparing"
    assert refusal(lambda: approve(given_up)) == "union_ended"


# --- the checklist ---


def test_seed_founding_twice_changes_nothing_and_brings_back_what_the_files_say(city):
    before = list(FoundingItem.objects.values_list())
    FoundingItem.objects.filter(pk="seal").update(name_zh="x", is_required=True)

    catalogue_seeds.seed()

    assert list(FoundingItem.objects.values_list()) == before
    assert dict(FoundingThreshold.objects.values_list()) == {"single": 25, "joint": 3}
    assert {i.pk for i in FoundingItem.objects.filter(is_of_upper=True)} == {"consent", "approval"}
