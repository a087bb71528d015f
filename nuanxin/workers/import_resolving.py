"""Resolving the records of a member list: who each is, where they stand, and what is doubtful.

A person is known by their document alone: never by a phone, never by a name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from nuanxin.sheets import cell_ids
from nuanxin.sheets.kinds import Candidate, Note, Setting
from nuanxin.sheets.payloads import masked
from nuanxin.sheets.readings import Accepted
from nuanxin.unions.models import Union
from nuanxin.workers import policies, sealing
from nuanxin.workers.documents import Document
from nuanxin.workers.enums import DocumentKind, MembershipState
from nuanxin.workers.import_labels import APPLICANTS
from nuanxin.workers.import_standing import Standing, standing_of
from nuanxin.workers.models import Worker
from nuanxin.workers.names import LENGTH
from nuanxin.workers.selectors import group_by_word

_KINDS: Final = {
    cell_ids.RESIDENT: DocumentKind.RESIDENT,
    "港澳台居民居住证": DocumentKind.RESIDENCE,
    "外国人永久居留身份证": DocumentKind.PERMANENT,
    "港澳居民来往内地通行证": DocumentKind.HK_MACAU,
    "台湾居民来往大陆通行证": DocumentKind.TAIWAN,
    "护照": DocumentKind.PASSPORT,
}
_LIMITS: Final = {"platform": 80, "org": 80, "member_no": 32}
# what the reader says of a cell that held nothing usable
_UNUSABLE: Final = frozenset(
    {
        "phone_invalid", "phone_masked", "phone_landline", "phone_precision_lost", "date_unparsed", "date_ambiguous",
        "formula_error", "precision_lost",
    }
)  # fmt: skip
_ACTIVE, _APPLIED = MembershipState.ACTIVE.value, MembershipState.APPLIED.value


@dataclass(slots=True)
class _Known:
    """What the tables say about the people of some hundred records."""

    standing: dict[str, Standing]
    survivors: dict[str, UUID]
    prints: dict[str, int] = field(default_factory=dict)
    owners: dict[int, set[UUID]] = field(default_factory=dict)


class MemberResolver:
    """Resolves one file.

    Parameters
    ----------
    setting
        Whose list it is, what holds for all its rows, and who brings it.
    """

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._is_applicants = setting.options.get("people") == APPLICANTS
        self._groups = {word: group.pk for word, group in group_by_word().items()}
        self._unions = _unions(setting)
        self._source = setting.source
        self._seen: dict[str, int] = {}
        self._unknown: dict[str, str | None] = {}

    def resolve(self, records: Sequence[Accepted]) -> list[Candidate]:
        """Return one candidate for each record, in order. Five queries."""
        documents = [_document(record.fields) for record in records]
        known = _known([str(document.worker_id) for document in documents], records)
        return [
            self._candidate(record, document, known)
            for record, document in zip(records, documents, strict=True)
        ]

    def afterthoughts(self) -> dict[int, list[Note]]:
        """Return nothing."""
        return {}

    def open_questions(self) -> list[str]:
        """Return nothing: a list without a word about its people is one of members."""
        return []

    def _candidate(self, record: Accepted, document: Document, known: _Known) -> Candidate:
        fields = record.fields
        worker = document.worker_id
        key = str(worker)
        if key in known.survivors:
            worker = known.survivors[key]
            key = str(worker)
        candidate = Candidate(record.place, key, fields["name"] or "")
        candidate.refusal = self._refusal(fields, key)
        if candidate.refusal:
            return candidate
        self._seen[key] = record.place.row
        candidate.defaults = {"document": [document.kind.value, document.number]}
        candidate.notes += _unusable(record)
        standing = known.standing.get(key)
        self._say(candidate, fields, standing)
        self._say_phone(candidate, record, known, worker)
        self._say_place(candidate, fields, standing)
        return candidate

    def _refusal(self, fields: Mapping[str, Any], key: str) -> Note | None:
        if (row := self._seen.get(key)) is not None:
            return Note("merged_twice", "id_no", str(row))
        if "退" in (fields.get("member_status") or ""):
            return Note("member_left", "member_status", fields["member_status"])
        if self._union(fields.get("union")) is None:
            return Note("union_unknown", "union", fields.get("union") or self._source)
        for name, limit in _LIMITS.items():
            if len(fields.get(name) or "") > limit:
                return Note("too_long", name)
        if len(fields["name"]) > LENGTH:
            return Note("too_long", "name")
        return None

    def _say(
        self, candidate: Candidate, fields: Mapping[str, Any], standing: Standing | None
    ) -> None:
        """Put in what the row says of the person; of somebody else's member nothing is overwritten."""
        values = candidate.values
        is_near = standing is not None and self._is_near(standing)
        if standing is not None and standing.name != fields["name"]:
            if not is_near:  # nor is anybody told the name of whom no union has just now
                candidate.refusal = Note("name_differs_elsewhere", "name")
                return
            candidate.notes.append(Note("name_differs", "name", standing.name, is_doubt=True))
        if is_near or standing is None or standing.is_loose:
            values["name"] = fields["name"]
            self._say_occupation(candidate, fields, standing)

    def _say_occupation(
        self, candidate: Candidate, fields: Mapping[str, Any], standing: Standing | None
    ) -> None:
        text = fields.get("occupation")
        if not text:
            return
        group = self._groups.get(text)
        if group is None:
            candidate.notes.append(Note("occupation_unknown", "occupation", text))
            return
        said = f"{group}|{fields.get('platform') or fields.get('org') or ''}"
        candidate.values["occupations"] = sorted(
            {said, *(standing.occupations if standing else ())}
        )

    def _say_phone(
        self, candidate: Candidate, record: Accepted, known: _Known, worker: UUID
    ) -> None:
        if candidate.refusal or "phone" not in record.fields or "name" not in candidate.values:
            if record.fields.get("phone") and not candidate.refusal:
                candidate.notes.append(Note("kept_elsewhere", "phone"))
            return
        phone = record.fields["phone"]
        candidate.values["phone"] = phone
        if not phone:
            return
        owners = known.owners.get(known.prints[phone])
        if (owners and owners - {worker}) or "phone_shared" in record.warnings:
            candidate.notes.append(Note("phone_shared", "phone", masked(phone)))

    def _say_place(
        self, candidate: Candidate, fields: Mapping[str, Any], standing: Standing | None
    ) -> None:
        """Say in which union the person is; who is a member elsewhere asks for a transfer."""
        if candidate.refusal:
            return
        union, values = self._union(fields.get("union")), candidate.values
        if standing and standing.transfer_to not in (None, union):
            candidate.refusal = Note("transfer_open", "union")
        elif standing and standing.is_held and standing.union != union:
            values["transfer_to"] = union
            candidate.notes.append(Note("transfer", "union"))
        else:
            values["union"] = union
            values["state"] = _state(fields.get("member_status"), self._is_applicants)
            for name, column in (("joined", "join_date"), ("member_no", "member_no")):
                if column in fields:
                    values[name] = fields[column]

    def _is_near(self, standing: Standing) -> bool:
        """Whether the worker is in a union of the actor's; whom no union has is near to the whole tree alone."""
        return bool(policies.can_enter_workers(self._setting.by, union_path=standing.path))

    def _union(self, text: str | None) -> str | None:
        return self._unions.get(text) if text else self._source


