"""Writing workers as a member list leaves them, some hundred at a time, and taking new ones back."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _

from nuanxin.core import bulk, clock
from nuanxin.core.actors import Actor
from nuanxin.sheets.kinds import Change, Values
from nuanxin.unions.models import Union
from nuanxin.unions.services import refuse_ended
from nuanxin.workers import sealing
from nuanxin.workers.documents import Document
from nuanxin.workers.enums import Channel, DocumentKind, MembershipState, TransferState
from nuanxin.workers.import_ahead import (
    NewWorker,
    new_worker,
    occupation_columns,
)
from nuanxin.workers.models import (
    HELD,
    Membership,
    Occupation,
    Transfer,
    Worker,
    WorkerAlias,
)
from nuanxin.workers.row_ids import membership_digits, transfer_digits
from nuanxin.workers.sealer import Sealer
from nuanxin.workers.transfers import EXPIRES

_BATCH: Final = 500
_OF_MEMBERSHIP: Final = ("union", "state", "joined", "member_no")
_WORKER: Final = (
    "id", "document_kind", "document_sealed", "document_tail", "name", "pinyin", "initials", "phone_sealed",
    "phone_index", "phone_tail", "entered_at", "erased_at",
)  # fmt: skip
_MEMBERSHIP: Final = (
    "id", "worker_id", "n", "union_id", "state", "channel", "applied_on", "joined", "active_on", "member_no",
    "ended_on", "end_reason", "state_at", "state_by",
)  # fmt: skip
_OCCUPATION: Final = (
    "id", "worker_id", "group_id", "platform", "occupation_code", "since_on", "until_on",
)  # fmt: skip
_STATE: Final = MembershipState
_HELD: Final = frozenset(state.value for state in HELD)
_IMPORT: Final = Channel.IMPORT.value
# rows that an import writes with a worker; whatever else hangs on one keeps it
_OWN: Final[tuple[type[models.Model], ...]] = (Membership, Occupation)


def _stored(keys: set[str]) -> dict[str, Worker]:
    """Return rows by key. Erased ones are filled again: they are there, although nothing is known of them."""
    rows = Worker.objects.filter(pk__among=keys)
    return {str(row.pk): row for row in rows.order_by()}


class Writer:
    """Writes some hundred changes, in the transaction of the caller.

    Parameters
    ----------
    changes
        Distinct workers with all their values as they shall be.
    by
        Who acts.
    is_undo
        Whether what an import had added is taken away again.

    Notes
    -----
    At most sixteen statements, whatever their number.
    """

    def __init__(
        self,
        changes: Sequence[Change],
        *,
        by: Actor,
        is_undo: bool,
        prepared: Mapping[str, NewWorker],
    ) -> None:
        self._changes, self._by, self._is_undo = changes, by, is_undo
        self._now, self._today = clock.now(), clock.civil_date()
        self._sealer, self._prepared = Sealer(), prepared
        self._stored = _stored({change.key for change in changes})
        if self._stored:
            changes = self._follow_merges(changes)
        self._known = [change for change in changes if change.key in self._stored]
        self._fresh = [change for change in changes if change.key not in self._stored]
        self._present: dict[UUID, list[Membership]] = {}
        self._last: dict[UUID, int] = {}
        if self._stored:
            self._load_memberships()
        codes = {c.after.get(name) for c in changes for name in ("union", "transfer_to")} - {None}
        self._unions = self._held_unions(list(filter(None, codes))) if codes else {}
        # asked for each row
        self._union_keys = {code: union.pk.hex for code, union in self._unions.items()}
        self._actor_key = by.actor_key

    def _follow_merges(self, changes: Sequence[Change]) -> Sequence[Change]:
        """Let a change of a row that stands for nobody any more go to the row that was kept."""
        kept = WorkerAlias.objects.filter(worker__among=set(self._stored))
        rows = {str(old): str(row) for old, row in kept.values_list("worker_id", "survivor_id")}
        if not rows:
            return changes
        self._stored |= _stored(set(rows.values()))
        return [replace(change, key=rows.get(change.key, change.key)) for change in changes]

    def _held_unions(self, codes: Collection[str]) -> dict[str, Union]:
        """Hold the unions of a piece until it is written: nobody is brought into one that has ended."""
        rows = Union.objects.select_for_update(no_key=True).filter(code__in=codes)
        unions = {union.code: union for union in rows.order_by("pk")}
        if not self._is_undo:
            for union in unions.values():
                refuse_ended(union)
        return unions

    def _load_memberships(self) -> None:
        workers = {worker.pk for worker in self._stored.values()}
        rows = Membership.objects.filter(worker_id__among=workers).order_by("n")
        for row in rows.select_related("union"):
            self._last[row.worker_id] = row.n
            if row.is_present:
                self._present.setdefault(row.worker_id, []).append(row)

    def write(self) -> None:
        """Write workers, memberships, occupations and transfers."""
        if self._fresh:
            self._write_fresh()
        if self._known:
            self._write_workers()
            self._write_memberships()
            self._write_occupations()
        for change in self._known:
            if self._says(change, "transfer_to"):
                self._write_transfer(change)

    def _write_fresh(self) -> None:
        """Write those who were never here, with all that is theirs."""
        workers: list[tuple[Any, ...]] = []
        memberships: list[tuple[Any, ...]] = []
        occupations: list[tuple[Any, ...]] = []
        moments = (self._now, None)
        for change in self._fresh:
            after, said = change.after, self._prepared.get(change.key)
            if said is None:
                said = new_worker(self._sealer, change.key, after)
            workers.append(said.columns + moments)
            if after.get("union") is not None:
                membership = (said.membership, said.columns[0], 1)
                memberships.append(membership + self._membership_columns(after))
            occupations += said.occupations
        bulk.insert(Worker, _WORKER, workers)
        bulk.insert(Membership, _MEMBERSHIP, memberships)
        bulk.insert(Occupation, _OCCUPATION, occupations)

    def _says(self, change: Change, name: str) -> bool:
        before = change.before
        return (before.get(name) if before else None) != change.after.get(name)

    def _write_workers(self) -> None:
        changed: list[Worker] = []
        for change in self._known:
            if change.before is None or self._says(change, "name") or self._says(change, "phone"):
                worker = self._stored[change.key]
                self._fill_worker(worker, change)
                changed.append(worker)
        names = [f.name for f in Worker._meta.concrete_fields if not f.primary_key]
        if changed:
            Worker.objects.bulk_update(changed, names, batch_size=100)

    def _fill_worker(self, worker: Worker, change: Change) -> None:
        if change.before is None:  # a row that was erased is filled again
            kind, number = change.after["document"]
            sealing.seal_document(worker, Document(DocumentKind(kind), number))
            worker.entered_at, worker.erased_at = self._now, None
        if change.before is None or self._says(change, "phone"):
            sealing.seal_phone(worker, change.after.get("phone") or "")
        worker.name = change.after["name"]

    def _write_memberships(self) -> None:
        fresh: list[tuple[Any, ...]] = []
        changed: list[Membership] = []
        for change in self._known:
            if not any(self._says(change, name) for name in _OF_MEMBERSHIP):
                continue
            key, union = self._stored[change.key].pk, change.after.get("union")
            membership = self._in_union((change.before or {}).get("union"), key)
            if union is None or (membership and membership.union.code != union and self._is_undo):
                if membership is not None:
                    membership.delete()  # the list had brought it
                if union is None:
                    continue
            if membership is None or membership.union.code != union:
                membership = self._in_union(union, key)
            if membership is None:
                fresh.append(self._fresh_membership(key, change.after))
            else:
                self._fill(membership, change.after)
                changed.append(membership)
        bulk.insert(Membership, _MEMBERSHIP, fresh)
        names = ["state", "joined", "active_on", "member_no", "state_at", "state_by"]
        if changed:
            Membership.objects.bulk_update(changed, names, batch_size=100)

    def _fresh_membership(self, worker: UUID, after: Values) -> tuple[Any, ...]:
        n = self._next(worker)
        return membership_digits(str(worker), n), worker, n, *self._membership_columns(after)

    def _membership_columns(self, after: Values) -> tuple[Any, ...]:
        """Return the columns of ``_MEMBERSHIP`` after key, worker and number."""
        state = after.get("state") or _STATE.ACTIVE.value
        joined = after.get("joined") or ""
        active_on = first_day(joined) or self._today if state in _HELD else None
        return (
            self._union_keys[after["union"]], state, _IMPORT, self._today,
            joined, active_on, after.get("member_no") or "", None, "", self._now, self._actor_key,
        )  # fmt: skip

    def _next(self, worker: UUID) -> int:
        self._last[worker] = n = self._last.get(worker, 0) + 1
        return n

    def _in_union(self, code: str | None, worker: UUID) -> Membership | None:
        rows = self._present.get(worker, [])
        return next((row for row in rows if row.union.code == code), None)

    def _fill(self, membership: Membership, after: Values) -> None:
        membership.state = after.get("state") or membership.state
        membership.joined = after.get("joined") or ""
        membership.member_no = after.get("member_no") or ""
        if membership.state in HELD:
            membership.active_on = (
                first_day(membership.joined) or membership.active_on or self._today
            )
        membership.state_at, membership.state_by = self._now, self._actor_key

    def _write_occupations(self) -> None:
        added: list[Occupation] = []
        gone: list[str] = []
        for change in self._known:
            if not self._says(change, "occupations"):
                continue
            before = set((change.before or {}).get("occupations") or ())
            after = set(change.after.get("occupations") or ())
            rows = [occupation_columns(change.key, text) for text in sorted(after - before)]
            added += [Occupation(**dict(zip(_OCCUPATION, row, strict=True))) for row in rows]
            if self._is_undo:
                gone += [occupation_columns(change.key, text)[0] for text in before - after]
        if added:  # one that was over may stand in the way
            Occupation.objects.bulk_create(added, batch_size=_BATCH, ignore_conflicts=True)
        if gone:
            Occupation.objects.filter(pk__in=gone).delete()

    def _write_transfer(self, change: Change) -> None:
        """Open the transfer that a list asks for; its union has accepted by bringing the list."""
        worker, code = self._stored[change.key].pk, change.after.get("transfer_to")
        if code is None:
            self._drop_transfer(worker)
            return
        held = next((m for m in self._present.get(worker, []) if m.state in HELD), None)
        if held is None or held.union.code == code:
            return
        n = self._next(worker)
        entering = self._in_union(code, worker) or Membership(
            id=UUID(membership_digits(str(worker), n)),
            worker_id=worker,
            n=n,
            union=self._unions[code],
            channel=Channel.IMPORT,
            applied_on=self._today,
        )
        entering.state = _STATE.APPROVED
        entering.state_at, entering.state_by = self._now, self._actor_key
        entering.save()
        last = Transfer.objects.filter(worker=worker).aggregate(last=models.Max("n"))["last"] or 0
        Transfer.objects.create(
            id=UUID(transfer_digits(str(worker), last + 1)),
            worker_id=worker,
            n=last + 1,
            from_union=held.union,
            to_union=self._unions[code],
            asked_at=self._now,
            asked_by=self._actor_key,
            accepted_at=self._now,
            accepted_by=self._actor_key,
            expires_at=self._now + EXPIRES,
        )

    def _drop_transfer(self, worker: UUID) -> None:
        waiting = Transfer.objects.filter(worker=worker, state=TransferState.OPEN)
        for transfer in waiting:
            rows = Membership.objects.waiting().filter(worker=worker, union=transfer.to_union_id)
            rows.filter(channel=Channel.IMPORT).delete()
            transfer.delete()


def withdraw_workers(keys: Sequence[str]) -> dict[str, str]:
    """Remove workers that an import had made and on whom nothing hangs that came since.

    Parameters
    ----------
    keys
        Of workers.

    Returns
    -------
    dict
        Why those that stay do, by key.

    Notes
    -----
    One query for each table that points to workers, and the deletions.
    """
    wanted = [UUID(key) for key in keys]
    kept = {key: str(name) for key, name in _hangers_on(wanted)}
    Worker.objects.filter(pk__in=[key for key in wanted if key not in kept]).delete()
    return {str(key): _("in use: %(what)s") % {"what": name} for key, name in kept.items()}


def first_day(text: str) -> dt.date | None:
    """Return the first day of a year, a month or a day as it is known; None for nothing."""
    if not text:
        return None
    year, _dash, rest = text.partition("-")
    month, _dash, day = rest.partition("-")
    return dt.date(int(year), int(month or 1), int(day or 1))


def _hangers_on(workers: list[UUID]) -> Iterable[tuple[UUID, Any]]:
    for relation in Worker._meta.related_objects:
        model: Any = relation.related_model
        name = f"{relation.field.name}_id"
        rows = model._default_manager.filter(**{f"{name}__in": workers}).order_by()
        if model is Membership:  # its own comes with the list; a second one came since
            rows = rows.filter(n__gt=1)
        elif model in _OWN:
            continue
        for key in rows.values_list(name, flat=True).distinct():
            yield key, model._meta.verbose_name
