"""What a member list takes to compute and no table to know: ids, fingerprints, seals.

It is the `sheets.kinds.Ahead` of member lists; a companion runs it, which has keys and no tables.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from nuanxin.core.sounds import person_columns
from nuanxin.sheets import cell_ids
from nuanxin.sheets.kinds import Values
from nuanxin.sheets.readings import Accepted
from nuanxin.workers.documents import Document
from nuanxin.workers.enums import DocumentKind
from nuanxin.workers.row_ids import membership_digits, occupation_digits
from nuanxin.workers.sealer import Sealer

_KINDS: Final = {
    cell_ids.RESIDENT: DocumentKind.RESIDENT,
    "港澳台居民居住证": DocumentKind.RESIDENCE,
    "外国人永久居留身份证": DocumentKind.PERMANENT,
    "港澳居民来往内地通行证": DocumentKind.HK_MACAU,
    "台湾居民来往大陆通行证": DocumentKind.TAIWAN,
    "护照": DocumentKind.PASSPORT,
}


class Foreseen(NamedTuple):
    """What the documents and phones of some hundred records come to.

    Parameters
    ----------
    documents
        Kind, number and the id of the worker they name; in the order of the records.
    prints
        Fingerprints of the phones.
    """

    documents: list[tuple[str, str, str]]
    prints: dict[str, int]


class NewWorker(NamedTuple):
    """Rows of a new worker, with identities by their digits.

    Parameters
    ----------
    columns
        Of the worker, up to the moments.
    membership
        The key of the first membership.
    occupations
        Rows of the occupations.
    """

    columns: tuple[Any, ...]
    membership: str
    occupations: list[tuple[Any, ...]]


def foresee(records: Sequence[Accepted]) -> Foreseen:
    """Return the ids and fingerprints that resolving will ask for. No query."""
    sealer = Sealer()
    phones = {phone for record in records if (phone := record.fields.get("phone"))}
    return Foreseen(
        [_document(record.fields) for record in records],
        {phone: sealer.phone_index(phone) for phone in phones},
    )


def prepare(said: Mapping[str, Values]) -> dict[str, NewWorker]:
    """Return the rows of those who may be new, by key: sealing takes longer than writing."""
    sealer = Sealer()
    return {
        key: new_worker(sealer, key, values)
        for key, values in said.items()
        if values.get("document") and values.get("name")
    }


def new_worker(sealer: Sealer, key: str, values: Values) -> NewWorker:
    """Return the rows of somebody new."""
    (kind, number), name = values["document"], values["name"]
    sealed, phone = sealer.document(key, number), sealer.phone(key, values.get("phone") or "")
    columns = (key.replace("-", ""), kind, *sealed, name, *person_columns(name), *phone)
    occupations = [occupation_columns(key, text) for text in values.get("occupations") or ()]
    return NewWorker(columns, membership_digits(key, 1), occupations)


def occupation_columns(worker: str, text: str) -> tuple[Any, ...]:
    """Return the columns of ``_OCCUPATION`` from ``group|platform``, identities by their digits."""
    group, _bar, platform = text.partition("|")
    key = occupation_digits(worker, group, platform)
    return key, worker.replace("-", ""), group, platform, "", None, None


def _document(fields: Mapping[str, Any]) -> tuple[str, str, str]:
    kind = _KINDS.get(fields.get("id_type") or cell_ids.RESIDENT, DocumentKind.OTHER)
    number = fields["id_no"]
    return kind.value, number, str(Document(kind, number).worker_id)
