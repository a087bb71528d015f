"""Roles are held over unions: how many over one, and what becomes of them when it is merged."""

from django.db import transaction

from nuanxin.accounts.models import Grant
from nuanxin.core import audit, clock
from nuanxin.core.actors import Actor
from nuanxin.unions.models import Union


def roles_at_home(union: Union) -> int:
    """Return how many roles in force reach down from a union itself. One query."""
    return Grant.objects.in_force().filter(union=union).count()


@transaction.atomic
def end_roles(union: Union, into: Union, by: Actor) -> int:
    """End the roles over a union that is merged; none passes to the union that takes it in.

    Parameters
    ----------
    union
        The union that ends.
    into
        The union that takes it in: an officer of the one is not made officer of the other by this.
    by
        Who merges the unions; asked for rights there.

    Returns
    -------
    int
        Roles ended.

    Notes
    -----
    Two queries, and an audit row for each role.
    """
    grants = list(Grant.objects.in_force().filter(union=union).select_related("user"))
    Grant.objects.filter(pk__in=[grant.pk for grant in grants]).update(
        ended_at=clock.now(), ended_by=by.actor_key
    )
    for grant in grants:
        audit.record(
            by=by,
            verb="role.ended",
            subject=grant.user,
            scope_path=union.path,
            data={"role": grant.role, "merged_into": into.code},
        )
    return len(grants)
