"""Ceremonies: many join together, by one code on the big screen."""

import datetime as dt
import secrets
import uuid
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from nuanxin.core import audit, clock
from nuanxin.core.actors import Actor
from nuanxin.core.errors import Invalid, NotFound
from nuanxin.unions.models import Union
from nuanxin.unions.services import hold_active
from nuanxin.workers import policies
from nuanxin.workers.enums import EndReason, MembershipState
from nuanxin.workers.models import HELD, OPEN, Ceremony, Membership

LONGEST: Final = dt.timedelta(days=3)
_ALPHABET: Final = "abcdefghijkmnpqrstuvwxyz23456789"  # read aloud in a hall: no l, o, 0, 1
_CODE_LENGTH: Final = 8  # 39 bits: nobody meets an open one by trying


@dataclass(frozen=True, slots=True)
class Tally:
    """How far a ceremony has come; people, not forms.

    Parameters
    ----------
    joined_count
        Who has come in by its code and not gone back.
    waiting_count
        Those among them whom the union has yet to approve.
    member_count
        Those among them who are members.
    """

    joined_count: int
    waiting_count: int
    member_count: int


@transaction.atomic
def open_ceremony(
    *,
    union: Union,
    title: str,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    by: Actor,
    expected_count: int | None = None,
) -> Ceremony:
    """Make the code by which many can join a union together.

    Parameters
    ----------
    union
        Which they join; active.
    title
        As the big screen shows it.
    starts_at, ends_at
        Between which the code works, aware; three days at most.
    by
        Who acts; the office over the union.
    expected_count
        People expected, for the screen to count towards.

    Returns
    -------
    Ceremony
        Saved, with its code.

    Raises
    ------
    NotAllowed
        Outside the actor's scope.
    Conflict
        When the union is not active.
    Invalid
        When there is no title, or the times do not fit.

    Notes
    -----
    Two statements and one audit row.
    """
    policies.can_enter_workers(by, union_path=union.path).enforce()
    hold_active(union)
    title = " ".join(title.split())
    if not 0 < len(title) <= 60:
        sentence = _("Give the ceremony a title of at most sixty characters.")
        raise Invalid(sentence, code="bad_title", fields={"title": sentence})
    if not dt.timedelta() < ends_at - starts_at <= LONGEST:
        sentence = _("A ceremony ends after it starts, three days later at most.")
        raise Invalid(sentence, code="bad_times", fields={"ends_at": sentence})
    ceremony = Ceremony.objects.create(
        id=uuid.uuid4(),
        union=union,
        title=title,
        code="".join(secrets.choice(_ALPHABET) for _n in range(_CODE_LENGTH)),
        starts_at=starts_at,
        ends_at=ends_at,
        expected_count=expected_count,
        opened_by=by.actor_key,
        opened_label=by.actor_label,
    )
    audit.record(by=by, verb="ceremony.opened", subject=ceremony, scope_path=union.path)
    return ceremony


@transaction.atomic
def close_ceremony(*, ceremony: Ceremony, by: Actor) -> Ceremony:
    """End a ceremony before its time; doing it twice changes nothing.

    Raises
    ------
    NotAllowed
        For anybody but the office over its union.

    Notes
    -----
    One statement and one audit row.
    """
    policies.can_enter_workers(by, union_path=ceremony.union.path).enforce()
    standing = Ceremony.objects.filter(pk=ceremony.pk, closed_at__isnull=True)
    if standing.update(closed_at=clock.now(), closed_by=by.actor_key):
        audit.record(
            by=by, verb="ceremony.closed", subject=ceremony, scope_path=ceremony.union.path
        )
    ceremony.refresh_from_db(fields=["closed_at", "closed_by"])
    return ceremony


def ceremony_of(code: str) -> Ceremony:
    """Return the ceremony of a code, its union loaded, open or not. One query.

    Raises
    ------
    NotFound
        When there is none.
    """
    row = Ceremony.objects.select_related("union").filter(code=code.lower()).first()
    if row is None:
        raise NotFound
    return row


def tally(ceremony: Ceremony) -> Tally:
    """Return how far a ceremony has come. One query over its index."""
    went_back = Q(end_reason__in=(EndReason.WITHDRAWN, EndReason.REFUSED, EndReason.ERASED))
    rows = Membership.objects.filter(ceremony=ceremony).exclude(
        went_back, state=MembershipState.ENDED
    )
    # one application of a worker and union at a time: what has not gone back counts each person once
    counts = rows.aggregate(
        joined=Count("worker", distinct=True),
        waiting=Count("worker", filter=Q(state__in=OPEN), distinct=True),
        members=Count("worker", filter=Q(state__in=HELD), distinct=True),
    )
    return Tally(counts["joined"], counts["waiting"], counts["members"])
