"""How a membership goes from one state to the next; the services above ask the policies first."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from nuanxin.core import audit, clock
from nuanxin.core.actors import Actor
from nuanxin.core.errors import Conflict
from nuanxin.unions.models import Union
from nuanxin.workers.enums import Channel, EndReason, MembershipState
from nuanxin.workers.models import HELD, OPEN, Membership, Worker
from nuanxin.workers.row_ids import membership_digits

_State = MembershipState
# from which states an act leads on; from anywhere else it is refused
BEFORE: Final = {
    "membership.verified": (_State.APPLIED,),
    "membership.approved": (_State.VERIFIED,),
    "membership.refused": OPEN,
    "membership.withdrawn": OPEN,
    "membership.retained": (_State.ACTIVE,),
    "membership.resumed": (_State.RETAINED,),
    "membership.ended": HELD,
    "membership.erased": (*OPEN, *HELD),
    "transfer.done": (*HELD, _State.APPROVED),
    "transfer.refused": OPEN,
    "transfer.expired": OPEN,
    "membership.merged": (*OPEN, *HELD),
}


def fresh(
    worker: Worker, union: Union, state: MembershipState, channel: Channel, by: Actor
) -> Membership:
    """Return a new membership of a worker with the next number, not saved. One query."""
    last = Membership.objects.filter(worker=worker).aggregate(last=Max("n"))["last"] or 0
    return Membership(
        id=UUID(membership_digits(str(worker.pk), last + 1)),
        worker=worker,
        n=last + 1,
        union=union,
        state=state,
        channel=channel,
        applied_on=clock.civil_date(),
        state_at=clock.now(),
        state_by=by.actor_key,
    )


def save_new(row: models.Model) -> None:
    """Insert a row whose key counts the rows of a worker.

    Raises
    ------
    Conflict
        When another one of the same worker was written at the same moment.
    """
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(
            _("Somebody has just written something else about this worker. Look again."),
            code="raced",
        ) from error


def move(
    membership: Membership, verb: str, state: MembershipState, by: Actor, **changes: Any
) -> None:
    """Bring a membership from where an act begins to where it leads, with its audit row.

    Raises
    ------
    Conflict
        When it is elsewhere by now, or would be a second one in force.
    """
    shift(membership, BEFORE[verb], state, by, **changes)
    record(membership, verb, by)


def shift(
    membership: Membership,
    before: Iterable[MembershipState],
    state: MembershipState,
    by: Actor,
    **changes: Any,
) -> None:
    """Bring a membership from one of some states to another; the caller writes the audit row.

    Raises
    ------
    Conflict
        As ``move``.
    """
    values = {"state": state, "state_at": clock.now(), "state_by": by.actor_key, **changes}
    try:
        with transaction.atomic():
            moved = Membership.objects.filter(
                pk=membership.pk, worker=membership.worker_id, state__in=before
            ).update(**values)
    except IntegrityError as error:
        raise Conflict(
            _("The worker is a member of another union by now."), code="member_elsewhere"
        ) from error
    if not moved:
        raise Conflict(
            _("This membership has gone on since, or is not there yet. Look again."),
            code="gone_on",
        )
    for name, value in values.items():
        setattr(membership, name, value)


def close(membership: Membership, verb: str, reason: EndReason, by: Actor) -> None:
    """End an application or a membership for a reason.

    Raises
    ------
    Conflict
        As ``move``.
    """
    move(membership, verb, _State.ENDED, by, ended_on=clock.civil_date(), end_reason=reason)


def record(membership: Membership, verb: str, by: Actor, **data: Any) -> None:
    """Write the audit row of an act on a membership; its subject is the worker."""
    audit.record(
        by=by,
        verb=verb,
        subject=membership.worker,
        scope_path=membership.union.path,
        data={"union": membership.union.code, "number": membership.n, **data},
    )
