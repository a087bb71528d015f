"""The two doors as a browser walks them."""

import datetime as dt
import logging

import pytest
from django.contrib.auth import get_user
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.test import Client
from django.urls import path

import config.urls
from nuanxin.accounts import keepers, pending, services
from nuanxin.accounts.enums import GrantedRole
from nuanxin.accounts.models import AttemptCount, KeeperKey, SecondFactor, User
from nuanxin.core import clock as core_clock
from nuanxin.core.logs import scrub
from nuanxin.core.models import AuditEvent
from nuanxin.core.views import livez
from tests.accounts.codes import (
    KEEPER_ID,
    PIN,
    SYSTEM,
    Authenticator,
    enrolled,
    keeper_link,
    make_keeper,
)
from tests.conftest import StrictClient
from tests.factories import PASSWORD, GrantFactory, UserFactory

pytestmark = pytest.mark.django_db

SIGN_IN, CODE, ENROL = "/office/sign-in/", "/office/second-factor/", "/office/second-factor/enrol/"
RIGHT = {"username": "zhang", "password": PASSWORD}


@pytest.fixture
def officer(settings, clock) -> User:
    settings.SECOND_FACTOR = True
    made: User = GrantFactory.create(user=UserFactory.create(username="zhang")).user
    return made


def who(client: Client) -> User | None:
    request = HttpRequest()
    request.session = client.session
    user = get_user(request)
    return user if isinstance(user, User) else None


# --- the password's limits ---


def test_password_eleventh_try_is_refused_even_when_right(officer, client):
    wrong = [client.post(SIGN_IN, RIGHT | {"password": "wrong"}).status_code for _ in range(10)]
    refused = client.post(SIGN_IN, RIGHT)

    assert wrong == [200] * 10
    assert refused.status_code == 429
    assert "一刻钟" in refused.text
    assert "nx_pending" not in client.session


def test_password_limit_answers_the_same_whether_or_not_the_user_exists(officer, client):
    answers = []
    for name in ("zhang", "nobody"):
        posts = [
            client.post(SIGN_IN, {"username": name, "password": "wrong"}).status_code
            for _ in range(11)
        ]
        answers.append(posts)

    assert answers[0] == answers[1] == [200] * 10 + [429]


def test_password_names_tried_from_one_address_stop_at_fifty(officer, client):
    def tries(count: int, **extra: str) -> list[int]:
        return [
            client.post(
                SIGN_IN, {"username": f"u{number}", "password": "wrong"}, **extra
            ).status_code
            for number in range(count)
        ]

    assert tries(52, REMOTE_ADDR="203.0.113.9") == [200] * 50 + [429] * 2
    # what the client says of itself opens no new window, and another address has its own
    spoofed = {"REMOTE_ADDR": "203.0.113.9", "HTTP_X_FORWARDED_FOR": "198.51.100.7"}
    assert tries(1, **spoofed) == [429]
    assert tries(1, REMOTE_ADDR="203.0.113.10") == [200]
    # a try that the address's limit refused counts against no name
    assert AttemptCount.objects.filter(purpose="password.name").count() == 50


def test_password_that_was_right_gives_back_one_try_and_not_all(officer, client):
    for number in range(3):
        client.post(SIGN_IN, {"username": f"u{number}", "password": "wrong"})
    client.post(SIGN_IN, RIGHT)

    assert AttemptCount.objects.get(purpose="password.address").tries_count == 3
    assert AttemptCount.objects.filter(purpose="password.name").count() == 3


@pytest.mark.parametrize("is_reset", [True, False])
def test_password_that_was_reset_opens_at_once(officer, client, is_reset):
    for _ in range(10):
        client.post(SIGN_IN, RIGHT | {"password": "wrong"})
    if is_reset:
        services.reset_password(user=officer, password=PASSWORD, by=SYSTEM)

    assert client.post(SIGN_IN, RIGHT).status_code == (302 if is_reset else 429)


