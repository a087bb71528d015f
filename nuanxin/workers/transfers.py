"""Transfers: one membership goes from union to union, and both of them answer (一次入会、动态接转)."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from nuanxin.core import audit, clock
from nuanxin.core.actors import Actor, SystemActor
from nuanxin.core.errors import Conflict, NotFound
from nuanxin.unions.models import Union
from nuanxin.workers import policies
from nuanxin.workers.enums import EndReason, MembershipState, TransferState
from nuanxin.workers.models import Membership, Transfer, Worker
from nuanxin.workers.moves import close, move, save_new
from nuanxin.workers.row_ids import transfer_digits

# unions meet monthly; whoever has not answered by then is asked anew
EXPIRES: Final = dt.timedelta(days=30)


def ask(
    *, worker: Worker, held: Membership, to_union: Union, is_residence: bool, by: Actor
) -> Transfer:
    """Open the transfer that goes with an application; in the transaction of the caller.

    Parameters
    ----------
    worker
        Who moves.
    held
        The membership in force, its union loaded.
    to_union
        Where to.
    is_residence
        Whether it is the union of their residence, which takes them without an answer of the first.
    by
        Who asks; whoever may apply there.

    Returns
    -------
    Transfer
        Open for thirty days.

    Raises
    ------
    Conflict
        When another transfer of this worker is open.

    Notes
    -----
    Two queries and one audit row.
    """
    policies.can_apply(by, worker, union_path=to_union.path).enforce()
    if Transfer.objects.open().filter(worker=worker).exists():
        raise Conflict(
            _("Another transfer of this worker waits for an answer."), code="transfer_open"
        )
    last = Transfer.objects.filter(worker=worker).aggregate(last=Max("n"))["last"] or 0
    now = clock.now()
    transfer = Transfer(
        id=UUID(transfer_digits(str(worker.pk), last + 1)),
        worker=worker,
        n=last + 1,
        from_union=held.union,
        to_union=to_union,
        needs_release=not is_residence,
        asked_at=now,
        asked_by=by.actor_key,
        expires_at=now + EXPIRES,
    )
    save_new(transfer)
    _record(transfer, "transfer.asked", by)
    return transfer


@transaction.atomic
def accept(*, transfer: Transfer, by: Actor) -> Transfer:
    """Answer for the union that is entered: its application is approved.

    Parameters
    ----------
    transfer
        Open, its worker and unions loaded.
    by
        Who acts; the office over the union that is entered.

    Raises
    ------
    NotAllowed
        For anybody else.
    Conflict
        When it is not open, or the identity was not checked.

    Notes
    -----
    Five queries and two audit rows at most. With the other answer there, the worker is a member of the
    new union from today.
    """
    policies.can_accept(by, transfer).enforce()
    _answer(transfer, accepted_at=clock.now(), accepted_by=by.actor_key)
    entering = _entering(transfer)
    if entering.state != MembershipState.APPROVED:
        move(entering, "membership.approved", MembershipState.APPROVED, by)
    _record(transfer, "transfer.accepted", by)
    return _settle(transfer, by)


@transaction.atomic
def release(*, transfer: Transfer, by: Actor) -> Transfer:
    """Answer for the union that is left: it lets the worker go.

    Raises
    ------
    NotAllowed
        For anybody but the office over the union that is left.
    Conflict
        When the transfer is not open.

    Notes
    -----
    As ``accept``.
    """
    policies.can_release(by, transfer).enforce()
    _answer(transfer, released_at=clock.now(), released_by=by.actor_key)
    _record(transfer, "transfer.released", by)
    return _settle(transfer, by)


@transaction.atomic
def refuse(*, transfer: Transfer, reason: str, by: Actor) -> Transfer:
    """Answer no, for either union; the worker stays where they are.

    Raises
    ------
    NotAllowed
        For anybody but the offices over the two unions.
    Conflict
        When the transfer is not open.
    """
    released = policies.can_release(by, transfer)
    (released or policies.can_accept(by, transfer)).enforce()
    _end(transfer, TransferState.REFUSED, "transfer.refused", EndReason.REFUSED, by, reason)
    return transfer


@transaction.atomic
def withdraw(*, transfer: Transfer, by: Actor) -> Transfer:
    """Take a transfer back; the application goes with it.

    Raises
    ------
    NotAllowed
        For anybody but the worker and the office over the union that is entered.
    Conflict
        When the transfer is not open.
    """
    policies.can_withdraw(by, transfer).enforce()
    _end(transfer, TransferState.WITHDRAWN, "transfer.withdrawn", EndReason.WITHDRAWN, by)
    return transfer


def give_up(*, transfer: Transfer, by: Actor) -> None:
    """End an open transfer for whoever ends both its memberships, in their transaction and by their right.

    Raises
    ------
    Conflict
        When it was decided meanwhile.

    Notes
    -----
    One UPDATE and one audit row.
    """
    _close(transfer, TransferState.WITHDRAWN, by)
    _record(transfer, "transfer.withdrawn", by)


def expire(now: dt.datetime) -> int:
    """End the transfers that nobody answered in time; return how many. For the clock.

    Notes
    -----
    Each in a transaction of its own.
    """
    due = Transfer.objects.open().filter(expires_at__lte=now)
    count = 0
    for transfer in due.select_related("worker", "from_union", "to_union").order_by("expires_at"):
        with transaction.atomic():
            _end(
                transfer,
                TransferState.EXPIRED,
                "transfer.expired",
                EndReason.EXPIRED,
                SystemActor("clock"),
            )
        count += 1
    return count


def open_of(worker: Worker) -> Transfer | None:
    """Return the transfer of a worker that waits for an answer, its unions loaded. One query."""
    rows = Transfer.objects.open().filter(worker=worker)
    return rows.select_related("worker", "from_union", "to_union").first()


def entering(memberships: Sequence[Membership]) -> set[UUID]:
    """Return the ids of those applications that an open transfer brings. One query."""
    workers = {membership.worker_id for membership in memberships}
    rows = Transfer.objects.open().filter(worker__among=workers)
    goals = set(rows.values_list("worker_id", "to_union_id"))
    return {each.pk for each in memberships if (each.worker_id, each.union_id) in goals}


def _answer(transfer: Transfer, **changes: Any) -> None:
    rows = Transfer.objects.open().filter(pk=transfer.pk, worker=transfer.worker_id)
    if not rows.update(**changes):
        raise Conflict(_("This transfer has been decided."), code="gone_on")
    transfer.refresh_from_db(fields=["accepted_at", "accepted_by", "released_at", "released_by"])


def _settle(transfer: Transfer, by: Actor) -> Transfer:
    """Carry a transfer out once both unions have answered."""
    is_released = transfer.released_at is not None or not transfer.needs_release
    if transfer.accepted_at is None or not is_released:
        return transfer
    held = Membership.objects.held().select_related("union", "worker")
    leaving = held.filter(worker=transfer.worker_id, union=transfer.from_union_id).first()
    entering = _entering(transfer)
    if leaving is not None:
        close(leaving, "transfer.done", EndReason.TRANSFERRED, by)
    today = clock.civil_date()
    # one entry into the union movement: the day of the first one goes along
    joined = leaving.joined if leaving else today.isoformat()
    move(entering, "transfer.done", MembershipState.ACTIVE, by, active_on=today, joined=joined)
    _close(transfer, TransferState.DONE, by)
    return transfer


def _end(
    transfer: Transfer,
    state: TransferState,
    verb: str,
    why: EndReason,
    by: Actor,
    reason: str = "",
) -> None:
    _close(transfer, state, by, reason=reason[:200])
    verb_of_application = verb if verb != "transfer.withdrawn" else "membership.withdrawn"
    close(_entering(transfer), verb_of_application, why, by)
    _record(transfer, verb, by)


def _close(transfer: Transfer, state: TransferState, by: Actor, **changes: Any) -> None:
    values = {"state": state, "ended_at": clock.now(), "ended_by": by.actor_key, **changes}
    rows = Transfer.objects.open().filter(pk=transfer.pk, worker=transfer.worker_id)
    if not rows.update(**values):
        raise Conflict(_("This transfer has been decided."), code="gone_on")
    for name, value in values.items():
        setattr(transfer, name, value)


def _entering(transfer: Transfer) -> Membership:
    waiting = Membership.objects.waiting().select_related("union", "worker")
    found = waiting.filter(worker=transfer.worker_id, union=transfer.to_union_id).first()
    if found is None:
        raise NotFound
    return found


def _record(transfer: Transfer, verb: str, by: Actor) -> None:
    audit.record(
        by=by,
        verb=verb,
        subject=transfer.worker,
        scope_path=transfer.to_union.path,
        data={"from": transfer.from_union.code, "to": transfer.to_union.code, "number": transfer.n},
    )
