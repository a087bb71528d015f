"""Numbers of workers: sealed for their row, with the fingerprints by which they are found."""

from typing import Final
from uuid import UUID

from nuanxin.core import crypto
from nuanxin.core.identities import search_keys
from nuanxin.workers import documents, phones
from nuanxin.workers.documents import Document
from nuanxin.workers.models import Worker, WorkerMerge

PHONE, PHONE_TAIL, DOCUMENT_TAIL = "people.phone", "people.phone_tail", "people.document_tail"


def place_of(worker: Worker, field: str) -> crypto.Place:
    """Return where a sealed text of a worker belongs. No query."""
    return crypto.Place(Worker._meta.db_table, str(worker.pk), field)


def merge_place(merge: WorkerMerge) -> crypto.Place:
    """Return where the number of a proposed merge belongs. No query."""
    return crypto.Place(WorkerMerge._meta.db_table, str(merge.pk), "document_sealed")


class Sealer:
    """Seals the numbers of many workers: the keys are looked up once."""

    def __init__(self) -> None:
        self._provider, self._keys = crypto.provider(), search_keys()
        self._table = Worker._meta.db_table

    def document(self, worker: UUID | str, number: str) -> tuple[str, int]:
        """Return a number sealed for a worker's row, and the fingerprint of its end."""
        sealed = self._sealed(number, worker, "document_sealed")
        tail = number[-documents.TAIL :]
        return sealed, self._keys.fingerprint(tail, purpose=DOCUMENT_TAIL)

    def phone(self, worker: UUID | str, phone: str) -> tuple[str, int | None, int | None]:
        """Return a phone sealed for a worker's row, its fingerprint, and that of its end."""
        if not phone:
            return "", None, None
        sealed = self._sealed(phone, worker, "phone_sealed")
        tail = self._keys.fingerprint(phone[-phones.TAIL :], purpose=PHONE_TAIL)
        return sealed, self.phone_index(phone), tail

    def phone_index(self, phone: str) -> int:
        """Return the fingerprint by which a whole phone is found."""
        return self._keys.fingerprint(phone, purpose=PHONE)

    def _sealed(self, text: str, worker: UUID | str, field: str) -> str:
        return self._provider.seal(text, crypto.Place(self._table, str(worker), field))


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
