from nuanxin.core.actors import Actor, Role
from nuanxin.core.policies import Decision, holds
from nuanxin.sheets.kinds import kind_of
from nuanxin.sheets.models import ImportBatch

OFFICE = {Role.OFFICER, Role.ADMIN, Role.SYSTEM}


def can_bring(actor: Actor, *, kind: str, scope_path: str) -> Decision:
    """Decide whether an actor may bring a sheet for a union; the room of the kind has a say.

    Parameters
    ----------
    actor
        Who acts.
    kind
        What the sheet lists.
    scope_path
        Path of the union whose list it is.

    Returns
    -------
    Decision
        The office of a union above it. No query.
    """
    office = holds(actor, OFFICE, path=scope_path)
    return kind_of(kind).may_import(actor, scope_path=scope_path) if office else office


def can_handle(actor: Actor, batch: ImportBatch) -> Decision:
    """Decide whether an actor may map, apply, undo or put aside an import. No query."""
    return can_bring(actor, kind=batch.kind, scope_path=batch.scope_path)
