"""How many codes leave: for one telephone, one device, one address, and for all on one day."""

import datetime as dt
import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings as site
from django.test import RequestFactory

from nuanxin.accounts import phone_codes
from nuanxin.accounts.models import AttemptCount, PhoneCode
from nuanxin.accounts.phone_codes import CodeNotSent, TooManyCodes, send_code
from nuanxin.core.addresses import client_address

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 10, 2, 0, tzinfo=dt.UTC)
MINUTE, HOUR, DAY = 60, 3_600, 86_400
OFFICE = "203.0.113.7"


def refused(number: int = 0, *, at_s: float = 0, **changed: Any) -> str:
    """Ask for a code as somebody else for each number; return the code of the refusal, or nothing."""
    asked = {
        "phone": f"138{number:08d}",
        "purpose": "workers.enrol",
        "session_key": f"session-{number}",
        "address": f"10.{number // 65_536}.{number // 256 % 256}.{number % 256}",
        "device": f"device-{number}",
    }
    try:
        send_code(**{**asked, **changed}, now=NOW + dt.timedelta(seconds=at_s))
    except (TooManyCodes, CodeNotSent) as error:
        return error.code
    return ""


def nearly_full(limit: str, count: int) -> None:
    """Let so many messages have been counted in the windows of a limit."""
    assert AttemptCount.objects.filter(purpose=limit).update(tries_count=count)


# --- one telephone ---


def test_telephone_gets_one_code_a_minute_from_whomever(inbox):
    assert refused() == ""
    elsewhere: dict[str, Any] = {
        "session_key": "x",
        "address": "192.0.2.1",
        "device": "y",
        "purpose": "other",
    }

    assert refused(at_s=59.9) == "too_many_codes"
    assert refused(at_s=59.9, **elsewhere) == "too_many_codes"
    assert refused(at_s=60, **elsewhere) == ""


def test_telephone_gets_five_codes_an_hour(inbox):
    assert [refused(at_s=minute * MINUTE) for minute in range(6)] == [""] * 5 + ["too_many_codes"]
    assert refused(at_s=HOUR - 1) == "too_many_codes"
    assert refused(at_s=HOUR) == ""


def test_telephone_gets_ten_codes_a_day(inbox):
    answers = [refused(at_s=hour * HOUR + n * MINUTE) for hour in range(3) for n in range(5)]

    assert answers == [""] * 10 + ["too_many_codes"] * 5
    assert refused(at_s=DAY - 1) == "too_many_codes"
    assert refused(at_s=DAY) == ""


def test_refusal_says_how_long_to_wait(inbox):
    refused()
    with pytest.raises(TooManyCodes, match="分钟"):
        send_code(
            phone="13800000000", purpose="x", session_key="s", address="", device="d", now=NOW
        )
    assert (
        TooManyCodes(phone_codes.DEVICE_DAY).message
        != TooManyCodes(phone_codes.PHONE_MINUTE).message
    )


# --- one device, one address ---


def test_device_gets_thirty_codes_an_hour_and_a_hundred_a_day(inbox):
    tablet: dict[str, Any] = {"device": "tablet"}

    assert [refused(n, **tablet) for n in range(31)] == [""] * 30 + ["too_many_codes"]
    nearly_full("sms.device_day", 99)
    assert refused(31, at_s=HOUR, **tablet) == ""
    assert refused(32, at_s=HOUR, **tablet) == "too_many_codes"
    assert refused(32, at_s=DAY, **tablet) == ""


def test_office_enrols_three_hundred_riders_in_an_hour_a_third_of_whom_ask_twice(inbox):
    first = [refused(n, at_s=n * 10, address=OFFICE) for n in range(300)]
    second = [refused(n, at_s=3_000 + n, address=OFFICE) for n in range(0, 300, 3)]

    assert set(first + second) == {""}


def test_address_gets_four_hundred_codes_an_hour_and_two_thousand_a_day(inbox):
    refused(0, address=OFFICE)
    nearly_full("sms.address_hour", 399)

    assert refused(1, address=OFFICE) == ""
    assert refused(2, address=OFFICE) == "too_many_codes"
    nearly_full("sms.address_day", 1_999)
    assert refused(2, at_s=HOUR, address=OFFICE) == ""
    assert refused(3, at_s=HOUR, address=OFFICE) == "too_many_codes"
    assert refused(3, at_s=HOUR, address="203.0.113.8") == ""
    assert refused(3, at_s=DAY, address=OFFICE) == ""


