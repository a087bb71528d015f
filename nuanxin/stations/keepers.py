"""Who keeps which door: keepers and substitutes are named, and end."""

import datetime as dt
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from nuanxin.accounts import new_keepers
from nuanxin.accounts.keepers import issue_keeper_link
from nuanxin.accounts.models import User
from nuanxin.core import audit, clock
from nuanxin.core.actors import Actor, Role
from nuanxin.core.errors import Invalid
from nuanxin.stations import policies
from nuanxin.stations.models import Host, Keeping, Station

LONGEST_SUBSTITUTE: Final = dt.timedelta(days=60)


@transaction.atomic
def name_keeper(
    *, user: User, by: Actor, station: Station | None = None, host: Host | None = None
) -> Keeping:
    """Say who keeps a station, or all outlets of a host.

    Parameters
    ----------
    user
        Holds a keeper's role over the station's union; the link of the desk is issued apart.
    by
        Who acts; officers over the station's union, for a host officers over the whole tree.
    station, host
        One of the two.

    Returns
    -------
    Keeping
        The one in force; naming somebody twice changes nothing.

    Raises
    ------
    NotAllowed
        Outside the actor's scope.
    Invalid
        When the user holds no keeper's role there, or neither or both are given.

    Notes
    -----
    Three queries, one audit row.
    """
    if (station is None) == (host is None):
        raise Invalid(_("Name a station or a host."), code="nothing_kept")
    path = policies.path_of(station) if station else ""
    policies.can_name_keeper(by, union_path=path).enforce()
    return _name(user, station, host, by, path=path, until=None)


@transaction.atomic
def enter_keeper(
    *, station: Station, display_name: str, by: Actor, phone: str = ""
) -> tuple[Keeping, str]:
    """Enter somebody new who keeps a station, and give them their desk link.

    Parameters
    ----------
    station
        The station, its union loaded.
    display_name, phone
        As for `accounts.new_keepers.enter_keeper`.
    by
        Who acts; officers over the station's union.

    Returns
    -------
    (Keeping, str)
        Who keeps it now, and the path of the link, to be shown once.

    Raises
    ------
    NotAllowed
        Outside the actor's scope.
    Invalid
        When the station lies under no union, or there is no name.

    Notes
    -----
    About fifteen queries and five audit rows.
    """
    policies.can_name_keeper(by, union_path=policies.path_of(station)).enforce()
    if station.union is None:
        raise Invalid(_("Put the station under a union first."), code="no_union")
    user = new_keepers.enter_keeper(
        display_name=display_name, union=station.union, phone=phone, by=by
    )
    keeping = name_keeper(station=station, user=user, by=by)
    return keeping, issue_keeper_link(user=user, by=by)


@transaction.atomic
def name_substitute(*, station: Station, user: User, until: dt.datetime, by: Actor) -> Keeping:
    """Let somebody else keep a station until a moment.

    Parameters
    ----------
    station
        The station, its union loaded.
    user
        Holds a keeper's role over the station's union.
    until
        End of the substitution, at most sixty days ahead.
    by
        Who acts; its keepers and the office.

    Returns
    -------
    Keeping
        The new one.

    Raises
    ------
    NotAllowed
        For anybody else.
    Invalid
        When the user holds no keeper's role there, or the moment does not fit.

    Notes
    -----
    Three queries, one audit row.
    """
    policies.can_keep_station(by, station).enforce()
    now = clock.now()
    if not now < until <= now + LONGEST_SUBSTITUTE:
        sentence = _("A substitute stands in for at most sixty days.")
        raise Invalid(sentence, code="bad_until", fields={"until": sentence})
    return _name(user, station, None, by, path=policies.path_of(station), until=until)


@transaction.atomic
def end_keeping(*, keeping: Keeping, by: Actor) -> Keeping:
    """Let somebody keep a station or a host no longer; the row stays as history.

    Raises
    ------
    NotAllowed
        Outside the actor's scope; keepers may end their substitutes.

    Notes
    -----
    Two queries, one audit row; ending it again changes nothing.
    """
    station = keeping.station
    if station is not None and keeping.is_substitute:
        policies.can_keep_station(by, station).enforce()
    else:
        path = policies.path_of(station) if station else ""
        policies.can_name_keeper(by, union_path=path).enforce()
    if keeping.ended_at is None:
        keeping.ended_at, keeping.ended_by = clock.now(), by.actor_key
        keeping.save(update_fields=["ended_at", "ended_by"])
        audit.record(
            by=by,
            verb="keeping.ended",
            subject=keeping,
            scope_path=policies.path_of(station) if station else "",
        )
    return keeping


def _name(
    user: User,
    station: Station | None,
    host: Host | None,
    by: Actor,
    *,
    path: str,
    until: dt.datetime | None,
) -> Keeping:
    is_keeper = any(s.role is Role.KEEPER and s.covers(path) for s in user.scopes)
    if not is_keeper and not (host and user.has_role(Role.KEEPER)):
        raise Invalid(_("This person has no keeper's role there."), code="no_keeper")
    now = clock.now()
    same = Keeping.objects.in_force(now).filter(user=user, station=station, host=host)
    known = same.filter(is_substitute=until is not None, until=until).first()
    if known is not None:
        return known
    keeping = Keeping.objects.create(
        user=user,
        station=station,
        host=host,
        is_substitute=until is not None,
        since=now,
        until=until,
        named_by=by.actor_key,
    )
    audit.record(by=by, verb="keeping.named", subject=keeping, scope_path=path)
    return keeping
