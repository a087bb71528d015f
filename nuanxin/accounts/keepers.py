"""The keepers' door: a personal signed link and a PIN, no password.

The link names the user and the version of the link and is signed; nothing of it is stored, so there
is nothing to steal from the database. Counting the version up kills every link given out before.
"""

import datetime as dt
import itertools
import unicodedata
import uuid
from typing import Final

from django.contrib.auth.hashers import check_password, make_password
from django.core import signing
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from nuanxin.accounts import limits, policies
from nuanxin.accounts.models import KeeperKey, User
from nuanxin.core import audit, clock
from nuanxin.core.actors import Actor, Role
from nuanxin.core.errors import Conflict, DomainError, Invalid

PIN_DIGITS: Final = 6
_SALT: Final = "nuanxin.accounts.keeper_link"
_LONGEST_PERIOD: Final = PIN_DIGITS // 2


class DeadLink(DomainError):
    """The link was forged, replaced or withdrawn, or its keeper may not sign in: all look alike."""

    def __init__(self) -> None:
        super().__init__(
            _("This link does not work any more. Ask your union for a new one."),
            code="dead_link",
            status=404,
        )


@transaction.atomic
def issue_keeper_link(*, user: User, by: Actor, now: dt.datetime | None = None) -> str:
    """Give a keeper a new personal link; the one before dies, and so does its PIN.

    Parameters
    ----------
    user
        Somebody who keeps a station.
    by
        Who acts: an officer or administrator over a union where the user is a keeper.
    now
        The present moment when left out.

    Returns
    -------
    str
        The path ``/k/<token>/``. It is to be shown once and handed over; it is kept nowhere.

    Raises
    ------
    NotAllowed
        When the actor does not reach a union where the user is a keeper.
    Conflict
        When the user is not a keeper, with code ``not_a_keeper``.

    Notes
    -----
    Five statements and one audit row; every session of the user ends.
    """
    policies.can_issue_keeper_link(by, user).enforce()
    paths = sorted(scope.path for scope in user.held if scope.role == Role.KEEPER)
    if not paths:
        raise Conflict(_("Grant the role of a station keeper first."), code="not_a_keeper")
    moment = now or clock.now()
    fresh = {"issued_at": moment, "revoked_at": None, "pin_hash": "", "pin_set_at": None}
    rows = KeeperKey.objects.filter(pk=user.pk)
    if not rows.update(link_version=F("link_version") + 1, **fresh):
        KeeperKey.objects.create(pk=user.pk, **fresh)
    _end_sessions(user)
    limits.forgive(limits.PIN_BY_USER, str(user.pk))  # they were tries at another PIN
    audit.record(by=by, verb="keeper.link_issued", subject=user, scope_path=paths[0])
    return f"/k/{token_of(rows.get())}/"


@transaction.atomic
def revoke_keeper_link(*, user: User, by: Actor, now: dt.datetime | None = None) -> None:
    """Withdraw a keeper's link and PIN; doing it twice changes nothing.

    Parameters
    ----------
    user
        The keeper.
    by
        Who acts: an officer or administrator over a union where the user is a keeper.
    now
        The present moment when left out.

    Raises
    ------
    NotAllowed
        When the actor does not reach a union where the user is a keeper.

    Notes
    -----
    Two statements and one audit row; every session of the user ends.
    """
    policies.can_issue_keeper_link(by, user).enforce()
    standing = KeeperKey.objects.filter(pk=user.pk, revoked_at__isnull=True)
    ended = standing.update(
        link_version=F("link_version") + 1,
        revoked_at=now or clock.now(),
        pin_hash="",
        pin_set_at=None,
    )
    if ended:
        _end_sessions(user)
        paths = sorted(scope.path for scope in user.held if scope.role == Role.KEEPER)
        path = paths[0] if paths else ""
        audit.record(by=by, verb="keeper.link_revoked", subject=user, scope_path=path)


def has_link(user: User) -> bool:
    """Return whether a link of the user is in force. One query."""
    return KeeperKey.objects.filter(pk=user.pk, revoked_at__isnull=True).exists()


def token_of(key: KeeperKey) -> str:
    """Return the middle of the link's path: user, version and signature. No query."""
    return _signer().sign(f"{key.pk.hex}.{key.link_version}")


