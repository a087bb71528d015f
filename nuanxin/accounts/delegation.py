"""Handing a role over while on leave: to a colleague, for some days, no further."""

import datetime as dt
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from nuanxin.accounts import policies
from nuanxin.accounts.enums import GrantedRole
from nuanxin.accounts.models import Delegation, Grant, User
from nuanxin.core import audit, clock
from nuanxin.core.actors import Actor
from nuanxin.core.errors import Conflict, Invalid
from nuanxin.unions.services import hold, refuse_ended

# longer than a leave is another holder of the role: an administrator grants it
DAYS_MOST: Final = 60


@transaction.atomic
def delegate_role(
    *,
    grant: Grant,
    to_user: User,
    starts_on: dt.date,
    ends_on: dt.date,
    by: Actor,
    reason: str = "",
) -> Delegation:
    """Hand an officer's role over to another officer for some days.

    Parameters
    ----------
    grant
        The role, its union and holder loaded.
    to_user
        Who acts meanwhile; an officer in their own right.
    starts_on, ends_on
        First and last day, in civil time.
    by
        Who acts; the holder of the role, and nobody for them.
    reason
        Why, may be empty.

    Returns
    -------
    Delegation
        It gives the same scope in those days, asked for at each request; the holder keeps theirs.

    Raises
    ------
    NotAllowed
        For anybody else, and for a role other than an officer's: what was lent is not lent on.
    Invalid
        When it is the holder's own account, somebody who is no officer, a day of the past, or more days than
        ``DAYS_MOST``.
    Conflict
        When the role or its union has ended, or the role is lent on one of those days already.

    Notes
    -----
    Four queries and one audit row; holds the union.
    """
    policies.can_delegate(by, grant).enforce()
    _check_days(starts_on, ends_on)
    if grant.union is not None:
        refuse_ended(hold(grant.union))
    standing = Grant.objects.select_for_update(no_key=True, of=("self",)).get(pk=grant.pk)
    if standing.ended_at is not None:
        raise Conflict(_("This role has ended."), code="role_ended")
    _check_colleague(grant, to_user)
    lent = Delegation.objects.unended().filter(grant=grant)
    if lent.filter(starts_on__lte=ends_on, ends_on__gte=starts_on).exists():
        raise Conflict(
            _("This role is handed over on some of these days already."), code="delegated"
        )
    delegation = Delegation.objects.create(
        grant=grant,
        to_user=to_user,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason.strip()[:120],
        given_at=clock.now(),
        given_by=by.actor_key,
    )
    _record(delegation, "role.delegated", by)
    return delegation


@transaction.atomic
def end_delegation(*, delegation: Delegation, by: Actor) -> Delegation:
    """Take a role back before its last day; the row stays as history.

    Parameters
    ----------
    delegation
        Its role and both people loaded.
    by
        Who acts; either of the two, or an administrator over the union.

    Returns
    -------
    Delegation
        Ended from the next request on; ending an ended one changes nothing.

    Raises
    ------
    NotAllowed
        For anybody else.

    Notes
    -----
    One query and one audit row.
    """
    policies.can_end_delegation(by, delegation).enforce()
    values = {"ended_at": clock.now(), "ended_by": by.actor_key}
    if Delegation.objects.unended().filter(pk=delegation.pk).update(**values):
        for name, value in values.items():
            setattr(delegation, name, value)
        _record(delegation, "role.delegation_ended", by)
    return delegation


def _check_days(starts_on: dt.date, ends_on: dt.date) -> None:
    if starts_on < clock.civil_date():
        sentence = _("This day is over.")
        raise Invalid(sentence, code="in_the_past", fields={"starts_on": sentence})
    if ends_on < starts_on:
        sentence = _("It cannot end before it began.")
        raise Invalid(sentence, code="ends_before", fields={"ends_on": sentence})
    if (ends_on - starts_on).days >= DAYS_MOST:
        sentence = _("A role is handed over for %(days)d days at most.") % {"days": DAYS_MOST}
        raise Invalid(sentence, code="too_long", fields={"ends_on": sentence})


def _check_colleague(grant: Grant, to_user: User) -> None:
    if to_user.pk == grant.user_id:
        sentence = _("This is your own account.")
        raise Invalid(sentence, code="own_account", fields={"to_user": sentence})
    officers = to_user.grants.in_force().filter(role=GrantedRole.OFFICER)
    if not to_user.is_active or not officers.exists():
        sentence = _("Only an officer can act for an officer.")
        raise Invalid(sentence, code="no_officer", fields={"to_user": sentence})


def _record(delegation: Delegation, verb: str, by: Actor) -> None:
    grant = delegation.grant
    audit.record(
        by=by,
        verb=verb,
        subject=delegation.to_user,
        scope_path=grant.union.path if grant.union else "",
        data={
            "role": grant.role,
            "of": grant.user.actor_key,
            "from": delegation.starts_on.isoformat(),
            "until": delegation.ends_on.isoformat(),
        },
    )
