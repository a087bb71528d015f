"""Who may change what every union reads: divisions and the calendar."""

from nuanxin.core.actors import Actor, Role
from nuanxin.core.policies import Decision, holds

_KEEPERS_OF_REFERENCE_DATA = frozenset({Role.ADMIN, Role.SYSTEM})


def can_edit_calendar(actor: Actor) -> Decision:
    """Decide whether an actor may publish a holiday notice or set a single day.

    Parameters
    ----------
    actor
        Who acts.

    Returns
    -------
    Decision
        Allowed to administrators and programs over the whole tree: a calendar has no union. No query.
    """
    return holds(actor, _KEEPERS_OF_REFERENCE_DATA)


def can_store_divisions(actor: Actor) -> Decision:
    """Decide whether an actor may write administrative divisions.

    Parameters
    ----------
    actor
        Who acts.

    Returns
    -------
    Decision
        Allowed to administrators and programs over the whole tree. No query.
    """
    return holds(actor, _KEEPERS_OF_REFERENCE_DATA)
