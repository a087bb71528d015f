"""A station, its keeper and riders with devices, for tests of what is told at a door."""

import datetime as dt
import itertools

from nuanxin.accounts.enums import GrantedRole
from nuanxin.core.devices import Marks
from nuanxin.stations import answers, door_codes, selectors
from nuanxin.stations.enums import Place
from nuanxin.stations.models import Evidence, Keeping, Station
from tests.factories import GrantFactory, StationFactory, UnionFactory

_NUMBERS = itertools.count(1)
OLD_S = 86_400


def make_station(**fields):
    """Return a listed station, open every day from eight to eight."""
    union = fields.pop("union", None) or UnionFactory.create(root=True)
    fields = {"listed": True, "staffed_hours": "Mo-Su 08:00-20:00", "union": union} | fields
    return StationFactory.create(**fields)


def make_keeper(station):
    """Return somebody who keeps a station."""
    user = GrantFactory.create(role=GrantedRole.KEEPER, union=station.union).user
    since = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    Keeping.objects.create(user=user, station=station, since=since, named_by="system:test")
    return user


def marks(*, age_s=OLD_S, origin=None, network=None, device=None):
    """Return the marks of somebody new, on a phone and a network of their own."""
    number = next(_NUMBERS)
    network = network or f"network{number}"
    return Marks(device or f"device{number}", origin or f"{network}/{number}", network, age_s)


def spot(station, place=Place.DOOR_CODE):
    """Return a spot that shows a place."""
    if place in (Place.DOOR_CODE, Place.INSIDE_CODE):
        return answers.Spot(code=door_codes.signature(station, place))
    if place == Place.UNKNOWN:
        return answers.Spot()
    away = 0.0005 if place == Place.NEAR else 0.01
    return answers.Spot(lat_wgs84=station.lat_wgs84 + away, lon_wgs84=station.lon_wgs84)


def say(station: Station, word: str, *, place=Place.DOOR_CODE, by=None, **kwargs) -> Evidence:
    """Answer at a door: ``shut`` or ``open``."""
    return answers.answer_door(
        station=Station.objects.get(pk=station.pk),
        is_open=word == "open",
        spot=spot(station, place),
        marks=by or marks(),
        **kwargs,
    )


def state_of(station: Station, now: dt.datetime) -> str:
    """Return the state that the door's page shows at a moment."""
    page = selectors.station_page(station.code, now_s=int(now.timestamp()))
    assert page.row is not None
    return str(page.row["state"])
