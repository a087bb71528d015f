from nuanxin.core.actors import Actor, Role
from nuanxin.core.policies import Decision, holds
from nuanxin.unions.models import FoundingItem, Union

_WRITERS = frozenset({Role.OFFICER, Role.ADMIN, Role.SYSTEM})


def can_found_union(actor: Actor, *, parent_path: str) -> Decision:
    """Decide whether an actor may enter or found a union below a path of the tree.

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
    return holds(actor, _WRITERS, path=parent_path)


def can_keep_union(actor: Actor, union: Union) -> Decision:
    """Decide whether an actor may write down what a union does: steps, elections, meetings.

    Parameters
    ----------
    actor
        Who acts.
    union
        The union, or one far below the actor's own.

    Returns
    -------
    Decision
        Allowed to its own officers and to those above. No query.
    """
    return holds(actor, _WRITERS, path=union.path)


def can_decide_on_union(actor: Actor, union: Union) -> Decision:
    """Decide whether an actor may approve, merge or dissolve a union.

    Parameters
    ----------
    actor
        Who acts.
    union
        The union decided on.

    Returns
    -------
    Decision
        Allowed to whoever has rights over the upper union: no union decides on itself. No query.
    """
    return holds(actor, _WRITERS, path=union.parent_path)


def can_tick(actor: Actor, union: Union, item: FoundingItem) -> Decision:
    """Decide whether an actor may tick a step of a founding, or take the tick away.

    Parameters
    ----------
    actor
        Who acts.
    union
        The union in preparation.
    item
        The step; what is the upper union's to say is ticked by whoever decides on the union.

    Returns
    -------
    Decision
        No query.
    """
    decide = can_decide_on_union if item.is_of_upper else can_keep_union
    return decide(actor, union)
