"""The way of a membership: applied, checked, approved, active, retained, ended. One for a worker."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction

from nuanxin.core import bulk_acts, clock
from nuanxin.core.actors import Actor
from nuanxin.core.bulk_acts import Leaf
from nuanxin.core.errors import DomainError
from nuanxin.core.scopes import common_path
from nuanxin.unions.models import Union
from nuanxin.unions.services import hold, refuse_ended
from nuanxin.workers import policies, transfers
from nuanxin.workers.enums import Channel, EndReason, MembershipState
from nuanxin.workers.models import Ceremony, Membership, Transfer, Worker
from nuanxin.workers.moves import close, fresh, move, record, save_new, shift

_State = MembershipState


@dataclass(slots=True)
class BulkOutcome:
    """What became of many: those done, and those that were not with the reason."""

    done: list[Membership] = field(default_factory=list)
    refused: list[tuple[Membership, DomainError]] = field(default_factory=list)


@transaction.atomic
def apply(
    *,
    worker: Worker,
    union: Union,
    channel: Channel,
    by: Actor,
    applied_on: dt.date | None = None,
    is_residence: bool = False,
    ceremony: Ceremony | None = None,
) -> Membership:
    """Apply for membership of a union; applying twice is one application.

    Parameters
    ----------
    worker
        Who wants to be a member.
    union
        Where.
    channel
        How they came.
    by
        Who acts: the worker, or the office over the union.
    applied_on
        Today when left out.
    is_residence
        Whether it is the union of the worker's residence, which takes over a membership whose union
        is gone or silent, without an answer of that union.
    ceremony
        At which they came, if at one.

    Returns
    -------
    Membership
        The application; or what is there already, be it a membership. When the worker is a member
        elsewhere, a transfer is opened with it.

    Raises
    ------
    NotAllowed
        For anybody else.
    Conflict
        When the union has ended, two came at once, or another transfer of the worker is open.

    Notes
    -----
    Five queries and one audit row; two of each more with a transfer.
    """
    policies.can_apply(by, worker, union_path=union.path).enforce()
    refuse_ended(hold(union))
    present = Membership.objects.present().filter(worker=worker, union=union).first()
    if present is not None:
        return present
    held = Membership.objects.held().select_related("union").filter(worker=worker).first()
    membership = fresh(worker, union, _State.APPLIED, channel, by)
    membership.applied_on = applied_on or clock.civil_date()
    membership.ceremony = ceremony
    save_new(membership)
    record(membership, "membership.applied", by, channel=channel)
    if held is not None:
        transfers.ask(worker=worker, held=held, to_union=union, is_residence=is_residence, by=by)
    return membership


@transaction.atomic
def verify(*, membership: Membership, by: Actor) -> Membership:
    """Say that the applicant's document and name were compared with the card.

    Raises
    ------
    NotAllowed
        For anybody but the office over the union.
    Conflict
        When it is no application that waits for this.
    """
    policies.can_decide(by, membership).enforce()
    move(membership, "membership.verified", _State.VERIFIED, by)
    return membership


@transaction.atomic
def approve(*, membership: Membership, by: Actor, joined_on: dt.date | None = None) -> Membership:
    """Approve an application whose identity was checked.

    Parameters
    ----------
    membership
        The application, its union loaded.
    by
        Who acts; the office over the union.
    joined_on
        Today when left out.

    Returns
    -------
    Membership
        Active; or approved only, while the worker is a member elsewhere: it becomes active with the
        transfer.

    Raises
    ------
    NotAllowed
        For anybody else.
    Conflict
        When it is no application whose identity was checked.

    Notes
    -----
    Two queries and one audit row; more with a transfer, see `transfers.accept`.
    """
    policies.can_decide(by, membership).enforce()
    if (transfer := _transfer_of(membership)) is not None:
        transfers.accept(transfer=transfer, by=by)
        membership.refresh_from_db(fields=["state", "active_on", "joined"])
        return membership
    day = joined_on or clock.civil_date()
    move(
        membership,
        "membership.approved",
        _State.ACTIVE,
        by,
        active_on=day,
        joined=day.isoformat(),
    )
    return membership


@transaction.atomic
def approve_many(*, memberships: Iterable[Membership], by: Actor) -> BulkOutcome:
    """Check and approve many applications; those that cannot be are listed and stay as they are.

    Parameters
    ----------
    memberships
        Applications, their unions loaded.
    by
        Who acts; the office over the unions, who has compared the names with the cards.

    Returns
    -------
    BulkOutcome
        In the order given.

    Notes
    -----
    One transaction: two queries, one for each application, and one audit row for all of them, whose root
    and leaves (see `core.bulk_acts`) say which. Who waits for a transfer, and who comes alone, is approved as
    by ``approve``, with rows of their own.
    """
    waiting = list(memberships)
    # one alone is no bulk: the trail tells it of the worker
    alone = {each.pk for each in waiting} if len(waiting) == 1 else set()
    moving = alone or transfers.entering(waiting)
    outcome, leaves = BulkOutcome(), []
    for membership in waiting:
        before = membership.state
        try:
            with transaction.atomic():
                if membership.pk in moving:
                    _approve_by_itself(membership, by)
                else:
                    _approve_at_once(membership, by)
                    leaves.append(Leaf(str(membership.pk), before, membership.state))
                outcome.done.append(membership)
        except DomainError as error:
            outcome.refused.append((membership, error))
    if leaves:
        paths = sorted({membership.union.path for membership in outcome.done})
        bulk_acts.record(
            by=by,
            verb="membership.approved_many",
            leaves=leaves,
            subject_type=Membership._meta.label_lower,
            subject_key="bulk",
            scope_path=common_path(paths),
        )
    return outcome


@transaction.atomic
def refuse(*, membership: Membership, by: Actor) -> Membership:
    """Refuse an application.

    Raises
    ------
    NotAllowed
        For anybody but the office over the union.
    Conflict
        When it is no application any more.
    """
    policies.can_decide(by, membership).enforce()
    if (transfer := _transfer_of(membership)) is not None:
        transfers.refuse(transfer=transfer, reason="", by=by)
        membership.refresh_from_db()
    else:
        close(membership, "membership.refused", EndReason.REFUSED, by)
    return membership


@transaction.atomic
def withdraw(*, membership: Membership, by: Actor) -> Membership:
    """Take an application back.

    Raises
    ------
    NotAllowed
        For anybody but the worker and the office over the union.
    Conflict
        When it is no application any more.
    """
    policies.can_end(by, membership).enforce()
    if (transfer := _transfer_of(membership)) is not None:
        transfers.withdraw(transfer=transfer, by=by)
        membership.refresh_from_db()
    else:
        close(membership, "membership.withdrawn", EndReason.WITHDRAWN, by)
    return membership


@transaction.atomic
def retain(*, membership: Membership, by: Actor) -> Membership:
    """Retain a membership: retired, out of work or between two unions; the worker stays a member.

    Raises
    ------
    NotAllowed
        For anybody but the office over the union.
    Conflict
        When it is not active.
    """
    policies.can_decide(by, membership).enforce()
    move(membership, "membership.retained", _State.RETAINED, by)
    return membership


@transaction.atomic
def resume(*, membership: Membership, by: Actor) -> Membership:
    """Take a retained membership up again.

    Raises
    ------
    NotAllowed
        For anybody but the office over the union.
    Conflict
        When it is not retained.
    """
    policies.can_decide(by, membership).enforce()
    move(membership, "membership.resumed", _State.ACTIVE, by)
    return membership


@transaction.atomic
def end(*, membership: Membership, reason: EndReason, by: Actor) -> Membership:
    """End a membership; the row stays as history.

    Raises
    ------
    NotAllowed
        For anybody but the worker and the office over the union.
    Conflict
        When it is not in force.
    """
    policies.can_end(by, membership).enforce()
    close(membership, "membership.ended", reason, by)
    return membership


def _approve_by_itself(membership: Membership, by: Actor) -> None:
    if membership.state == _State.APPLIED:
        verify(membership=membership, by=by)
    approve(membership=membership, by=by)


def _approve_at_once(membership: Membership, by: Actor) -> None:
    """Check and approve in one step; the bulk act tells the audit trail."""
    policies.can_decide(by, membership).enforce()
    day = clock.civil_date()
    before = (_State.APPLIED, _State.VERIFIED)
    shift(membership, before, _State.ACTIVE, by, active_on=day, joined=day.isoformat())


def _transfer_of(membership: Membership) -> Transfer | None:
    """Return the open transfer that brings a membership here. One query."""
    transfer = transfers.open_of(membership.worker)
    return transfer if transfer and transfer.to_union_id == membership.union_id else None
