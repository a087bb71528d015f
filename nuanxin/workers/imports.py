"""Members as a kind of sheet: how they stand, and how an import writes them and takes them back."""

from collections.abc import Collection, Mapping, Sequence

from nuanxin.core.actors import Actor
from nuanxin.core.errors import Text
from nuanxin.core.policies import Decision
from nuanxin.sheets.kinds import Change, Question, Resolver, Setting, Source, Values
from nuanxin.unions.models import Union
from nuanxin.workers import import_ahead, import_labels, policies
from nuanxin.workers.enums import MembershipState
from nuanxin.workers.import_resolving import MemberResolver
from nuanxin.workers.import_standing import standing_of, values_of
from nuanxin.workers.import_writing import Writer, withdraw_workers
from nuanxin.workers.models import WorkerGroup

_HELD = (MembershipState.ACTIVE.value, MembershipState.RETAINED.value)


class MemberImport:
    """The kind ``member`` of `sheets.kinds.ImportKind`."""

    name = "member"
    label: Text = import_labels.LABEL
    fields: Mapping[str, Text] = import_labels.FIELDS
    values: Mapping[str, Text] = import_labels.VALUES
    words: Mapping[str, Text] = import_labels.WORDS
    sensitive = frozenset({"id_no", "phone", "document"})
    goes_by_key = True
    ahead = import_ahead.__name__

    def names_of(self, codes: Collection[str]) -> Mapping[str, str]:
        """Return the names of unions, groups of workers and states. Two queries."""
        names = dict(Union.objects.filter(code__in=codes).values_list("code", "name"))
        names |= {group.pk: str(group) for group in WorkerGroup.objects.filter(pk__in=codes)}
        return names | {
            state.value: str(state.label) for state in MembershipState if state.value in codes
        }

    def may_import(self, by: Actor, *, scope_path: str) -> Decision:
        """Decide whether somebody may bring a member list of a union. No query."""
        return policies.can_enter_workers(by, union_path=scope_path)

    def sources(self, by: Actor) -> list[Source]:
        """Return the unions in reach, from the top down. One query."""
        unions = Union.objects.visible_to(by).active().order_by("path")
        rows = unions.values_list("code", "name", "path")
        return [s for s in (Source(*row) for row in rows) if self.may_import(by, scope_path=s.path)]

    def questions(self, *, source: str) -> list[Question]:
        """Return what may be said about a whole list. No query."""
        return import_labels.questions()

    def resolver(self, setting: Setting) -> Resolver:
        """Return what resolves one list. Two queries."""
        return MemberResolver(setting)

    def current(self, keys: Sequence[str]) -> dict[str, Values]:
        """Return how workers stand, in the form in which a list speaks of them. Five queries.

        Somebody who was merged meanwhile stands as the row that was kept.
        """
        standing, survivors = standing_of(keys)
        found = {key: values_of(key, each) for key, each in standing.items()}
        kept = {key: str(survivor) for key, survivor in survivors.items()}
        return found | {key: found[row] for key, row in kept.items() if row in found}

    def alike(self, name: str, stored: object, said: object) -> bool:
        """Return whether a list says no more than what stands: it never takes a member down. No query."""
        return name == "state" and stored in _HELD

    def write(
        self,
        changes: Sequence[Change],
        *,
        by: Actor,
        is_undo: bool = False,
        prepared: Mapping[str, import_ahead.NewWorker] | None = None,
    ) -> None:
        """Write workers with their memberships, occupations and transfers; see `import_writing`."""
        if changes:
            Writer(changes, by=by, is_undo=is_undo, prepared=prepared or {}).write()

    def withdraw(self, keys: Sequence[str], *, by: Actor) -> dict[str, str]:
        """Remove workers that an import had made; see `import_writing`."""
        return withdraw_workers(keys)
