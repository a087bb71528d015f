"""On whose behalf the worker acts: whoever uploaded or confirmed, with the scopes they had then."""

from collections.abc import Iterable
from dataclasses import dataclass

from nuanxin.core.actors import Actor, Role, Scope
from nuanxin.sheets.models import ImportBatch


@dataclass(frozen=True, slots=True)
class OnBehalf:
    """An actor remembered by a batch."""

    actor_key: str
    actor_label: str
    scopes: tuple[Scope, ...]


def on_behalf_of(batch: ImportBatch) -> OnBehalf:
    """Return who stands behind what the worker does with a batch."""
    key, label = batch.uploaded_by, batch.uploaded_label
    if batch.undone_by:
        key, label = batch.undone_by, batch.undone_label
    elif batch.confirmed_by:
        key, label = batch.confirmed_by, batch.confirmed_label
    return OnBehalf(key, label, scopes_from_json(batch.scopes))


def scopes_as_json(actor: Actor) -> list[list[str]]:
    """Return an actor's scopes as plain values; of a lent role also whose it is."""
    return [
        [scope.role.value, scope.path, scope.on_behalf, scope.on_behalf_label]
        for scope in actor.scopes
    ]


def scopes_from_json(rows: Iterable[Iterable[str]]) -> tuple[Scope, ...]:
    """Return the scopes that plain values tell of; those of older batches say nothing of lending."""
    return tuple(Scope(Role(role), *rest) for role, *rest in rows)
