"""What a worker reads of themselves: everything that is kept, why, and who did what with it."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.db import models, transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from nuanxin.core import audit, audit_words, bulk_acts, clock, crypto, personal
from nuanxin.core.actors import Actor
from nuanxin.core.errors import Text
from nuanxin.core.models import AuditEvent
from nuanxin.sheets.models import JournalEntry
from nuanxin.unions.models import Union
from nuanxin.workers import policies
from nuanxin.workers.enums import RevealPurpose
from nuanxin.workers.merging import ids_of_person
from nuanxin.workers.models import Membership, Worker
from nuanxin.workers.services import scope_of

FORMAT: Final = "nuanxin.own-entry.1"
SHOWN: Final = 100
_READINGS: Final = frozenset({"worker.revealed", "worker.exported", "membership.exported"})
# "phone, sealed": how it is kept is no matter of its owner
_ASIDE: Final = re.compile("[,（]")


@dataclass(frozen=True, slots=True)
class Cell:
    """One column of one row, as its owner reads it."""

    name: str
    label: str
    value: Any
    shown: str
    kept: personal.Kept


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one table."""

    model: str
    title: str
    rows: list[list[Cell]]

    @property
    def reasons(self) -> list[tuple[str, personal.Kept]]:
        """Why what stands here is kept: the names of the columns that share a reason, and the reason."""
        labels: dict[personal.Kept, list[str]] = {}
        for cell in (cell for row in self.rows for cell in row):
            known = labels.setdefault(replace(cell.kept, form=personal.Form.PLAIN), [])
            if cell.label not in known:
                known.append(cell.label)
        return [(str(_(", ")).join(names), kept) for kept, names in labels.items()]


@dataclass(frozen=True, slots=True)
class Act:
    """Something somebody did with an entry.

    Parameters
    ----------
    at
        When, aware.
    what
        In words.
    who
        As the trail has it; "you" for the worker.
    where
        Name of the union over which they acted; may be empty.
    why
        The purpose they gave; only looking at numbers needs one.
    is_reading
        Whether they only looked.
    """

    at: dt.datetime
    what: str
    who: str
    where: str
    why: str
    is_reading: bool


@dataclass(frozen=True, slots=True)
class Source:
    """A list that brought, or changed, an entry."""

    file_name: str
    union: str
    applied_at: dt.datetime | None


def sections_of(worker: Worker, *, opens: bool) -> list[Section]:
    """Return everything that is kept of a worker.

    Parameters
    ----------
    worker
        The row that stands for the person; their other rows come along.
    opens
        Whether sealed texts are opened; for services that have told the audit trail before. Else
        they stand as three dots.

    Returns
    -------
    list of Section
        In the order of the registry; tables without a row are left out.

    Notes
    -----
    Two queries, and one for each table.
    """
    ids = ids_of_person(worker)
    found = (_section(table, ids, opens=opens) for table in personal.tables())
    return [section for section in found if section.rows]


def acts_on(worker: Worker) -> list[Act]:
    """Return what was done with an entry, the latest first, a hundred at most.

    Notes
    -----
    Seven queries: acts on the entry itself, and bulk acts in which it, or a membership, was one of many.
    """
    ids = ids_of_person(worker)
    keys = [str(pk) for pk in ids]
    rows = AuditEvent.objects.filter(object_type=Worker._meta.label_lower, object_key__in=keys)
    memberships = Membership.objects.filter(worker__in=ids).values_list("pk", flat=True)
    among = bulk_acts.acts_on([*keys, *map(str, memberships)])
    events = [*rows.order_by("-at", "pk")[:SHOWN], *(event for event, _leaves in among)]
    events = sorted(events, key=lambda event: (event.at, event.pk), reverse=True)[:SHOWN]
    names = dict(
        Union.objects.filter(path__in={event.scope_path for event in events}).values_list(
            "path", "name"
        )
    )
    own = {f"worker:{key}" for key in keys}
    return [_act(event, names, own) for event in events]


def sources_of(worker: Worker) -> list[Source]:
    """Return the lists of the last thirty days that brought or changed an entry. Three queries."""
    keys = [str(pk) for pk in ids_of_person(worker)]
    rows = JournalEntry.objects.filter(key__in=keys, batch__kind="member").select_related("batch")
    return [
        Source(row.batch.file_name, row.batch.source_label, row.batch.applied_at)
        for row in rows.order_by("-batch__applied_at", "pk")
    ]


