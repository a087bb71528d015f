"""Codes by text message: who types one back holds the telephone. That is all it proves.

A telephone may be lent, shared or handed on with its number: what a person may see is for the caller
to decide, by more than a code. Nobody is looked up here, so a number that somebody has registered is
answered like any other.
"""

import datetime as dt
import hmac
import logging
import re
import secrets
import unicodedata
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from nuanxin.accounts import limits
from nuanxin.accounts.key_models import PHONE_CODE_TRIES as TRIES
from nuanxin.accounts.limits import Limit, TooManyTries
from nuanxin.accounts.models import PhoneCode
from nuanxin.core import channels, clock, crypto
from nuanxin.core.addresses import site_of
from nuanxin.core.errors import DomainError, Invalid
from nuanxin.sheets.cell_phones import read_phone

DIGITS: Final = 6
VALID_FOR: Final = dt.timedelta(minutes=5)

_HOUR_S, _DAY_S = 3_600, 86_400
# a message takes some seconds; who asks again before a minute is over has not waited for it
PHONE_MINUTE: Final = Limit("sms.phone_minute", 1, 60)
# nobody needs a sixth: with these, a telephone is rung ten times a day at most, whoever asks
PHONE_HOUR: Final = Limit("sms.phone_hour", 5, _HOUR_S)
PHONE_DAY: Final = Limit("sms.phone_day", 10, _DAY_S)
# a tablet handed from rider to rider: two minutes for each
DEVICE_HOUR: Final = Limit("sms.device_hour", 30, _HOUR_S)
DEVICE_DAY: Final = Limit("sms.device_day", 100, _DAY_S)
# an office that enrols 300 riders at a ceremony, a third of whom ask twice; a carrier's gateway
ADDRESS_HOUR: Final = Limit("sms.address_hour", 400, _HOUR_S)
ADDRESS_DAY: Final = Limit("sms.address_day", 2_000, _DAY_S)
_BUDGET: Final = "sms.budget"

_PURPOSE = re.compile(r"[a-z][a-z_.]{0,23}")
_TYPED = re.compile(rf"\d{{{DIGITS}}}", re.ASCII)
_LONGEST: Final = 40
# a number, however it was typed; not one that had to be looked for among other words
_AS_TYPED: Final = {
    "phone_fullwidth_normalised",
    "phone_formatting_removed",
    "phone_country_code_removed",
}

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SentCode:
    """What may be said of a code that was sent; never the code.

    Parameters
    ----------
    phone_masked
        The number, of which only the last two digits can be read.
    expires_at
        From this moment on the code is refused, aware.
    again_at
        Not before this moment another code goes to the number, aware.
    """

    phone_masked: str
    expires_at: dt.datetime
    again_at: dt.datetime


class TooManyCodes(DomainError):
    """The number, the device or the address has had its codes; nothing was sent, nothing counted."""

    def __init__(self, limit: Limit) -> None:
        sentence = (
            _("A code was sent just now. Wait a minute before you ask for another one.")
            if limit is PHONE_MINUTE
            else _("Too many codes were asked for. Try again later, or ask at your union's office.")
        )
        super().__init__(sentence, code="too_many_codes", status=429)


class CodeNotSent(DomainError):
    """No code left, for a reason that is ours or the provider's."""

    def __init__(self, *, code: str) -> None:
        super().__init__(
            _("No code can be sent at the moment. Try again later, or ask at your union's office."),
            code=code,
            status=503,
        )


def read_mobile(typed: str) -> str:
    """Return a mainland mobile number in eleven digits.

    Parameters
    ----------
    typed
        One number as a person types it: full-width digits, spaces, dashes and +86 are forgiven.

    Returns
    -------
    str
        Eleven ASCII digits, the form in which numbers are fingerprinted.

    Raises
    ------
    Invalid
        When it is no mobile number, or more than one, with code ``phone_invalid``.
    """
    read = read_phone(typed, takes_landline=False) if len(typed) <= _LONGEST else None
    if read is None or not read.number or not _AS_TYPED.issuperset(read.warnings):
        sentence = _("Enter a mobile number of eleven digits.")
        raise Invalid(sentence, code="phone_invalid", fields={"phone": sentence})
    return read.number


def send_code(
    *,
    phone: str,
    purpose: str,
    session_key: str,
    address: str,
    device: str,
    now: dt.datetime | None = None,
) -> SentCode:
    """Send a code to a telephone.

    Parameters
    ----------
    phone
        A mainland mobile number as typed; see ``read_mobile``.
    purpose
        What the code is for, a word of the caller's code such as ``"workers.enrol"``: lower case,
        dots and underscores, 24 characters at most. A code for one purpose is no code for another.
    session_key
        Key of the browser session in which the code will be typed; a session without one has to be
        saved first.
    address
        What ``core.addresses.client_address`` returns, and nothing that a client says of itself:
        then a spoofed ``X-Forwarded-For`` changes nothing. An IPv6 address counts as its /64.
    device
        ``device_key`` of ``core.devices.marks_of``; a browser without a token gets one first.
    now
        The present moment when left out.

    Returns
    -------
    SentCode
        The same whether or not anybody has registered the number: nobody is looked up.

    Raises
    ------
    Invalid
        When the number is no mobile number, with code ``phone_invalid``.
    TooManyCodes
        When number, device or address has had its codes.
    CodeNotSent
        When the day's budget is spent, with code ``sms_budget_spent``; when the provider did not
        take the message, with code ``sms_failed``: that one counts as sent, for it may have left.
    ValueError
        When session or device is empty, or the purpose is no such word.
    RuntimeError
        When called inside a transaction.

    Notes
    -----
    Ten statements, the writes in two transactions, and of first counts three more each; then the
    provider is asked, outside any transaction, for thirty seconds at most. A refusal by a limit is one
    query. A code that was sent before for the same number, purpose and session is dead from here on.
    There is no audit row: nobody acts yet.
    """
    number, moment = read_mobile(phone), now or clock.now()
    key = _key(number, purpose, session_key)
    if not device:
        msg = "a device without a token gets one before it asks for a code"
        raise ValueError(msg)
    _take(number, site_of(address), device, moment)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    _keep(key, code, moment)
    if failure := _send(number, code):
        logger.warning("a code did not leave: %s", failure)
        raise CodeNotSent(code="sms_failed")
    again_at = moment + dt.timedelta(seconds=PHONE_MINUTE.window_s)
    return SentCode(channels.masked(number), moment + VALID_FOR, again_at)


