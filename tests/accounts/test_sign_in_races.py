"""Many tries at one moment: as many are looked at as the window holds, and a code opens one session."""

from collections.abc import Iterator

import pytest
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client

from nuanxin.accounts import limits, second_factor
from nuanxin.accounts.limits import Limit
from nuanxin.accounts.models import AttemptCount, KeeperKey, User
from tests.accounts.codes import Authenticator, enrolled, keeper_link
from tests.accounts.races import TRIES, at_once, kept_in
from tests.factories import PASSWORD, GrantFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def database(transactional_db, tmp_path) -> Iterator[None]:
    with kept_in(tmp_path / "race.sqlite3"):
        yield


@pytest.fixture
def officer(database, settings) -> tuple[User, Authenticator]:
    settings.SECOND_FACTOR = True
    user = GrantFactory.create(user=UserFactory.create(username="zhang")).user
    held, _codes = enrolled(user)
    return user, held


def test_fifty_wrong_tries_at_once_count_as_fifty(officer):
    answers = at_once(lambda _number: limits.take(Limit("race", 20), "zhang"))

    assert answers == {None: 20, "too_many_tries": 30}
    assert AttemptCount.objects.get().tries_count == 20


def test_fifty_equal_right_codes_at_once_open_one_session(officer):
    user, held = officer
    browsers = [Client() for _ in range(TRIES)]
    for browser in browsers:
        browser.post("/office/sign-in/", {"username": user.username, "password": PASSWORD})
    code = held.code()

    answers = at_once(
        lambda number: browsers[number].post("/office/second-factor/", {"code": code}).status_code
    )

    assert answers[302] == 1
    assert set(answers) <= {302, 422, 429}
    signed_in = [row for row in Session.objects.all() if "_auth_user_id" in row.get_decoded()]
    assert len(signed_in) == 1


def test_fifty_equal_codes_at_once_are_one_even_without_a_limit(officer, monkeypatch):
    user, held = officer
    monkeypatch.setattr(limits, "take", lambda *args, **kwargs: None)
    code = held.code()

    answers = at_once(lambda _number: second_factor.prove_code(user=user, code=code))

    assert answers == {None: 1, "wrong_code": TRIES - 1}


def test_recovery_code_sent_fifty_times_at_once_works_once(officer, monkeypatch):
    user = UserFactory.create()
    _held, codes = enrolled(user)
    monkeypatch.setattr(limits, "take", lambda *args, **kwargs: None)

    answers = at_once(lambda _number: second_factor.prove_code(user=user, code=codes[0]))

    assert answers == {None: 1, "wrong_code": TRIES - 1}


def test_pin_chosen_by_many_at_once_is_one():
    link = keeper_link()
    pins = [f"{number:02d}9182" for number in range(20)]

    answers = at_once(
        lambda number: (
            Client().post(link, {"pin": pins[number], "repeated": pins[number]}).status_code
        ),
        count=20,
    )

    assert answers[302] == 1
    assert KeeperKey.objects.get().pin_hash


def test_count_stands_even_when_the_code_is_wrong_and_nothing_else_is_written(officer):
    user, _held = officer
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        second_factor.prove_code(user=user, code="000000")
    with pytest.raises(Exception, match="验证码"):
        second_factor.prove_code(user=user, code="000000")

    assert AttemptCount.objects.get().tries_count == 1
