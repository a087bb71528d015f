"""Two rows, one person: a mistyped or renewed document, proposed by one and decided by another.

No row is ever keyed anew. The row that is left stays, with its history, and points to the survivor;
what is in force goes over. Whoever asks what a person has had asks for all their rows.
"""

from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from nuanxin.core import audit, clock, crypto
from nuanxin.core.actors import Actor
from nuanxin.core.errors import Conflict, Invalid, NotAllowed
from nuanxin.core.ids import computed_id
from nuanxin.workers import policies, sealing
from nuanxin.workers.documents import Document
from nuanxin.workers.enums import (
    DocumentKind,
    EndReason,
    MembershipState,
    MergeReason,
    MergeState,
)
from nuanxin.workers.models import (
    HELD,
    Membership,
    Occupation,
    Transfer,
    Worker,
    WorkerAlias,
    WorkerMerge,
)
from nuanxin.workers.moves import close, fresh, save_new
from nuanxin.workers.row_ids import occupation_digits
from nuanxin.workers.services import scope_of


@transaction.atomic
def propose_merge(
    *, worker: Worker, document: Document, reason: MergeReason, by: Actor
) -> WorkerMerge:
    """Say which document a worker really has; a second person decides.

    Parameters
    ----------
    worker
        The row with the wrong or the old document.
    document
        The right one, checked; its row may be there already, or is made by the approval.
    reason
        Mistyped, renewed, or entered twice.
    by
        Who proposes: the office over a union where the worker is.

    Returns
    -------
    WorkerMerge
        Waiting. Proposing the same again is the same proposal.

    Raises
    ------
    NotAllowed
        For anybody else, the worker included.
    Invalid
        When the document is the one the row has.
    Conflict
        When another proposal waits, or the row was merged or erased already.

    Notes
    -----
    Five queries and one audit row.
    """
    _enforce_office(by, worker)
    if document.worker_id == worker.pk:
        raise Invalid(_("This is the document that the row has."), code="same_document")
    if worker.erased_at or WorkerAlias.objects.filter(pk=worker.pk).exists():
        raise Conflict(_("This row was merged or erased already."), code="merged")
    if document.worker_id in ids_of_person(worker):
        raise Conflict(_("The two rows are one person already."), code="merged")
    waiting = WorkerMerge.objects.filter(worker=worker, state=MergeState.PROPOSED).first()
    if waiting is not None and waiting.survivor_id == document.worker_id:
        return waiting
    if waiting is not None:
        raise Conflict(_("Another merge of this row waits for a second person."), code="waiting")
    last = WorkerMerge.objects.filter(worker=worker).aggregate(last=Max("n"))["last"] or 0
    merge = WorkerMerge(
        id=computed_id("worker_merge", str(worker.pk), str(last + 1)),
        worker=worker,
        survivor_id=document.worker_id,
        n=last + 1,
        document_kind=document.kind,
        reason=reason,
        proposed_by=by.actor_key,
        proposed_label=by.actor_label,
        proposed_at=clock.now(),
    )
    merge.document_sealed = crypto.provider().seal(document.number, sealing.merge_place(merge))
    save_new(merge)
    _record(merge, "worker.merge_proposed", by)
    return merge


@transaction.atomic
def approve_merge(*, merge: WorkerMerge, by: Actor) -> Worker:
    """Decide that two rows are one person.

    Parameters
    ----------
    merge
        Waiting, its worker loaded.
    by
        Who decides: the office over a union where the worker is, and not who proposed it.

    Returns
    -------
    Worker
        The survivor, with the membership and the occupations that were in force.

    Raises
    ------
    NotAllowed
        For anybody else, and for who proposed it (code ``second_person``).
    Conflict
        When it was decided already.

    Notes
    -----
    Some ten queries and three audit rows. Of two memberships in force the survivor's stays.
    """
    _enforce_second(by, merge)
    old, scope_path = merge.worker, scope_of(merge.worker)
    survivor = _survivor(merge)
    if Transfer.objects.open().filter(worker__in=[old, survivor]).exists():
        raise Conflict(
            _("A transfer of this worker waits for an answer. Decide it first."),
            code="transfer_open",
        )
    _decide(merge, MergeState.APPROVED, by)
    _carry_memberships(old, survivor, by)
    _carry_occupations(old, survivor)
    WorkerAlias.objects.filter(survivor=old).update(survivor=survivor)
    WorkerAlias.objects.create(worker=old, survivor=survivor, since_at=clock.now())
    _record(merge, "worker.merged", by, scope_path)
    return survivor


