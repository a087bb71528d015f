"""Union trees as a kind of sheet: from the top down, each union below one that is known."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from nuanxin.core.actors import Actor
from nuanxin.core.errors import Text
from nuanxin.core.ids import computed_id
from nuanxin.core.policies import Decision
from nuanxin.regions.models import Division
from nuanxin.regions.selectors import current_divisions
from nuanxin.sheets.kinds import (
    Candidate,
    Change,
    Note,
    PlainKind,
    PlainResolver,
    Question,
    Resolver,
    Setting,
    Source,
    Values,
)
from nuanxin.sheets.readings import Accepted
from nuanxin.unions import policies
from nuanxin.unions.enums import UnionKind
from nuanxin.unions.models import Union
from nuanxin.unions.services import enter_union

_KINDS: Final = {
    "总工会": UnionKind.FEDERATION, "联合会": UnionKind.FEDERATION, "地方总工会": UnionKind.FEDERATION,
    "行业工会联合会": UnionKind.SECTORAL, "行业工会": UnionKind.SECTORAL, "产业工会": UnionKind.SECTORAL,
    "联合工会": UnionKind.JOINT, "联合基层工会": UnionKind.JOINT, "联合建会": UnionKind.JOINT,
    "单建工会": UnionKind.SINGLE, "单独建会": UnionKind.SINGLE, "基层工会": UnionKind.SINGLE,
    "独立建会": UnionKind.SINGLE,
}  # fmt: skip


_YES_OR_NO: Final = {"是": True, "√": True, "1": True, "yes": True, "否": False, "×": False, "0": False, "no": False}  # fmt: skip


class UnionImport(PlainKind):
    """The kind ``union`` of `sheets.kinds.ImportKind`."""

    name = "union"
    label: Text = _("union tree")
    fields: Mapping[str, Text] = {
        "code": _("code"),
        "name": _("name"),
        "parent": _("upper union"),
        "division": _("division"),
        "kind": _("kind"),
        "uscc": _("unified social credit code"),
        "new_form": _("new forms of employment"),
        "remark": _("remark"),
        "seq": _("serial number"),
    }
    values: Mapping[str, Text] = {"is_new_form": _("new forms of employment")}
    words: Mapping[str, Text] = {
        "code_missing": _("the code is missing"),
        "union_code_bad": _("the code of a union has letters and digits only"),
        "parent_unknown": _("no union of yours, and none in a row above, is called that"),
        "parent_not_active": _("this union has ended, or is still in preparation"),
        "union_elsewhere": _("this union stands elsewhere in the tree already"),
        "union_ended": _("this union has ended"),
        "division_unknown": _("no division is called that"),
        "kind_unknown": _("no kind of union is called that"),
        "uscc_bad": _("the credit code of a union has 18 characters and begins with 81"),
        "uscc_taken": _("another union has this credit code"),
        "yes_or_no": _("say yes or no here"),
        "too_long": _("this text is too long"),
    }

    def may_import(self, by: Actor, *, scope_path: str) -> Decision:
        """Decide whether somebody may enter unions below another. No query."""
        return policies.can_found_union(by, parent_path=scope_path)

    def sources(self, by: Actor) -> list[Source]:
        """Return the unions below which somebody may enter others, from the top down. One query."""
        unions = Union.objects.visible_to(by).active().order_by("path")
        rows = unions.values_list("code", "name", "path")
        return [s for s in (Source(*row) for row in rows) if self.may_import(by, scope_path=s.path)]

    def questions(self, *, source: str) -> list[Question]:
        """Return nothing: a tree asks about rows alone."""
        return []

    def resolver(self, setting: Setting) -> Resolver:
        """Return what resolves one tree. Three queries."""
        return _UnionResolver(setting)

    def current(self, keys: Sequence[str]) -> dict[str, Values]:
        """Return how unions stand. One query."""
        rows = Union.objects.filter(pk__in=[UUID(key) for key in keys])
        return {
            str(union.pk): {
                "code": union.code,
                # as an ended one is named: whatever an import made of it before was changed since
                "name": str(union),
                "parent": union.parent.code if union.parent else None,
                "division": union.division_id,
                "kind": union.kind,
                "uscc": union.uscc,
                "is_new_form": union.is_new_form,
            }
            for union in rows.select_related("parent")
        }

    def alike(self, name: str, stored: object, said: object) -> bool:
        """Return that different texts are different."""
        return False

    def write(
        self,
        changes: Sequence[Change],
        *,
        by: Actor,
        is_undo: bool = False,
        prepared: object = None,
    ) -> None:
        """Enter unions one after the other, as the office does. Some eight queries for each."""
        for change in changes:
            after = change.after
            if Union.objects.filter(pk=change.key, ended_on__isnull=False).exists():
                continue  # it ended after the preview: its entry stands as it is
            parent = Union.objects.filter(code=after["parent"]).first() if after["parent"] else None
            enter_union(
                code=after["code"],
                name=after["name"],
                kind=UnionKind(after["kind"]),
                division=Division.objects.get(pk=after["division"]),
                parent=parent,
                uscc=after.get("uscc"),
                is_new_form=after.get("is_new_form"),
                by=by,
            )

    def withdraw(self, keys: Sequence[str], *, by: Actor) -> dict[str, str]:
        """Remove unions on which nothing hangs, from the bottom up. A query for each relation."""
        kept: dict[str, str] = {}
        for union in Union.objects.filter(pk__in=keys).order_by("-path"):
            hanging = _hanging_on(union)
            if hanging:
                kept[str(union.pk)] = str(_("in use: %(what)s") % {"what": hanging})
            else:
                union.delete()
        return kept


def _hanging_on(union: Union) -> str:
    for relation in Union._meta.related_objects:
        model: Any = relation.related_model
        if model._default_manager.filter(**{relation.field.name: union}).exists():
            return str(model._meta.verbose_name)
    return ""


class _UnionResolver(PlainResolver):
    """Resolves one tree; a row may name a union of a row above it."""

    def __init__(self, setting: Setting) -> None:
        self._by, self._source = setting.by, setting.source
        self._known: dict[str, tuple[str, str, str]] = {}  # word to code, path, division
        self._inactive: set[str] = set()  # codes
        self._standing: dict[str, str] = {}  # key to path
        self._ended: set[str] = set()  # keys
        self._credit = dict(Union.objects.exclude(uscc=None).values_list("uscc", "code"))
        # a namesake that has ended is not meant
        for union in Union.objects.visible_to(setting.by).order_by(
            F("ended_on").asc(nulls_first=True), "path"
        ):
            self._learn(union.code, union.name, union.path, union.division_id)
            if not union.is_active:
                self._inactive.add(union.code)
        self._divisions: dict[str, str] = {}
        names: dict[str, set[str]] = {}
        for code, name in current_divisions().values_list("code", "name"):
            names.setdefault(name, set()).add(code)
            self._divisions[code] = code
        self._divisions |= {name: min(codes) for name, codes in names.items() if len(codes) == 1}

    def resolve(self, records: Sequence[Accepted], foreseen: Any = None) -> list[Candidate]:
        """Return one candidate for each record, in order. One query."""
        # also unions out of reach: a code stands in one place of the tree
        keys = [computed_id("union", code) for r in records if (code := r.fields["code"])]
        stored = Union.objects.filter(pk__in=keys).values_list("pk", "path", "ended_on")
        self._standing |= {str(key): path for key, path, _ended_on in stored}
        self._ended |= {str(key) for key, _path, ended_on in stored if ended_on}
        return [self._candidate(record) for record in records]

    def _learn(self, code: str, name: str, path: str, division: str) -> None:
        self._standing[str(computed_id("union", code))] = path
        for word in (code, name):
            self._known.setdefault(word, (code, path, division))

    def _candidate(self, record: Accepted) -> Candidate:
        fields = record.fields
        candidate = Candidate(record.place, "", fields["name"] or "")
        candidate.refusal = self._fill(candidate, fields)
        if not candidate.refusal:
            values = candidate.values
            candidate.key = str(computed_id("union", values["code"]))
            above = self._known[values["parent"]][1] if values["parent"] else ""
            self._learn(
                values["code"], values["name"], f"{above}{values['code']}/", values["division"]
            )
        return candidate

    def _fill(self, candidate: Candidate, fields: Mapping[str, Any]) -> Note | None:
        code, name = fields["code"], fields["name"]
        if not (code.isascii() and code.isalnum()) or len(code) > 32:
            return Note("union_code_bad", "code", code)
        if len(name) > 120:
            return Note("too_long", "name")
        word = fields.get("parent") or self._source
        above = self._known.get(word)
        if above is None or not policies.can_found_union(self._by, parent_path=above[1]):
            return Note("parent_unknown", "parent", word)
        if above[0] in self._inactive:
            return Note("parent_not_active", "parent", word)
        path = f"{above[1]}{code}/"
        key = str(computed_id("union", code))
        if code == above[0] or self._standing.get(key, path) != path:
            return Note("union_elsewhere", "code", code)
        if key in self._ended:
            return Note("union_ended", "code", code)
        candidate.values = {"code": code, "name": name, "parent": above[0]}
        return self._fill_rest(candidate, fields, above[2])

    def _fill_rest(
        self, candidate: Candidate, fields: Mapping[str, Any], above: str
    ) -> Note | None:
        division = self._divisions.get(fields.get("division") or above)
        if division is None:
            return Note("division_unknown", "division", fields.get("division") or "")
        kind = _kind(fields.get("kind"), candidate.values["name"])
        if kind is None:
            return Note("kind_unknown", "kind", fields.get("kind") or "")
        uscc = (fields.get("uscc") or "").upper() or None
        if uscc and (len(uscc) != 18 or not uscc.startswith("81")):
            return Note("uscc_bad", "uscc", uscc)
        if (
            uscc
            and self._credit.setdefault(uscc, candidate.values["code"]) != candidate.values["code"]
        ):
            return Note("uscc_taken", "uscc", uscc)
        candidate.values |= {"division": division, "kind": kind.value}
        if fields.get("new_form"):
            is_new_form = _YES_OR_NO.get(fields["new_form"])
            if is_new_form is None:
                return Note("yes_or_no", "new_form", fields["new_form"])
            candidate.values["is_new_form"] = is_new_form
        if "uscc" in fields:
            candidate.values["uscc"] = uscc
        return None


def _kind(text: str | None, name: str) -> UnionKind | None:
    """Return the kind a row names; without one the kind its name ends in."""
    if text:
        labels = {str(kind.label): kind for kind in UnionKind}
        return (
            _KINDS.get(text) or labels.get(text) or next((k for k in UnionKind if k == text), None)
        )
    ends = [word for word in _KINDS if name.endswith(word)]
    return _KINDS[max(ends, key=len)] if ends else None