def _unusable(record: Accepted) -> list[Note]:
    """Return what there is to say of cells that were passed over."""
    notes = []
    for warning in record.warnings:
        code, _colon, name = warning.partition(":")
        if code in _UNUSABLE:
            notes.append(Note(code, name or code.partition("_")[0]))
    return notes


def _state(text: str | None, is_applicants: bool) -> str:
    if text:
        return _APPLIED if "未" in text or "申请" in text else _ACTIVE
    return _APPLIED if is_applicants else _ACTIVE


def _document(fields: Mapping[str, Any]) -> Document:
    kind = _KINDS.get(fields.get("id_type") or cell_ids.RESIDENT, DocumentKind.OTHER)
    return Document(kind, fields["id_no"])


def _unions(setting: Setting) -> dict[str, str]:
    """Return the codes of the unions in reach by code and by name; of two alike the nearer to the top."""
    unions = Union.objects.visible_to(setting.by).active().order_by("-path")
    rows = unions.values_list("code", "name", "path")
    found: dict[str, str] = {}
    for code, name, path in rows:
        if policies.can_enter_workers(setting.by, union_path=path):
            found[name] = found[code] = code
    return found


def _known(ids: Sequence[str], records: Sequence[Accepted]) -> _Known:
    standing, survivors = standing_of(ids)
    sealer = sealing.Sealer()
    phones = {phone for record in records if (phone := record.fields.get("phone"))}
    known = _Known(standing, survivors, {phone: sealer.phone_index(phone) for phone in phones})
    # the row that a person no longer stands in still has their phone
    owners = Worker.objects.filter(
        phone_index__among=set(known.prints.values()), alias__isnull=True
    ).order_by()
    for index, worker in owners.values_list("phone_index", "pk"):
        known.owners.setdefault(index or 0, set()).add(worker)
    return known
