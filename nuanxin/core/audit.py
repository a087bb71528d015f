"""The audit trail: one row for each act, in the transaction of the act."""

from typing import Any

from django.db import models, transaction

from nuanxin.core import clock
from nuanxin.core.actors import Actor
from nuanxin.core.models import AuditEvent


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
        What changed, JSON; never a position, an identity number or a phone.

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
        data=data or {},
    )
