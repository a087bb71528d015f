"""Entering a keeper: an account without a password, and the keeper's role, in one act of an officer."""

import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from nuanxin.accounts import policies
from nuanxin.accounts.enums import GrantedRole
from nuanxin.accounts.models import Grant, User
from nuanxin.accounts.services import set_contact
from nuanxin.core import audit
from nuanxin.core.actors import Actor
from nuanxin.core.errors import Invalid
from nuanxin.unions.models import Union


@transaction.atomic
def enter_keeper(*, display_name: str, union: Union, by: Actor, phone: str = "") -> User:
    """Enter somebody who will keep a station: they come in by a desk link and a PIN, never a password.

    Parameters
    ----------
    display_name
        How colleagues and auditors see them.
    union
        The keeper's role reaches from here down.
    by
        Who acts: officers and administrators over the union.
    phone
        Where notices go; kept sealed, may be empty.

    Returns
    -------
    User
        With a user name of its own making, the keeper's role and no way to sign in yet.

    Raises
    ------
    NotAllowed
        When the actor does not reach the union.
    Invalid
        When there is no name.

    Notes
    -----
    Five queries and three audit rows.
    """
    policies.can_enter_keeper(by, union_path=union.path).enforce()
    name = " ".join(display_name.split())
    if not name:
        sentence = _("Give the keeper's name.")
        raise Invalid(sentence, code="no_name", fields={"display_name": sentence})
    user = User(username=f"keeper-{secrets.token_hex(5)}", display_name=name)
    user.set_unusable_password()
    user.save(force_insert=True)
    audit.record(by=by, verb="user.created", subject=user, scope_path=union.path)
    Grant.objects.create(user=user, role=GrantedRole.KEEPER, union=union, granted_by=by.actor_key)
    data = {"role": GrantedRole.KEEPER}
    audit.record(by=by, verb="role.granted", subject=user, scope_path=union.path, data=data)
    return set_contact(user=user, phone=phone, notice_url="", by=by) if phone else user
