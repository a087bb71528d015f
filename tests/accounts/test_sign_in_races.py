"""Many tries at one moment: as many are looked at as the window holds, and a code opens one session."""

import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, connections, transaction
from django.test import Client

from nuanxin.accounts import limits, second_factor
from nuanxin.accounts.limits import Limit
from nuanxin.accounts.models import AttemptCount, KeeperKey, User
from tests.accounts.codes import Authenticator, enrolled, keeper_link
from tests.factories import PASSWORD, GrantFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

THREADS, TRIES = 10, 50


def at_once(act: Callable[[int], object], count: int = TRIES) -> Counter[object]:
    """Return how often each answer came when so many tries are made at one moment."""
    start, answers, lock = threading.Barrier(THREADS), Counter[object](), threading.Lock()

    def work(first: int) -> None:
        try:
            start.wait()
            for number in range(first, count, THREADS):
                try:
                    answer = act(number)
                except Exception as error:  # noqa: BLE001  told to the test's own thread
                    answer = getattr(error, "code", repr(error))
                with lock:
                    answers[answer] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.fixture(autouse=True)
def database(transactional_db, tmp_path) -> Iterator[None]:
    """On SQLite give the threads a file, as a site has: one in memory knows no waiting."""
    kept = connections["default"]
    if kept.vendor != "sqlite":
        yield
        return
    own_settings = connections.settings["default"]
    file = str(tmp_path / "race.sqlite3")
    kept.ensure_connection()
    with closing(sqlite3.connect(file)) as copy:
        kept.connection.backup(copy)
    connections.settings["default"] = {**own_settings, "NAME": file}
    connections["default"] = connections.create_connection("default")
    yield
    connections["default"].close()
    connections["default"], connections.settings["default"] = kept, own_settings


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
