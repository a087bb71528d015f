"""What a rider does at a door through pages and forms, without signing in."""

import datetime as dt
import re
from collections.abc import Iterator

import pytest

from nuanxin.core import devices
from nuanxin.stations import pace, snapshots
from nuanxin.stations.enums import Discount, FaultKind, Lifecycle, Place
from nuanxin.stations.models import Evidence, Fault, Station, StationChange
from tests.conftest import StoppedClock, StrictClient
from tests.stations.page_world import NEAR, TUESDAY_10, make_street, sign_of
from tests.stations.riders import answer, inside, outside, phone

pytestmark = pytest.mark.django_db

FORM = re.compile(r'<form[^>]*action="(/s/\w+/(?:answer|fault)/)"')
SIGNS = {"outside": outside, "inside": inside}


@pytest.fixture(autouse=True)
def street(clock: StoppedClock) -> Iterator[list[Station]]:
    snapshots.holder.forget()
    yield make_street()
    snapshots.holder.forget()


def page_of(client: StrictClient, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return str(response.content.decode())


def test_sign_at_the_door_asks_and_proves_nothing(client, writes_of):
    page = page_of(client, outside())

    assert [word in page for word in ("进来了", "门没开", "只是看看")] == [True] * 3
    assert "金柯桥大道营业厅" in page
    assert page.count("csrfmiddlewaretoken") >= 1
    assert writes_of(lambda: client.get(outside())) == []
    assert writes_of(lambda: client.get(inside())) == []
    assert not Evidence.objects.exists()


def test_door_that_is_not_open_names_what_is_open_near_it(client):
    page = page_of(client, outside("KQ003"))

    assert "最近的开着的站点" in page
    assert [name in page for name in ("轻纺城邮政支局", "笛扬路加油站")] == [True, True]
    assert "最近的开着的站点" not in page_of(client, outside("KQ001"))


def test_keepers_telephone_stands_on_the_page_as_posted(client):
    Station.objects.filter(code="KQ001").update(manager_phone="0575-8000000")

    assert 'href="tel:0575-8000000"' in page_of(client, outside())


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("wrong", ["aaaaaaaa", "é", "%00", "1", "A" * 300])
def test_wrong_signature_is_not_told_from_an_unknown_station(client, sign, wrong):
    prefix = SIGNS[sign]()[:3]
    known = client.get(f"{prefix}KQ001/{wrong}/")
    unknown = client.get(f"{prefix}KQ999/{wrong}/")

    assert (known.status_code, unknown.status_code) == (404, 404)
    assert len(known.content) - len(unknown.content) in range(-8, 9)


def test_sign_of_one_side_does_not_open_the_other(client):
    assert client.get(inside().replace("/i/", "/d/")).status_code == 404
    assert client.get(outside().replace("/d/", "/i/")).status_code == 404


@pytest.mark.parametrize("sign", SIGNS)
def test_voided_sign_says_so_and_shows_no_place(client, street, sign):
    address = SIGNS[sign]()
    Station.objects.filter(code="KQ001").update(code_version=2)

    assert "作废" in page_of(client, address, status=410)
    answer(phone(), "shut")
    assert Evidence.objects.get().place == Place.UNKNOWN


def test_delisted_station_is_nowhere(client):
    told = answer(phone(), "shut")["Location"]
    Station.objects.filter(code="KQ001").update(lifecycle=Lifecycle.DELISTED)

    for address in (outside(), inside(), "/s/KQ001/", told):
        assert client.get(address).status_code == 404
    assert answer(phone(), "shut").status_code == 404
    assert (
        phone().post("/s/KQ001/fault/", {"facility": "water", "kind": "broken"}).status_code == 404
    )


def test_answer_leads_to_what_becomes_of_it(client):
    response = answer(phone(), "shut")

    word = Evidence.objects.get()
    assert (response.status_code, response["Location"]) == (303, f"/r/{word.pk}/")
    assert (word.worth, word.place, word.source) == (1.0, Place.DOOR_CODE, "rider")
    assert "记下了，等第二个人证实" in page_of(client, response["Location"])


def test_two_riders_close_the_door_and_both_see_it(client):
    first, second = answer(phone(), "shut"), answer(phone(), "shut")

    for told in (first, second):
        page = page_of(client, told["Location"])
        assert "你说得对" in page
        assert "对所有人显示：关着，最晚到 14:00" in page
        assert "另有 1 部手机也这么说" in page
    assert "关着" in page_of(client, outside())


def test_looking_says_nothing(client, writes_of):
    assert writes_of(lambda: answer(client, "look")) == []
    assert answer(client, "look")["Location"] == "/s/KQ001/"


@pytest.mark.parametrize("what", ["", "open", "IN", "shut\x00"])
def test_answer_nobody_can_give_is_refused_in_words(client, what):
    response = answer(client, what)

    assert response.status_code == 422
    assert "请说明是进来了" in response.content.decode()
    assert not Evidence.objects.exists()


def test_code_inside_says_that_somebody_came_in_and_stays_for_the_faults(client):
    rider = phone()
    page = page_of(rider, inside())
    assert "data-nx-once" in page

    response = answer(rider, "in", place=Place.INSIDE_CODE)

    word = Evidence.objects.get()
    assert response["Location"] == f"{inside()}?word={word.pk}"
    assert (word.kind, word.place, word.worth) == ("inside_scan", Place.INSIDE_CODE, 1.0)
    page = page_of(rider, response["Location"])
    assert "data-nx-once" not in page
    assert f"/r/{word.pk}/" in page
    assert "坏了？" in page


def test_nonsense_for_a_word_keeps_the_button(client):
    assert "data-nx-once" in page_of(client, f"{inside()}?word=x&told=sauna")


def test_double_tap_and_second_tab_are_one_word(client):
    rider = phone()
    tabs = [page_of(rider, outside()), page_of(rider, "/s/KQ001/")]
    assert all(FORM.search(tab) for tab in tabs)

    told = {answer(rider, "shut")["Location"] for _ in range(3)}
    told.add(answer(rider, "shut", place=None)["Location"])

    assert len(told) == 1
    assert Evidence.objects.count() == 1


def test_place_comes_from_the_body_alone(client):
    near, far = {"lat": "30.0781", "lon": "120.4881"}, {"lat": "31.0781", "lon": "120.4881"}

    answer(phone(), "shut", place=None, **near)
    answer(phone(), "shut", place=None, **far)
    answer(phone(), "shut", place=None)
    phone().post("/s/KQ001/answer/?lat=30.0781&lon=120.4881", {"answer": "shut"})

    places = list(Evidence.objects.order_by().values_list("place", "discount"))
    assert sorted(places) == sorted(
        [
            (Place.NEAR, ""),
            (Place.FAR, Discount.FAR_AWAY),
            *[(Place.UNKNOWN, Discount.NO_PLACE)] * 2,
        ]
    )


@pytest.mark.parametrize(
    "position",
    [
        {"lat": "nan", "lon": "nan"},
        {"lat": "inf", "lon": "0"},
        {"lat": "95", "lon": "120"},
        {"lat": "x", "lon": "120.1"},
        {"lat": "30.1"},
    ],
)
def test_broken_position_costs_nobody_their_word(client, position):
    response = answer(phone(), "shut", place=None, **position)

    assert response.status_code == 303
    assert Evidence.objects.get().place == Place.UNKNOWN


def test_report_without_a_place_says_what_would_count_more(client):
    told = answer(phone(), "shut", place=None)["Location"]

    assert "没有显示你在哪里，只算半个人" in page_of(client, told)


def test_report_from_far_away_is_counted_for_nothing_and_says_why(client):
    before = StationChange.objects.count()
    told = answer(phone(), "shut", place=None, lat="31.5", lon="121.5")["Location"]

    page = page_of(client, told)
    assert "这一次没有计入" in page
    assert "你的位置离门口太远" in page
    assert "data-nx-refresh" not in page
    assert StationChange.objects.count() == before


def test_phone_on_its_first_visit_counts_half(client):
    page_of(client, outside())

    answer(client, "shut")

    assert Evidence.objects.get().discount == Discount.YOUNG_DEVICE


def test_phone_that_refuses_cookies_can_still_say_it(client):
    response = client.post("/s/KQ001/answer/", {"answer": "shut"})

    assert response.status_code == 303
    assert devices.COOKIE in response.cookies


@pytest.mark.parametrize("address", ["/", f"/?{NEAR}", "/s/KQ001/", "/places/", outside()])
def test_first_visit_hands_out_a_token_once(client, address):
    given = client.get(address).cookies[devices.COOKIE]
    again = client.get(address).cookies

    assert given["httponly"]
    assert given["samesite"] == "Lax"
    assert devices.COOKIE not in again


def test_forged_token_is_replaced(client):
    client.cookies[devices.COOKIE] = "WyJ4IiwxXQ:forged"

    assert devices.COOKIE in client.get("/").cookies


@pytest.mark.parametrize("path", ["answer", "fault"])
@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete"])
def test_forms_answer_posts_alone(client, path, method):
    assert getattr(client, method)(f"/s/KQ001/{path}/").status_code == 405


@pytest.mark.parametrize("path", ["answer", "fault"])
def test_forms_without_a_csrf_token_are_refused(path):
    client = phone(enforce_csrf_checks=True)
    body = {"answer": "shut", "facility": "water", "kind": "broken"}

    assert client.post(f"/s/KQ001/{path}/", body).status_code == 403
    assert not Evidence.objects.exists()
    assert not Fault.objects.exists()


@pytest.mark.parametrize("address", [f"/?{NEAR}", "/s/KQ001/", outside(), inside()])
def test_page_with_a_form_lets_the_form_name_its_origin_only(address):
    client = phone(enforce_csrf_checks=True)
    response = client.get(address)
    token = re.findall(r'csrfmiddlewaretoken" value="(\w+)"', response.content.decode())[0]

    assert response["Referrer-Policy"] == "strict-origin"
    body = {"answer": "shut", "csrfmiddlewaretoken": token}
    sent = client.post("/s/KQ001/answer/", body, headers={"origin": "http://testserver"})
    assert sent.status_code == 303


def test_another_clock_offers_no_answers(client):
    at = "at=2026-03-11T03:00"

    assert not FORM.search(page_of(client, f"/?{NEAR}&{at}"))
    assert not FORM.search(page_of(client, f"/s/KQ001/?{at}"))


def test_fault_is_thanked_for_and_shown(client):
    for number, rider in enumerate([phone(), phone()], start=1):
        body = {"facility": "water", "kind": FaultKind.BROKEN}
        told = rider.post("/s/KQ001/fault/", body)
        assert (told.status_code, told["Location"]) == (303, "/s/KQ001/?told=water#told")
        page = page_of(rider, told["Location"])
        assert "谢谢，热水的情况记下了。" in page
        assert f"{number} 人反映：坏了" in page


def test_fault_at_a_sign_leads_back_to_the_sign(client):
    body = {"facility": "water", "kind": "empty"}
    for page, place in ((inside(), Place.INSIDE_CODE), (outside(), Place.DOOR_CODE)):
        told = phone().post("/s/KQ001/fault/", body | {"sign": sign_of("KQ001", place)})
        assert told["Location"] == f"{page}?told=water#told"
        assert Fault.objects.filter(place=place).exists()


def test_faults_of_two_are_being_seen_to_and_then_mended(client, street):
    body = {"facility": "water", "kind": "broken", "sign": sign_of("KQ001", Place.INSIDE_CODE)}
    for _ in range(2):
        phone().post("/s/KQ001/fault/", body)
    assert "2 人反映：坏了 · 正在处理" in page_of(client, "/s/KQ001/")

    Fault.objects.update(state="mended", ended_at=TUESDAY_10, ended_by="user:x")

    page = page_of(client, "/s/KQ001/")
    assert "人反映" not in page
    assert "修好" in page


@pytest.mark.parametrize(
    "body",
    [
        {"facility": "sauna", "kind": "broken"},
        {"facility": "\x00", "kind": "broken"},
        {"facility": "water", "kind": "ugly"},
        {},
    ],
)
def test_fault_of_nothing_is_refused_in_words(client, body):
    assert client.post("/s/KQ001/fault/", body).status_code == 422
    assert not Fault.objects.exists()


def test_device_that_says_too_much_in_a_minute_waits(client, clock):
    rider = phone()
    body = [{"facility": f, "kind": k} for f in ("water", "microwave") for k in FaultKind.values]
    assert len(body) == pace.OF_A_DEVICE
    for one in body:
        assert rider.post("/s/KQ001/fault/", one).status_code == 303

    refused = answer(rider, "shut")

    assert refused.status_code == 429
    assert "一分钟里说得太多了" in refused.content.decode()
    clock.stop_at("2026-03-10T10:01:01")
    assert answer(rider, "shut").status_code == 303


def test_address_that_sends_new_devices_without_end_waits(client, monkeypatch):
    monkeypatch.setattr(pace, "OF_A_NETWORK", 3)
    sent = [StrictClient().post("/s/KQ001/answer/", {"answer": "shut"}) for _ in range(4)]

    assert [response.status_code for response in sent] == [303, 303, 303, 429]


@pytest.mark.parametrize("address", ["/s/KQ001/", outside(), inside()])
def test_door_for_an_open_page_is_the_door_alone(client, address):
    page = client.get(address, headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in page
    assert 'id="door"' in page
    assert 'data-nx-code="KQ001" data-nx-state="confirmed"' in page


def test_pages_of_signs_and_reports_stay_out_of_search_engines(client):
    told = answer(phone(), "shut")["Location"]

    for address in (outside(), inside(), told):
        assert '<meta name="robots" content="noindex">' in page_of(client, address)


@pytest.mark.parametrize("path", ["d/%00/aaaaaaaa/", "i/%00/aaaaaaaa/", "r/%00/"])
def test_address_nobody_printed_is_not_found(client, path):
    assert client.get(f"/{path}").status_code == 404
    assert client.post("/s/%00/answer/", {"answer": "shut"}).status_code == 404


def test_form_of_an_old_page_is_refused_in_our_own_words():
    client = phone(enforce_csrf_checks=True)

    refused = client.post("/s/KQ001/answer/", {"answer": "shut"})

    assert refused.status_code == 403
    assert "请返回上一页，刷新后再试一次" in refused.content.decode()


def test_report_is_gone_after_thirty_days(client, clock):
    told = answer(phone(), "shut")["Location"]

    clock.stop_at("2026-04-09T09:59:59")
    assert client.get(told).status_code == 200
    clock.stop_at("2026-04-09T10:00:01")
    assert client.get(told).status_code == 404


def test_report_of_anybody_but_a_stranger_is_nobodys_to_read(client, street):
    own = Evidence.objects.create(
        id="11111111-1111-4111-8111-111111111111",
        station=street[0],
        kind="keeper_open",
        at=TUESDAY_10 - dt.timedelta(minutes=1),
        source="keeper",
    )

    assert client.get(f"/r/{own.pk}/").status_code == 404
    assert client.get("/r/22222222-2222-4222-8222-222222222222/").status_code == 404
