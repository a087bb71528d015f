"""What concerns a host's outlets: their hours, and one planned closure for all of them."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from nuanxin.core import audit
from nuanxin.core.actors import Actor, Role
from nuanxin.core.errors import Invalid
from nuanxin.core.scopes import common_path, reach
from nuanxin.stations import policies, services
from nuanxin.stations.enums import ClosureReason
from nuanxin.stations.models import Closure, Host, Outlet, Station


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


@transaction.atomic
def set_outlet_hours(*, outlet: Outlet, staffed: str, self_service: str, by: Actor) -> Outlet:
    """Post the hours of an outlet; the stations inside that post none of their own have them.

    Parameters
    ----------
    outlet
        The outlet.
    staffed, self_service
        OSM texts with ``WD`` and ``PH``.
    by
        Who acts; the office of a union above every station inside.

    Returns
    -------
    Outlet
        Saved; unchanged hours write nothing.

    Raises
    ------
    NotAllowed
        For anybody else.
    Invalid
        When a text cannot be read.

    Notes
    -----
    Four queries, one change row for each station inside, one audit row.
    """
    policies.can_edit_outlet(by, outlet).enforce()
    before = (outlet.staffed_hours, outlet.self_service_hours)
    after = (services.checked_hours(staffed), services.checked_hours(self_service))
    if before == after:
        return outlet
    outlet.staffed_hours, outlet.self_service_hours = after
    outlet.save(update_fields=["staffed_hours", "self_service_hours"])
    inside = list(outlet.stations.select_related("union").order_by("code"))
    for station in inside:
        services.announce(station)
    audit.record(
        by=by,
        verb="outlet.hours_changed",
        subject=outlet,
        scope_path=common_path([policies.path_of(station) for station in inside]),
        data={"before": before, "after": after, "stations": len(inside)},
    )
    return outlet


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
