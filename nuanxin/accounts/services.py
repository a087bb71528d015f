from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from nuanxin.accounts import limits, policies
from nuanxin.accounts.enums import GrantedRole
from nuanxin.accounts.models import STAFF_ROLES, Grant, User
from nuanxin.accounts.selectors import place_of
from nuanxin.core import audit, channels, clock, crypto
from nuanxin.core.actors import Actor, Role
from nuanxin.core.errors import Conflict, Invalid
from nuanxin.unions.models import Union
from nuanxin.unions.services import hold, refuse_ended

PHONE_PURPOSE = "user.phone"


@transaction.atomic
def create_user(
    *, username: str, display_name: str, by: Actor, password: str | None = None, phone: str = ""
) -> User:
    """Create somebody who can sign in; rights are granted apart.

    Parameters
    ----------
    username
        Unique without regard to case.
    display_name
        How colleagues and auditors see them.
    password
        Checked by the configured validators; None for a keeper, whom only a desk link signs in.
    by
        Who acts; needs administrator rights over the whole tree.
    phone
        Kept sealed, found by fingerprint; may be empty.

    Returns
    -------
    User
        The saved user, without any role.

    Raises
    ------
    NotAllowed
        When the actor may not administer accounts.
    Conflict
        When the user name is taken.
    Invalid
        When the password is too weak, with the reasons in ``fields``.

    Notes
    -----
    Two queries and one audit row; the password hash takes the time.
    """
    policies.can_grant(by, union_path="").enforce()
    user = User(username=username.casefold(), display_name=display_name)
    if User.objects.filter(username=user.username).exists():
        raise Conflict(_("This user name is taken."), code="username_taken")
    if password is None:
        user.set_unusable_password()
    else:
        _set_password(user, password)
    _seal_phone(user, phone)
    user.save(force_insert=True)
    audit.record(by=by, verb="user.created", subject=user)
    return user


@transaction.atomic
def grant_role(*, user: User, role: GrantedRole, union: Union | None, by: Actor) -> Grant:
    """Give a role over a union's subtree; giving it twice changes nothing.

    Parameters
    ----------
    user
        Who receives it.
    role
        The role.
    union
        Root of the subtree; None only for an administrator of the whole tree.
    by
        Who acts; needs administrator rights over that subtree.

    Returns
    -------
    Grant
        The grant in force.

    Raises
    ------
    NotAllowed
        When the actor's administration does not reach the union.
    Invalid
        When a role other than administrator is given without a union.
    Conflict
        When the union has ended.

    Notes
    -----
    Three queries and one audit row; holds the union. The user's cached scopes are read anew by their next request; the
    first role of staff ends their sessions, which a password alone may have opened.
    """
    path = union.path if union else ""
    policies.can_grant(by, union_path=path).enforce()
    if union is None and role != GrantedRole.ADMIN:
        raise Invalid(_("Name the union the role reaches down from."), code="scope_missing")
    existing = Grant.objects.in_force().filter(user=user, role=role, union=union).first()
    if existing is not None:
        return existing
    if union is not None:
        refuse_ended(hold(union))
    if Role(role) in STAFF_ROLES and not user.is_staff:
        _end_sessions(user)
    grant = Grant.objects.create(user=user, role=role, union=union, granted_by=by.actor_key)
    audit.record(by=by, verb="role.granted", subject=user, scope_path=path, data={"role": role})
    return grant


@transaction.atomic
def end_grant(*, grant: Grant, by: Actor) -> Grant:
    """End a role; the row stays as history.

    Raises
    ------
    NotAllowed
        When the actor's administration does not reach the union.

    Notes
    -----
    Two queries and one audit row; ending an ended grant changes nothing.
    """
    path = grant.union.path if grant.union else ""
    policies.can_grant(by, union_path=path).enforce()
    if grant.ended_at is None:
        grant.ended_at, grant.ended_by = clock.now(), by.actor_key
        grant.save(update_fields=["ended_at", "ended_by"])
        audit.record(
            by=by, verb="role.ended", subject=grant.user, scope_path=path, data={"role": grant.role}
        )
    return grant


@transaction.atomic
def change_password(*, user: User, password: str, by: Actor) -> User:
    """Give somebody another password; everybody changes their own.

    Parameters
    ----------
    user
        Whose password.
    password
        Checked by the configured validators.
    by
        Who acts.

    Returns
    -------
    User
        The saved user; their other sessions end.

    Raises
    ------
    NotAllowed
        When somebody else acts.
    Invalid
        When the password is too weak, with the reasons in ``fields``.

    Notes
    -----
    One query and one audit row; the password hash takes the time.
    """
    policies.can_change_password(by, user).enforce()
    _set_password(user, password)
    user.save(update_fields=["password"])
    audit.record(by=by, verb="user.password_changed", subject=user)
    return user


