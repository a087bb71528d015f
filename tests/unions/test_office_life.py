"""The life of a union in the office: acts as buttons, and what the page shows of it."""

import datetime as dt
from typing import Any

import pytest

from nuanxin.core.ids import computed_id
from nuanxin.unions import elections, ending, founding
from nuanxin.unions.enums import UnionKind
from nuanxin.unions.models import Election, FoundingStep, Meeting, Union
from tests.factories import UnionFactory
from tests.office_world import KEQIAO, Office
from tests.unions.lives import SINCE, SYSTEM, TODAY, USCC, tick_all

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

UNIONS = "/office/unions/union/"
NEW = {
    "code": "KQ9", "name": "轻纺城骑手联合工会", "kind": "joint", "division": KEQIAO,
    "is_new_form": "on", "since_on": "2026-01-05",
}  # fmt: skip
STEPS = {"done_on": "2026-02-01", "members_count": "30", "note": "会议纪要"}
APPROVED = {"uscc": USCC, "approved_on": "2026-03-10", "term_ends_on": "2031-03-10"}
ELECTED = {"held_on": "2026-03-01", "term_years": "5", "chair_name": "王某"}
MET = {"held_on": "2026-03-09", "kind": "activity", "attended_count": "12"}
ENDED = {"on": "2026-03-10", "reason": "企业注销"}
ACTS: dict[str, dict[str, Any]] = {
    "found-below": NEW,
    "keep-steps": STEPS,
    "approve": APPROVED,
    "hold-election": ELECTED,
    "record-meeting": MET,
    "merge": ENDED | {"into": "KQ8"},
    "dissolve": ENDED,
}


def preparing(office: Office) -> Union:
    return founding.found_union(
        code="KQ9", name="轻纺城骑手联合工会", kind=UnionKind.JOINT, parent=office.here,
        division=office.here.division, since_on=SINCE, by=SYSTEM,
    )  # fmt: skip


def act(client, union: Union, name: str, values: dict[str, Any]):
    return client.post(f"{UNIONS}{union.pk}/{name}/", values)


def test_union_is_founded_ticked_and_approved_by_the_officer_above(office):
    client = office.client("officer")

    answer = act(client, office.here, "found-below", NEW)
    union = Union.objects.get(code="KQ9")
    assert answer["Location"].endswith(f"{union.pk}/change/")
    assert (union.state, union.is_new_form, union.preparing_since) == ("preparing", True, SINCE)
    items = ["intent", "group", "consent", "members", "election", "report", "approval", "uscc"]
    assert act(client, union, "keep-steps", STEPS | {"items": items}).status_code == 302
    assert act(client, union, "approve", APPROVED).status_code == 302

    union.refresh_from_db()
    assert (union.state, union.uscc, union.founded_on) == ("active", USCC, TODAY)
    assert set(FoundingStep.objects.values_list("note", flat=True)) == {"会议纪要"}


def test_refusal_is_shown_in_the_form(office):
    client, union = office.client("officer"), preparing(office)

    answer = act(client, union, "approve", APPROVED)

    assert answer.status_code == 409
    assert "尚未完成：已提出建会意向" in answer.text
    assert "该类工会" not in answer.text
    few = act(client, union, "keep-steps", STEPS | {"items": ["members"], "members_count": "2"})
    assert (few.status_code, "至少要有 3 名会员" in few.text) == (422, True)


def test_form_of_steps_shows_what_is_ticked_and_keeps_it(office):
    client, union = office.client("officer"), preparing(office)
    act(client, union, "keep-steps", STEPS | {"items": ["intent", "members"]})

    form = client.get(f"{UNIONS}{union.pk}/keep-steps/").context["form"]

    assert set(form.initial["items"]) == {"intent", "members"}
    assert (form.initial["members_count"], form.initial["done_on"]) == (30, TODAY)
    act(client, union, "keep-steps", STEPS | {"items": ["intent"], "done_on": "2026-03-01"})
    step = FoundingStep.objects.get()
    assert (step.item_id, step.done_on) == ("intent", dt.date(2026, 2, 1))


def test_page_shows_the_checklist_with_its_progress(office):
    client, union = office.client("officer"), preparing(office)
    act(client, union, "keep-steps", STEPS | {"items": ["intent"]})

    page = client.get(f"{UNIONS}{union.pk}/change/").text

    assert "已完成 1 项，共 9 项" in page
    assert "✓ 已提出建会意向" in page
    assert "✗ 已成立筹备组" in page
    assert "○ 已刻章开户" in page
    assert "已完成" not in client.get(f"{UNIONS}{office.here.pk}/change/").text


def test_page_shows_elections_meetings_and_signs_of_life(office):
    client = office.client("officer")
    act(client, office.here, "hold-election", ELECTED)
    act(client, office.here, "record-meeting", MET)

    page = client.get(f"{UNIONS}{office.here.pk}/change/").text

    assert "王某" in page
    assert "2031年3月1日" in page
    assert "召开会议次数 1" in page
    assert Meeting.objects.get().attended_count == 12


