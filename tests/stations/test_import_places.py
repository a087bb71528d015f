"""From names of districts and towns to codes."""

import pytest

from nuanxin.stations.import_places import Divisions
from tests.stations.import_world import make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def province():
    make_world()
    return Divisions("33")


@pytest.mark.parametrize(
    ("county", "town", "address", "expected"),
    [
        ("柯桥区", "华舍街道", "", ("330603001", "")),
        ("柯桥", "华舍", "", ("330603001", "")),
        ("绍兴市柯桥区", "安昌街道", "", ("330603002", "")),
        ("330603", "", "", ("330603", "")),
        ("", "330603002", "", ("330603002", "")),
        ("柯桥区", "", "柯桥区安昌街道古镇5号", ("330603002", "")),
        ("", "", "萧山区城厢街道人民路1号", ("330109001", "")),
        ("", "华舍街道", "", ("330603001", "")),
        ("柯桥区", "不存在镇", "", ("330603", "town")),
        ("不存在区", "华舍街道", "", ("", "county")),
        ("", "", "某路1号", ("", "county")),
        ("萧山区", "华舍街道", "", ("330109", "town")),
    ],
)
def test_divisions_resolve_names_and_never_guess(province, county, town, address, expected):
    assert province.resolve(county, town, address) == expected


def test_divisions_of_one_county_need_no_name():
    make_world()

    assert Divisions("330603").resolve("", "", "某路1号") == ("330603", "")
