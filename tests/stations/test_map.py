"""The map: where a lawful source of one is configured, and nowhere else."""

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from nuanxin.algorithms.clusters import tile_of
from nuanxin.algorithms.datums import Datum, convert
from nuanxin.stations import snapshots
from nuanxin.stations.map_source import lawful_map, map_source
from tests.stations.page_world import NEAR, make_street

TIANDITU = (
    "https://t{s}.tianditu.gov.cn/vec_w/wmts?TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=secret"
)


@pytest.fixture
def street(db, clock):
    snapshots.holder.forget()
    return make_street()


def tile_at(client, station, zoom, *, datum=Datum.WGS84):
    point = (station.lat_wgs84, station.lon_wgs84)
    lat, lon = convert(point, source=Datum.WGS84, target=datum).tolist()
    x, y = tile_of(lat, lon, zoom)
    return client.get(f"/api/v1/stations/map/{zoom}/{x}/{y}")


def test_station_stands_alone_near_by_and_in_a_cluster_from_afar(client, street):
    near = tile_at(client, street[0], 18).json()
    afar = tile_at(client, street[0], 4).json()

    alone = {row["code"]: row for row in near["stations"]}[street[0].code]
    assert alone["name"] == street[0].name
    assert alone["lat"] == pytest.approx(street[0].lat_wgs84, abs=1e-5)
    assert sum(each["count"] for each in afar["clusters"]) + len(afar["stations"]) == len(
        [station for station in street if station.is_listed]
    )


def test_state_of_a_dot_is_that_of_the_list(client, street):
    listed = client.get(f"/api/v1/stations/nearby?{NEAR}&limit=50").json()["stations"]
    by_code = {row["code"]: row["state"] for row in listed}

    (told,) = [
        row for row in tile_at(client, street[0], 18).json()["stations"]
        if row["code"] == street[0].code
    ]  # fmt: skip

    assert told["state"] == by_code[street[0].code]


def test_map_drawn_in_gcj02_shows_stations_where_its_streets_are(client, street, settings):
    settings.MAP_DATUM = "gcj02"

    told = tile_at(client, street[0], 18, datum=Datum.GCJ02).json()["stations"]

    shifted = convert(
        (street[0].lat_wgs84, street[0].lon_wgs84), source=Datum.WGS84, target=Datum.GCJ02
    )
    (row,) = [row for row in told if row["code"] == street[0].code]
    assert (row["lat"], row["lon"]) == pytest.approx(tuple(shifted), abs=1e-5)
    assert abs(row["lon"] - street[0].lon_wgs84) > 0.001


def test_station_that_is_delisted_leaves_the_map(client, street):
    before = tile_at(client, street[0], 18).json()
    street[0].delete()
    snapshots.holder.forget()

    after = tile_at(client, street[0], 18).json()

    assert street[0].code in {row["code"] for row in before["stations"]}
    assert street[0].code not in {row["code"] for row in after["stations"]}


@pytest.mark.parametrize("tile", ["2/1/1", "19/1/1", "4/16/0", "4/0/16"])
def test_tile_that_does_not_exist_is_refused(client, street, tile):
    assert client.get(f"/api/v1/stations/map/{tile}").status_code == 422


def test_page_may_show_pictures_of_the_source_and_of_nobody_else(client, street):
    page = client.get(f"/map/?{NEAR}")

    (images,) = [
        rule for rule in page["Content-Security-Policy"].split("; ") if rule.startswith("img-src")
    ]
    assert images.split()[1:] == [
        "'self'", "data:", "https://t0.tiles.example", "https://t1.tiles.example",
    ]  # fmt: skip
    assert "审图号：GS（2024）0650号" in page.text
    assert page["Referrer-Policy"] == "strict-origin"
    assert "tiles.example" not in client.get("/")["Content-Security-Policy"]


def test_list_leads_to_the_map_around_its_place(client, street):
    assert f'href="/map/?{NEAR}"' in client.get(f"/?{NEAR}").text.replace("&amp;", "&")
    assert 'href="/map/"' in client.get("/").text


@pytest.mark.parametrize(
    "missing", [{"MAP_TILES": []}, {"MAP_REVIEW_NUMBER": ""}, {"MAP_CREDIT": ""}]
)
def test_without_a_lawful_source_there_is_no_map(client, street, settings, missing):
    for name, value in missing.items():
        setattr(settings, name, value)

    assert client.get("/map/").status_code == 404
    assert client.get("/api/v1/stations/map/4/13/6").status_code == 404
    assert "/map/" not in client.get("/").text


@pytest.mark.parametrize(
    ("number", "is_lawful"),
    [
        ("GS（2024）0650号", True),
        ("GS(2023)4047号", True),
        ("GS京（2022）1061号", True),
        ("浙S（2024）28号", True),
        ("审图号：GS（2019）3333号", True),
        ("", False),
        ("pending", False),
        ("GS（24）1号", False),
        ("浙ICP备2024000001号", False),
    ],
)
def test_check_knows_a_review_number(settings, number, is_lawful):
    settings.MAP_REVIEW_NUMBER = number

    assert [found.id for found in lawful_map()] == ([] if is_lawful else ["nuanxin.E003"])


@pytest.mark.parametrize(
    "template", ["http://t.example/{z}/{x}/{y}", "https://t.example/{z}", "/{z}/{x}/{y}"]
)
def test_check_refuses_an_address_no_page_can_use(settings, template):
    settings.MAP_TILES = [TIANDITU, template]

    (found,) = lawful_map()

    assert found.id == "nuanxin.E004"
    assert "secret" not in str(found)


def test_site_with_an_unlawful_map_does_not_start(settings):
    settings.MAP_REVIEW_NUMBER = ""

    with pytest.raises(SystemCheckError, match="审图号"):
        call_command("check")


def test_source_names_every_host_a_picture_may_come_from(settings):
    settings.MAP_TILES = [TIANDITU, TIANDITU.replace("vec", "cva")]
    settings.MAP_SUBDOMAINS = "012"

    source = map_source()

    assert source
    assert source.origins == [f"https://t{letter}.tianditu.gov.cn" for letter in "012"]
