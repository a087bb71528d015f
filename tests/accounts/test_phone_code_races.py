"""Codes at one moment: a right one is right once, a telephone is rung once, five tries are five."""

import datetime as dt
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from nuanxin.accounts import limits, phone_codes
from nuanxin.accounts.limits import Limit
from nuanxin.accounts.models import AttemptCount, PhoneCode
from nuanxin.core import clock
from tests.accounts.races import THREADS, TRIES, at_once, kept_in

pytestmark = pytest.mark.django_db(transaction=True)

ASKED: dict[str, Any] = {
    "phone": "13800138000",
    "purpose": "workers.enrol",
    "session_key": "s" * 32,
}


@pytest.fixture(autouse=True)
def database(transactional_db, inbox, tmp_path) -> Iterator[None]:
    with kept_in(tmp_path / "race.sqlite3"):
        yield


def sent(number: int = 0, **changed: str) -> None:
    where: dict[str, Any] = {"address": "203.0.113.7", "device": f"d{number}"}
    phone_codes.send_code(**{**ASKED, **where, **changed})


def test_fifty_right_codes_at_once_are_one_success(inbox):
    sent()
    code = inbox.last_code()

    answers = at_once(lambda _number: phone_codes.check_code(**ASKED, code=code))

    assert answers == {None: 1, "code_expired": TRIES - 1}
    assert not PhoneCode.objects.exists()


def test_fifty_right_codes_at_once_are_one_success_even_without_a_limit_of_tries(
    inbox, monkeypatch
):
    sent()
    row, code = PhoneCode.objects.get(), inbox.last_code()
    monkeypatch.setattr(phone_codes, "_count_try", lambda key, now: row)

    answers = at_once(lambda _number: phone_codes.check_code(**ASKED, code=code))

    assert answers == {None: 1, "code_expired": TRIES - 1}


def test_fifty_guesses_at_once_are_five_tries(inbox):
    sent()
    right = int(inbox.last_code())

    answers = at_once(
        lambda number: phone_codes.check_code(**ASKED, code=f"{(right + 1 + number) % 10**6:06d}")
    )

    assert PhoneCode.objects.get().tries_count == 5
    assert answers["code_wrong"] <= 5
    assert answers.total() == answers["code_wrong"] + answers["code_expired"] == TRIES


def test_telephone_asked_for_by_many_at_once_is_rung_once(inbox):
    answers = at_once(lambda number: sent(number, session_key=f"s{number}"))

    assert answers == {None: 1, "too_many_codes": TRIES - 1}
    assert len(inbox.sent) == PhoneCode.objects.count() == 1


def test_many_telephones_at_once_never_wait_for_each_other_in_a_ring(inbox, settings):
    settings.SMS_DAILY_BUDGET = 30

    answers = at_once(
        lambda number: sent(
            number % THREADS, phone=f"138001{number:05d}", address=f"203.0.113.{number % 3}"
        )
    )

    assert answers == {None: 30, "sms_budget_spent": TRIES - 30}
    assert len(inbox.sent) == 30
    day = AttemptCount.objects.get(purpose="sms.budget")
    assert day.tries_count == 30
    assert day.ends_at > clock.now() + dt.timedelta(hours=23)


def test_sweep_passes_by_a_count_that_is_just_beginning_anew():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one write at a time")
    old = clock.now() - dt.timedelta(days=2)
    limits.take_all([(Limit("first", 1), "x"), (Limit("second", 1), "x")], now=old)
    swept: list[int] = []
    sweep = threading.Thread(target=lambda: swept.append(swept_now()))

    with transaction.atomic():
        AttemptCount.objects.filter(purpose="first").update(tries_count=1)
        sweep.start()
        sweep.join(timeout=10)
        assert swept == [1]

    assert [row.purpose for row in AttemptCount.objects.all()] == ["first"]


def swept_now() -> int:
    try:
        return limits.sweep(clock.now())
    finally:
        connection.close()
