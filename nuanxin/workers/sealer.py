"""Sealing numbers of many workers, and the fingerprints by which they are found: with keys, without tables."""

from typing import Final
from uuid import UUID

from nuanxin.core import crypto
from nuanxin.core.identities import search_keys
from nuanxin.workers import documents, phones

# the table for whose rows the seals are
TABLE: Final = "workers_worker"
PHONE, PHONE_TAIL, DOCUMENT_TAIL = "people.phone", "people.phone_tail", "people.document_tail"


class Sealer:
    """Seals the numbers of many workers: the keys are looked up once."""

    def __init__(self) -> None:
        self._provider, self._keys = crypto.provider(), search_keys()

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
        return self._provider.seal(text, crypto.Place(TABLE, str(worker), field))
