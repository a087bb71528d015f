"""Entering workers and correcting what the register says of them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from nuanxin.core import audit, clock
from nuanxin.core.actors import Actor
from nuanxin.core.errors import Conflict, Invalid, NotFound
from nuanxin.unions.models import Union
from nuanxin.workers import policies, sealing
from nuanxin.workers.documents import Document
from nuanxin.workers.enums import MembershipState
from nuanxin.workers.models import Occupation, Worker, WorkerAlias, WorkerGroup
from nuanxin.workers.names import name_of
from nuanxin.workers.phones import phone_of
from nuanxin.workers.row_ids import occupation_digits


@dataclass(frozen=True, slots=True)
class Entered:
    """A worker as found or made. ``phone_elsewhere`` says that somebody else has this phone too."""

    worker: Worker
    is_new: bool


def survivor_of(worker: Worker) -> Worker:
    """Return the row that stands for a worker: itself, or the one it was merged into. One query."""
    alias = WorkerAlias.objects.select_related("survivor").filter(pk=worker.pk).first()
    return alias.survivor if alias else worker


@transaction.atomic
def enter_worker(
    *, document: Document, name: str, phone: str = "", union: Union, by: Actor
) -> Entered:
    """Enter a worker into the register, or find the one this document names.

    Parameters
    ----------
    document
        Checked.
    name
        As on the card.
    phone
        Mobile number, may be empty; shared phones are lawful and never tell who somebody is.
    union
        For which they are entered.
    by
        Who acts: the office over that union, or the worker, who has shown their phone.

    Returns
    -------
    Entered
        The row that stands for the person; the same document twice is the same row.

    Raises
    ------
    NotAllowed
        When the actor's scope does not reach the union.
    Invalid
        When the name or the phone is none.
    Conflict
        When the register has another name under this document: neither is overwritten.

    Notes
    -----
    At most four queries and one audit row. A row that was erased is filled again.
    """
    worker = Worker(pk=document.worker_id)
    policies.can_apply(by, worker, union_path=union.path).enforce()
    name, phone = name_of(name), phone_of(phone)
    stored = Worker.objects.filter(pk=document.worker_id).first()
    if stored is not None and stored.erased_at is None:
        if stored.name != name:
            raise Conflict(
                _("This number stands in the register with another name. Look at the card."),
                code="name_differs",
            )
        return Entered(survivor_of(stored), is_new=False)
    worker.name, worker.entered_at, worker.erased_at = name, clock.now(), None
    sealing.seal_document(worker, document)
    sealing.seal_phone(worker, phone)
    worker.save(force_insert=stored is None)
    audit.record(by=by, verb="worker.entered", subject=worker, scope_path=union.path)
    return Entered(worker, is_new=True)


@transaction.atomic
def correct_worker(
    *, worker: Worker, by: Actor, name: str | None = None, phone: str | None = None
) -> Worker:
    """Correct the name or the phone of a worker.

    Parameters
    ----------
    worker
        Whose entry.
    name, phone
        As they shall be; None leaves them as they are, an empty phone takes it away.
    by
        Who acts: the worker, or the office over a union where they are.

    Returns
    -------
    Worker
        Saved; the same values again write nothing.

    Raises
    ------
    NotAllowed
        For anybody else.
    NotFound
        When the row was erased.
    Invalid
        When the name or the phone is none.
    Conflict
        With code ``name_checked`` when a worker would change a name that was compared with their card.

    Notes
    -----
    At most four queries and one audit row, which names the fields and not their contents. A wrong
    document is another matter: see `workers.merging`.
    """
    policies.can_correct(by, worker).enforce()
    worker = _standing(worker)
    changed = []
    if name is not None and name_of(name) != worker.name:
        _refuse_own_hand(worker, by)
        worker.name = name_of(name)
        changed.append("name")
    if phone is not None and phone_of(phone) != sealing.opened(worker, "phone_sealed"):
        sealing.seal_phone(worker, phone_of(phone))
        changed.append("phone")
    if changed:
        worker.save(force_update=True)
        audit.record(
            by=by,
            verb="worker.corrected",
            subject=worker,
            scope_path=scope_of(worker),
            data={"fields": changed},
        )
    return worker


@transaction.atomic
def enter_occupation(
    *,
    worker: Worker,
    group: WorkerGroup,
    by: Actor,
    platform: str = "",
    since_on: dt.date | None = None,
    occupation_code: str = "",
) -> Occupation:
    """Say what a worker does, and for whom; the same twice is one row, and one that was over goes on.

    Raises
    ------
    NotAllowed
        For anybody but the worker and the office over a union where they are.
    Invalid
        When the platform's name is too long.

    Notes
    -----
    Two queries and one audit row.
    """
    policies.can_correct(by, worker).enforce()
    platform = platform.strip()
    if len(platform) > 80:
        raise Invalid(_("This text is too long."), code="too_long", fields={"platform": ""})
    occupation = Occupation(
        id=UUID(occupation_digits(str(worker.pk), group.pk, platform)),
        worker=worker,
        group=group,
        platform=platform,
    )
    stored = Occupation.objects.filter(pk=occupation.pk).first() or occupation
    stored.since_on, stored.until_on = since_on or stored.since_on, None
    stored.occupation_code = occupation_code or stored.occupation_code
    stored.save(force_insert=stored is occupation)
    audit.record(
        by=by,
        verb="occupation.entered",
        subject=worker,
        scope_path=scope_of(worker),
        data={"group": group.pk},
    )
    return stored


@transaction.atomic
def end_occupation(*, occupation: Occupation, until_on: dt.date, by: Actor) -> Occupation:
    """Say that a worker does something no more; the row stays as history.

    Raises
    ------
    NotAllowed
        For anybody but the worker and the office over a union where they are.
    Invalid
        When it would end before it began.

    Notes
    -----
    Two queries and one audit row.
    """
    policies.can_correct(by, occupation.worker).enforce()
    if occupation.since_on and until_on < occupation.since_on:
        sentence = _("It cannot end before it began.")
        raise Invalid(sentence, code="ends_before", fields={"until_on": sentence})
    occupation.until_on = until_on
    occupation.save(update_fields=["until_on"])
    audit.record(
        by=by,
        verb="occupation.ended",
        subject=occupation.worker,
        scope_path=scope_of(occupation.worker),
        data={"group": occupation.group_id},
    )
    return occupation


def reveal(*, worker: Worker, purpose: str, by: Actor) -> Mapping[str, str]:
    """Open the numbers of a worker for somebody who says what for; without its audit row, nothing.

    Parameters
    ----------
    worker
        Whose numbers.
    purpose
        One of ``RevealPurpose``; the worker can read it.
    by
        Who asks: the worker, the office and the auditors over a union where they are.

    Returns
    -------
    mapping
        ``document`` and ``phone``; the latter may be empty.

    Raises
    ------
    NotAllowed
        For anybody else.
    NotFound
        When the row was erased.
    SealBroken
        When a number was altered or moved; the reading stays on record.

    Notes
    -----
    Two queries and one audit row, committed before a seal is opened.
    """
    policies.can_reveal(by, worker).enforce()
    with transaction.atomic(durable=True):
        standing = _standing(worker)
        audit.record(
            by=by,
            verb="worker.revealed",
            subject=standing,
            scope_path=scope_of(standing),
            data={"fields": ["document", "phone"], "purpose": purpose},
        )
    return {
        "document": sealing.opened(standing, "document_sealed"),
        "phone": sealing.opened(standing, "phone_sealed"),
    }


def scope_of(worker: Worker) -> str:
    """Return the path of the union whose officers may read acts on a worker. One query."""
    rows = worker.memberships.present().order_by("state", "-n")
    return rows.values_list("union__path", flat=True).first() or ""


def has_checked_name(worker: Worker) -> bool:
    """Return whether somebody compared a worker's name with their card. One query."""
    checked = worker.memberships.present().exclude(state=MembershipState.APPLIED)
    return checked.exists()


def _refuse_own_hand(worker: Worker, by: Actor) -> None:
    if policies.is_self(by, worker) and has_checked_name(worker):
        raise Conflict(
            _("Your name was compared with your card. Ask your union to correct it."),
            code="name_checked",
        )


def _standing(worker: Worker) -> Worker:
    stored = Worker.objects.filter(pk=worker.pk, erased_at__isnull=True).first()
    if stored is None:
        raise NotFound
    return stored
