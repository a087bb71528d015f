"""Numbers of workers: sealed for their row, with the fingerprints by which they are found."""

from typing import Final

from nuanxin.core import crypto
from nuanxin.core.identities import search_keys
from nuanxin.workers import documents, phones
from nuanxin.workers.documents import Document
from nuanxin.workers.models import Worker, WorkerMerge
from nuanxin.workers.sealer import DOCUMENT_TAIL, PHONE, PHONE_TAIL, Sealer


def place_of(worker: Worker, field: str) -> crypto.Place:
    """Return where a sealed text of a worker belongs. No query."""
    return crypto.Place(Worker._meta.db_table, str(worker.pk), field)


def merge_place(merge: WorkerMerge) -> crypto.Place:
    """Return where the number of a proposed merge belongs. No query."""
    return crypto.Place(WorkerMerge._meta.db_table, str(merge.pk), "document_sealed")


def seal_document(worker: Worker, document: Document) -> None:
    """Put a document into the row of its worker."""
    worker.document_kind = document.kind
    worker.document_sealed, worker.document_tail = Sealer().document(worker.pk, document.number)


def seal_phone(worker: Worker, phone: str) -> None:
    """Put a phone into the row of a worker; an empty one takes it away."""
    columns = Sealer().phone(worker.pk, phone)
    worker.phone_sealed, worker.phone_index, worker.phone_tail = columns


def opened(worker: Worker, field: str) -> str:
    """Open a sealed text of a worker; for services that have told the audit trail before.

    Raises
    ------
    SealBroken
        When it was altered or moved, or its key is gone.
    """
    sealed: str = getattr(worker, field)
    return crypto.provider().unseal(sealed, place_of(worker, field)) if sealed else ""


def phone_index(phone: str) -> int:
    """Return the fingerprint by which a whole phone is found."""
    return search_keys().fingerprint(phone, purpose=PHONE)


def phone_tail(phone: str) -> int:
    """Return the fingerprint by which the last digits of a phone are found."""
    return search_keys().fingerprint(phone[-phones.TAIL :], purpose=PHONE_TAIL)


def document_tail(number: str) -> int:
    """Return the fingerprint by which the last characters of a document are found."""
    return search_keys().fingerprint(number[-documents.TAIL :], purpose=DOCUMENT_TAIL)


INDEXES: Final = (
    ("document_tail", "document_sealed", document_tail),
    ("phone_index", "phone_sealed", phone_index),
    ("phone_tail", "phone_sealed", phone_tail),
)
