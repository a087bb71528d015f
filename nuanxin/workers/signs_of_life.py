"""Members as a sign that a union lives: how many it reaches, and how many came to it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from nuanxin.unions import vitality
from nuanxin.unions.models import Union
from nuanxin.workers.enums import EndReason
from nuanxin.workers.models import Membership, MembershipQuerySet


def members_reached(
    unions: Sequence[Union], since_on: dt.date, until_on: dt.date
) -> Mapping[UUID, int]:
    """Return how many people were members of each union at some time of a period. One query."""
    rows = Membership.objects.filter(active_on__lte=until_on)
    return _people(rows.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=since_on)), unions)


def members_joined(
    unions: Sequence[Union], since_on: dt.date, until_on: dt.date
) -> Mapping[UUID, int]:
    """Return how many people became members of each union in a period. One query."""
    return _people(Membership.objects.filter(active_on__range=(since_on, until_on)), unions)


def _people(rows: MembershipQuerySet, unions: Sequence[Union]) -> dict[UUID, int]:
    # of a person entered twice the row that is kept goes on
    kept = rows.filter(union__in=unions).exclude(end_reason=EndReason.MERGED).order_by()
    return dict(kept.values_list("union_id").annotate(people=Count("worker_id", distinct=True)))


def register() -> None:
    """Make these measures known."""
    vitality.register("members", _("members reached"), members_reached)
    vitality.register("joined", _("members who came"), members_joined)
