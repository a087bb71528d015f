"""Joining by oneself: once, with one's own telephone, and never in somebody else's name."""

import datetime as dt

import pytest

from nuanxin.accounts.limits import TooManyTries
from nuanxin.core import clock as core_clock
from nuanxin.core.errors import Conflict, Invalid, NotAllowed, NotFound
from nuanxin.core.models import AuditEvent
from nuanxin.unions.enums import UnionState
from nuanxin.workers import ceremonies, joining, memberships, services
from nuanxin.workers.enums import Channel, EndReason, MembershipState
from nuanxin.workers.models import Consent, Membership, Transfer, Worker, WorkerGroup
from tests.workers import people
from tests.workers.joining_world import application, make_joinable, oneself, texts

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(clock):
    return make_joinable()


def join(world, n=1, **changes):
    return joining.join(
        application=application(n, **changes), union=world.riders, channel=Channel.QR
    )


def test_rider_who_joins_has_applied_agreed_and_said_what_they_do(world):
    group = WorkerGroup.objects.get(name_zh="快递员")
    joined = join(world, group=group, platform="丙快递", agreed=texts("membership", "photo"))

    assert joined.membership.state == MembershipState.APPLIED
    assert joined.membership.channel == Channel.QR
    assert {row.purpose for row in Consent.objects.in_force()} == {"membership", "photo"}
    assert joined.worker.occupations.get().platform == "丙快递"
    labels = set(AuditEvent.objects.exclude(actor_key__startswith="system").values_list("actor_key", flat=True))  # fmt: skip
    assert labels == {f"worker:{joined.worker.pk}"}


def test_joining_twice_is_joining_once(world):
    first = join(world)
    second = join(world)

    assert first.membership.pk == second.membership.pk
    assert (Worker.objects.count(), Membership.objects.count(), Consent.objects.count()) == (
        1,
        1,
        1,
    )


def test_nobody_joins_without_agreeing_to_what_membership_needs(world):
    with pytest.raises(Invalid) as caught:
        join(world, agreed=texts("photo"))

    assert caught.value.code == "consent_missing"
    assert not Worker.objects.exists()


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"name": "王五"}, "name_differs"), ({"phone": "13800009999"}, "phone_differs")],
)
def test_nobody_takes_over_an_entry_with_another_name_or_telephone(world, changes, code):
    before = people.member(1, world.couriers).worker
    with pytest.raises(Conflict) as caught:
        join(world, **changes)

    assert caught.value.code == code
    before.refresh_from_db()
    assert before.name == people.name_of(1)
    assert Membership.objects.count() == 1
    assert not Consent.objects.exists()


def test_entry_without_a_telephone_is_nobodys_to_take(world):
    services.enter_worker(
        document=people.document(1), name=people.name_of(1), union=world.riders, by=people.BY
    )
    with pytest.raises(Conflict):
        join(world)


def test_who_is_in_the_register_cannot_be_found_out_by_trying(world):
    for n in range(2, 2 + joining.BY_PHONE.tries):
        join(world, n, phone=people.phone_of(1))

    with pytest.raises(TooManyTries):
        join(world, 99, phone=people.phone_of(1))


def test_member_elsewhere_asks_for_a_transfer_and_stays_a_member(world):
    people.member(1, world.couriers)
    joined = join(world)

    assert joined.membership.state == MembershipState.APPLIED
    assert Transfer.objects.get().to_union == world.riders
    assert Membership.objects.held().get().union == world.couriers


def test_union_that_does_not_work_cannot_be_joined(world):
    world.riders.state, world.riders.ended_on, world.riders.ended_by = UnionState.DISSOLVED, core_clock.civil_date(), "x"  # fmt: skip
    world.riders.save()

    with pytest.raises(NotFound):
        joining.union_to_join(world.riders.code)
    with pytest.raises(Conflict):
        join(world)
    assert not Worker.objects.exists()


def test_unions_below_are_found_by_pinyin_and_only_those_that_people_join(world):
    assert joining.unions_below(world.county, text="waimai") == [world.riders]
    assert set(joining.unions_below(world.county)) == {world.riders, world.couriers}
    assert world.elsewhere not in joining.unions_below(world.county)


