"""Anybody can be anybody in the demo, with one click; nowhere else, and nobody real."""

import datetime as dt

import pytest
from django.test import Client

from nuanxin.accounts.models import User
from nuanxin.core import clock as core_clock
from nuanxin.core.actors import SystemActor
from nuanxin.core.models import AuditEvent
from nuanxin.demo import people
from nuanxin.demo.personas import PERSONAS, PREFIX
from nuanxin.stations.models import Keeping
from tests.demo.certificates import BODY, plant_ca
from tests.factories import UnionFactory, UserFactory
from tests.stations.door_world import make_station

pytestmark = pytest.mark.django_db

DEMO = "/demo/"
SIGNED_IN = [persona for persona in PERSONAS if persona.username]


@pytest.fixture
def province(settings, tmp_path) -> None:
    root = UnionFactory.create(code="u33", root=True)
    UnionFactory.create(code="u330603", parent=root)
    UnionFactory.create(code="u330502", parent=root)
    people.enter_people(by=SystemActor("test"), password_path=tmp_path / "password")


def test_every_persona_is_one_of_the_demos_people():
    named = {username for username, *_rest in people.PEOPLE}

    assert {persona.username for persona in SIGNED_IN} <= named
    assert all(username.startswith(PREFIX) for username in named)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_page_shows_everybody_with_a_button(client, language):
    page = client.get(DEMO, {"lang": language})

    assert page.status_code == 200
    for persona in PERSONAS:
        assert f'value="{persona.code}"' in page.text
    assert ("A rider" in page.text) is (language == "en")


def test_every_page_leads_there_in_the_demo_alone(client, settings):
    assert f'href="{DEMO}"' in client.get("/places/").text

    settings.DEMO = False
    assert f'href="{DEMO}"' not in client.get("/places/").text


@pytest.mark.parametrize("persona", SIGNED_IN, ids=lambda persona: persona.code)
def test_one_click_signs_in(province, client, persona):
    answer = client.post(DEMO, {"persona": persona.code})

    assert answer["Location"] == ("/desk/" if persona.is_keeper else "/office/")
    user = User.objects.get(username=persona.username)
    assert client.session["_auth_user_id"] == str(user.pk)
    assert (client.get("/office/").status_code == 200) is not persona.is_keeper
    event = AuditEvent.objects.get(verb="user.signed_in")
    assert (event.actor_key, event.data) == (user.actor_key, {"door": "demo"})


def test_keeper_of_the_demo_comes_in_by_the_keepers_door(province, client):
    client.post(DEMO, {"persona": "keeper"})

    assert client.session["_auth_user_backend"].endswith("KeeperBackend")


def test_rider_is_nobody_and_stands_somewhere(province, client):
    client.post(DEMO, {"persona": "admin"})
    answer = client.post(DEMO, {"persona": "rider"})

    assert answer["Location"].startswith("/?lat=")
    assert "_auth_user_id" not in client.session


def test_one_persona_after_the_other_is_the_other(province, client):
    for code in ("admin", "auditor"):
        client.post(DEMO, {"persona": code})

    user = User.objects.get(username="demo-auditor")
    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize("code", ["", "king", "zhang", "demo-admin"])
def test_unknown_persona_is_refused_in_place(province, client, code):
    UserFactory.create(username="zhang")
    answer = client.post(DEMO, {"persona": code})

    assert answer.status_code == 422
    assert "_auth_user_id" not in client.session


def test_persona_without_its_user_is_not_found(client):
    assert client.post(DEMO, {"persona": "admin"}).status_code == 404


def test_persona_that_was_switched_off_is_not_found(province, client):
    User.objects.update(is_active=False)

    assert client.post(DEMO, {"persona": "admin"}).status_code == 404


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda persona: persona.code)
def test_outside_the_demo_there_is_no_such_page(province, client, settings, persona):
    settings.DEMO = False

    assert client.get(DEMO).status_code == 404
    assert client.post(DEMO, {"persona": persona.code}).status_code == 404
    assert client.get("/demo/ca.crt").status_code == 404
    assert "_auth_user_id" not in client.session


def test_one_click_of_another_site_signs_nobody_in(province):
    browser = Client(enforce_csrf_checks=True)

    assert browser.post(DEMO, {"persona": "admin"}).status_code == 403
    assert browser.get(DEMO)["Referrer-Policy"] == "strict-origin"


def test_certificate_of_the_authority_is_handed_out_where_there_is_one(client, settings, tmp_path):
    settings.VAR = tmp_path
    assert client.get("/demo/ca.crt").status_code == 404

    plant_ca(tmp_path)
    answer = client.get("/demo/ca.crt")

    assert answer.content == BODY
    assert answer["Content-Type"] == "application/x-x509-ca-cert"


def test_rider_at_a_door_stands_before_the_sign_of_a_kept_one(province, client, clock):
    clock.stop_at("tuesday morning")
    assert client.post(DEMO, {"persona": "door"}).status_code == 404
    station = make_station()
    keeper = User.objects.get(username="demo-keeper")
    since = core_clock.now() - dt.timedelta(days=1)
    Keeping.objects.create(user=keeper, station=station, since=since, named_by="system:test")

    page = client.post(DEMO, {"persona": "door"}, follow=True)

    assert page.redirect_chain[0][0].startswith(f"/d/{station.code}/")
    assert "门没开" in page.text
