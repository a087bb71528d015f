"""Staff as a kind of sheet: who has which role where. They are invited by a link, apart from this."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from nuanxin.accounts import policies
from nuanxin.accounts.enums import GrantedRole
from nuanxin.accounts.models import Grant, User
from nuanxin.accounts.services import create_user, end_grant, grant_role
from nuanxin.core.actors import Actor
from nuanxin.core.errors import Text
from nuanxin.core.policies import Decision
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
from nuanxin.unions.models import Union

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,35}")
_ROLES: Final = {
    "工会干部": GrantedRole.OFFICER, "干部": GrantedRole.OFFICER, "工作人员": GrantedRole.OFFICER,
    "审计": GrantedRole.AUDITOR, "审计员": GrantedRole.AUDITOR, "管理员": GrantedRole.ADMIN,
}  # fmt: skip
# a keeper comes in by a desk link and is entered beside a station
_GIVEN: Final = (GrantedRole.OFFICER, GrantedRole.AUDITOR, GrantedRole.ADMIN)


class UserImport(PlainKind):
    """The kind ``user`` of `sheets.kinds.ImportKind`; its keys are user names."""

    name = "user"
    label: Text = _("staff list")
    fields: Mapping[str, Text] = {
        "name": _("name"),
        "username": _("user name"),
        "role": _("role"),
        "union": _("union"),
        "remark": _("remark"),
        "seq": _("serial number"),
    }
    values: Mapping[str, Text] = {"display_name": _("name"), "grants": _("roles")}
    words: Mapping[str, Text] = {
        "username_missing": _("the user name is missing"),
        "role_missing": _("the role is missing"),
        "username_bad": _("a user name has 3 to 36 letters, digits, dots, - and _"),
        "role_unknown": _("no role of the office is called that"),
        "union_unknown": _("no union of yours is called that"),
        "too_long": _("this text is too long"),
    }
    sensitive = frozenset({"phone"})

    def may_import(self, by: Actor, *, scope_path: str) -> Decision:
        """Decide whether somebody may create users: administrators of the whole tree. No query."""
        return policies.can_grant(by, union_path="")

    def sources(self, by: Actor) -> list[Source]:
        """Return the unions whose staff somebody may enter, from the top down. One query."""
        if not self.may_import(by, scope_path=""):
            return []
        rows = Union.objects.visible_to(by).order_by("path").values_list("code", "name", "path")
        return [Source(*row) for row in rows]

    def questions(self, *, source: str) -> list[Question]:
        """Return nothing: a staff list asks about rows alone."""
        return []

    def resolver(self, setting: Setting) -> Resolver:
        """Return what resolves one list. One query."""
        return _UserResolver(setting)

    def current(self, keys: Sequence[str]) -> dict[str, Values]:
        """Return how users stand: their name and the roles in force. Two queries."""
        users = User.objects.filter(username__in=keys)
        found: dict[str, Values] = {
            username: {"display_name": name, "grants": []}
            for username, name in users.values_list("username", "display_name")
        }
        grants = Grant.objects.in_force().filter(user__username__in=keys)
        for username, role, union in grants.values_list("user__username", "role", "union__code"):
            found[username]["grants"].append(f"{role}@{union or ''}")
        for values in found.values():
            values["grants"].sort()
        return found

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
        """Create users, give and end roles, as the office does. Some ten queries for each."""
        for change in changes:
            user = User.objects.filter(username=change.key).first()
            if user is None:
                name = change.after["display_name"]
                user = create_user(username=change.key, display_name=name, by=by)
            standing = set((change.before or {}).get("grants") or ())
            wanted = set(change.after.get("grants") or ())
            for text in sorted(wanted - standing):
                role, _at, code = text.partition("@")
                grant_role(user=user, role=GrantedRole(role), union=_union(code), by=by)
            for text in sorted(standing - wanted):
                role, _at, code = text.partition("@")
                for grant in user.grants.in_force().filter(role=role, union=_union(code)):
                    end_grant(grant=grant, by=by)

    def withdraw(self, keys: Sequence[str], *, by: Actor) -> dict[str, str]:
        """Remove users who never came in; the others stay. Some queries for each."""
        kept = {}
        for user in User.objects.filter(username__in=keys):
            if user.has_usable_password() or user.last_login:
                kept[user.username] = str(_("has come in already"))
            else:
                user.delete()
        return kept


def _union(code: str) -> Union | None:
    return Union.objects.get(code=code) if code else None


class _UserResolver(PlainResolver):
    """Resolves one staff list."""

    def __init__(self, setting: Setting) -> None:
        rows = Union.objects.visible_to(setting.by).unended().values_list("code", "name")
        self._unions: dict[str, str] = {}
        for code, name in rows:
            self._unions[code] = code
            self._unions.setdefault(name, code)
        self._source = setting.source
        self._roles: dict[str, GrantedRole] = {
            **{str(role.label): role for role in _GIVEN},
            **{role.value: role for role in _GIVEN},
            **_ROLES,
        }

    def resolve(self, records: Sequence[Accepted], foreseen: Any = None) -> list[Candidate]:
        """Return one candidate for each record, in order. One query."""
        names = [str(record.fields["username"] or "").casefold() for record in records]
        held: dict[str, set[str]] = {}
        grants = Grant.objects.in_force().filter(user__username__in=names)
        for username, role, union in grants.values_list("user__username", "role", "union__code"):
            held.setdefault(username, set()).add(f"{role}@{union or ''}")
        known = set(User.objects.filter(username__in=names).values_list("username", flat=True))
        return [
            self._candidate(record, name, held.get(name, set()), is_known=name in known)
            for record, name in zip(records, names, strict=True)
        ]

    def _candidate(
        self, record: Accepted, username: str, held: set[str], *, is_known: bool
    ) -> Candidate:
        fields: Mapping[str, Any] = record.fields
        role = self._roles.get(fields["role"])
        union = self._unions.get(fields.get("union") or self._source)
        candidate = Candidate(record.place, username, fields["name"] or "")
        if not _USERNAME.fullmatch(username):
            candidate.refusal = Note("username_bad", "username", username[:40])
        elif len(candidate.label) > 60:
            candidate.refusal = Note("too_long", "name")
        elif role is None:
            candidate.refusal = Note("role_unknown", "role", fields["role"])
        elif union is None:
            candidate.refusal = Note("union_unknown", "union", fields.get("union") or "")
        else:
            candidate.values = {"grants": sorted(held | {f"{role.value}@{union}"})}
            if not is_known:
                candidate.values["display_name"] = candidate.label
        return candidate
