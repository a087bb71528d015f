"""The audit trail: one row for each act, in the transaction of the act."""

from typing import Any, Final

from django.db import models, transaction

from nuanxin.core import clock
from nuanxin.core.actors import Actor, Role
from nuanxin.core.models import AuditEvent

# in the details of an act by a lent role: key and name of its holder
ON_BEHALF: Final = "on_behalf_of"
ON_BEHALF_LABEL: Final = "on_behalf_of_label"


def record(
    *,
    by: Actor,
    verb: str,
    subject: models.Model | None = None,
    subject_type: str = "",
    subject_key: str = "",
    scope_path: str = "",
    data: dict[str, Any] | None = None,
) -> AuditEvent:
    """Write the audit row of one act.

    Parameters
    ----------
    by
        Who acts.
    verb
        Stable word, noun first: ``"station.hours_changed"``.
    subject
        The row acted on; a bulk act names ``subject_type`` and ``subject_key`` instead.
    subject_type, subject_key
        Kind and key of a bulk act.
    scope_path
        Path of the union whose officers may read the row.
    data
        What changed, JSON; never a position, an identity number or a phone. An act that only a lent role
        allows says besides for whom it is done.

    Returns
    -------
    AuditEvent
        The saved row.

    Raises
    ------
    transaction.TransactionManagementError
        When called outside a transaction: the act and its row stand or fall together.

    Notes
    -----
    One INSERT, no lock.
    """
    if not transaction.get_connection().in_atomic_block:
        msg = "an audit row belongs into the transaction of its act"
        raise transaction.TransactionManagementError(msg)
    return AuditEvent.objects.create(
        at=clock.now(),
        actor_key=by.actor_key,
        actor_label=by.actor_label,
        verb=verb,
        object_type=subject._meta.label_lower if subject is not None else subject_type,
        object_key=str(subject.pk) if subject is not None else subject_key,
        scope_path=scope_path,
        data={**(data or {}), **_behalf(by, scope_path)},
    )


def _behalf(by: Actor, scope_path: str) -> dict[str, str]:
    """Return for whom an act is done: whose role is lent to whom no role of their own lets do it there."""
    covering = [scope for scope in by.scopes if scope.covers(scope_path)]
    if any(not scope.on_behalf and scope.role != Role.AUDITOR for scope in covering):
        return {}
    lent = next((scope for scope in covering if scope.on_behalf), None)
    return {ON_BEHALF: lent.on_behalf, ON_BEHALF_LABEL: lent.on_behalf_label} if lent else {}
