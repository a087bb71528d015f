import re

import pytest
from django.contrib.auth import authenticate

from nuanxin.accounts.enums import GrantedRole
from nuanxin.accounts.models import User
from tests.factories import PASSWORD, GrantFactory, UserFactory

pytestmark = pytest.mark.django_db

SIGN_IN = "/office/sign-in/"
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')


@pytest.fixture
def officer():
    return GrantFactory.create(user=UserFactory.create(username="zhang")).user


@pytest.mark.parametrize("username", ["zhang", "ZHANG"])
def test_right_name_and_password_give_the_user(officer, username):
    assert authenticate(username=username, password=PASSWORD) == officer


@pytest.mark.parametrize(
    ("username", "password"),
    [("zhang", "wrong"), ("zhang", ""), ("zhang", None), ("li", PASSWORD), ("", ""), (None, None)],
)
def test_everything_else_gives_nobody(officer, username, password):
    assert authenticate(username=username, password=password) is None


def test_inactive_user_is_refused_with_the_right_password(officer):
    User.objects.update(is_active=False)

    assert authenticate(username="zhang", password=PASSWORD) is None


def test_session_ends_when_signing_in_is_withdrawn(officer, client):
    client.force_login(officer)
    assert client.get("/office/").status_code == 200

    User.objects.update(is_active=False)

    assert client.get("/office/").status_code == 302


def test_unknown_name_costs_one_hash_like_a_wrong_password(officer, monkeypatch):
    hashed = []
    monkeypatch.setattr(User, "set_password", lambda _self, raw: hashed.append(raw))

    authenticate(username="li", password="guess")

    assert hashed == ["guess"]


def test_form_says_the_same_whether_or_not_the_user_exists(officer, client):
    pages = [
        CSRF.sub("", client.post(SIGN_IN, {"username": name, "password": "wrong"}).content.decode())
        for name in ("zhang", "nobody")
    ]

    assert pages[0].replace("zhang", "nobody") == pages[1]
    assert 'class="errorlist' in pages[0]


def test_sign_in_leads_to_the_office_and_sign_out_back_to_the_list(officer, client):
    signed_in = client.post(SIGN_IN, {"username": "zhang", "password": PASSWORD})
    signed_out = client.post("/office/sign-out/")

    assert (signed_in.status_code, signed_in["Location"]) == (302, "/office/")
    assert (signed_out.status_code, signed_out["Location"]) == (302, "/")
    assert client.get("/office/").status_code == 302


def test_sign_out_by_a_link_is_not_possible(officer, client):
    client.force_login(officer)

    assert client.get("/office/sign-out/").status_code == 405


def test_sign_in_never_sends_the_user_to_another_site(officer, client):
    response = client.post(
        f"{SIGN_IN}?next=https://elsewhere.example/", {"username": "zhang", "password": PASSWORD}
    )

    assert response["Location"] == "/office/"


@pytest.mark.parametrize("role", [GrantedRole.KEEPER, None])
def test_office_is_closed_to_users_without_an_office_role(client, role):
    user = GrantFactory.create(role=role).user if role else UserFactory.create()
    client.force_login(user)

    assert client.get("/office/").status_code == 302