def test_own_password_is_asked_within_the_same_limit(officer, client):
    client.force_login(officer)
    fields = {"new_password1": "nine-warmer-stations", "new_password2": "nine-warmer-stations"}
    for _ in range(10):
        client.post("/office/password_change/", fields | {"old_password": "wrong"})

    refused = client.post("/office/password_change/", fields | {"old_password": PASSWORD})

    assert refused.status_code == 200
    assert "一刻钟" in refused.text
    assert User.objects.get(pk=officer.pk).check_password(PASSWORD)


# --- password, then code ---


def test_password_alone_does_not_sign_in(officer, client):
    held, _codes = enrolled(officer)
    answer = client.post(SIGN_IN, RIGHT)

    assert (answer.status_code, answer["Location"]) == (302, CODE)
    assert who(client) is None
    assert client.get("/office/").status_code == 302

    done = client.post(CODE, {"code": held.code()})

    assert (done.status_code, done["Location"]) == (302, "/office/")
    assert who(client) == officer
    assert client.get("/office/").status_code == 200
    event = AuditEvent.objects.get(verb="user.signed_in")
    assert (event.actor_key, event.data) == (officer.actor_key, {"door": "code"})


def test_sign_in_goes_where_it_was_asked_for_and_never_to_another_site(officer, client):
    held, codes = enrolled(officer)
    client.post(f"{SIGN_IN}?next=/office/accounts/user/", RIGHT)
    assert client.post(CODE, {"code": held.code()})["Location"] == "/office/accounts/user/"

    client.post(f"{SIGN_IN}?next=https://elsewhere.example/", RIGHT)
    assert client.post(CODE, {"recovery": codes[0]})["Location"] == "/office/"


def test_wrong_code_is_refused_in_place(officer, client):
    enrolled(officer)
    client.post(SIGN_IN, RIGHT)
    wrong, empty = client.post(CODE, {"code": "000000"}), client.post(CODE, {})

    assert wrong.status_code == empty.status_code == 422
    assert wrong.context["form"].errors["code"]
    assert who(client) is None


def test_sixth_code_is_refused_and_a_new_session_does_not_help(officer, client):
    held, _codes = enrolled(officer)
    client.post(SIGN_IN, RIGHT)
    for _ in range(5):
        client.post(CODE, {"code": "000000"})

    other = StrictClient()
    other.post(SIGN_IN, RIGHT)
    for browser in (client, other):
        assert browser.post(CODE, {"code": held.code()}).status_code == 429
        assert who(browser) is None


def test_code_page_waits_ten_minutes(officer, client, clock):
    held, _codes = enrolled(officer)
    client.post(SIGN_IN, RIGHT)
    clock.stop_at("2026-03-10T10:09:59")
    assert client.get(CODE).status_code == 200
    clock.stop_at("2026-03-10T10:10")

    answer = client.post(CODE, {"code": held.code()})

    assert answer["Location"] == SIGN_IN
    assert who(client) is None


@pytest.mark.parametrize("address", [CODE, ENROL])
@pytest.mark.parametrize("method", ["get", "post"])
def test_stranger_is_sent_to_the_password(client, address, method):
    answer = getattr(client, method)(address)

    assert (answer.status_code, answer["Location"]) == (302, SIGN_IN)


def test_code_page_is_void_once_the_password_has_changed(officer, client):
    held, _codes = enrolled(officer)
    client.post(SIGN_IN, RIGHT)
    services.reset_password(user=officer, password="nine-warmer-stations", by=SYSTEM)

    assert client.post(CODE, {"code": held.code()})["Location"] == SIGN_IN


def test_session_key_changes_at_each_step(officer, client):
    held, _codes = enrolled(officer)
    client.get(SIGN_IN)
    session = client.session
    session["x"] = 1
    session.save()
    client.cookies["sessionid"] = session.session_key
    keys = [session.session_key]
    for address, data in ((SIGN_IN, RIGHT), (CODE, {"code": held.code()})):
        client.post(address, data)
        keys.append(client.session.session_key)

    assert len(set(keys)) == 3


