"""Stations are at home in unions: how many a union has, and how they move when it ends."""

from django.db import transaction

from nuanxin.core import audit
from nuanxin.core.actors import Actor
from nuanxin.stations import policies
from nuanxin.stations.enums import Lifecycle
from nuanxin.stations.models import Station, StationChange, StationQuerySet
from nuanxin.unions.models import Union


def stations_at_home(union: Union) -> int:
    """Return how many stations a union has; those delisted are its history. One query."""
    return _at_home(union).count()


@transaction.atomic
def move_stations(union: Union, into: Union, by: Actor) -> int:
    """Put the stations of one union under another.

    Parameters
    ----------
    union
        The union that ends; what it delisted stays with it.
    into
        The union that takes them in.
    by
        Who acts; needs officer rights over both.

    Returns
    -------
    int
        Stations moved.

    Raises
    ------
    NotAllowed
        When the actor's scope does not reach one of the two.

    Notes
    -----
    Three queries, whatever the number of stations, and one audit row.
    """
    for each in (union, into):
        policies.can_enter_stations(by, union_path=each.path).enforce()
    keys = list(_at_home(union).order_by("pk").values_list("pk", flat=True))
    if not keys:
        return 0
    _at_home(union).update(union=into)
    StationChange.objects.bulk_create([StationChange(station_id=key) for key in keys])
    audit.record(
        by=by,
        verb="station.rehomed",
        subject=into,
        scope_path=into.path,
        data={"from": union.code, "stations": len(keys)},
    )
    return len(keys)


def _at_home(union: Union) -> StationQuerySet:
    return Station.objects.filter(union=union).exclude(lifecycle=Lifecycle.DELISTED)
