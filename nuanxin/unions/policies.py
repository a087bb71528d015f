from nuanxin.core.actors import Actor, Role
from nuanxin.core.policies import Decision, holds


def can_found_union(actor: Actor, *, parent_path: str) -> Decision:
    """Decide whether an actor may enter a union below a path of the tree.

    Parameters
    ----------
    actor
        Who acts.
    parent_path
        Path of the upper union; empty for the root, which only an administrator or a command makes.

    Returns
    -------
    Decision
        No query.
    """
    return holds(actor, {Role.OFFICER, Role.ADMIN, Role.SYSTEM}, path=parent_path)