def test_keeper_with_a_password_owes_no_code(settings, client):
    settings.SECOND_FACTOR = True
    user = UserFactory.create(username="zhang")
    GrantFactory.create(user=user, role=GrantedRole.KEEPER)
    client.post(SIGN_IN, RIGHT)

    assert who(client) == user


def test_first_role_of_staff_ends_sessions_a_password_alone_opened(client):
    user = UserFactory.create()
    keeping = GrantFactory.create(user=user, role=GrantedRole.KEEPER)
    client.force_login(user)
    services.grant_role(user=user, role=GrantedRole.OFFICER, union=keeping.union, by=SYSTEM)

    assert who(client) is None


def test_staff_session_lasts_twelve_hours(officer, client):
    client.force_login(officer)

    session = Session.objects.get()
    assert session.expire_date - core_clock.now() == dt.timedelta(hours=12)


# --- enrolment ---


def test_first_sign_in_enrols_an_authenticator(officer, client):
    assert client.post(SIGN_IN, RIGHT)["Location"] == ENROL
    page = client.get(ENROL)
    held = Authenticator(page.context["secret"].replace(" ", ""))
    assert "<svg" in page.text
    assert "style=" not in page.text
    assert client.post(ENROL, {"code": "000000"}).status_code == 422
    assert client.get(ENROL).context["secret"] == page.context["secret"], "no new secret meanwhile"
    assert not SecondFactor.objects.exists()

    done = client.post(ENROL, {"code": held.code()})

    assert done.status_code == 200
    assert all(code in done.text for code in done.context["codes"])
    assert "no-store" in done["Cache-Control"]
    assert who(client) == officer
    assert client.get(ENROL)["Location"] == SIGN_IN, "the codes are shown once"


def test_enrolment_keeps_its_secret_sealed_in_the_session(officer, client):
    client.post(SIGN_IN, RIGHT)
    secret = client.get(ENROL).context["secret"].replace(" ", "")

    assert secret not in str(dict(client.session.items()))


def test_enrolled_user_cannot_enrol_again_by_password_alone(officer, client):
    enrolled(officer)
    client.post(SIGN_IN, RIGHT)

    assert client.get(ENROL)["Location"] == SIGN_IN


# --- the keepers' door ---


@pytest.fixture
def link(clock) -> str:
    return keeper_link()


def test_link_asks_for_a_pin_at_first_and_for_the_same_later(link, client):
    first = client.get(link)
    assert first.context["is_first"]
    done = client.post(link, {"pin": PIN, "repeated": PIN})
    assert (done.status_code, done["Location"]) == (302, "/desk/")
    assert who(client) == User.objects.get(pk=KEEPER_ID)

    other = StrictClient()
    assert not other.get(link).context["is_first"]
    assert other.post(link, {"pin": "918273"}).status_code == 422
    assert who(other) is None
    assert other.post(link, {"pin": PIN}).status_code == 302
    assert who(other) == User.objects.get(pk=KEEPER_ID)


def test_link_leads_on_when_its_keeper_is_in_already(link, client):
    client.post(link, {"pin": PIN, "repeated": PIN})

    assert client.get(link)["Location"] == "/desk/"


def test_link_leads_to_the_desk_where_there_is_one(link, client, settings):
    settings.KEEPER_HOME_URLS = ["desk:desk_home", "livez"]
    settings.ROOT_URLCONF = (*config.urls.urlpatterns, path("desk/", livez, name="desk"))

    assert client.post(link, {"pin": PIN, "repeated": PIN})["Location"] == "/livez"


def test_preview_of_a_link_writes_nothing(link, client, writes_of):
    for method in (client.get, client.head):
        assert writes_of(lambda method=method: method(link)) == []
    assert not KeeperKey.objects.get().pin_hash


@pytest.mark.parametrize("address", ["/k/x/", "/k/~/"])
def test_dead_link_says_whom_to_ask_and_its_token_is_not_logged(client, address, caplog):
    logger = logging.getLogger("django.request")
    logger.addHandler(caplog.handler)
    answer = client.get(address)
    logger.removeHandler(caplog.handler)

    assert answer.status_code == 404
    assert "工会" in answer.text
    assert caplog.messages
    assert all(address not in scrub(line) for line in caplog.messages)


