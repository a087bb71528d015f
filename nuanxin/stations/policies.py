from nuanxin.core.actors import Actor, Role
from nuanxin.core.policies import Decision, holds
from nuanxin.stations.models import Station

_OFFICE = {Role.OFFICER, Role.ADMIN, Role.SYSTEM}
_DESK = {Role.KEEPER, *_OFFICE}


def _path(station: Station) -> str:
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
    return holds(actor, _OFFICE, path=_path(station))


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
    return holds(actor, _DESK, path=_path(station))


def can_enter_stations(actor: Actor, *, union_path: str) -> Decision:
    """Decide whether an actor may enter stations under a union; empty path means any."""
    return holds(actor, _OFFICE, path=union_path)
