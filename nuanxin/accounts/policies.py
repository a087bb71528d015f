from nuanxin.accounts.models import User
from nuanxin.core.actors import Actor, Role
from nuanxin.core.policies import ALLOWED, REFUSED, Decision, holds


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
