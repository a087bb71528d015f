from nuanxin.accounts.enums import GrantedRole
from nuanxin.accounts.models import Delegation, Grant, User
from nuanxin.core.actors import Actor, Role
from nuanxin.core.policies import ALLOWED, REFUSED, Decision, holds

LINK_ISSUERS = frozenset({Role.OFFICER, Role.ADMIN, Role.SYSTEM})


def can_grant(actor: Actor, *, union_path: str) -> Decision:
    """Decide whether an actor may give or end roles over a place in the union tree.

    Parameters
    ----------
    actor
        Who acts.
    union_path
        Path the role will cover; empty for the whole tree.

    Returns
    -------
    Decision
        No query.
    """
    return holds(actor, {Role.ADMIN, Role.SYSTEM}, path=union_path)


def can_delegate(actor: Actor, grant: Grant) -> Decision:
    """Decide whether an actor may hand a role over for a while.

    Parameters
    ----------
    actor
        Who acts.
    grant
        The role.

    Returns
    -------
    Decision
        Allowed to the officer who holds it, of their own right. No query.
    """
    is_holder = actor.actor_key == f"user:{grant.user_id}"
    return ALLOWED if is_holder and grant.role == GrantedRole.OFFICER else REFUSED


def can_end_delegation(actor: Actor, delegation: Delegation) -> Decision:
    """Decide whether an actor may end a delegation: either side, or whoever may end the role. No query."""
    sides = {f"user:{delegation.grant.user_id}", f"user:{delegation.to_user_id}"}
    if actor.actor_key in sides:
        return ALLOWED
    union = delegation.grant.union
    return can_grant(actor, union_path=union.path if union else "")


def can_load_consent_texts(actor: Actor) -> Decision:
    """Decide whether an actor may enter new versions of the texts that people agree to.

    Parameters
    ----------
    actor
        Who acts.

    Returns
    -------
    Decision
        Allowed to administrators of the whole tree: everybody reads the same texts. No query.
    """
    return holds(actor, {Role.ADMIN, Role.SYSTEM})


def can_change_password(actor: Actor, user: User) -> Decision:
    """Decide whether an actor may set a user's password.

    Parameters
    ----------
    actor
        Who acts.
    user
        Whose password.

    Returns
    -------
    Decision
        Only one's own. No query.
    """
    return ALLOWED if actor.actor_key == user.actor_key else REFUSED


def can_administer(actor: Actor, user: User) -> Decision:
    """Decide whether an actor may reset what a user signs in with.

    Parameters
    ----------
    actor
        Who acts.
    user
        Whose account.

    Returns
    -------
    Decision
        Allowed to administrators who reach every role the user holds or was lent: whoever resets a password
        can sign in with it, so nobody may reset the password of somebody who reaches further. A user
        without a role takes the whole tree. One query, once for each user read.
    """
    return _reaches(actor, {scope.path for scope in user.held})


def can_switch(actor: Actor, user: User) -> Decision:
    """Decide whether an actor may switch a user off and on.

    Parameters
    ----------
    actor
        Who acts.
    user
        Whose account.

    Returns
    -------
    Decision
        Allowed to administrators who reach every role of the user's own: nobody signs in by it, so that what a
        colleague elsewhere has lent keeps nobody in. One query, once for each user read.
    """
    return _reaches(actor, {scope.path for scope in user.held if not scope.on_behalf})


def _reaches(actor: Actor, paths: set[str]) -> Decision:
    for path in sorted(paths or {""}):
        decision = can_grant(actor, union_path=path)
        if not decision:
            return decision
    return ALLOWED


def can_issue_keeper_link(actor: Actor, user: User) -> Decision:
    """Decide whether an actor may give a keeper a desk link, or take it away.

    Parameters
    ----------
    actor
        Who acts.
    user
        The keeper.

    Returns
    -------
    Decision
        Allowed to officers and administrators over a union where the user keeps a station. One
        query, once for each user read.
    """
    paths = {scope.path for scope in user.held if scope.role == Role.KEEPER} or {""}
    decisions = [holds(actor, LINK_ISSUERS, path=path) for path in sorted(paths)]
    return next(filter(None, decisions), decisions[0])


def can_enter_keeper(actor: Actor, *, union_path: str) -> Decision:
    """Decide whether an actor may enter a keeper under a union.

    Parameters
    ----------
    actor
        Who acts.
    union_path
        Path from which the keeper's role will reach down.

    Returns
    -------
    Decision
        Allowed to officers and administrators over that union. No query.
    """
    return holds(actor, LINK_ISSUERS, path=union_path)


def can_set_contact(actor: Actor, user: User) -> Decision:
    """Decide whether an actor may change where notices reach a user.

    Parameters
    ----------
    actor
        Who acts.
    user
        Whose contact.

    Returns
    -------
    Decision
        Allowed to oneself, to whoever may give a keeper their link, and to whoever administers the
        account. One query, once for each user read.
    """
    if actor.actor_key == user.actor_key or can_issue_keeper_link(actor, user):
        return ALLOWED
    return can_administer(actor, user)
