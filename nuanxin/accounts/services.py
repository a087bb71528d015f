from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from nuanxin.accounts import policies
from nuanxin.accounts.enums import GrantedRole
from nuanxin.accounts.models import Grant, User
from nuanxin.core import audit, clock, crypto
from nuanxin.core.actors import Actor
from nuanxin.core.errors import Conflict, Invalid
from nuanxin.unions.models import Union

PHONE_PURPOSE = "user.phone"


@transaction.atomic
def create_user(
    *, username: str, display_name: str, password: str, by: Actor, phone: str = ""
) -> User:
    """Create somebody who can sign in; rights are granted apart.

    Parameters
    ----------
    username
        Unique without regard to case.
    display_name
        How colleagues and auditors see them.
    password
        Checked by the configured validators.
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
    _set_password(user, password)
    if phone:
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

    Notes
    -----
    Two queries and one audit row. The user's cached scopes are read anew by their next request.
    """
    path = union.path if union else ""
    policies.can_grant(by, union_path=path).enforce()
    if union is None and role != GrantedRole.ADMIN:
        raise Invalid(_("Name the union the role reaches down from."), code="scope_missing")
    existing = Grant.objects.in_force().filter(user=user, role=role, union=union).first()
    if existing is not None:
        return existing
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


def _seal_phone(user: User, phone: str) -> None:
    provider = crypto.provider()
    place = crypto.Place(User._meta.db_table, str(user.pk), "phone_sealed")
    user.phone_sealed = provider.seal(phone, place)
    user.phone_index = provider.blind_index(phone, purpose=PHONE_PURPOSE)