def test_union_is_merged_and_shown_as_such(office):
    client = office.client("officer")
    one, other = (UnionFactory.create(code=c, parent=office.here) for c in ("KQ7", "KQ8"))

    assert act(client, one, "merge", ACTS["merge"]).status_code == 302

    one.refresh_from_db()
    assert (one.state, one.successor) == ("merged", other)
    page = client.get(f"{UNIONS}{one.pk}/change/").text
    assert "工会KQ7 (已并入其他工会)" in page
    assert "工会KQ8" in page
    listed = client.get(UNIONS, {"q": "KQ7"})
    assert "已并入其他工会" in listed.text


def test_union_is_dissolved_with_a_reason(office):
    client = office.client("officer")
    union = UnionFactory.create(code="KQ7", parent=office.here)

    assert act(client, union, "dissolve", ENDED | {"reason": ""}).status_code == 422
    assert act(client, union, "dissolve", ENDED).status_code == 302
    union.refresh_from_db()
    assert (union.state, union.end_reason) == ("dissolved", "企业注销")


def test_list_is_filtered_by_state_and_new_form(office):
    client, union = office.client("officer"), preparing(office)
    UnionFactory.create(code="KQ8", parent=office.here, is_new_form=True)

    def listed(**chosen: str) -> set[str]:
        return {row.code for row in client.get(UNIONS, chosen).context["cl"].result_list}

    assert listed(state__exact="preparing") == {union.code}
    assert listed(is_new_form__exact="1") == {"KQ8"}
    ending.dissolve_union(union=union, on=TODAY, reason="不再筹建", by=SYSTEM)
    assert listed(state__exact="dissolved") == {union.code}


@pytest.mark.parametrize(
    ("state", "acts"),
    [
        ("preparing", {"keep-steps", "approve", "hold-election", "record-meeting", "dissolve"}),
        ("active", {"found-below", "hold-election", "record-meeting", "merge", "dissolve"}),
        ("dissolved", set()),
    ],
)
def test_acts_are_those_that_the_state_of_a_union_leaves(office, state, acts):
    client, union = office.client("officer"), preparing(office)
    if state == "active":
        tick_all(union)
        founding.approve_union(
            union=union, uscc=USCC, approved_on=TODAY, term_ends_on=dt.date(2031, 1, 1), by=SYSTEM
        )
    if state == "dissolved":
        ending.dissolve_union(union=union, on=TODAY, reason="不再筹建", by=SYSTEM)

    open_to = {n for n in ACTS if client.get(f"{UNIONS}{union.pk}/{n}/").status_code == 200}
    shown = client.get(f"{UNIONS}{union.pk}/change/").context["actions_detail"]
    buttons = [each for entry in shown for each in entry.get("items", [entry])]

    assert open_to == acts
    assert {each["path"].split("/")[-2] for each in buttons} & set(ACTS) == acts


@pytest.mark.parametrize("name", ["approve", "merge", "dissolve", "correct"])
def test_officer_does_not_decide_on_their_own_union(office, name):
    client = office.client("officer")
    Union.objects.filter(pk=office.here.pk).update(
        **{"state": "preparing", "preparing_since": SINCE} if name == "approve" else {}
    )

    assert act(client, office.here, name, ACTS.get(name, NEW)).status_code == 403


@pytest.mark.parametrize("name", ACTS)
def test_auditor_acts_on_no_union(office, name):
    client, union = office.client("auditor"), preparing(office)

    for each in (union, office.here):
        assert act(client, each, name, ACTS[name]).status_code == 403


def test_entry_tells_new_form_and_the_day_of_founding(office):
    client = office.client("officer")
    values = {k: v for k, v in NEW.items() if k != "since_on"} | {"uscc": "", "founded_on": SINCE}

    assert act(client, office.here, "enter-below", values).status_code == 302
    union = Union.objects.get(code="KQ9")
    assert (union.state, union.is_new_form, union.founded_on) == ("active", True, SINCE)
    form = client.get(f"{UNIONS}{union.pk}/correct/").context["form"]
    assert (form.initial["is_new_form"], form.initial["founded_on"]) == (True, SINCE)
    values.pop("is_new_form")
    act(client, union, "correct", values)
    assert not Union.objects.get(code="KQ9").is_new_form


def test_page_of_a_union_asks_the_same_for_more_of_everything(office, assert_same_queries):
    client, union = office.client("officer"), preparing(office)
    address = f"{UNIONS}{union.pk}/change/"
    elections.hold_election(union=union, held_on=TODAY, term_years=3, chair_name="王某", by=SYSTEM)
    act(client, union, "record-meeting", MET)
    client.get(address)  # content types are kept once they are read

    def grow() -> None:
        tick_all(union)
        for number in range(1, 20):
            told = {"union": union, "held_on": TODAY - dt.timedelta(days=number)}
            Election.objects.create(
                id=computed_id("e", str(number)), **told, term_years=3, chair_name="王某",
                term_ends_on=TODAY, entered_by="x",
            )  # fmt: skip
            Meeting.objects.create(
                id=computed_id("m", str(number)), **told, kind="activity", attended_count=1,
                entered_by="x",
            )  # fmt: skip

    assert assert_same_queries(lambda: client.get(address), grow) <= 20
