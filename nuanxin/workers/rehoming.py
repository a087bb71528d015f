"""Members are at home in unions: how many a union has, and how they move when it ends."""

from django.db import transaction

from nuanxin.core import audit, clock
from nuanxin.core.actors import Actor
from nuanxin.unions.models import Union
from nuanxin.workers import policies
from nuanxin.workers.enums import EndReason, MembershipState, TransferState
from nuanxin.workers.models import Membership, Transfer


def members_at_home(union: Union) -> int:
    """Return how many memberships and applications a union has. One query."""
    return Membership.objects.present().filter(union=union).count()


@transaction.atomic
def move_members(union: Union, into: Union, by: Actor) -> int:
    """Put the members and applicants of one union under another.

    Parameters
    ----------
    union
        The union that ends; what has ended there stays with it.
    into
        The union that takes them in.
    by
        Who acts; the office over both.

    Returns
    -------
    int
        Memberships and applications moved. Of whoever is in both already, the one that ends is closed;
        a transfer between the two has nothing left to answer and is closed as well.

    Raises
    ------
    NotAllowed
        When the actor's scope does not reach one of the two.

    Notes
    -----
    Seven statements, whatever the number of members, and one audit row.
    """
    for each in (union, into):
        policies.can_enter_workers(by, union_path=each.path).enforce()
    _close_transfers(union, into, by)
    here = Membership.objects.present().filter(union=union)
    twice = Membership.objects.present().filter(union=into).values("worker_id")
    here.filter(worker__in=list(twice.values_list("worker_id", flat=True))).update(
        state=MembershipState.ENDED,
        ended_on=clock.civil_date(),
        end_reason=EndReason.MERGED,
        state_at=clock.now(),
        state_by=by.actor_key,
    )
    moved = here.update(union=into)
    waiting = Transfer.objects.open()
    waiting.filter(from_union=union).update(from_union=into)
    waiting.filter(to_union=union).update(to_union=into)
    audit.record(
        by=by,
        verb="membership.rehomed",
        subject=into,
        scope_path=into.path,
        data={"from": union.code, "members": moved},
    )
    return moved


def _close_transfers(union: Union, into: Union, by: Actor) -> None:
    """End the transfers between two unions that become one; the membership in force stays."""
    between = Transfer.objects.open().filter(
        from_union__in=[union, into], to_union__in=[union, into]
    )
    keys = list(between.values_list("worker_id", "to_union_id"))
    for worker, target in keys:
        waiting = Membership.objects.waiting().filter(worker=worker, union=target)
        waiting.update(
            state=MembershipState.ENDED,
            ended_on=clock.civil_date(),
            end_reason=EndReason.MERGED,
            state_at=clock.now(),
            state_by=by.actor_key,
        )
    between.update(
        state=TransferState.WITHDRAWN,
        ended_at=clock.now(),
        ended_by=by.actor_key,
    )
