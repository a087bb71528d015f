"""Who speaks without signing in: a device's signed token, and keyed marks of where it speaks from.

Nothing of the network is kept: an address goes into a keyed fingerprint that is another one tomorrow.
"""

import datetime as dt
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from nuanxin.core import clock, crypto
from nuanxin.core.addresses import client_address

COOKIE = "nx_device"
_SALT = "nuanxin.device"
_KEPT_S = 400 * 86_400  # as long as browsers keep any cookie
_MARK_DIGITS = 32


@dataclass(frozen=True, slots=True)
class Marks:
    """What tells one speaker from another.

    Parameters
    ----------
    device_key
        Keyed fingerprint of the device's token.
    origin_key, network_key
        Keyed fingerprints, of this civil day only, of address and user agent, and of the address.
    token_age_s
        Age of the token.
    """

    device_key: str
    origin_key: str
    network_key: str
    token_age_s: int


@dataclass(frozen=True, slots=True)
class Token:
    """A device's token: a random secret and when it was given out."""

    secret: str
    given_s: int

    def signed(self) -> str:
        """Return the value of the cookie."""
        return signing.dumps([self.secret, self.given_s], salt=_SALT)


def new_token() -> Token:
    """Return a token given out now."""
    return Token(secrets.token_urlsafe(16), clock.now_s())


def token_of(request: HttpRequest) -> Token | None:
    """Return the token a browser hands in; None when there is none, or it is not ours."""
    try:
        secret, given_s = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Token(str(secret), int(given_s))


def keep_token(response: HttpResponseBase, token: Token) -> None:
    """Hand a token out, out of reach of scripts."""
    response.set_cookie(
        COOKIE,
        token.signed(),
        max_age=_KEPT_S,
        samesite="Lax",
        secure=settings.USE_TLS,
        httponly=True,
    )


def marks_of(request: HttpRequest, token: Token, *, now: dt.datetime) -> Marks:
    """Return the marks under which a request's word is kept."""
    address = client_address(request)
    agent = request.headers.get("User-Agent", "")
    day = clock.civil_date(now).isoformat()
    return Marks(
        device_key=_mark("device", token.secret),
        origin_key=_mark(f"origin.{day}", f"{address}\x1f{agent}"),
        network_key=_mark(f"network.{day}", address),
        token_age_s=max(0, int(now.timestamp()) - token.given_s),
    )


def _mark(purpose: str, value: str) -> str:
    index = crypto.provider().blind_index(value, purpose=f"device.{purpose}")
    return index[:_MARK_DIGITS]