def test_link_names_itself_to_nobody_and_stays_out_of_caches(link, client):
    answer = client.get(link)

    assert answer["Referrer-Policy"] == "strict-origin"
    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in answer.text
    assert "unsafe" not in answer["Content-Security-Policy"]


def test_link_form_needs_its_token(link):
    assert Client(enforce_csrf_checks=True).post(link, {"pin": PIN}).status_code == 403


def test_sixth_pin_is_refused_and_another_phone_does_not_help(link, client):
    client.post(link, {"pin": PIN, "repeated": PIN})
    phones = [StrictClient() for _ in range(6)]
    answers = [phone.post(link, {"pin": "918273"}).status_code for phone in phones]

    assert answers == [422] * 5 + [429]
    assert phones[0].post(link, {"pin": PIN}).status_code == 429


def test_new_link_works_at_once_after_too_many_tries_at_the_old(link, client):
    client.post(link, {"pin": PIN, "repeated": PIN})
    for _ in range(6):
        StrictClient().post(link, {"pin": "918273"})
    fresh = keepers.issue_keeper_link(user=User.objects.get(pk=KEEPER_ID), by=SYSTEM)
    StrictClient().post(fresh, {"pin": PIN, "repeated": PIN})

    assert StrictClient().post(fresh, {"pin": PIN}).status_code == 302


def test_new_link_ends_the_session_of_the_old(link, client):
    client.post(link, {"pin": PIN, "repeated": PIN})
    keepers.issue_keeper_link(user=User.objects.get(pk=KEEPER_ID), by=SYSTEM)

    assert who(client) is None


def test_keeper_without_a_password_cannot_use_the_staff_door(link, client):
    User.objects.filter(pk=KEEPER_ID).update(username="zhang")
    for password in ("", "!", PASSWORD, PIN):
        client.post(SIGN_IN, {"username": "zhang", "password": password})

    assert who(client) is None


def test_link_of_somebody_who_is_also_an_officer_opens_no_office(settings, client, clock):
    user = make_keeper()
    GrantFactory.create(user=user, role=GrantedRole.OFFICER)
    client.post(keeper_link(User.objects.get(pk=user.pk)), {"pin": PIN, "repeated": PIN})

    entered = who(client)
    assert entered is not None
    assert not entered.is_staff
    assert client.get("/office/").status_code == 302


def test_keeper_session_lasts_a_month_from_the_last_day_it_was_used(link, client, clock):
    client.post(link, {"pin": PIN, "repeated": PIN})
    month = dt.timedelta(days=30)
    assert Session.objects.get().expire_date - core_clock.now() == month

    clock.stop_at("2026-04-05T10:00")
    client.get(link)
    assert Session.objects.get().expire_date - core_clock.now() == month
    clock.stop_at("2026-05-04T10:00")
    assert client.get(link).status_code == 302
    clock.stop_at("2026-06-04T10:00")
    assert client.get(link).status_code == 200, "asked for the PIN again"


def test_keeper_session_is_written_once_a_day(link, client, clock, writes_of):
    client.post(link, {"pin": PIN, "repeated": PIN})
    clock.stop_at("2026-03-11T10:00")

    assert len(writes_of(lambda: client.get(link))) == 1
    assert writes_of(lambda: client.get(link)) == []


def test_staff_session_after_a_keeper_session_of_the_same_person_is_a_staff_session(
    link, client, settings, clock
):
    settings.SECOND_FACTOR = False
    user = User.objects.get(pk=KEEPER_ID)
    user.username = "zhang"
    user.set_password(PASSWORD)
    user.save()
    client.post(link, {"pin": PIN, "repeated": PIN})
    client.post(SIGN_IN, RIGHT)

    assert Session.objects.get().expire_date - core_clock.now() == dt.timedelta(hours=12)
    assert pending.read(client.session) is None
