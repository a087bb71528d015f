"""The second factor of staff: a time-based code, each good once, and recovery codes.

References
----------
.. [1] RFC 6238, TOTP: section 5.2 asks that a code be accepted once, and allows one step of drift.
"""

import base64
import datetime as dt
import hmac
import secrets
import unicodedata
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from nuanxin.accounts import limits, policies
from nuanxin.accounts.models import RecoveryCode, SecondFactor, User
from nuanxin.core import audit, clock, crypto
from nuanxin.core.actors import Actor
from nuanxin.core.errors import Conflict, Invalid

STEP_S: Final = 30
DIGITS: Final = 6
DRIFT_STEPS: Final = 1
SECRET_BYTES: Final = 20
RECOVERY_CODES: Final = 10
RECOVERY_PURPOSE: Final = "user.recovery_code"
ISSUER: Final = "Nuanxin"
# no letter or digit that is taken for another; ten of them are 49 bits
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_RECOVERY_LENGTH: Final = 10


def is_asked_of(user: User) -> bool:
    """Return whether a password alone does not sign this user in.

    Notes
    -----
    One query when the roles are not read yet. Only the demo can be without a second factor, whatever
    the setting says elsewhere.
    """
    is_on = settings.SECOND_FACTOR or not settings.DEMO
    return is_on and user.is_staff


def is_enrolled(user: User) -> bool:
    """Return whether the user has an authenticator. One query."""
    return SecondFactor.objects.filter(pk=user.pk).exists()


def new_secret(user: User) -> str:
    """Return a new secret, sealed for its place beside the user; nothing is saved."""
    secret = base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()
    return crypto.provider().seal(secret, _place(user))


def secret_text(user: User, secret_sealed: str) -> str:
    """Return the secret as it is typed into an authenticator: base 32.

    Raises
    ------
    SealBroken
        When the text was not sealed for this user.
    """
    return crypto.provider().unseal(secret_sealed, _place(user))


def provisioning_uri(user: User, secret_sealed: str) -> str:
    """Return the ``otpauth:`` address that an authenticator reads from a QR code."""
    totp = _totp(secret_text(user, secret_sealed))
    return totp.get_provisioning_uri(user.username, ISSUER)


@transaction.atomic
def enrol(
    *, user: User, secret_sealed: str, code: str, by: Actor, now: dt.datetime | None = None
) -> list[str]:
    """Keep a new authenticator once it has shown a right code.

    Parameters
    ----------
    user
        Who has proved their password just now.
    secret_sealed
        What ``new_secret`` gave.
    code
        Six digits of the authenticator.
    by
        Who acts: the user.
    now
        The present moment when left out.

    Returns
    -------
    list of str
        Ten recovery codes, to be shown once; only fingerprints are kept.

    Raises
    ------
    NotAllowed
        When somebody else acts.
    Invalid
        When the code is wrong, with code ``wrong_code``.
    Conflict
        When the user has an authenticator already.

    Notes
    -----
    Four statements and one audit row. Tries are not limited: the secret was shown to whoever tries.
    """
    policies.can_change_password(by, user).enforce()
    moment = now or clock.now()
    steps = _matching_steps(secret_text(user, secret_sealed), code, moment)
    if not steps:
        raise _wrong_code()
    row = SecondFactor(
        pk=user.pk, secret_sealed=secret_sealed, last_step=steps[-1], enrolled_at=moment
    )
    SecondFactor.objects.bulk_create([row], ignore_conflicts=True)
    # of two enrolments at once the first stands; equal secrets seal differently
    if not SecondFactor.objects.filter(pk=user.pk, secret_sealed=secret_sealed).exists():
        raise Conflict(_("An authenticator is enrolled already."), code="enrolled")
    audit.record(by=by, verb="user.second_factor_enrolled", subject=user)
    return _draw_recovery_codes(user)