def check_code(
    *, phone: str, purpose: str, session_key: str, code: str, now: dt.datetime | None = None
) -> None:
    """Use up a code that was sent; return when it was right.

    Parameters
    ----------
    phone, purpose, session_key
        As of ``send_code``; of another number, purpose or session no code is right. Check before the
        session gets a new key.
    code
        As typed: full-width digits, spaces and dashes are forgiven.
    now
        The present moment when left out.

    Raises
    ------
    Invalid
        With code ``code_wrong`` when there are tries left. With code ``code_expired`` when only a
        new code helps: none was sent, five minutes are over, five tries were made, or it was used.
        With code ``phone_invalid`` as ``read_mobile``.
    ValueError
        When the session is empty, or the purpose is no such word.
    RuntimeError
        When called inside a transaction, whose end could take the try back.

    Notes
    -----
    Three statements, each a transaction of its own. A try is counted before it is looked at, so that of
    tries that come together five are; of right ones that come together one takes the row away and
    the others find none. What is not six digits is no try. There is no audit row: the caller
    writes what the telephone was shown for, and validates everything else first.
    """
    key, typed = _key(read_mobile(phone), purpose, session_key), _plain(code)
    if not _TYPED.fullmatch(typed):
        raise _wrong()
    row = _count_try(key, now or clock.now())
    if row is None:
        raise _expired()
    if not hmac.compare_digest(row.code_index, _code_index(key, typed)):
        raise _wrong() if row.tries_count < TRIES else _expired()
    if not PhoneCode.objects.filter(pk=key, code_index=row.code_index).delete()[0]:
        raise _expired()


def sweep(now: dt.datetime) -> int:
    """Delete the codes that are not valid any more; return how many. One DELETE, for the tick."""
    return PhoneCode.objects.filter(expires_at__lte=now).delete()[0]


def _take(number: str, site: str, device: str, now: dt.datetime) -> None:
    """Count a message, everywhere or nowhere; what most messages share is counted last."""
    budget = Limit(_BUDGET, settings.SMS_DAILY_BUDGET, _DAY_S)
    try:
        limits.take_all(
            [
                (DEVICE_HOUR, device),
                (DEVICE_DAY, device),
                (PHONE_MINUTE, number),
                (PHONE_HOUR, number),
                (PHONE_DAY, number),
                (ADDRESS_HOUR, site),
                (ADDRESS_DAY, site),
                (budget, clock.civil_date(now).isoformat()),
            ],
            now=now,
        )
    except TooManyTries as error:
        if error.limit.purpose != _BUDGET:
            raise TooManyCodes(error.limit) from None
        logger.error("the day's budget of text messages is spent")
        raise CodeNotSent(code="sms_budget_spent") from None


def _keep(key: str, code: str, now: dt.datetime) -> None:
    """Write down the fingerprint of a new code, in the place of the one before."""
    row = PhoneCode(pk=key, code_index=_code_index(key, code), expires_at=now + VALID_FOR)
    PhoneCode.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["code_index", "tries_count", "expires_at"],
    )


def _send(number: str, code: str) -> str:
    """Hand the message to the provider; return the kind of error, or nothing."""
    text = _("%(code)s is your Nuanxin code, valid for %(minutes)d minutes. Tell it to nobody.")
    values = {"code": code, "minutes": VALID_FOR // dt.timedelta(minutes=1)}
    try:
        channels.sms_backend().send(phone=number, text=text % values)
    except channels.DeliveryFailed as error:
        return error.reason
    except Exception as error:  # noqa: BLE001  a provider's words may hold number and code: only their kind is kept
        return type(error).__name__
    return ""


@transaction.atomic(durable=True)
def _count_try(key: str, now: dt.datetime) -> PhoneCode | None:
    rows = PhoneCode.objects.filter(pk=key)
    live = rows.filter(expires_at__gt=now, tries_count__lt=TRIES)
    return rows.first() if live.update(tries_count=F("tries_count") + 1) else None


def _key(number: str, purpose: str, session_key: str) -> str:
    if not session_key or not _PURPOSE.fullmatch(purpose):
        msg = "a code is bound to a session that has a key, and to a purpose in lower case"
        raise ValueError(msg)
    place = "\x1f".join((number, purpose, session_key))
    return crypto.provider().blind_index(place, purpose="phone_code.place")


def _code_index(key: str, code: str) -> str:
    return crypto.provider().blind_index(f"{key}\x1f{code}", purpose="phone_code.code")


def _plain(code: str) -> str:
    folded = unicodedata.normalize("NFKC", code[:_LONGEST])
    return "".join(char for char in folded if char.isalnum())


def _wrong() -> Invalid:
    sentence = _("This code is not right. Look at the message again.")
    return Invalid(sentence, code="code_wrong", fields={"code": sentence})


def _expired() -> Invalid:
    sentence = _("This code does not work any more. Ask for a new one.")
    return Invalid(sentence, code="code_expired", fields={"code": sentence})