@transaction.atomic
def refuse_merge(*, merge: WorkerMerge, by: Actor) -> WorkerMerge:
    """Decide that two rows are two people, or that it cannot be told.

    Raises
    ------
    NotAllowed
        As ``approve_merge``.
    Conflict
        When it was decided already.
    """
    _enforce_second(by, merge)
    _decide(merge, MergeState.REFUSED, by)
    _record(merge, "worker.merge_refused", by)
    return merge


def ids_of_person(worker: Worker) -> set[UUID]:
    """Return the ids of all rows of the person one of whose rows this is. Two queries.

    An entitlement is checked over all of them.
    """
    alias = WorkerAlias.objects.filter(pk=worker.pk).values_list("survivor_id", flat=True).first()
    survivor = alias or worker.pk
    return {survivor, *WorkerAlias.objects.filter(survivor=survivor).values_list("pk", flat=True)}


def _enforce_office(by: Actor, worker: Worker) -> None:
    if policies.is_self(by, worker):
        raise NotAllowed
    policies.can_correct(by, worker).enforce()


def _enforce_second(by: Actor, merge: WorkerMerge) -> None:
    _enforce_office(by, merge.worker)
    if merge.proposed_by == by.actor_key:
        raise NotAllowed(_("A second person decides this."), code="second_person")


def _decide(merge: WorkerMerge, state: MergeState, by: Actor) -> None:
    values = {
        "state": state,
        "decided_by": by.actor_key,
        "decided_label": by.actor_label,
        "decided_at": clock.now(),
    }
    waiting = WorkerMerge.objects.filter(pk=merge.pk, state=MergeState.PROPOSED)
    if not waiting.update(**values):
        raise Conflict(_("This merge has been decided."), code="gone_on")
    for name, value in values.items():
        setattr(merge, name, value)


def _survivor(merge: WorkerMerge) -> Worker:
    """Return the row of the right document; one that is new gets name and phone of the old one."""
    found = Worker.objects.filter(pk=merge.survivor_id, erased_at__isnull=True).first()
    if found is not None:
        alias = WorkerAlias.objects.select_related("survivor").filter(pk=found.pk).first()
        return alias.survivor if alias else found
    number = crypto.provider().unseal(merge.document_sealed, sealing.merge_place(merge))
    survivor = Worker(pk=merge.survivor_id, name=merge.worker.name, entered_at=clock.now())
    sealing.seal_document(survivor, Document(DocumentKind(merge.document_kind), number))
    sealing.seal_phone(survivor, sealing.opened(merge.worker, "phone_sealed"))
    survivor.save()
    return survivor


def _carry_memberships(old: Worker, survivor: Worker, by: Actor) -> None:
    theirs = list(Membership.objects.present().filter(worker=survivor).select_related("union"))
    is_held = any(membership.state in HELD for membership in theirs)
    unions = {membership.union_id for membership in theirs}
    rows = Membership.objects.present().filter(worker=old).select_related("union", "worker")
    for membership in rows.order_by("n"):
        state, channel = MembershipState(membership.state), membership.channel
        close(membership, "membership.merged", EndReason.MERGED, by)
        if membership.union_id in unions or (is_held and state in HELD):
            continue
        carried = fresh(survivor, membership.union, state, channel, by)  # type: ignore[arg-type]  # a stored choice
        for name in ("applied_on", "joined", "active_on", "member_no"):
            setattr(carried, name, getattr(membership, name))
        save_new(carried)


def _carry_occupations(old: Worker, survivor: Worker) -> None:
    Occupation.objects.bulk_create(
        [
            Occupation(
                id=UUID(occupation_digits(str(survivor.pk), row.group_id, row.platform)),
                worker=survivor,
                group_id=row.group_id,
                platform=row.platform,
                occupation_code=row.occupation_code,
                since_on=row.since_on,
                until_on=row.until_on,
            )
            for row in Occupation.objects.filter(worker=old).order_by("id")
        ],
        ignore_conflicts=True,
    )


def _record(merge: WorkerMerge, verb: str, by: Actor, scope_path: str = "") -> None:
    audit.record(
        by=by,
        verb=verb,
        subject=merge.worker,
        scope_path=scope_path or scope_of(merge.worker),
        data={"survivor": str(merge.survivor_id), "reason": merge.reason},
    )