def test_addresses_of_one_network_count_as_one(inbox):
    refused(0, address="2001:db8:1:2::1")
    nearly_full("sms.address_hour", 400)

    assert refused(1, address="2001:db8:1:2:ffff::9") == "too_many_codes"
    assert refused(1, address="2001:db8:1:3::1") == ""


@pytest.mark.parametrize(("proxies", "told"), [(0, "{}"), (1, "{}, 198.51.100.9")])
def test_spoofed_forwarded_for_makes_nobody_another(inbox, settings, proxies, told):
    settings.TRUSTED_PROXIES = proxies
    requests = [
        RequestFactory().get("/", headers={"X-Forwarded-For": told.format(f"203.0.113.{n}")})
        for n in range(4)
    ]
    assert refused(0, address=client_address(requests[0])) == ""
    nearly_full("sms.address_hour", 400)

    for number, request in enumerate(requests[1:], start=1):
        assert refused(number, address=client_address(request)) == "too_many_codes"


def test_refused_code_is_counted_nowhere(inbox):
    refused(0, device="tablet")
    nearly_full("sms.device_hour", 30)
    before = sorted(AttemptCount.objects.values_list("key", "tries_count"))

    # whoever has had their codes cannot use up those of somebody else's telephone
    assert {refused(number, device="tablet") for number in range(1, 20)} == {"too_many_codes"}

    assert sorted(AttemptCount.objects.values_list("key", "tries_count")) == before
    assert PhoneCode.objects.count() == len(inbox.sent) == 1
    assert refused(1) == ""


def test_refused_code_asks_for_no_write(inbox, writes_of):
    refused()

    assert writes_of(lambda: refused(at_s=1)) == []


# --- all of them ---


def test_ten_thousand_telephones_from_one_address_stop_at_its_share(inbox):
    refused(0, address=OFFICE)
    nearly_full("sms.address_hour", 390)

    answers = [refused(n, address=OFFICE) for n in range(1, 200)]

    assert answers.count("") == 10
    assert len(inbox.sent) == 11


def test_telephones_from_everywhere_stop_at_the_budget_until_midnight(inbox, settings, caplog):
    settings.SMS_DAILY_BUDGET = 25
    midnight_s = 14 * HOUR  # ten in the morning in Shanghai, and fourteen hours

    answers = [refused(n) for n in range(60)]

    assert answers == [""] * 25 + ["sms_budget_spent"] * 35
    assert len(inbox.sent) == 25
    assert "budget" in caplog.text
    assert refused(61, at_s=midnight_s - 1) == "sms_budget_spent"
    assert refused(61, at_s=midnight_s) == ""


def test_budget_of_a_large_site_fits_into_its_column(inbox, settings):
    settings.SMS_DAILY_BUDGET = 1_000_000
    refused(0)
    nearly_full("sms.budget", 999_999)

    assert [refused(1), refused(2)] == ["", "sms_budget_spent"]


@pytest.mark.slow
def test_ten_thousand_telephones_stop_at_address_and_budget(inbox, settings):
    """The whole of it: first from one address, then from fifty."""
    settings.SMS_DAILY_BUDGET = 1_000

    one = [refused(n, at_s=n / 10, address=OFFICE) for n in range(5_000)]
    fifty = [refused(n, at_s=n / 10, address=f"192.0.2.{n % 50}") for n in range(5_000, 10_000)]

    assert one.count("") == 400
    assert fifty.count("") == 600
    assert len(inbox.sent) == 1_000


_ASK = """
import django
django.setup()
from nuanxin.accounts import phone_codes
try:
    phone_codes.send_code(
        phone="13800138000", purpose="x", session_key="s", address="203.0.113.7", device="d"
    )
    print("sent")
except phone_codes.TooManyCodes:
    print("refused")
"""


@pytest.mark.slow
def test_restart_does_not_reset_the_limits(tmp_path):
    environment = {
        "NUANXIN_VAR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "config.settings.base",
        "PATH": os.environ["PATH"],
    }

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=site.ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )

    run("manage.py", "migrate", "--verbosity", "0")
    done = [run("-c", _ASK) for _ in range(2)]

    assert [process.stdout.strip() for process in done] == ["sent", "refused"]
    told = "".join(process.stdout + process.stderr for process in done).encode()
    files = b"".join(path.read_bytes() for path in tmp_path.glob("*.sqlite3*"))
    assert b"accounts_phonecode" in files
    assert b"13800138000" not in files + told
