"""What waits for an officer: each room names its own kinds of work, with the rows and their date.

A room calls ``register_rows`` or ``register`` in its ``AppConfig.ready``; core knows none of them.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Min, QuerySet

from nuanxin.core import clock
from nuanxin.core.actors import Actor, Role
from nuanxin.core.errors import Text

DOERS: Final = frozenset({Role.OFFICER, Role.ADMIN, Role.SYSTEM})
WEEK: Final = dt.timedelta(days=7)
PARAMETER: Final = "due"


@dataclass(frozen=True, slots=True)
class DueItem:
    """One line of what waits.

    Parameters
    ----------
    what
        What is to be done.
    count
        How many.
    url_name, url_args, query
        Where it is done.
    on
        The earliest date of them: since when the first waits, or by when it has to be done.
    is_deadline
        Which of the two it is.
    """

    what: Text
    count: int
    url_name: str
    url_args: tuple[str, ...] = ()
    query: str = ""
    on: dt.date | None = None
    is_deadline: bool = False


Reader = Callable[[Actor, dt.datetime], Iterable[DueItem]]
Rows = Callable[[Actor, dt.datetime], QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class RowKind:
    """A kind of work whose rows stand in one table of the office.

    Parameters
    ----------
    name
        Room first: ``"workers.applications"``.
    what
        What is to be done.
    table
        The table, as the office's addresses have it: ``"workers_membership"``.
    rows
        Takes who asks and the moment; returns the rows that wait for them, in no order.
    date
        The column with the date.
    is_deadline
        Whether the date says by when, not since when.
    after
        What is added to the column for the date.
    """

    name: str
    what: Text
    table: str
    rows: Rows
    date: str
    is_deadline: bool = False
    after: dt.timedelta = dt.timedelta()

    def items(self, actor: Actor, now: dt.datetime) -> Iterable[DueItem]:
        """Yield the line of this kind, or nothing. One query."""
        found = self.rows(actor, now).order_by()
        counted = found.aggregate(count=Count("pk"), first=Min(self.date))
        if not counted["count"]:
            return
        first = counted["first"] + self.after
        yield DueItem(
            self.what,
            counted["count"],
            f"admin:{self.table}_changelist",
            query=f"{PARAMETER}={self.name}",
            on=clock.civil_date(first) if isinstance(first, dt.datetime) else first,
            is_deadline=self.is_deadline,
        )


_readers: dict[str, Reader] = {}
_kinds: dict[str, RowKind] = {}


def register(name: str, reader: Reader) -> None:
    """Make a reader of lines known; the same again is harmless.

    Parameters
    ----------
    name
        Room first: ``"workers.foundable"``.
    reader
        Takes who asks and the moment, returns lines. It asks the same queries for one row and for many.

    Raises
    ------
    ValueError
        When another reader has the name.
    """
    if _readers.setdefault(name, reader) != reader:
        msg = f"there is another reader {name}"
        raise ValueError(msg)


def register_rows(kind: RowKind) -> None:
    """Make a kind of work known whose rows stand in a table, which can then be filtered by it.

    Raises
    ------
    ValueError
        When another one has the name.
    """
    if _kinds.setdefault(kind.name, kind) != kind:
        msg = f"there is another kind {kind.name}"
        raise ValueError(msg)
    register(kind.name, kind.items)


def kinds_of(table: str) -> list[RowKind]:
    """Return the kinds whose rows stand in a table of the office, as they were registered."""
    return [kind for kind in _kinds.values() if kind.table == table]


def due_for(actor: Actor, *, now: dt.datetime) -> list[DueItem]:
    """Return what waits for an actor inside the scopes where they may act.

    Parameters
    ----------
    actor
        Who asks; who may only read has nothing to do.
    now
        The moment.

    Returns
    -------
    list of DueItem
        What has a deadline first, the nearest on top; then what waits, the longest on top.

    Notes
    -----
    One query for each kind of row, and those of the other readers; none for whoever may not act.
    """
    if not any(scope.role in DOERS for scope in actor.scopes):
        return []
    found = [item for reader in _readers.values() for item in reader(actor, now)]
    return sorted(found, key=lambda item: (not item.is_deadline, item.on or dt.date.max))