def export_entry(*, worker: Worker, by: Actor) -> dict[str, Any]:
    """Hand out everything that is kept of a worker, numbers open.

    Parameters
    ----------
    worker
        Whose.
    by
        Who asks: the worker.

    Returns
    -------
    dict
        What JSON can hold: ``format``, ``made_at``, ``tables`` with rows of columns, each with its value
        and why it is kept, ``acts`` and ``sources``.

    Raises
    ------
    NotAllowed
        For anybody else.
    SealBroken
        When a number was altered or moved.

    Notes
    -----
    One audit row, committed before a seal is opened; then the queries of the three selectors.
    """
    policies.can_act_alone(by, worker).enforce()
    with transaction.atomic(durable=True):
        audit.record(by=by, verb="worker.exported", subject=worker, scope_path=scope_of(worker))
    now = clock.now()
    return {
        "format": FORMAT,
        "made_at": now.isoformat(timespec="seconds"),
        "made_shown": _moment(now),
        "tables": [_table(section) for section in sections_of(worker, opens=True)],
        "acts": [_act_as_json(act) for act in acts_on(worker)],
        "sources": [
            {"file": row.file_name, "union": row.union, "applied_at": _plain(row.applied_at)}
            for row in sources_of(worker)
        ],
    }


def _section(table: personal.Table, ids: Iterable[UUID], *, opens: bool) -> Section:
    model = apps.get_model(table.model)
    key = "pk__in" if table.owner == "pk" else f"{table.owner}__in"
    links = [
        name
        for name, kept in table.columns.items()
        if kept.form is personal.Form.PLAIN and model._meta.get_field(name).is_relation
    ]
    rows = model._default_manager.filter(**{key: list(ids)})
    rows = rows.select_related(*links) if links else rows
    shown = [[*_cells(row, table, opens=opens)] for row in rows.order_by("pk")]
    return Section(table.model, str(model._meta.verbose_name_plural), shown)


def _cells(row: models.Model, table: personal.Table, *, opens: bool) -> Iterable[Cell]:
    for name, kept in table.columns.items():
        if kept.form in (personal.Form.HIDDEN, personal.Form.DERIVED):
            continue
        field: Any = row._meta.get_field(name)
        value = getattr(row, name)
        if kept.form is personal.Form.SEALED:
            value = _opened(row, name) if opens else "•••" if value else ""
        if value in ("", None):
            continue
        label = _ASIDE.split(str(field.verbose_name))[0]
        yield Cell(name, label, _plain(value), _shown(row, name, value), kept)


def _opened(row: models.Model, name: str) -> str:
    sealed = getattr(row, name)
    place = crypto.Place(row._meta.db_table, str(row.pk), name)
    return crypto.provider().unseal(sealed, place) if sealed else ""


def _shown(row: models.Model, name: str, value: Any) -> str:
    display = getattr(row, f"get_{name}_display", None)
    if display is not None:
        return str(display())
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, dt.datetime):
        return _moment(value)
    return str(value)


def _moment(moment: dt.datetime) -> str:
    return f"{localtime(moment):%Y-%m-%d %H:%M}"


def _plain(value: Any) -> Any:
    """Return a value as JSON holds it: moments and days as ISO 8601, rows by their name."""
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return value if isinstance(value, str | int | bool | None) else str(value)


def _table(section: Section) -> dict[str, Any]:
    return {
        "table": section.model,
        "title": section.title,
        "rows": [
            {
                cell.name.removesuffix("_sealed"): {
                    "label": cell.label,
                    "value": cell.value,
                    "shown": cell.shown,
                    "purpose": str(cell.kept.purpose),
                    "basis": str(cell.kept.basis.label),
                    "until": str(cell.kept.until),
                }
                for cell in row
            }
            for row in section.rows
        ],
    }


def _act(event: AuditEvent, names: dict[str, str], own: set[str]) -> Act:
    purpose: Text = event.data.get("purpose", "")
    is_own = event.actor_key in own
    return Act(
        at=event.at,
        what=audit_words.words(event.verb),
        who=str(_("you")) if is_own else event.actor_label,
        where=names.get(event.scope_path, ""),
        why=str(dict(RevealPurpose.choices).get(str(purpose), purpose)),
        is_reading=event.verb in _READINGS,
    )


def _act_as_json(act: Act) -> dict[str, Any]:
    return {
        "at": act.at.isoformat(timespec="seconds"),
        "at_shown": _moment(act.at),
        "what": act.what,
        "who": act.who,
        "where": act.where,
        "why": act.why,
    }
