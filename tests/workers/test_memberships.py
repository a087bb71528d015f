"""One membership for a worker, from the application to the end, and from union to union."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from nuanxin.core import bulk_acts, clock
from nuanxin.core.bulk_acts import Leaf
from nuanxin.core.errors import Conflict, DomainError, NotAllowed
from nuanxin.core.models import AuditEvent
from nuanxin.workers import memberships, transfers
from nuanxin.workers.enums import Channel, EndReason, MembershipState, TransferState
from nuanxin.workers.models import Membership, Transfer, Worker
from tests.factories import GrantFactory, UnionFactory
from tests.workers.people import BY, member, worker

QR = Channel.QR


@pytest.fixture
def unions():
    root = UnionFactory.create(root=True)
    return [UnionFactory.create(parent=root) for _ in range(3)]


def officer(union):
    return GrantFactory.create(union=union).user


def transfer_of(_held):
    return Transfer.objects.open().select_related("worker", "from_union", "to_union").get()


@pytest.mark.django_db
def test_application_goes_its_way_to_membership(unions):
    who = worker(1, unions[0])

    asked = memberships.apply(worker=who, union=unions[0], channel=QR, by=BY)
    again = memberships.apply(worker=who, union=unions[0], channel=QR, by=BY)
    memberships.verify(membership=asked, by=BY)
    memberships.approve(membership=asked, by=BY, joined_on=dt.date(2026, 3, 1))

    stored = Membership.objects.get()
    assert again == stored
    assert (stored.state, stored.joined) == (MembershipState.ACTIVE, "2026-03-01")
    verbs = ["membership.applied", "membership.verified", "membership.approved"]
    assert list(AuditEvent.objects.filter(verb__startswith="membership").order_by("at").values_list("verb", flat=True)) == verbs  # fmt: skip


@pytest.mark.django_db
def test_nobody_is_approved_whose_identity_was_not_checked(unions):
    asked = memberships.apply(worker=worker(1, unions[0]), union=unions[0], channel=QR, by=BY)

    with pytest.raises(Conflict):
        memberships.approve(membership=asked, by=BY)

    assert Membership.objects.get().state == MembershipState.APPLIED


@pytest.mark.django_db
def test_worker_applies_and_leaves_but_never_approves(unions):
    who = worker(1, unions[0])
    asked = memberships.apply(worker=who, union=unions[0], channel=QR, by=worker_actor(who))

    with pytest.raises(NotAllowed):
        memberships.verify(membership=asked, by=worker_actor(who))
    memberships.withdraw(membership=asked, by=worker_actor(who))

    assert Membership.objects.get().end_reason == EndReason.WITHDRAWN


def worker_actor(who):
    from types import SimpleNamespace

    return SimpleNamespace(actor_key=who.actor_key, actor_label="worker", scopes=())


@pytest.mark.django_db
def test_officer_of_another_union_decides_nothing(unions):
    asked = memberships.apply(worker=worker(1, unions[0]), union=unions[0], channel=QR, by=BY)
    stranger = officer(unions[1])

    for act in (memberships.verify, memberships.approve, memberships.refuse, memberships.withdraw):
        with pytest.raises(NotAllowed):
            act(membership=asked, by=stranger)


@pytest.mark.django_db
def test_many_are_approved_and_the_others_listed(unions):
    asked = [
        memberships.apply(worker=worker(n, unions[0]), union=unions[0], channel=QR, by=BY)
        for n in range(5)
    ]
    memberships.refuse(membership=asked[3], by=BY)

    outcome = memberships.approve_many(memberships=asked, by=BY)

    assert len(outcome.done) == 4
    assert [(m.pk, e.code) for m, e in outcome.refused] == [(asked[3].pk, "gone_on")]
    assert Membership.objects.held().count() == 4
    assert not AuditEvent.objects.filter(verb__in=["membership.verified", "membership.approved"])
    event = AuditEvent.objects.get(verb="membership.approved_many")
    assert (event.scope_path, event.data["count"]) == (unions[0].path, 4)
    for membership in outcome.done:
        stored = Membership.objects.get(pk=membership.pk)
        assert (stored.state_by, stored.active_on) == (BY.actor_key, clock.civil_date())
        proof = bulk_acts.proof_of(event, str(membership.pk))
        assert proof.leaf == Leaf(str(membership.pk), "applied", "active")
        assert proof.holds(event.data["merkle_root"])
        assert [act for act, _leaves in bulk_acts.acts_on([str(membership.pk)])] == [event]


@pytest.mark.django_db
def test_many_are_approved_with_one_row_and_few_queries(unions, django_assert_num_queries):
    asked = [
        memberships.apply(worker=worker(n, unions[0]), union=unions[0], channel=QR, by=BY)
        for n in range(5)
    ]

    # the transaction, the transfers, three for each with its savepoint, the row and its leaves
    with django_assert_num_queries(2 + 1 + 5 * 5 + 2) as captured:
        memberships.approve_many(memberships=asked, by=BY)

    writes = [query["sql"].split()[0] for query in captured.captured_queries]
    assert writes.count("UPDATE") == 5


@pytest.mark.django_db
def test_who_cannot_be_approved_leaves_the_others_and_no_row_of_nobody(unions):
    asked = [
        memberships.apply(worker=worker(n, unions[0]), union=unions[0], channel=QR, by=BY)
        for n in range(2)
    ]
    # a list has made one of them a member elsewhere since, without a transfer
    Membership.objects.filter(pk=asked[0].pk).update(state=MembershipState.APPLIED)
    held = member(9, unions[1])
    Membership.objects.filter(pk=held.pk).update(worker=asked[0].worker, n=7)

    outcome = memberships.approve_many(memberships=asked, by=BY)
    strangers = memberships.approve_many(memberships=asked, by=officer(unions[2]))

    assert [(m.pk, e.code) for m, e in outcome.refused] == [(asked[0].pk, "member_elsewhere")]
    assert strangers.done == []
    assert AuditEvent.objects.get(verb="membership.approved_many").data["count"] == 1


@pytest.mark.django_db
def test_one_alone_is_told_of_the_worker(unions):
    asked = memberships.apply(worker=worker(1, unions[0]), union=unions[0], channel=QR, by=BY)

    memberships.approve_many(memberships=[asked], by=BY)

    approved = AuditEvent.objects.get(verb="membership.approved")
    assert approved.object_key == str(asked.worker_id)
    assert not AuditEvent.objects.filter(verb="membership.approved_many").exists()


@pytest.mark.django_db
def test_membership_is_retained_and_taken_up_again(unions):
    held = member(1, unions[0])

    memberships.retain(membership=held, by=BY)
    assert Membership.objects.held().get().state == MembershipState.RETAINED
    memberships.resume(membership=held, by=BY)
    memberships.end(membership=held, reason=EndReason.LEFT, by=BY)

    with pytest.raises(Conflict):
        memberships.retain(membership=held, by=BY)
    assert not Membership.objects.present().exists()


@pytest.mark.django_db
def test_who_left_may_come_back_and_both_memberships_are_kept(unions):
    memberships.end(membership=member(1, unions[0]), reason=EndReason.LEFT, by=BY)
    member(1, unions[0])

    assert list(Membership.objects.order_by("n").values_list("n", "state")) == [
        (1, "ended"),
        (2, "active"),
    ]


@pytest.mark.django_db
def test_second_entry_becomes_a_transfer_that_both_unions_answer(unions):
    held = member(1, unions[0])
    Membership.objects.update(joined="2012-06")
    asked = memberships.apply(worker=held.worker, union=unions[1], channel=QR, by=BY)
    memberships.verify(membership=asked, by=BY)

    memberships.approve(membership=asked, by=officer(unions[1]))

    assert asked.state == MembershipState.APPROVED
    assert Membership.objects.held().get().union == unions[0]
    transfer = transfer_of(held)
    transfers.release(transfer=transfer, by=officer(unions[0]))

    assert Transfer.objects.get().state == TransferState.DONE
    now = Membership.objects.held().get()
    assert (now.union, now.joined) == (unions[1], "2012-06")
    assert Membership.objects.get(n=1).end_reason == EndReason.TRANSFERRED


@pytest.mark.django_db
def test_answers_come_in_whatever_order(unions):
    held = member(1, unions[0])
    asked = memberships.apply(worker=held.worker, union=unions[1], channel=QR, by=BY)
    transfers.release(transfer=transfer_of(held), by=BY)
    assert Membership.objects.held().get().union == unions[0]

    memberships.approve_many(memberships=[asked], by=BY)

    assert Membership.objects.held().get().union == unions[1]


@pytest.mark.django_db
def test_each_union_answers_for_itself_alone(unions):
    held = member(1, unions[0])
    asked = memberships.apply(worker=held.worker, union=unions[1], channel=QR, by=BY)
    memberships.verify(membership=asked, by=BY)
    transfer = transfer_of(held)

    with pytest.raises(NotAllowed):
        transfers.release(transfer=transfer, by=officer(unions[1]))
    with pytest.raises(NotAllowed):
        transfers.accept(transfer=transfer, by=officer(unions[0]))
    with pytest.raises(NotAllowed):
        transfers.refuse(transfer=transfer, reason="", by=officer(unions[2]))


@pytest.mark.django_db
@pytest.mark.parametrize("answering", [0, 1])
def test_refused_transfer_leaves_the_worker_where_they_are(unions, answering):
    held = member(1, unions[0])
    memberships.apply(worker=held.worker, union=unions[1], channel=QR, by=BY)

    transfer = transfer_of(held)
    transfers.refuse(transfer=transfer, reason="会费未清", by=officer(unions[answering]))

    assert Membership.objects.present().get() == held
    assert Transfer.objects.get().reason == "会费未清"
    with pytest.raises(Conflict):
        transfers.release(transfer=transfer, by=BY)


@pytest.mark.django_db
def test_unanswered_transfer_expires_after_thirty_days(unions):
    held = member(1, unions[0])
    memberships.apply(worker=held.worker, union=unions[1], channel=QR, by=BY)
    due = Transfer.objects.get().expires_at

    assert transfers.expire(due - dt.timedelta(seconds=1)) == 0
    assert transfers.expire(due) == 1
    assert transfers.expire(due) == 0

    assert Membership.objects.present().get() == held
    assert Membership.objects.get(n=2).end_reason == EndReason.EXPIRED
    assert due - clock.now() > dt.timedelta(days=29)


@pytest.mark.django_db
def test_union_of_the_residence_takes_over_without_the_first_one(unions):
    held = member(1, unions[0])
    asked = memberships.apply(
        worker=held.worker, union=unions[1], channel=Channel.OFFICE, by=BY, is_residence=True
    )

    memberships.approve_many(memberships=[asked], by=officer(unions[1]))

    assert Membership.objects.held().get().union == unions[1]


@pytest.mark.django_db
def test_one_transfer_at_a_time(unions):
    held = member(1, unions[0])
    memberships.apply(worker=held.worker, union=unions[1], channel=QR, by=BY)

    with pytest.raises(Conflict) as refused:
        memberships.apply(worker=held.worker, union=unions[2], channel=QR, by=BY)

    assert refused.value.code == "transfer_open"
    assert not Membership.objects.filter(union=unions[2]).exists()


@pytest.mark.django_db
def test_database_itself_holds_one_membership_in_force(unions):
    held = member(1, unions[0])
    second = Membership(
        id=unions[1].pk, worker=held.worker, n=2, union=unions[1], state=MembershipState.ACTIVE,
        channel=QR, applied_on=clock.civil_date(), active_on=clock.civil_date(),
        state_at=clock.now(), state_by="x",
    )  # fmt: skip

    with pytest.raises(IntegrityError), transaction.atomic():
        second.save(force_insert=True)


@pytest.mark.django_db
def test_saving_a_row_never_writes_the_column_it_is_spread_by(unions, django_assert_num_queries):
    held = member(1, unions[0])
    held.member_no = "330502-1"

    with django_assert_num_queries(1) as captured:
        held.save()

    sql = captured.captured_queries[0]["sql"]
    assert '"worker_id" = ' in sql.split("WHERE")[1]
    assert "worker_id" not in sql.split("WHERE")[0]
    assert Membership.objects.get().member_no == "330502-1"


class Movement(RuleBasedStateMachine):
    """Whatever is done in whatever order, nobody is a member twice, and nobody's past is lost."""

    @initialize()
    def begin(self):
        Membership.objects.all().delete()
        Transfer.objects.all().delete()
        Worker.objects.all().delete()
        root = UnionFactory.create(root=True)
        self.unions = [UnionFactory.create(parent=root) for _ in range(3)]
        self.worker = worker(1, self.unions[0])
        self.count = 0

    @rule(at=st.integers(0, 2), is_residence=st.booleans())
    def apply(self, at, is_residence):
        self._try(lambda: memberships.apply(
            worker=self.worker, union=self.unions[at], channel=QR, by=BY, is_residence=is_residence
        ))  # fmt: skip

    @rule(
        act=st.sampled_from(["verify", "approve", "refuse", "withdraw", "retain", "resume"]),
        at=st.integers(0, 9),
    )
    def decide(self, act, at):
        rows = list(Membership.objects.order_by("n"))
        if rows:
            self._try(lambda: getattr(memberships, act)(membership=rows[at % len(rows)], by=BY))

    @rule(act=st.sampled_from(["accept", "release", "withdraw"]))
    def answer(self, act):
        if (transfer := transfers.open_of(self.worker)) is not None:
            self._try(lambda: getattr(transfers, act)(transfer=transfer, by=BY))

    @rule()
    def leave(self):
        if (held := Membership.objects.held().first()) is not None:
            self._try(lambda: memberships.end(membership=held, reason=EndReason.LEFT, by=BY))

    @rule()
    def wait(self):
        transfers.expire(clock.now() + dt.timedelta(days=31))

    @invariant()
    def one_person_one_membership(self):
        if not hasattr(self, "worker"):
            return
        assert Membership.objects.held().count() <= 1
        assert Membership.objects.count() >= self.count
        self.count = Membership.objects.count()
        numbers = list(Membership.objects.order_by("n").values_list("n", flat=True))
        assert numbers == list(range(1, self.count + 1))

    @invariant()
    def open_transfer_has_its_application(self):
        for transfer in Transfer.objects.open():
            waiting = Membership.objects.waiting().filter(union=transfer.to_union_id)
            assert waiting.count() == 1

    def _try(self, act):
        try:
            with transaction.atomic():
                act()
        except DomainError:
            pass


class TestMovement(TestCase):
    def test_no_order_of_acts_breaks_a_membership(self):
        run_state_machine_as_test(
            Movement,
            settings=hypothesis_settings(max_examples=15, stateful_step_count=15, deadline=None),
        )
