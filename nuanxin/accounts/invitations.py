"""The way in for new staff: a link that works once, for a week, to choose a first password.

The link names the user, the version of their sessions and the day, and is signed; nothing of it is
stored. It dies when a password is chosen, when a newer one is given, and by itself after seven days.
"""

import datetime as dt
import uuid
from typing import Final

from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from nuanxin.accounts import policies
from nuanxin.accounts.models import STAFF_ROLES, User
from nuanxin.core import audit
from nuanxin.core.actors import Actor
from nuanxin.core.errors import Conflict, DomainError, Invalid
from nuanxin.sheets.enums import EntryState
from nuanxin.sheets.models import ImportBatch

VALID_FOR: Final = dt.timedelta(days=7)
_SALT: Final = "nuanxin.accounts.invitation"


class DeadInvitation(DomainError):
    """The link was forged, used, replaced or is too old, or its user may not sign in: all look alike."""

    def __init__(self) -> None:
        super().__init__(
            _("This invitation does not work any more. Ask your union for a new one."),
            code="dead_invitation",
            status=404,
        )


@transaction.atomic
def invite(*, user: User, by: Actor) -> str:
    """Give somebody without a password the link with which they choose one.

    Parameters
    ----------
    user
        Somebody with a role of staff.
    by
        Who acts; needs administrator rights over every role of the user.

    Returns
    -------
    str
        The path ``/welcome/<token>/``. It is to be shown once and handed over; it is kept nowhere.

    Raises
    ------
    NotAllowed
        When the actor's administration does not reach the user.
    Conflict
        When the user has a password already, with code ``has_password``; when they hold no role of
        staff, with code ``not_staff``; when they are switched off, with code ``switched_off``.

    Notes
    -----
    Three statements and one audit row; an invitation given before dies.
    """
    policies.can_administer(by, user).enforce()
    if user.has_usable_password():
        raise Conflict(_("They chose a password already."), code="has_password")
    if not user.is_active:
        raise Conflict(_("They are switched off."), code="switched_off")
    if not _is_staff(user):
        raise Conflict(_("Grant a role of the office first."), code="not_staff")
    rows = User.objects.filter(pk=user.pk)
    rows.update(sessions_version=F("sessions_version") + 1)
    audit.record(by=by, verb="user.invited", subject=user)
    return f"/welcome/{token_of(rows.get())}/"


@transaction.atomic
def invite_those_of(*, batch: ImportBatch, by: Actor) -> list[tuple[User, str]]:
    """Invite everybody of an imported staff list who may choose a first password.

    Parameters
    ----------
    batch
        An applied list of staff.
    by
        Who acts; needs administrator rights over every role of each user.

    Returns
    -------
    list of User and str
        By user name, each with the path of ``invite``; who has a password already, is switched off or
        holds no role of staff is left out.

    Raises
    ------
    NotAllowed
        When the actor's administration does not reach one of them: then nobody is invited.

    Notes
    -----
    Two queries, and four statements and an audit row for each user.
    """
    names = batch.journal.filter(state=EntryState.STANDS).values_list("key", flat=True)
    users = User.objects.filter(username__in=list(names), is_active=True).order_by("username")
    waiting = [user for user in users if not user.has_usable_password() and _is_staff(user)]
    return [(user, invite(user=user, by=by)) for user in waiting]


def _is_staff(user: User) -> bool:
    return any(scope.role in STAFF_ROLES for scope in user.held)


def token_of(user: User) -> str:
    """Return the middle of the link's path: user, version, moment and signature. No query."""
    return _signer().sign(f"{user.pk.hex}.{user.sessions_version}")


def invited_user(token: str) -> User:
    """Return whom an invitation is for.

    Parameters
    ----------
    token
        The middle of the link's path.

    Returns
    -------
    User
        May sign in, and has no password yet.

    Raises
    ------
    DeadInvitation
        When signature or version is wrong, the link is older than a week, a password was chosen, or
        the user is switched off.

    Notes
    -----
    One query; nothing is written, so that the preview of a chat changes nothing.
    """
    try:
        user_id, _dot, version = _signer().unsign(token, max_age=VALID_FOR).partition(".")
        user = User.objects.get(
            pk=uuid.UUID(user_id), sessions_version=int(version), is_active=True
        )
    except (signing.BadSignature, ValueError, User.DoesNotExist):
        raise DeadInvitation from None
    if user.has_usable_password():
        raise DeadInvitation
    return user


@transaction.atomic
def accept_invitation(*, token: str, password: str, repeated: str) -> User:
    """Choose the first password.

    Parameters
    ----------
    token
        The middle of the link's path.
    password, repeated
        Typed twice; checked by the configured validators.

    Returns
    -------
    User
        Who now signs in by the staff door, with a second step as everybody does.

    Raises
    ------
    DeadInvitation
        When the link does not work.
    Invalid
        When the password is too weak or the two differ, with the reason in ``fields``.

    Notes
    -----
    Two statements and one audit row; of two choices at once the first stands.
    """
    user = invited_user(token)
    if password != repeated:
        sentence = _("The two passwords differ.")
        raise Invalid(sentence, code="passwords_differ", fields={"repeated": sentence})
    try:
        validate_password(password, user)
    except ValidationError as error:
        sentence = _("Choose a stronger password.")
        reasons = " ".join(error.messages)
        raise Invalid(sentence, code="weak", fields={"password": reasons}) from error
    user.set_password(password)
    rows = User.objects.filter(pk=user.pk, sessions_version=user.sessions_version)
    if not rows.update(password=user.password, sessions_version=F("sessions_version") + 1):
        raise DeadInvitation
    audit.record(by=user, verb="user.invitation_accepted", subject=user)
    return User.objects.get(pk=user.pk)


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=_SALT, sep="~")