@transaction.atomic
def reset_password(*, user: User, password: str, by: Actor) -> User:
    """Give somebody another password because theirs is lost.

    Parameters
    ----------
    user
        Whose password.
    password
        Checked by the configured validators.
    by
        Who acts; needs administrator rights over every role of the user.

    Returns
    -------
    User
        The saved user; their sessions end.

    Raises
    ------
    NotAllowed
        When the actor's administration does not reach the user.
    Invalid
        When the password is too weak, with the reasons in ``fields``.

    Notes
    -----
    Three queries and one audit row; the password hash takes the time. Wrong tries are forgotten.
    """
    policies.can_administer(by, user).enforce()
    _set_password(user, password)
    user.save(update_fields=["password"])
    limits.forgive(limits.PASSWORD_BY_NAME, user.username)
    audit.record(by=by, verb="user.password_reset", subject=user)
    return user


@transaction.atomic
def switch_user(*, user: User, is_active: bool, by: Actor) -> User:
    """Switch a user off, or on again; doing it twice changes nothing.

    Parameters
    ----------
    user
        Who may no longer, or again, sign in.
    is_active
        False switches off: their sessions end and their roles rest.
    by
        Who acts; needs administrator rights over every role of the user's own.

    Returns
    -------
    User
        The user as they are now.

    Raises
    ------
    NotAllowed
        When the actor's administration does not reach the user.
    Conflict
        When the actor is the user: the last administrator would be gone.

    Notes
    -----
    Three queries and one audit row.
    """
    policies.can_switch(by, user).enforce()
    if by.actor_key == user.actor_key:
        raise Conflict(_("Nobody switches themselves off."), code="own_account")
    rows = User.objects.filter(pk=user.pk, is_active=not is_active)
    if rows.update(is_active=is_active, sessions_version=F("sessions_version") + 1):
        verb = "user.switched_on" if is_active else "user.switched_off"
        audit.record(by=by, verb=verb, subject=user)
    return User.objects.get(pk=user.pk)


@transaction.atomic
def set_contact(*, user: User, phone: str, notice_url: str, by: Actor) -> User:
    """Say where notices reach a user.

    Parameters
    ----------
    user
        Whose contact.
    phone
        Kept sealed, found by fingerprint; empty takes it away.
    notice_url
        Address of a messenger's robot in the form of Apprise, such as ``wecombot://key``; kept
        sealed; empty takes it away.
    by
        Who acts: the user, an officer over a union where they keep a station, or an administrator.

    Returns
    -------
    User
        The saved user.

    Raises
    ------
    NotAllowed
        When the actor reaches neither the keeper nor the account.
    Invalid
        When the address is of no messenger that this site allows, with the reason in ``fields``.

    Notes
    -----
    Two queries and one audit row, which names the fields and not their contents.
    """
    policies.can_set_contact(by, user).enforce()
    address = notice_url.strip()
    if address:
        _check_notice_url(address)
    _seal_phone(user, phone.strip())
    place = place_of(user, "notice_url_sealed")
    user.notice_url_sealed = crypto.provider().seal(address, place) if address else ""
    user.save(update_fields=["phone_sealed", "phone_index", "notice_url_sealed"])
    audit.record(
        by=by,
        verb="user.contact_set",
        subject=user,
        data={"has_phone": bool(phone.strip()), "has_notice_url": bool(address)},
    )
    return user


@transaction.atomic
def note_sign_in(*, user: User, door: str) -> None:
    """Write down that somebody signed in.

    Parameters
    ----------
    user
        Who; they act themselves.
    door
        ``"password"``, ``"code"``, ``"link"`` or ``"demo"``: what they showed last.

    Notes
    -----
    One audit row.
    """
    audit.record(by=user, verb="user.signed_in", subject=user, data={"door": door})


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(
            _("Choose a stronger password."),
            code="weak_password",
            fields={"password": " ".join(error.messages)},
        ) from error
    user.set_password(password)


def _check_notice_url(address: str) -> None:
    """Refuse an address that the outbox would not follow, and say at the form which ones it does."""
    scheme, separator, rest = address.partition("://")
    if not (separator and rest and scheme.lower() in settings.APPRISE_SCHEMES):
        known = ", ".join(f"{name}://" for name in settings.APPRISE_SCHEMES)
        sentence = _("The address has to begin with one of these: %(known)s") % {"known": known}
        raise Invalid(sentence, code="unknown_messenger", fields={"notice_url": sentence})
    channels.check_apprise(address)


def _end_sessions(user: User) -> None:
    User.objects.filter(pk=user.pk).update(sessions_version=F("sessions_version") + 1)


def _seal_phone(user: User, phone: str) -> None:
    provider = crypto.provider()
    user.phone_sealed = provider.seal(phone, place_of(user, "phone_sealed")) if phone else ""
    user.phone_index = provider.blind_index(phone, purpose=PHONE_PURPOSE) if phone else ""
