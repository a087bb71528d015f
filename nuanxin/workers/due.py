"""What waits for the office of a union: applications, transfers, merges for a second person."""

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from nuanxin.core import due
from nuanxin.core.actors import Actor
from nuanxin.core.due import DOERS, RowKind
from nuanxin.core.scopes import reach, reaches_all
from nuanxin.workers.enums import MembershipState, MergeState
from nuanxin.workers.models import Membership, Transfer, WorkerMerge


def applications(actor: Actor, now: dt.datetime) -> QuerySet[Membership]:
    """Return the applications that somebody has to check or approve."""
    waiting = (MembershipState.APPLIED, MembershipState.VERIFIED)
    return Membership.objects.filter(reach(actor, "union__path", roles=DOERS), state__in=waiting)


def transfers(actor: Actor, now: dt.datetime) -> QuerySet[Transfer]:
    """Return the open transfers that wait for the answer of a union in reach."""
    entering = reach(actor, "to_union__path", roles=DOERS) & Q(accepted_at__isnull=True)
    leaving = reach(actor, "from_union__path", roles=DOERS) & Q(
        released_at__isnull=True, needs_release=True
    )
    return Transfer.objects.open().filter(entering | leaving)


def merges(actor: Actor, now: dt.datetime) -> QuerySet[WorkerMerge]:
    """Return the merges that somebody else has proposed, of workers in reach."""
    rows = WorkerMerge.objects.filter(state=MergeState.PROPOSED)
    rows = rows.exclude(proposed_by=actor.actor_key)
    if reaches_all(actor, roles=DOERS):
        return rows
    near = Membership.objects.present().filter(reach(actor, "union__path", roles=DOERS))
    return rows.filter(Exists(near.filter(worker=OuterRef("worker_id"))))


def register() -> None:
    """Make these kinds of work known."""
    kinds = (
        RowKind("workers.applications", _("applications to check and approve"), "workers_membership", applications, "applied_on"),
        RowKind("workers.transfers", _("transfers to answer"), "workers_transfer", transfers, "expires_at", is_deadline=True),
        RowKind("workers.merges", _("merges that take a second person"), "workers_workermerge", merges, "proposed_at"),
    )  # fmt: skip
    for kind in kinds:
        due.register_rows(kind)
