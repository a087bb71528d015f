"""A mistyped or renewed document: one proposes, another decides, and nothing that was is lost."""

import pytest
from django.db import IntegrityError

from nuanxin.core.errors import Conflict, Invalid, NotAllowed
from nuanxin.core.models import AuditEvent
from nuanxin.workers import memberships, merging, sealing, services
from nuanxin.workers.enums import Channel, EndReason, MergeReason, MergeState
from nuanxin.workers.models import (
    Membership,
    Occupation,
    Worker,
    WorkerAlias,
    WorkerGroup,
    WorkerMerge,
)
from tests.factories import GrantFactory, UnionFactory
from tests.workers.people import BY, document, member, number_of, phone_of, worker

TYPO = MergeReason.MISTYPED
pytestmark = pytest.mark.django_db


@pytest.fixture
def union():
    return UnionFactory.create(root=True)


@pytest.fixture
def two(union):
    return [GrantFactory.create(union=union).user for _ in range(2)]


def test_right_document_makes_the_row_that_is_kept(union, two):
    held = member(1, union)
    Membership.objects.update(joined="2015", member_no="A-1")
    riders = WorkerGroup.objects.create(code="riders", name_zh="外卖", name_en="riders")
    services.enter_occupation(worker=held.worker, group=riders, platform="甲平台", by=BY)
    merge = merging.propose_merge(worker=held.worker, document=document(2), reason=TYPO, by=two[0])

    survivor = merging.approve_merge(merge=merge, by=two[1])

    assert survivor.pk == document(2).worker_id
    assert sealing.opened(survivor, "document_sealed") == number_of(2)
    assert sealing.opened(survivor, "phone_sealed") == phone_of(1)
    now = Membership.objects.held().get()
    assert (now.worker, now.joined, now.member_no) == (survivor, "2015", "A-1")
    assert Membership.objects.get(worker=held.worker).end_reason == EndReason.MERGED
    assert Occupation.objects.filter(worker=survivor, platform="甲平台").exists()
    assert merging.ids_of_person(survivor) == {held.worker_id, survivor.pk}
    assert merging.ids_of_person(held.worker) == {held.worker_id, survivor.pk}


def test_nobody_decides_what_they_proposed(union, two):
    who = member(1, union).worker
    merge = merging.propose_merge(worker=who, document=document(2), reason=TYPO, by=two[0])

    for act in (merging.approve_merge, merging.refuse_merge):
        with pytest.raises(NotAllowed) as refused:
            act(merge=merge, by=two[0])
        assert refused.value.code == "second_person"

    with pytest.raises(IntegrityError):
        WorkerMerge.objects.update(
            decided_by=two[0].actor_key, decided_at=merge.proposed_at, state=MergeState.APPROVED
        )


def test_worker_and_strangers_neither_propose_nor_decide(union, two):
    below, sibling = (UnionFactory.create(parent=union) for _ in range(2))
    who = member(1, below).worker
    stranger = GrantFactory.create(union=sibling).user

    with pytest.raises(NotAllowed):
        merging.propose_merge(worker=who, document=document(2), reason=TYPO, by=stranger)
    merge = merging.propose_merge(worker=who, document=document(2), reason=TYPO, by=two[0])
    with pytest.raises(NotAllowed):
        merging.approve_merge(merge=merge, by=stranger)


def test_of_two_memberships_in_force_the_survivors_stays(union, two):
    unions = [UnionFactory.create(parent=union) for _ in range(2)]
    old, kept = member(1, unions[0]), member(2, unions[1])
    merge = merging.propose_merge(worker=old.worker, document=document(2), reason=TYPO, by=two[0])

    assert merging.approve_merge(merge=merge, by=two[1]) == kept.worker

    assert Membership.objects.present().get() == kept


def test_row_that_is_found_again_by_the_old_document_is_the_survivor(union, two):
    old = member(1, union).worker
    merge = merging.propose_merge(worker=old, document=document(2), reason=TYPO, by=two[0])
    survivor = merging.approve_merge(merge=merge, by=two[1])

    assert worker(1, union) == survivor
    with pytest.raises(Conflict):
        merging.propose_merge(worker=old, document=document(3), reason=TYPO, by=BY)
    with pytest.raises(Conflict):
        merging.propose_merge(worker=survivor, document=document(1), reason=TYPO, by=two[0])


def test_chain_of_merges_leads_to_the_last_row(union, two):
    who = member(1, union).worker
    for n in (2, 3):
        merge = merging.propose_merge(
            worker=who, document=document(n), reason=MergeReason.RENEWED, by=two[0]
        )
        who = merging.approve_merge(merge=merge, by=two[1])

    assert set(WorkerAlias.objects.values_list("survivor", flat=True)) == {document(3).worker_id}
    assert merging.ids_of_person(who) == {document(n).worker_id for n in (1, 2, 3)}
    assert Membership.objects.held().get().worker == who


def test_refused_merge_changes_nothing_and_may_be_proposed_anew(union, two):
    who = member(1, union).worker
    merge = merging.propose_merge(worker=who, document=document(2), reason=TYPO, by=two[0])

    merging.refuse_merge(merge=merge, by=two[1])

    assert Worker.objects.count() == 1
    with pytest.raises(Conflict):
        merging.approve_merge(merge=merge, by=two[1])
    again = merging.propose_merge(worker=who, document=document(2), reason=TYPO, by=two[1])
    assert again.n == 2


def test_proposal_is_one_and_names_another_document(union, two):
    who = member(1, union).worker
    merge = merging.propose_merge(worker=who, document=document(2), reason=TYPO, by=two[0])

    assert merging.propose_merge(worker=who, document=document(2), reason=TYPO, by=two[1]) == merge
    with pytest.raises(Conflict):
        merging.propose_merge(worker=who, document=document(3), reason=TYPO, by=two[1])
    with pytest.raises(Invalid):
        merging.propose_merge(worker=who, document=document(1), reason=TYPO, by=two[1])


def test_open_transfer_is_decided_before_a_merge(union, two):
    unions = [UnionFactory.create(parent=union) for _ in range(2)]
    who = member(1, unions[0]).worker
    memberships.apply(worker=who, union=unions[1], channel=Channel.QR, by=BY)
    merge = merging.propose_merge(worker=who, document=document(2), reason=TYPO, by=two[0])

    with pytest.raises(Conflict) as refused:
        merging.approve_merge(merge=merge, by=two[1])

    assert refused.value.code == "transfer_open"
    assert Worker.objects.count() == 1
    assert WorkerMerge.objects.get().state == MergeState.PROPOSED


def test_merge_is_told_to_the_unions_officers(union, two):
    below = UnionFactory.create(parent=union)
    who = member(1, below).worker
    merge = merging.propose_merge(worker=who, document=document(2), reason=TYPO, by=two[0])
    merging.approve_merge(merge=merge, by=two[1])

    paths = AuditEvent.objects.filter(verb__startswith="worker.merge").values_list("scope_path", flat=True)  # fmt: skip
    assert set(paths) == {below.path}
    assert str(document(2).worker_id) in str(AuditEvent.objects.get(verb="worker.merged").data)
    assert number_of(2) not in str(list(AuditEvent.objects.values()))
