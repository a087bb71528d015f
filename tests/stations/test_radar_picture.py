"""The list as a radar: the same stations, the same numbers, the same words."""

import gzip
import re
from collections.abc import Iterator

import pytest

from nuanxin.core.middleware import COPY_MARK
from nuanxin.stations import snapshots
from nuanxin.stations.models import Station
from nuanxin.stations.radar_picture import MOST
from tests.conftest import StoppedClock
from tests.stations.page_world import LAT, LON, NEAR, make_station, make_street

pytestmark = pytest.mark.django_db

CARD = re.compile(r'<h2 id="n(\d+)"><span class="number">(\d+)</span> <a href="/s/(\w+)/')
DOT = re.compile(r'<a class="s-(\w+)" href="#n(\d+)" aria-label="([^"]+)"')
PLACE = re.compile(r'<g transform="translate\((-?\d+) (-?\d+)\)">')
KIB = 1024
FIRST_VIEW = 60 * KIB


@pytest.fixture(autouse=True)
def street(clock: StoppedClock) -> Iterator[list[Station]]:
    snapshots.holder.forget()
    yield make_street()
    snapshots.holder.forget()


def page_of(client, query=NEAR, **headers):
    return client.get(f"/?{query}", headers=headers).text


def test_dots_bear_the_numbers_and_words_of_the_list(client):
    page = page_of(client)

    cards = {int(anchor): (int(shown), code) for anchor, shown, code in CARD.findall(page)}
    dots = {int(number): (state, text) for state, number, text in DOT.findall(page)}
    assert sorted(cards) == sorted(dots) == [1, 2, 3, 4]
    for number, (shown, code) in cards.items():
        state, text = dots[number]
        assert shown == number
        assert text.startswith(f"{number} {Station.objects.get(code=code).name} · ")
        assert f'data-nx-code="{code}" data-nx-state="{state}"' in page
    assert dots[1] == ("confirmed", "1 金柯桥大道营业厅 · 开着 · 北 220 米")


def test_first_of_the_list_lies_on_top(client):
    numbers = [int(number) for _state, number, _text in DOT.findall(page_of(client))]

    assert numbers == [4, 3, 2, 1]


@pytest.mark.parametrize(
    ("north", "east", "side"), [(0.005, 0, (0, 1)), (-0.005, 0, (0, -1)), (0, -0.02, (1, 0))]
)
def test_dots_stand_where_the_stations_lie(client, north, east, side):
    query = f"lat={LAT + 0.005 + north * 3:.4f}&lon={LON + east:.4f}"

    places = [tuple(map(int, place)) for place in PLACE.findall(page_of(client, query))]

    assert len(places) == 4
    for x, y in places:
        assert x * side[0] + y * side[1] > 0


def test_fallbacks_are_numbered_with_the_list(client):
    page = page_of(client, f"{NEAR}&at=2026-03-11T03:00")

    anchors = [int(anchor) for anchor, _shown, _code in CARD.findall(page)]
    assert anchors == list(range(1, len(anchors) + 1))
    assert sorted(int(n) for _state, n, _text in DOT.findall(page)) == anchors


def test_rings_tell_how_far(client):
    page = page_of(client)

    assert re.findall(r'<text class="far"[^>]*>([^<]+)<', page) == ["500 米", "1.0 公里"]


def test_nothing_around_is_no_radar(client):
    assert 'class="radar"' not in page_of(client, "lat=45.0000&lon=90.0000")


def test_copy_on_the_phone_has_no_radar(client):
    client.get("/")
    copy = client.get(f"/?{NEAR}", headers={COPY_MARK: "1"}).text

    assert "金柯桥大道营业厅" in copy
    assert 'class="radar"' not in copy


def test_fragment_brings_the_radar_of_its_own_states(client):
    fragment = page_of(client, **{"HX-Request": "true"})

    assert "<html" not in fragment
    assert len(DOT.findall(fragment)) == 4


def test_full_list_with_its_radar_stays_a_small_page(client, street):
    for number in range(5, 40):
        make_station(street[0].division, number, f"第{number}站", staffed_hours="Mo-Su 08:00-20:00")
    snapshots.holder.forget()

    page = page_of(client)

    assert 1 <= len(DOT.findall(page)) <= MOST
    assert len(gzip.compress(page.encode())) < FIRST_VIEW / 4
