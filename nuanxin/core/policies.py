"""Decisions about rights: services ask, surfaces only show."""

from collections.abc import Collection
from dataclasses import dataclass

from nuanxin.core.actors import Actor, Role
from nuanxin.core.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer of a policy; true in a boolean context when the act is allowed.

    Parameters
    ----------
    is_allowed
        Whether the actor may.
    code
        Stable word for the reason of a refusal.
    """

    is_allowed: bool
    code: str = "not_allowed"

    def __bool__(self) -> bool:
        return self.is_allowed

    def enforce(self) -> None:
        """Do nothing when allowed.

        Raises
        ------
        NotAllowed
            When refused, with the decision's code.
        """
        if not self.is_allowed:
            raise NotAllowed(code=self.code)


ALLOWED = Decision(is_allowed=True)
REFUSED = Decision(is_allowed=False)


def holds(actor: Actor, roles: Collection[Role], *, path: str = "") -> Decision:
    """Decide whether an actor holds one of the roles over a place in the union tree.

    Parameters
    ----------
    actor
        Who acts.
    roles
        Any of these suffices; ``Role.SYSTEM`` and ``Role.ADMIN`` are never implied.
    path
        Materialised path of the union the act concerns; the empty path means the whole tree,
        which only a scope over the whole tree covers.

    Returns
    -------
    Decision
        Allowed, or refused with code ``out_of_scope`` (right role elsewhere) or ``not_allowed``.

    Notes
    -----
    No query: scopes travel with the actor.
    """
    held = [scope for scope in actor.scopes if scope.role in roles]
    if any(scope.covers(path) for scope in held):
        return ALLOWED
    return Decision(is_allowed=False, code="out_of_scope") if held else REFUSED
