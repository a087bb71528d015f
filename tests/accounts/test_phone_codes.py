"""A code by text message proves that somebody holds a telephone: once, in one session, for one purpose."""

import datetime as dt
import logging
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from nuanxin.accounts import phone_codes
from nuanxin.accounts.models import PhoneCode
from nuanxin.accounts.phone_codes import CodeNotSent, check_code, read_mobile, send_code
from nuanxin.core.errors import DomainError, Invalid
from nuanxin.core.models import AuditEvent, OutboxMessage
from tests.accounts import sms
from tests.accounts.races import kept_in
from tests.accounts.sms import Inbox, Refusing
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 10, 2, 0, tzinfo=dt.UTC)
PHONE, SESSION, PURPOSE = "13800138000", "s" * 32, "workers.enrol"


def after(seconds: float) -> dt.datetime:
    return NOW + dt.timedelta(seconds=seconds)


def sent(*, at_s: float = 0, **changed: Any) -> str:
    """Send a code and return it, as read on the telephone."""
    asked = {"phone": PHONE, "purpose": PURPOSE, "session_key": SESSION}
    where = {"address": "203.0.113.7", "device": "d" * 32}
    send_code(**{**asked, **where, **changed}, now=after(at_s))
    return Inbox.last_code()


def answer(code: str, *, at_s: float = 0, **changed: Any) -> str:
    """Type a code; return the code of the refusal, or nothing."""
    asked = {"phone": PHONE, "purpose": PURPOSE, "session_key": SESSION}
    try:
        check_code(**{**asked, **changed}, code=code, now=after(at_s))
    except Invalid as error:
        return error.code
    return ""


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


# --- what is sent ---


def test_send_code_puts_six_digits_on_the_telephone_and_says_what_may_be_said(inbox):
    told = send_code(
        phone=PHONE, purpose=PURPOSE, session_key=SESSION, address="", device="d", now=NOW
    )

    [(number, text)] = inbox.sent
    assert number == PHONE
    assert inbox.last_code() in text
    assert len(text) <= 70  # one message: 70 characters in UCS-2
    assert (told.phone_masked, told.expires_at, told.again_at) == ("…00", after(300), after(60))
    assert inbox.last_code() not in repr(told)


def test_send_code_speaks_the_language_of_whoever_asks(inbox):
    with translation.override("zh-hans"):
        sent()
    with translation.override("en"):
        sent(at_s=60)

    assert "验证码" in inbox.sent[0][1]
    assert "minutes" in inbox.sent[1][1]


def test_send_code_draws_another_code_each_time(inbox):
    codes = {sent(phone=f"139001{number:05d}", device=f"d{number}") for number in range(30)}

    assert len(codes) > 20


def test_send_code_answers_alike_for_a_number_that_is_registered(inbox, writes_of):
    UserFactory.create(phone_sealed="x", phone_index="y")
    sent(phone="13900000009", device="e", address="198.51.100.1")
    at: dict[str, Any] = {"address": "198.51.100.1", "device": "e", "at_s": 60}

    known = writes_of(lambda: sent(phone="13900000001", **at))
    unknown = writes_of(lambda: sent(phone="13900000002", **at))

    assert [sql.split()[:3] for sql in known] == [sql.split()[:3] for sql in unknown]


def test_send_code_tells_nothing_to_the_outbox_or_the_trail(inbox):
    answer(sent())

    assert not OutboxMessage.objects.exists()
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("missing", ["session_key", "device"])
def test_send_code_without_session_or_device_is_a_mistake_of_the_caller(inbox, missing):
    with pytest.raises(ValueError, match=missing.partition("_")[0]):
        sent(at_s=0, **{missing: ""})
    assert not inbox.sent


@pytest.mark.parametrize("purpose", ["", "Enrol", "a\x1fb", "x" * 25])
def test_purpose_that_is_no_word_of_the_code_is_a_mistake_of_the_caller(inbox, purpose):
    with pytest.raises(ValueError, match="purpose"):
        sent(purpose=purpose)
    with pytest.raises(ValueError, match="purpose"):
        answer("123456", purpose=purpose)


def test_send_code_refuses_to_run_inside_a_transaction(inbox):
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        sent()
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        answer("123456")
    assert not inbox.sent


# --- the number ---


@pytest.mark.parametrize(
    "typed",
    ["13800138000", "138 0013 8000", "138-0013-8000", "+86 13800138000", "008613800138000",
     "１３８００１３８０００", "＋８６１３８００１３８０００", " 13800138000\n", "\u200b13800138000"],
)  # fmt: skip
def test_read_mobile_forgives_how_a_number_is_typed(typed):
    assert read_mobile(typed) == PHONE


@pytest.mark.parametrize(
    "typed",
    ["", "1380013800", "138001380000", "12800138000", "010-62345678", "+1 202 555 0100", "95588",
     "张三 13800138000", "13800138000 / 13900139000", "138****8000", "1.38E+10", "1" * 5_000],
)  # fmt: skip
def test_read_mobile_refuses_what_is_not_one_mobile_number(typed):
    with pytest.raises(Invalid) as refusal:
        read_mobile(typed)
    assert refusal.value.code == "phone_invalid"
    assert "phone" in refusal.value.fields


@given(st.text(max_size=60))
def test_read_mobile_gives_eleven_digits_or_refuses(typed):
    try:
        number = read_mobile(typed)
    except Invalid:
        return
    assert number.isascii()
    assert number.isdigit()
    assert len(number) == 11


