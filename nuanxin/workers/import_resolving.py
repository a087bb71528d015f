"""Resolving the records of a member list: who each is, where they stand, and what is doubtful.

A person is known by their document alone: never by a phone, never by a name.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from nuanxin.sheets.kinds import Candidate, Note, PlainResolver, Setting
from nuanxin.sheets.payloads import masked
from nuanxin.sheets.readings import Accepted
from nuanxin.unions.models import Union
from nuanxin.workers import policies
from nuanxin.workers.enums import MembershipState
from nuanxin.workers.import_ahead import Foreseen, foresee
from nuanxin.workers.import_labels import APPLICANTS
from nuanxin.workers.import_standing import Standing, standing_of
from nuanxin.workers.models import Worker
from nuanxin.workers.names import LENGTH
from nuanxin.workers.selectors import group_by_word

_LIMITS: Final = {"platform": 80, "org": 80, "member_no": 32}
# what the reader says of a cell that held nothing usable
_UNUSABLE: Final = frozenset(
    {
        "phone_invalid", "phone_masked", "phone_landline", "phone_precision_lost", "date_unparsed", "date_ambiguous",
        "formula_error", "precision_lost",
    }
)  # fmt: skip
_ACTIVE, _APPLIED = MembershipState.ACTIVE.value, MembershipState.APPLIED.value


class _Known(NamedTuple):
    """What the tables say about the people of some hundred records, by id, and the owners of phones."""

    standing: dict[str, Standing]
    survivors: dict[str, UUID]
    owners: dict[str, set[str]]


class MemberResolver(PlainResolver):
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

    def resolve(
        self, records: Sequence[Accepted], foreseen: Foreseen | None = None
    ) -> list[Candidate]:
        """Return one candidate for each record, in order. Five queries."""
        documents, prints = foreseen or foresee(records)
        known = _known([worker for _kind, _number, worker in documents], prints)
        return [
            self._candidate(record, document, known)
            for record, document in zip(records, documents, strict=True)
        ]

    def _candidate(
        self, record: Accepted, document: tuple[str, str, str], known: _Known
    ) -> Candidate:
        fields = record.fields
        kind, number, key = document
        if key in known.survivors:
            key = str(known.survivors[key])
        candidate = Candidate(record.place, key, fields["name"] or "")
        candidate.refusal = self._refusal(fields, key)
        if candidate.refusal:
            return candidate
        self._seen[key] = record.place.row
        candidate.defaults = {"document": [kind, number]}
        candidate.notes += _unusable(record)
        standing = known.standing.get(key)
        candidate.is_new = standing is None
        self._say(candidate, fields, standing)
        self._say_phone(candidate, record, known)
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

    def _say_phone(self, candidate: Candidate, record: Accepted, known: _Known) -> None:
        if candidate.refusal or "phone" not in record.fields or "name" not in candidate.values:
            if record.fields.get("phone") and not candidate.refusal:
                candidate.notes.append(Note("kept_elsewhere", "phone"))
            return
        phone = record.fields["phone"]
        candidate.values["phone"] = phone
        if not phone:
            return
        owners = known.owners.get(phone)
        if (owners and owners - {candidate.key}) or "phone_shared" in record.warnings:
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


def _unions(setting: Setting) -> dict[str, str]:
    """Return the codes of the unions in reach by code and by name; of two alike the nearer to the top."""
    unions = Union.objects.visible_to(setting.by).active().order_by("-path")
    rows = unions.values_list("code", "name", "path")
    found: dict[str, str] = {}
    for code, name, path in rows:
        if policies.can_enter_workers(setting.by, union_path=path):
            found[name] = found[code] = code
    return found


def _known(ids: Sequence[str], prints: Mapping[str, int]) -> _Known:
    standing, survivors = standing_of(ids)
    known = _Known(standing, survivors, {})
    # the row that a person no longer stands in still has their phone
    owners = Worker.objects.filter(
        phone_index__among=set(prints.values()), alias__isnull=True
    ).order_by()
    found: dict[int, set[str]] = {}
    for index, worker in owners.values_list("phone_index", "pk"):
        found.setdefault(index or 0, set()).add(str(worker))
    if found:
        known.owners.update(
            (phone, found[index]) for phone, index in prints.items() if index in found
        )
    return known
