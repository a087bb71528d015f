from nuanxin.core.actors import Actor, Role
from nuanxin.core.policies import ALLOWED, REFUSED, Decision, holds
from nuanxin.workers.models import Membership, Transfer, Worker

OFFICE = frozenset({Role.OFFICER, Role.ADMIN, Role.SYSTEM})


def is_self(actor: Actor, worker: Worker) -> bool:
    """Return whether a worker acts for themselves. No query."""
    return actor.actor_key == worker.actor_key


def can_enter_workers(actor: Actor, *, union_path: str) -> Decision:
    """Decide whether an actor may enter workers for a union.

    Parameters
    ----------
    actor
        Who acts.
    union_path
        Path of the union.

    Returns
    -------
    Decision
        The office over that union. No query.
    """
    return holds(actor, OFFICE, path=union_path)


def can_apply(actor: Actor, worker: Worker, *, union_path: str) -> Decision:
    """Decide whether an actor may ask for a membership: the worker, or the office. No query."""
    return ALLOWED if is_self(actor, worker) else can_enter_workers(actor, union_path=union_path)


def can_decide(actor: Actor, membership: Membership) -> Decision:
    """Decide whether an actor may check, approve, refuse or retain a membership.

    Parameters
    ----------
    actor
        Who acts.
    membership
        Its union loaded.

    Returns
    -------
    Decision
        The office over its union; never the worker. No query.
    """
    return holds(actor, OFFICE, path=membership.union.path)


def can_end(actor: Actor, membership: Membership) -> Decision:
    """Decide whether an actor may end a membership: the worker, or the office. No query."""
    return ALLOWED if is_self(actor, membership.worker) else can_decide(actor, membership)


def can_act_alone(actor: Actor, worker: Worker) -> Decision:
    """Decide what is the worker's alone: to sign in, to leave, to have all that is kept. No query."""
    return ALLOWED if is_self(actor, worker) else REFUSED


def can_erase(actor: Actor, worker: Worker) -> Decision:
    """Decide whether an actor may erase an entry: as ``can_correct``; an office at the worker's request."""
    return can_correct(actor, worker)


def can_release(actor: Actor, transfer: Transfer) -> Decision:
    """Decide whether an actor may answer a transfer for the union that is left. No query."""
    return holds(actor, OFFICE, path=transfer.from_union.path)


def can_accept(actor: Actor, transfer: Transfer) -> Decision:
    """Decide whether an actor may answer a transfer for the union that is entered. No query."""
    return holds(actor, OFFICE, path=transfer.to_union.path)


def can_withdraw(actor: Actor, transfer: Transfer) -> Decision:
    """Decide whether an actor may take a transfer back: the worker, or whoever may accept it. No query."""
    return ALLOWED if is_self(actor, transfer.worker) else can_accept(actor, transfer)


def can_correct(actor: Actor, worker: Worker) -> Decision:
    """Decide whether an actor may correct the entry of a worker, or see its numbers.

    Parameters
    ----------
    actor
        Who acts.
    worker
        The worker.

    Returns
    -------
    Decision
        The worker, and the office over a union where they are, or apply. One query for an office below
        the whole tree.
    """
    if is_self(actor, worker) or holds(actor, OFFICE):
        return ALLOWED
    return _near(actor, worker, frozenset(OFFICE))


def can_reveal(actor: Actor, worker: Worker) -> Decision:
    """Decide whether an actor may see the numbers of a worker: as ``can_correct``, and auditors."""
    if is_self(actor, worker) or holds(actor, OFFICE | {Role.AUDITOR}):
        return ALLOWED
    return _near(actor, worker, OFFICE | {Role.AUDITOR})


def can_export_members(actor: Actor) -> Decision:
    """Decide whether an actor may take members along as a file: the office, of its own unions. No query."""
    return ALLOWED if any(scope.role in OFFICE for scope in actor.scopes) else REFUSED


def _near(actor: Actor, worker: Worker, roles: frozenset[Role]) -> Decision:
    paths = worker.memberships.present().values_list("union__path", flat=True)
    decisions = [holds(actor, roles, path=path) for path in paths]
    return next(filter(None, decisions), decisions[0] if decisions else REFUSED)
