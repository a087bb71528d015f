from uuid import UUID

from nuanxin.core import clock
from nuanxin.core.actors import Actor, Role
from nuanxin.core.policies import ALLOWED, REFUSED, Decision, holds
from nuanxin.core.scopes import reach, reaches_all
from nuanxin.stations.models import Host, Keeping, Outlet, Station

OFFICE = {Role.OFFICER, Role.ADMIN, Role.SYSTEM}
_USER = "user:"


def path_of(station: Station) -> str:
    """Return the path of the union a station lies under; empty without one. No query."""
    return station.union.path if station.union else ""


def can_edit_station(actor: Actor, station: Station) -> Decision:
    """Decide whether an actor may change what a station says about itself.

    Parameters
    ----------
    actor
        Who acts.
    station
        The station, its union loaded.

    Returns
    -------
    Decision
        Officers over its union's subtree, administrators, commands. No query.
    """
    return holds(actor, OFFICE, path=path_of(station))


def can_keep_station(actor: Actor, station: Station) -> Decision:
    """Decide whether an actor may file closures and speak for the door of a station.

    Parameters
    ----------
    actor
        Who acts.
    station
        The station, its union loaded.

    Returns
    -------
    Decision
        The office over its union's subtree, without a query; otherwise whoever holds a keeper's role
        there and keeps this very station, or its host's outlets, at this moment: one query.
    """
    office = holds(actor, OFFICE, path=path_of(station))
    if office:
        return office
    keeper = holds(actor, {Role.KEEPER}, path=path_of(station))
    if not keeper:
        return keeper if keeper.code == "out_of_scope" else office
    return ALLOWED if _keeps(actor, station) else Decision(is_allowed=False, code="out_of_scope")


def can_name_keeper(actor: Actor, *, union_path: str) -> Decision:
    """Decide whether an actor may say who keeps a station under a union. No query."""
    return holds(actor, OFFICE, path=union_path)


def can_close_outlets(actor: Actor, host: Host) -> Decision:
    """Decide whether an actor may file one closure for all outlets of a host.

    Parameters
    ----------
    actor
        Who acts.
    host
        The host.

    Returns
    -------
    Decision
        Whoever keeps the host's outlets, and the office of a union under which it has a station: at
        most two queries. The closure is filed for the stations in reach alone.
    """
    within = reach(actor, "union__path", roles=OFFICE)
    if Station.objects.filter(within, outlet__host=host).exists():
        return ALLOWED
    user = user_of(actor)
    in_force = Keeping.objects.in_force(clock.now()).filter(host=host)
    is_kept = user is not None and in_force.filter(user=user).exists()
    return ALLOWED if is_kept else REFUSED


def can_edit_outlet(actor: Actor, outlet: Outlet) -> Decision:
    """Decide whether an actor may post the hours of a host's outlet.

    Parameters
    ----------
    actor
        Who acts.
    outlet
        The outlet.

    Returns
    -------
    Decision
        The office of a union above every station inside; an outlet without a station belongs to
        those over the whole tree. Two queries at most.
    """
    if reaches_all(actor, roles=OFFICE):
        return ALLOWED
    inside = Station.objects.filter(outlet=outlet)
    near = inside.filter(reach(actor, "union__path", roles=OFFICE)).count()
    return ALLOWED if near and near == inside.count() else REFUSED


def user_of(actor: Actor) -> UUID | None:
    """Return the key of the user an actor is; None for programs and strangers."""
    key = actor.actor_key
    return UUID(key.removeprefix(_USER)) if key.startswith(_USER) else None


def _keeps(actor: Actor, station: Station) -> bool:
    user = user_of(actor)
    in_force = Keeping.objects.in_force(clock.now())
    return user is not None and in_force.of_station(station).filter(user=user).exists()


def can_enter_stations(actor: Actor, *, union_path: str) -> Decision:
    """Decide whether an actor may enter stations under a union; empty path means any."""
    return holds(actor, OFFICE, path=union_path)


def can_enter_somewhere(actor: Actor) -> Decision:
    """Decide whether there is any union under which an actor may enter stations. No query."""
    return ALLOWED if any(scope.role in OFFICE for scope in actor.scopes) else REFUSED


def can_export_stations(actor: Actor) -> Decision:
    """Decide whether an actor may take along the stations they see; auditors only read. No query."""
    return can_enter_somewhere(actor)


def can_edit_catalogue(actor: Actor) -> Decision:
    """Decide whether an actor may write brands, facilities, groups and standards.

    Parameters
    ----------
    actor
        Who acts.

    Returns
    -------
    Decision
        Allowed to administrators and programs over the whole tree: every union reads them. No query.
    """
    return holds(actor, {Role.ADMIN, Role.SYSTEM})