def prove_code(*, user: User, code: str, now: dt.datetime | None = None) -> None:
    """Use up one code of the user's authenticator, or one recovery code.

    Parameters
    ----------
    user
        Who has proved their password just now.
    code
        Six digits, or a recovery code; spaces, dashes and case do not matter.
    now
        The present moment when left out.

    Raises
    ------
    TooManyTries
        At the sixth try within the window, right or wrong.
    Invalid
        When the code is wrong or used already, with code ``wrong_code``.

    Notes
    -----
    Not one transaction: a try stays counted whatever follows. A code is taken by a conditional
    UPDATE, so that of equal codes that come together one wins. Seven statements at most.
    """
    limits.take(limits.CODE_BY_USER, str(user.pk), now=now)
    if not (_use_step(user, code, now or clock.now()) or _use_recovery_code(user, code)):
        raise _wrong_code()
    limits.forgive(limits.CODE_BY_USER, str(user.pk))


@transaction.atomic
def reset_second_factor(*, user: User, by: Actor) -> None:
    """Take away a lost authenticator; the next sign-in enrols another.

    Parameters
    ----------
    user
        Whose authenticator.
    by
        Who acts; needs administrator rights over every role of the user.

    Raises
    ------
    NotAllowed
        When the actor's administration does not reach the user.
    Conflict
        When there is no authenticator.

    Notes
    -----
    Five statements and one audit row; every session of the user ends, wrong tries are forgotten.
    """
    policies.can_administer(by, user).enforce()
    if not SecondFactor.objects.filter(pk=user.pk).delete()[0]:
        raise Conflict(_("No authenticator is enrolled."), code="not_enrolled")
    RecoveryCode.objects.filter(user=user).delete()
    limits.forgive(limits.CODE_BY_USER, str(user.pk))
    User.objects.filter(pk=user.pk).update(sessions_version=F("sessions_version") + 1)
    audit.record(by=by, verb="user.second_factor_reset", subject=user)


def _use_step(user: User, code: str, now: dt.datetime) -> bool:
    factor = SecondFactor.objects.filter(pk=user.pk).first()
    if factor is None:
        return False
    unused = SecondFactor.objects.filter(pk=user.pk)
    return any(
        unused.filter(last_step__lt=step).update(last_step=step)
        for step in _matching_steps(secret_text(user, factor.secret_sealed), code, now)
    )


@transaction.atomic
def _use_recovery_code(user: User, code: str) -> bool:
    unused = RecoveryCode.objects.filter(
        user=user, code_index=_recovery_index(user, code), used_at__isnull=True
    )
    if not unused.update(used_at=clock.now()):
        return False
    audit.record(by=user, verb="user.recovery_code_used", subject=user)
    return True


def _draw_recovery_codes(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    drawn = [
        "".join(secrets.choice(_ALPHABET) for _ in range(_RECOVERY_LENGTH))
        for _ in range(RECOVERY_CODES)
    ]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, code_index=_recovery_index(user, code)) for code in drawn
    )
    half = _RECOVERY_LENGTH // 2
    return [f"{code[:half]}-{code[half:]}" for code in drawn]


def _recovery_index(user: User, code: str) -> str:
    return crypto.provider().blind_index(f"{user.pk}:{_typed(code)}", purpose=RECOVERY_PURPOSE)


def _typed(code: str) -> str:
    folded = unicodedata.normalize("NFKC", code).casefold()
    return "".join(char for char in folded if char.isalnum())


def _matching_steps(secret: str, code: str, now: dt.datetime) -> list[int]:
    """Return the time steps, in order, whose code this is."""
    totp, typed = _totp(secret), _typed(code).encode()
    present = int(now.timestamp()) // STEP_S
    steps = range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1)
    return [step for step in steps if hmac.compare_digest(totp.generate(step * STEP_S), typed)]


def _totp(secret: str) -> TOTP:
    # SHA-1 is what every authenticator knows; its weakness is collisions, which HMAC does not need
    return TOTP(base64.b32decode(secret), DIGITS, SHA1(), STEP_S)  # noqa: S303  RFC 6238: what authenticators speak, and HMAC keeps SHA-1 sound


def _place(user: User) -> crypto.Place:
    return crypto.Place(SecondFactor._meta.db_table, str(user.pk), "secret_sealed")


def _wrong_code() -> Invalid:
    sentence = _("This code is not right, or it was used already. Wait for the next one.")
    return Invalid(sentence, code="wrong_code", fields={"code": sentence})
