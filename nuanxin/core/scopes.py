"""Which rows an actor's scopes reach: the condition behind every ``visible_to``."""

from collections.abc import Collection, Sequence
from posixpath import commonpath

from django.db import models

from nuanxin.core.actors import Actor, Role
from nuanxin.core.policies import ALLOWED, REFUSED, Decision

OFFICE_READERS = frozenset({Role.OFFICER, Role.AUDITOR, Role.ADMIN, Role.SYSTEM})


def reaches_all(actor: Actor, *, roles: Collection[Role] = OFFICE_READERS) -> bool:
    """Return whether one of an actor's scopes covers the whole tree. No query."""
    return any(scope.role in roles and not scope.path for scope in actor.scopes)


def reach(actor: Actor, field: str, *, roles: Collection[Role] = OFFICE_READERS) -> models.Q:
    """Return the condition that keeps the rows inside an actor's scopes.

    Parameters
    ----------
    actor
        Who asks.
    field
        Lookup of the union path of a row: ``"path"``, ``"union__path"``.
    roles
        Only scopes of these roles count.

    Returns
    -------
    models.Q
        Everything for a scope over the whole tree, nothing without a scope; otherwise one prefix
        condition for each scope. A row without a union lies under the whole tree alone.
    """
    if reaches_all(actor, roles=roles):
        return models.Q()
    condition = models.Q(pk__in=[])
    for path in sorted({scope.path for scope in actor.scopes if scope.role in roles}):
        condition |= models.Q(**{f"{field}__startswith": path})
    return condition


def common_path(paths: Sequence[str]) -> str:
    """Return the path of the lowest union above some unions; empty for the whole tree, or for none."""
    shared = commonpath(paths) if paths else ""
    return f"{shared}/" if shared else ""


def can_read_office(actor: Actor) -> Decision:
    """Decide whether an actor may read the pages of the office; which rows, says ``reach``.

    Parameters
    ----------
    actor
        Who asks.

    Returns
    -------
    Decision
        Allowed to officers, auditors and administrators of any place. No query.
    """
    is_reader = any(scope.role in OFFICE_READERS for scope in actor.scopes)
    return ALLOWED if is_reader else REFUSED
