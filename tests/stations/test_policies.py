import pytest

from nuanxin.core.actors import Role, Scope, SystemActor
from nuanxin.stations.policies import can_edit_station, can_enter_stations, can_keep_station
from tests.factories import BrandFactory, DivisionFactory, StationFactory, UnionFactory


@pytest.fixture
def station():
    division = DivisionFactory.build(parent=None)
    union = UnionFactory.build(code="NB", path="ZJ/NB/", division=division)
    return StationFactory.build(union=union, division=division, brand=BrandFactory.build())


@pytest.mark.parametrize("path", ["", "ZJ/", "ZJ/NB/"])
@pytest.mark.parametrize(
    ("role", "may_edit", "may_keep"),
    [
        (Role.ANONYMOUS, False, False),
        (Role.WORKER, False, False),
        (Role.KEEPER, False, False),  # the role alone is not yet a door
        (Role.OFFICER, True, True),
        (Role.AUDITOR, False, False),
        (Role.ADMIN, True, True),
        (Role.SYSTEM, True, True),
    ],
)
def test_roles_over_the_stations_union(station, role, path, may_edit, may_keep):
    actor = SystemActor("x", scopes=(Scope(role, path),))

    assert can_edit_station(actor, station).is_allowed is may_edit
    assert can_keep_station(actor, station).is_allowed is may_keep
    assert can_enter_stations(actor, union_path="ZJ/NB/").is_allowed is may_edit


@pytest.mark.parametrize("path", ["ZJ/HZ/", "ZJ/NBX/", "ZJ/NB/YZ/"])
@pytest.mark.parametrize("role", list(Role))
def test_roles_elsewhere_reach_nothing(station, role, path):
    actor = SystemActor("x", scopes=(Scope(role, path),))

    for decision in (
        can_edit_station(actor, station),
        can_keep_station(actor, station),
        can_enter_stations(actor, union_path="ZJ/NB/"),
    ):
        assert not decision


def test_station_without_a_union_takes_a_scope_over_everything(station):
    station.union = None

    assert not can_edit_station(SystemActor("x", scopes=(Scope(Role.OFFICER, "ZJ/"),)), station)
    assert can_edit_station(SystemActor("x", scopes=(Scope(Role.ADMIN),)), station)
