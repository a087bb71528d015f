import re
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from nuanxin.stations import snapshots
from nuanxin.stations.models import Station
from tests.stations.page_world import NEAR, TUESDAY_10, make_street

pytestmark = pytest.mark.django_db

INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", re.IGNORECASE
)
HREF = re.compile(r'href="([^"]*)"')


@pytest.fixture(autouse=True)
def street() -> Iterator[list[Station]]:
    with time_machine.travel(TUESDAY_10, tick=False):
        snapshots.holder.forget()
        yield make_street()
    snapshots.holder.forget()


def _page(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def test_list_around_a_point_shows_states_in_words(client: Client) -> None:
    page = _page(client, f"/?{NEAR}")

    assert page.count('<article class="card">') == 4
    assert page.index("开着") < page.index("应当开着") < page.index("不清楚")
    assert "12 分钟前有人进去了" in page
    assert "到了还能待" in page
    assert "柯桥区 金柯桥大道" in page


@pytest.mark.parametrize(
    ("address", "said"), [("/", "到了还开着的工会驿站"), ("/s/{code}/", "开到几点、有什么")]
)
def test_page_tells_a_search_engine_what_it_is(
    client: Client, street: list[Station], address: str, said: str
) -> None:
    page = _page(client, address.format(code=street[0].code))

    described = re.findall(r'<meta name="description" content="([^"]{20,160})">', page)
    assert len(described) == 1
    assert said in described[0]


def test_list_in_english_has_no_chinese_of_ours(client: Client) -> None:
    page = _page(client, f"/?{NEAR}&lang=en")

    assert '<html lang="en"' in page
    assert "Should be open" in page
    assert "12 minutes ago: somebody went in" in page
    assert "带我去" not in page


def test_language_and_large_text_are_remembered(client: Client) -> None:
    client.get("/?lang=en")
    client.get("/?text=large")

    page = _page(client, "/")

    assert '<html lang="en" class="large">' in page
    assert 'class="large"' not in _page(client, "/?text=normal")
    assert 'class="large"' not in _page(client, "/")


def test_list_filters_are_remembered_without_the_position(client: Client) -> None:
    client.get(f"/?{NEAR}&by=walk&need=charging")

    assert client.cookies["nx_filters"].value == "by=walk&need=charging"
    assert _page(client, f"/?{NEAR}").count('<article class="card">') < 4


def test_list_old_filters_of_the_cookie_never_break_the_page(client: Client) -> None:
    client.cookies["nx_filters"] = "by=rocket&need=sauna&rest=99999&group=kings"

    assert _page(client, f"/?{NEAR}").count('<article class="card">') == 4


def test_list_at_night_offers_what_is_open_round_the_clock(client: Client) -> None:
    page = _page(client, f"/?{NEAR}&at=2026-03-11T03:00")

    assert "笛扬路加油站" in page
    assert "应当开着" in page


def test_list_far_from_everything_says_so(client: Client) -> None:
    page = _page(client, "/?lat=45.0000&lon=90.0000")

    assert '<article class="card">' not in page
    assert "够得着的地方没有合适的站点" in page


def test_list_without_position_asks_and_offers(client: Client) -> None:
    page = _page(client, "/")

    assert 'action="/places/"' in page
    assert "笛扬路加油站" in page
    assert 'href="/?lat=30.0800&amp;lon=120.4900"' in page


@pytest.mark.parametrize("query", ["lat=x&lon=y", f"{NEAR}&at=soon", "lat=95&lon=120"])
def test_list_nonsense_is_refused_in_the_same_look(client: Client, query: str) -> None:
    page = _page(client, f"/?{query}", status=422)

    assert 'role="alert"' in page
    assert 'class="top"' in page


def test_list_for_htmx_is_the_results_alone(client: Client) -> None:
    response = client.get(f"/?{NEAR}", headers={"HX-Request": "true"})

    page = response.content.decode()
    assert "<html" not in page
    assert page.count('<article class="card">') == 4
    assert "HX-Request" in response.headers["Vary"]


def test_detail_shows_what_stands_on_the_door(client: Client) -> None:
    page = _page(client, "/s/KQ001/")

    assert "<h1>金柯桥大道营业厅</h1>" in page
    assert page.count('<th scope="row">') == 7
    assert '<rect x="510" y="0" width="570" height="14" />' in page
    assert "2027-03-31 到期" in page
    assert "外卖员" in page
    assert 'href="tel:12351"' in page


def test_detail_without_hours_does_not_call_the_week_closed(client: Client) -> None:
    page = _page(client, "/s/KQ003/")

    assert "不清楚" in page
    assert '<th scope="row">' not in page
    assert "没有挂牌时间" in page


def test_detail_on_another_day_moves_the_week(client: Client) -> None:
    assert "02-14" in _page(client, "/s/KQ001/?at=2026-02-14T09:30")


def test_links_to_stations_never_carry_the_position(client: Client) -> None:
    page = _page(client, f"/?{NEAR}&at=2026-03-11T12:00")

    to_stations = [href for href in HREF.findall(page) if href.startswith("/s/")]
    assert to_stations
    assert all("lat" not in href and "at=2026-03-11T12:00" in href for href in to_stations)


def test_navigation_works_without_a_script(client: Client) -> None:
    hrefs = HREF.findall(_page(client, "/s/KQ001/"))

    starts = (
        "https://uri.amap.com/",
        "https://api.map.baidu.com/",
        "https://apis.map.qq.com/",
        "geo:",
    )
    assert [sum(href.startswith(start) for href in hrefs) for start in starts] == [1, 1, 1, 1]


def test_places_lead_to_the_list(client: Client) -> None:
    page = _page(client, "/places/?q=柯桥")

    assert "柯桥区" in page
    assert re.search(r'href="/\?lat=30\.\d{4}&amp;lon=120\.\d{4}"', page)


def test_places_unknown_says_what_to_try(client: Client) -> None:
    assert "没有找到" in _page(client, "/places/?q=火星基地")


@pytest.mark.parametrize("address", ["/s/NOWHERE/", "/nothing/here/"])
def test_unknown_addresses_get_a_page_that_helps(client: Client, address: str) -> None:
    page = _page(client, address, status=404)

    assert "没有找到" in page
    assert 'class="btn go" href="/"' in page


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    "address", ["/", f"/?{NEAR}", "/s/KQ001/", "/places/?q=柯桥", "/_gallery/", "/nothing/"]
)
def test_pages_hold_nothing_inline_and_nothing_undefined(
    client: Client, address: str, language: str
) -> None:
    client.cookies["nx_lang"] = language

    page = client.get(address).content.decode()

    assert INLINE.findall(page) == []
    assert "⟦undefined" not in page
    assert len(re.findall(r"<h1[ >]", page)) == 1


@pytest.mark.parametrize("address", ["/", f"/?{NEAR}", "/s/KQ001/", "/places/"])
def test_pages_are_not_kept_by_shared_caches(client: Client, address: str) -> None:
    kept = client.get(address).headers["Cache-Control"]

    assert "private" in kept


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_pages_only_answer_reading(client: Client, method: str) -> None:
    assert getattr(client, method)("/").status_code == 405
