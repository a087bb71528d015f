"""What the people of an office have to know of their own roles: who acts for whom, and for how long still."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from nuanxin.accounts.delegation_models import DelegationQuerySet
from nuanxin.accounts.models import Delegation
from nuanxin.core import clock, due
from nuanxin.core.actors import Actor
from nuanxin.core.due import WEEK, RowKind


def delegations_ending(actor: Actor, now: dt.datetime) -> DelegationQuerySet:
    """Return what an actor has lent or was lent, and comes back within a week."""
    today = clock.civil_date(now)
    return Delegation.objects.of(actor).in_force_on(today).filter(ends_on__lt=today + WEEK)


def register() -> None:
    """Make this kind of work known."""
    due.register_rows(
        RowKind("accounts.delegations", _("roles handed over that come back"), "accounts_delegation", delegations_ending, "ends_on", is_deadline=True)
    )  # fmt: skip
