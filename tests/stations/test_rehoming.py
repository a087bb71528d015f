"""Stations go with their union: a merger moves them, nothing else ends a union that has any."""

from typing import Any

import pytest

from nuanxin.core import clock
from nuanxin.core.actors import Role, Scope, SystemActor
from nuanxin.core.errors import Conflict, NotAllowed
from nuanxin.core.models import AuditEvent
from nuanxin.stations.enums import Lifecycle
from nuanxin.stations.models import Station, StationChange
from nuanxin.stations.rehoming import move_stations, stations_at_home
from nuanxin.unions import ending, homing
from nuanxin.unions.models import Union
from tests.factories import StationFactory, UnionFactory

pytestmark = pytest.mark.django_db
SYSTEM = SystemActor("test")


@pytest.fixture
def pair() -> tuple[Union, Union]:
    """Two unions side by side; the first has two stations and one that it delisted."""
    root = UnionFactory.create(code="ZJ", root=True)
    one, other = (UnionFactory.create(code=code, parent=root) for code in ("A", "B"))
    for code in ("S1", "S2"):
        StationFactory.create(code=code, union=one)
    StationFactory.create(code="S3", union=one, lifecycle=Lifecycle.DELISTED)
    return one, other


def under(union: Union) -> set[str]:
    return set(Station.objects.filter(union=union).values_list("code", flat=True))


def test_union_with_stations_is_not_dissolved(pair):
    with pytest.raises(Conflict, match="服务站点 2") as refused:
        ending.dissolve_union(union=pair[0], on=clock.civil_date(), reason="撤并", by=SYSTEM)

    assert refused.value.code == "unhomed"
    assert stations_at_home(pair[0]) == 2


def test_merger_moves_the_stations_and_tells_every_process(pair):
    one, other = pair

    ending.merge_union(union=one, into=other, on=clock.civil_date(), by=SYSTEM)

    assert (under(one), under(other)) == ({"S3"}, {"S1", "S2"})
    told = set(StationChange.objects.values_list("station__code", flat=True))
    assert told == {"S1", "S2"}
    event = AuditEvent.objects.get(verb="station.rehomed")
    assert (event.data, event.scope_path) == ({"from": "A", "stations": 2}, "ZJ/B/")


@pytest.mark.parametrize("path", ["ZJ/A/", "ZJ/B/"])
def test_stations_are_moved_by_whoever_reaches_both(pair, path):
    with pytest.raises(NotAllowed):
        move_stations(pair[0], pair[1], SystemActor("x", scopes=(Scope(Role.OFFICER, path),)))

    assert under(pair[0]) == {"S1", "S2", "S3"}


def test_moving_nothing_writes_nothing(pair, writes_of):
    assert writes_of(lambda: move_stations(pair[1], pair[0], SYSTEM)) == []


def test_moving_more_stations_asks_the_same(pair, assert_same_queries):
    def there_and_back() -> None:
        move_stations(pair[0], pair[1], SYSTEM)
        move_stations(pair[1], pair[0], SYSTEM)

    assert_same_queries(there_and_back, lambda: StationFactory.create_batch(19, union=pair[0]))


def test_every_room_that_points_at_unions_says_what_is_at_home_there():
    pointing: list[Any] = [relation.related_model for relation in Union._meta.related_objects]
    rooms = {model._meta.app_label for model in pointing}
    known = {home.count_unhomed.__module__.split(".")[1] for home in homing.registered()}

    assert rooms - known - {"unions"} == set()
