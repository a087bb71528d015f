"""The table of stations for the wall: which, in what order, and only what is posted."""

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from django.utils.translation import override

from nuanxin.core.actors import SystemActor
from nuanxin.stations import services, snapshots, views
from nuanxin.stations.enums import ClosureReason, Lifecycle
from nuanxin.stations.models import Station
from nuanxin.stations.presentation import STATE_WORDS
from tests.conftest import StoppedClock
from tests.stations.page_world import LAT, LON, NEAR, TUESDAY_10, make_station, make_street

pytestmark = pytest.mark.django_db

ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")
SYSTEM = SystemActor("test")


@pytest.fixture(autouse=True)
def street(clock: StoppedClock) -> Iterator[list[Station]]:
    snapshots.holder.forget()
    yield make_street()
    snapshots.holder.forget()


def rows_of(client, query=NEAR):
    page = client.get(f"/print/?{query}").text
    return [TAG.sub("", row) for row in ROW.findall(page)[1:]]


def test_table_lists_every_station_nearest_first(client):
    rows = rows_of(client)

    names = ["金柯桥大道营业厅", "轻纺城邮政支局", "湖东社区惠工小站", "笛扬路加油站"]
    assert [name in row for name, row in zip(names, rows, strict=True)] == [True] * 4
    from_the_north = rows_of(client, f"lat={LAT + 0.01:.4f}&lon={LON:.4f}")
    assert [name in row for name, row in zip(names[::-1], from_the_north, strict=True)] == [
        True
    ] * 4


def test_row_says_what_is_posted(client):
    Station.objects.filter(code="KQ001").update(manager_phone="0575-8000000")

    first, _second, third, last = rows_of(client)

    for said in (
        "周一至周日：08:30–18:00",
        "柯桥街道",
        "金柯桥大道 1 号",
        "热水",
        "0575-8000000",
        "KQ001",
        "北 220 米",
    ):
        assert said in first, said
    assert "没有挂牌时间" in third
    assert "全天开放" in last


def test_announced_closure_stands_beside_the_hours(client, street):
    for day, note in ((-2, "past"), (2, "coming")):
        services.file_closure(
            station=street[0],
            starts_at=TUESDAY_10 + dt.timedelta(days=day),
            ends_at=TUESDAY_10 + dt.timedelta(days=day, hours=8),
            reason=ClosureReason.REPAIR,
            note=note,
            by=SYSTEM,
        )

    first = rows_of(client)[0]

    assert "03-12 10:00 至 03-12 18:00 停用" in first
    assert "03-08" not in first


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_paper_never_says_whether_a_door_is_open(client, language):
    with override(language):
        states = [str(word) for word in STATE_WORDS.values()]

    text = TAG.sub(" ", client.get(f"/print/?{NEAR}&lang={language}").text.partition("<main")[2])

    assert "2026-03-10 10:00" in text
    assert [s for s in states if re.search(rf"(?<!\w){s}(?!\w)", text)] == []


def test_station_off_the_map_is_not_listed(client):
    Station.objects.filter(code="KQ002").update(lifecycle=Lifecycle.SUSPENDED)

    assert "KQ002" not in "".join(rows_of(client))


def test_table_ends_with_the_sixtieth(client, street):
    town = street[0].division
    for number in range(5, 70):
        make_station(town, number, f"第{number}站")
    snapshots.holder.forget()

    rows = rows_of(client)

    assert len(rows) == views.PRINTED == 60
    assert "KQ060" in rows[-1]


def test_place_far_from_every_station_has_no_table(client):
    page = client.get("/print/?lat=45.0000&lon=90.0000").text

    assert "<table" not in page
    assert "一百公里内没有站点" in page


@pytest.mark.parametrize("query", ["lat=x&lon=120", "lat=91&lon=0", "lat=nan&lon=120"])
def test_what_is_no_place_is_refused(client, query):
    answer = client.get(f"/print/?{query}")

    assert answer.status_code == 422
    assert "这不是地图上的位置" in answer.text


def test_list_leads_to_the_table_of_its_place(client):
    page = client.get(f"/?{NEAR}&need=water").text

    assert f'href="/print/?{NEAR.replace("&", "&amp;")}"' in page
    assert "/print/" not in client.get("/").text
