"""Whether the parts of a site work: asked by a supervisor at /readyz, and by people.

A *vital* part makes the process useless when it fails, so that a balancer should send readers
elsewhere: the database, its migrations, and what a room registers as vital. Any other part, such as
a worker that is gone, leaves the pages right while something does not happen: the site is
*degraded*, which every reader of the answer sees, and nobody is turned away.
"""

import datetime as dt
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from nuanxin.core import outbox, ticking
from nuanxin.core.models import Heartbeat, TimedRule
from nuanxin.core.processes import KINDS, WEB

ASKED_S: Final = 2.0
# a message that is due for so long tells that nobody sends
LATE_S: Final = 600
OVERDUE: Final = dt.timedelta(minutes=10)
MISSED: Final = dt.timedelta(hours=1)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Part:
    """How one part does; the detail is for staff, numbers and names of rules only."""

    is_ok: bool
    detail: Mapping[str, Any] = field(default_factory=dict)


Check = Callable[[dt.datetime], Part]


@dataclass(frozen=True, slots=True)
class Report:
    """How all parts do."""

    parts: Mapping[str, Part]
    vital: frozenset[str]

    @property
    def is_ready(self) -> bool:
        """Return whether everything works."""
        return all(part.is_ok for part in self.parts.values())

    @property
    def is_serving(self) -> bool:
        """Return whether readers can be answered."""
        return all(self.parts[name].is_ok for name in self.vital & self.parts.keys())

    def as_json(self, *, in_detail: bool) -> dict[str, Any]:
        """Return the body of the answer; strangers read whether, staff also how much."""
        word = "ready" if self.is_ready else "degraded" if self.is_serving else "unavailable"
        parts = {
            name: {"ok": part.is_ok, **(part.detail if in_detail else {})}
            for name, part in self.parts.items()
        }
        return {"ready": self.is_ready, "status": word, "parts": parts}


_checks: dict[str, Check] = {}
_vital = {"database", "migrations"}


def register(name: str, check: Check, *, is_vital: bool = False) -> None:
    """Add a part to the report; a room calls this in its ``AppConfig.ready``.

    Parameters
    ----------
    name
        Noun, snake_case, shown to everybody.
    check
        Takes the moment; an exception counts as a failure. It may ask the database, briefly.
    is_vital
        Whether a failure makes this process useless to readers.

    Raises
    ------
    ValueError
        When another check has the name.
    """
    if _checks.setdefault(name, check) != check:
        msg = f"there is another health check {name}"
        raise ValueError(msg)
    if is_vital:
        _vital.add(name)


def report(now: dt.datetime) -> Report:
    """Look at every part.

    Parameters
    ----------
    now
        The moment, aware.

    Returns
    -------
    Report
        Parts that could not be asked have failed; without a database that is each of them.

    Notes
    -----
    Four queries and those of the rooms; two seconds at most for each. A database that hangs is
    asked by one thread at a time, however many ask for the report.
    """
    is_there = _database_answers()
    parts = {"database": Part(is_there)}
    groups: dict[tuple[str, ...], Callable[[dt.datetime], Mapping[str, Part]]] = {
        ("migrations",): _migrations,
        KINDS: _processes,
        ("rules",): _rules,
        ("outbox",): _outbox,
    }
    for name, check in _checks.items():
        groups[(name,)] = partial(_of_room, name, check)
    for names, look in groups.items():
        parts |= dict.fromkeys(names, Part(False))
        parts |= _asked(look, now) if is_there else {}
    return Report(parts, frozenset(_vital))


def _of_room(name: str, check: Check, now: dt.datetime) -> Mapping[str, Part]:
    return {name: check(now)}


def _asked(
    look: Callable[[dt.datetime], Mapping[str, Part]], now: dt.datetime
) -> Mapping[str, Part]:
    try:
        with _time_limit():
            return look(now)
    except Exception:
        logger.exception("a part cannot be asked how it does")
        return {}


@contextmanager
def _time_limit() -> Iterator[None]:
    if connection.vendor != "postgresql":
        # no transaction: on SQLite it would wait for the writer
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{ASKED_S:.0f}s"])
        yield


# --- the database: it may be away, and it may hang, which is worse ---

_asking: list[threading.Thread] = []


def _database_answers() -> bool:
    answers: list[bool] = []
    if any(thread.is_alive() for thread in _asking):
        return False
    thread = threading.Thread(target=_ask, args=(answers,), name="readyz", daemon=True)
    _asking[:] = [thread]
    thread.start()
    thread.join(ASKED_S)
    return bool(answers)


def _ask(answers: list[bool]) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        answers.append(True)
    except Exception as error:  # noqa: BLE001  whatever it is: there is no answer
        logger.error("the database does not answer: %s", type(error).__name__)
    finally:
        connection.close()


# --- the parts of every site ---

_migrated: list[bool] = []


def missing_migrations() -> int:
    """Return how many migrations of this code the database lacks. One query."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _migrations(now: dt.datetime) -> Mapping[str, Part]:
    # once the tables are those of this code they stay so: a new release is a new process
    if not _migrated:
        if missing := missing_migrations():
            return {"migrations": Part(False, {"missing": missing})}
        _migrated.append(True)
    return {"migrations": Part(True, {"missing": 0})}


def _processes(now: dt.datetime) -> Mapping[str, Part]:
    known = Heartbeat.objects.filter(beat_at__gte=now - MISSED).order_by()
    ages: dict[str, list[float]] = {name: [] for name in KINDS}
    for name, beat_at in known.values_list("name", "beat_at"):
        ages.setdefault(name, []).append((now - beat_at).total_seconds())
    return {name: _process_part(name, ages[name]) for name in KINDS}


def _process_part(name: str, ages: list[float]) -> Part:
    is_one_machine_file = connection.vendor == "sqlite"
    expected = settings.WEB_WORKERS if name == WEB and not is_one_machine_file else 1
    alive = sum(age < settings.STALE_S for age in ages)
    detail = {"alive": alive, "expected": expected, "lost": len(ages) - alive}
    age = {"age_s": round(min(ages), 1)} if ages else {}
    return Part(alive >= expected, detail | age)


def _rules(now: dt.datetime) -> Mapping[str, Part]:
    known = [rule.name for rule in ticking.registered()]
    rows = TimedRule.objects.filter(name__in=known)
    failing, overdue = {}, []
    for name, error, due_at in rows.values_list("name", "last_error", "due_at"):
        if error:
            failing[name] = error
        if due_at < now - OVERDUE:
            overdue.append(name)
    detail = {"failing": failing, "overdue": overdue}
    return {"rules": Part(not failing and not overdue, detail)}


def _outbox(now: dt.datetime) -> Mapping[str, Part]:
    late_s = outbox.oldest_due_s(now)
    return {"outbox": Part(late_s <= LATE_S, {"oldest_due_s": late_s})}
