"""One planned closure for all outlets of a host."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from nuanxin.core.actors import Actor, Role
from nuanxin.core.errors import Invalid
from nuanxin.core.scopes import reach
from nuanxin.stations import policies, services
from nuanxin.stations.enums import ClosureReason
from nuanxin.stations.models import Closure, Host, Station


@transaction.atomic
def close_outlets(
    *, host: Host, starts_at: dt.datetime, ends_at: dt.datetime, reason: ClosureReason, by: Actor,
    note: str = "",
) -> list[Closure]:  # fmt: skip
    """File one planned closure for all outlets of a host.

    Parameters
    ----------
    host
        The host.
    starts_at, ends_at, reason, note
        As for `services.file_closure`.
    by
        Who acts; keepers of the host, and the office for the stations of its own subtree.

    Returns
    -------
    list of Closure
        One for each listed station, by station number.

    Raises
    ------
    NotAllowed
        For anybody else.
    Invalid
        When it ends before it starts, or the host has no station in the actor's reach.

    Notes
    -----
    Three queries, and seven more for each station.
    """
    closures = [
        services.file_closure(
            station=station, starts_at=starts_at, ends_at=ends_at, reason=reason, note=note, by=by
        )
        for station in outlets_of(host, by)
    ]
    if not closures:
        raise Invalid(_("This host has no station here."), code="no_outlet")
    return closures


def outlets_of(host: Host, by: Actor) -> list[Station]:
    """Return the listed stations of a host that one closure of its outlets would close.

    Parameters
    ----------
    host
        The host.
    by
        Who would file it.

    Returns
    -------
    list of Station
        Those under the unions over which the actor keeps doors or holds office, by station number,
        their unions loaded.

    Raises
    ------
    NotAllowed
        For anybody who may not close the host's outlets.

    Notes
    -----
    At most three queries.
    """
    policies.can_close_outlets(by, host).enforce()
    listed = Station.objects.listed().filter(outlet__host=host)
    within = reach(by, "union__path", roles={*policies.OFFICE, Role.KEEPER})
    return list(listed.filter(within).select_related("union").order_by("code"))