# --- what is typed back ---


def test_check_code_takes_the_code_once(inbox):
    code = sent()

    assert [answer(code), answer(code)] == ["", "code_expired"]
    assert not PhoneCode.objects.exists()


@pytest.mark.parametrize("gap", [" ", "-", "\u3000", "\u200b", "\t"])
def test_check_code_forgives_full_width_digits_and_gaps(inbox, gap):
    code = sent()
    full_width = "".join(chr(ord(char) + 0xFEE0) for char in code)

    assert answer(f" {full_width[:3]}{gap}{full_width[3:]}{gap}") == ""


def test_check_code_of_another_spelling_of_the_number_is_the_same(inbox):
    assert answer(sent(), phone="+86 138-0013-8000") == ""


@pytest.mark.parametrize(
    "changed",
    [{"session_key": "t" * 32}, {"purpose": "workers.rebind"}, {"phone": "13900139000"}],
)
def test_check_code_of_another_session_purpose_or_number_is_refused(inbox, changed):
    code = sent()

    assert answer(code, **changed) == "code_expired"
    other = sent(**{"phone": "13700137000", **changed})
    if other != code:
        assert answer(code, **{"phone": "13700137000", **changed}) == "code_wrong"
    assert answer(code) == ""


def test_check_code_at_the_sixth_try_is_refused_though_it_is_right(inbox):
    code = sent()

    tries = [answer(wrong(code)) for _ in range(5)]

    assert tries == ["code_wrong"] * 4 + ["code_expired"]
    assert answer(code) == "code_expired"


def test_check_code_at_the_fifth_try_is_taken(inbox):
    code = sent()

    assert [answer(wrong(code)) for _ in range(4)] == ["code_wrong"] * 4
    assert answer(code) == ""


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "验证码", "0" * 9_000]
)
def test_check_code_of_what_is_not_six_digits_is_no_try(inbox, typed):
    code = sent()

    assert [answer(typed) for _ in range(9)] == ["code_wrong"] * 9
    assert answer(code) == ""


def test_check_code_is_refused_from_the_fifth_minute_on(inbox):
    first = sent()
    assert answer(first, at_s=300) == "code_expired"

    assert answer(sent(at_s=60), at_s=359.9) == ""


def test_newer_code_ends_the_one_before_and_its_tries(inbox):
    old = sent()
    for _ in range(5):
        answer(wrong(old))
    new = sent(at_s=60)

    if old != new:
        assert answer(old, at_s=61) == "code_wrong"
    assert answer(new, at_s=61) == ""
    assert PhoneCode.objects.count() == 0


def test_code_for_another_purpose_leaves_the_first_one_alone(inbox):
    first = sent()
    sent(at_s=60, purpose="workers.rebind")

    assert answer(first, at_s=61) == ""


def test_check_code_that_nobody_sent_looks_like_one_that_is_over(inbox):
    assert answer("123456") == "code_expired"


def test_sweep_deletes_what_is_over_and_nothing_else(inbox):
    sent()
    live = sent(at_s=60, purpose="workers.rebind")

    assert phone_codes.sweep(after(300)) == 1
    assert answer(live, at_s=300, purpose="workers.rebind") == ""


# --- a provider that does not take it ---


@pytest.mark.parametrize("error", [Refusing.error, OSError("13800138000 482913")])
def test_send_code_tells_that_the_provider_took_nothing(
    inbox, settings, monkeypatch, caplog, error
):
    settings.SMS_BACKEND = sms.REFUSING
    monkeypatch.setattr(Refusing, "error", error)

    with caplog.at_level(logging.DEBUG), pytest.raises(CodeNotSent) as refusal:
        sent()

    assert (refusal.value.code, refusal.value.status) == ("sms_failed", 503)
    assert refusal.value.__cause__ is refusal.value.__context__ is None
    assert PHONE not in caplog.text
    assert "482913" not in caplog.text
    # it may have arrived all the same
    assert answer(inbox.last_code()) == ""


# --- what is kept ---


@pytest.mark.django_db(transaction=True)
def test_neither_number_nor_code_lies_in_the_file_or_the_logs(inbox, tmp_path, caplog):
    if connection.vendor != "sqlite":
        pytest.skip("reads the file of SQLite")
    file = tmp_path / "kept.sqlite3"
    with caplog.at_level(logging.DEBUG), kept_in(file):
        codes = [sent(phone=f"1380013{n:04d}", device=f"d{n}") for n in range(40)]
        answer(wrong(codes[0]), phone="13800130000")
        answer(codes[1], phone="13800130001")
        kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        assert PhoneCode.objects.count() == 39

    told = kept + caplog.text.encode()
    assert b"accounts_phonecode" in kept
    assert not [n for n in range(40) if f"1380013{n:04d}".encode() in told]
    assert SESSION.encode() not in told
    assert b"203.0.113.7" not in told
    # six digits stand by chance in fingerprints and in parts of a second; never by themselves
    assert not [code for code in codes if stands_alone(code.encode(), told)]


def stands_alone(code: bytes, text: bytes) -> bool:
    of_others = b"0123456789abcdef."
    at = text.find(code)
    while at >= 0:
        around = text[at - 1 : at] + text[at + len(code) : at + len(code) + 1]
        if not any(char in of_others for char in around):
            return True
        at = text.find(code, at + 1)
    return False


def test_errors_are_of_the_house(inbox):
    assert issubclass(CodeNotSent, DomainError)
    assert issubclass(phone_codes.TooManyCodes, DomainError)
