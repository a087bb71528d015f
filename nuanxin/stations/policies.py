from nuanxin.core.actors import Actor, Role
from nuanxin.core.policies import ALLOWED, REFUSED, Decision, holds
from nuanxin.stations.models import Station

_OFFICE = {Role.OFFICER, Role.ADMIN, Role.SYSTEM}
_DESK = {Role.KEEPER, *_OFFICE}


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
    return holds(actor, _OFFICE, path=path_of(station))


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
        Its keepers as well as the office. No query.
    """
    return holds(actor, _DESK, path=path_of(station))


def can_enter_stations(actor: Actor, *, union_path: str) -> Decision:
    """Decide whether an actor may enter stations under a union; empty path means any."""
    return holds(actor, _OFFICE, path=union_path)


def can_enter_somewhere(actor: Actor) -> Decision:
    """Decide whether there is any union under which an actor may enter stations. No query."""
    return ALLOWED if any(scope.role in _OFFICE for scope in actor.scopes) else REFUSED


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
