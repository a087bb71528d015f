"""What only the worker decides: to leave the union, and to have their entry erased."""

from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from nuanxin.core import audit, clock
from nuanxin.core.actors import Actor
from nuanxin.core.errors import Conflict, NotFound
from nuanxin.sheets import erasing
from nuanxin.workers import consents, memberships, policies, transfers
from nuanxin.workers.enums import EndReason, MergeState
from nuanxin.workers.merging import ids_of_person
from nuanxin.workers.models import HELD, Membership, Occupation, Transfer, Worker, WorkerMerge
from nuanxin.workers.moves import close
from nuanxin.workers.services import scope_of

_BLANK: Final = {
    "document_sealed": "",
    "document_tail": None,
    "name": "",
    "pinyin": "",
    "initials": "",
    "phone_sealed": "",
    "phone_index": None,
    "phone_tail": None,
}


@transaction.atomic
def leave(*, worker: Worker, by: Actor) -> int:
    """Leave the union, and take back what was applied for; the entry stays until it is erased.

    Parameters
    ----------
    worker
        Who leaves.
    by
        Who acts: the worker; an office ends a membership by itself.

    Returns
    -------
    int
        How many memberships and applications ended.

    Raises
    ------
    NotAllowed
        For anybody but the worker.

    Notes
    -----
    Two queries, and what ending or withdrawing each takes.
    """
    policies.can_act_alone(by, worker).enforce()
    rows = Membership.objects.present().filter(worker=worker).select_related("union", "worker")
    count = 0
    # what is asked for first: a transfer would go on from a membership that has ended
    for membership in sorted(rows, key=lambda row: row.state in HELD):
        if membership.state in HELD:
            memberships.end(membership=membership, reason=EndReason.LEFT, by=by)
        else:
            memberships.withdraw(membership=membership, by=by)
        count += 1
    return count


@transaction.atomic
def erase(*, worker: Worker, by: Actor) -> None:
    """Erase the entry of a worker, under whatever documents it stands.

    What stays is the bare row, so that what somebody has had once they do not have twice; when they were
    a member, without number and name; to what words they had agreed; and the audit trail, which knows
    nobody by name.

    Parameters
    ----------
    worker
        Whose.
    by
        Who acts: the worker, or the office over a union where they are, at the worker's request.

    Raises
    ------
    NotAllowed
        For anybody else.
    NotFound
        When it was erased.
    Conflict
        With code ``merge_open`` while two people decide whether this is somebody else's row.

    Notes
    -----
    A dozen statements for each row of the person, and one audit row. On SQLite deleted texts are
    overwritten in the file, and the journal of the file is emptied when the transaction is over.
    """
    policies.can_erase(by, worker).enforce()
    if not Worker.objects.filter(pk=worker.pk, erased_at__isnull=True).exists():
        raise NotFound
    ids = ids_of_person(worker)
    if WorkerMerge.objects.filter(worker__in=ids, state=MergeState.PROPOSED).exists():
        raise Conflict(
            _("Two people of the union decide just now whether this row is somebody else's."),
            code="merge_open",
        )
    scope = scope_of(worker)
    for row in Worker.objects.filter(pk__in=ids).order_by("pk"):
        _erase_row(row, by)
    erasing.forget_things({str(pk) for pk in ids})
    audit.record(by=by, verb="worker.erased", subject=worker, scope_path=scope)
    transaction.on_commit(_empty_the_journal_of_the_file)


def _erase_row(row: Worker, by: Actor) -> None:
    if (transfer := transfers.open_of(row)) is not None:
        transfers.give_up(transfer=transfer, by=by)
    for membership in _present(row.pk):
        close(membership, "membership.erased", EndReason.ERASED, by)
    Membership.objects.filter(worker=row).update(member_no="")
    Transfer.objects.filter(worker=row).update(reason="")
    Occupation.objects.filter(worker=row).delete()
    WorkerMerge.objects.filter(worker=row).update(document_sealed="")
    consents.end_all(row, by)
    Worker.objects.filter(pk=row.pk).update(erased_at=clock.now(), **_BLANK)


def _present(worker: UUID) -> list[Membership]:
    rows = Membership.objects.present().filter(worker=worker)
    return list(rows.select_related("union", "worker").order_by("n"))


def _empty_the_journal_of_the_file() -> None:
    """Bring what SQLite still holds of the erased texts out of its journal, as far as readers let it."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