def key_of(token: str) -> KeeperKey:
    """Return the key that a link opens, with its user.

    Parameters
    ----------
    token
        The middle of the link's path.

    Returns
    -------
    KeeperKey
        In force; its user may sign in.

    Raises
    ------
    DeadLink
        When signature or version is wrong, the link was withdrawn, or its keeper may not sign in.

    Notes
    -----
    One query; nothing is written, so that the preview of a chat changes nothing.
    """
    try:
        user_id, _dot, version = _signer().unsign(token).partition(".")
        key = KeeperKey.objects.select_related("user").get(
            pk=uuid.UUID(user_id), link_version=int(version), revoked_at__isnull=True
        )
    except (signing.BadSignature, ValueError, KeeperKey.DoesNotExist):
        raise DeadLink from None
    if not key.user.is_active:
        raise DeadLink
    return key


@transaction.atomic
def choose_pin(*, token: str, pin: str, repeated: str, now: dt.datetime | None = None) -> User:
    """Choose the PIN of a link that has none yet.

    Parameters
    ----------
    token
        The middle of the link's path.
    pin, repeated
        Six digits, typed twice.
    now
        The present moment when left out.

    Returns
    -------
    User
        The keeper, who is to be signed in.

    Raises
    ------
    DeadLink
        When the link does not work.
    Invalid
        When the PIN is too easy or the two differ, with the reason in ``fields``.
    Conflict
        When a PIN was chosen already.

    Notes
    -----
    Two statements and one audit row; of two choices at once the first stands.
    """
    key = key_of(token)
    chosen = _fit_pin(pin)
    if chosen != _digits(repeated):
        sentence = _("The two PINs differ.")
        raise Invalid(sentence, code="pins_differ", fields={"repeated": sentence})
    open_keys = KeeperKey.objects.filter(
        pk=key.pk, link_version=key.link_version, revoked_at__isnull=True, pin_hash=""
    )
    if not open_keys.update(pin_hash=make_password(chosen), pin_set_at=now or clock.now()):
        raise Conflict(_("A PIN was chosen already. Type it."), code="pin_chosen")
    audit.record(by=key.user, verb="keeper.pin_chosen", subject=key.user)
    return key.user


def prove_pin(*, token: str, pin: str, now: dt.datetime | None = None) -> User:
    """Return the keeper whose link and PIN these are.

    Parameters
    ----------
    token
        The middle of the link's path.
    pin
        Six digits.
    now
        The present moment when left out.

    Raises
    ------
    DeadLink
        When the link does not work.
    TooManyTries
        At the sixth try within the window, right or wrong.
    Invalid
        When the PIN is wrong, with code ``wrong_pin``.

    Notes
    -----
    Not one transaction: a try stays counted whatever follows. Three statements, more at the first
    try; the hash takes the time.
    """
    key = key_of(token)
    limits.take(limits.PIN_BY_USER, str(key.pk), now=now)
    if not key.pin_hash or not check_password(_digits(pin), key.pin_hash):
        sentence = _("This PIN is not right.")
        raise Invalid(sentence, code="wrong_pin", fields={"pin": sentence})
    limits.forgive(limits.PIN_BY_USER, str(key.pk))
    return key.user


def is_easy(pin: str) -> bool:
    """Return whether a PIN is a run or a repetition, which everybody tries first.

    Parameters
    ----------
    pin
        Six digits.

    Returns
    -------
    bool
        True for runs up or down, also over the nine (``890123``), and for a part of one, two or
        three digits said again and again (``000000``, ``121212``, ``135135``).
    """
    steps = {(int(b) - int(a)) % 10 for a, b in itertools.pairwise(pin)}
    repeats = any(
        pin == (pin[:period] * PIN_DIGITS)[:PIN_DIGITS] for period in range(1, _LONGEST_PERIOD + 1)
    )
    return steps in ({1}, {9}) or repeats


def _fit_pin(pin: str) -> str:
    digits = _digits(pin)
    sentence = ""
    if len(digits) != PIN_DIGITS or not (digits.isascii() and digits.isdigit()):
        sentence = _("A PIN has six digits.")
    elif is_easy(digits):
        sentence = _("This PIN is too easy to guess: no runs, nothing repeated.")
    if sentence:
        raise Invalid(sentence, code="unfit_pin", fields={"pin": sentence})
    return digits


def _digits(pin: str) -> str:
    # a Chinese keyboard may write full-width digits
    return unicodedata.normalize("NFKC", pin).strip()


def _end_sessions(user: User) -> None:
    User.objects.filter(pk=user.pk).update(sessions_version=F("sessions_version") + 1)


def _signer() -> signing.Signer:
    return signing.Signer(salt=_SALT, sep="~")