# --- ceremonies ---


def open_one(world, **changes):
    now = core_clock.now()
    values = {
        "union": world.riders,
        "title": "集体入会",
        "starts_at": now - dt.timedelta(minutes=1),
        "ends_at": now + dt.timedelta(hours=2),
        "by": world.officer,
    }
    return ceremonies.open_ceremony(**values | changes)


def at(world, ceremony, n):
    return joining.join(
        application=application(n),
        union=world.riders,
        channel=Channel.CEREMONY,
        ceremony=ceremony,
    )


def test_ceremony_counts_people_and_not_forms(world):
    ceremony = open_one(world)
    first = at(world, ceremony, 1)
    at(world, ceremony, 1)
    second = at(world, ceremony, 2)
    memberships.withdraw(membership=second.membership, by=oneself(second.worker))
    memberships.approve_many(memberships=[first.membership], by=world.officer)
    at(world, ceremony, 3)

    assert ceremonies.tally(ceremony) == ceremonies.Tally(2, 1, 1)


def test_member_who_leaves_later_was_at_the_ceremony(world):
    ceremony = open_one(world)
    first = at(world, ceremony, 1)
    memberships.approve_many(memberships=[first.membership], by=world.officer)
    first.membership.refresh_from_db()
    memberships.end(membership=first.membership, reason=EndReason.LEFT, by=world.officer)

    assert ceremonies.tally(ceremony).joined_count == 1


@pytest.mark.parametrize("minutes", [-5, 150])
def test_nobody_joins_at_a_ceremony_before_it_begins_or_after_its_end(world, clock, minutes):
    ceremony = open_one(world)
    clock.stop_at((core_clock.now() + dt.timedelta(hours=8, minutes=minutes)).strftime("%Y-%m-%dT%H:%M"))  # fmt: skip

    with pytest.raises(Conflict) as caught:
        at(world, ceremony, 1)
    assert caught.value.code == "ceremony_over"
    assert not Worker.objects.exists()


def test_closed_ceremony_takes_nobody_and_closes_once(world):
    ceremony = open_one(world)
    ceremonies.close_ceremony(ceremony=ceremony, by=world.officer)
    ceremonies.close_ceremony(ceremony=ceremony, by=world.officer)

    with pytest.raises(Conflict):
        at(world, ceremony, 1)
    assert AuditEvent.objects.filter(verb="ceremony.closed").count() == 1


def test_only_the_office_of_the_union_opens_and_closes(world):
    with pytest.raises(NotAllowed):
        open_one(world, by=world.stranger)
    ceremony = open_one(world)
    with pytest.raises(NotAllowed):
        ceremonies.close_ceremony(ceremony=ceremony, by=world.stranger)


@pytest.mark.parametrize(
    "changes",
    [{"title": "  "}, {"title": "长" * 61}, {"ends_at": core_clock.read_civil("2026-03-01T10:00")}],
)
def test_ceremony_needs_a_title_and_an_end(world, changes):
    with pytest.raises(Invalid):
        open_one(world, **changes)


def test_paper_form_is_entered_and_approved_after_the_ceremony_too(world):
    ceremony = ceremonies.close_ceremony(ceremony=open_one(world), by=world.officer)
    joined = joining.enter_paper(
        application=application(4, phone=""), ceremony=ceremony, is_checked=True, by=world.officer
    )

    assert joined.membership.state == MembershipState.ACTIVE
    assert joined.membership.channel == Channel.PAPER
    assert Consent.objects.get().channel == Channel.PAPER
    assert ceremonies.tally(ceremony).member_count == 1


def test_paper_form_without_the_needed_tick_leaves_nothing_behind(world):
    with pytest.raises(Invalid):
        joining.enter_paper(
            application=application(4, agreed=[]),
            ceremony=open_one(world),
            is_checked=True,
            by=world.officer,
        )
    assert not Worker.objects.exists()


def test_paper_form_of_another_office_is_refused(world):
    with pytest.raises(NotAllowed):
        joining.enter_paper(
            application=application(4), ceremony=open_one(world), is_checked=True, by=world.stranger
        )
    assert not Worker.objects.exists()
