"""The tick: timed rules, each a function of the moment and the rows, each run by one process.

A rule is due by its row (`TimedRule`), is claimed by one conditional UPDATE of that row, and gives
the claim back with its next due moment. What a killed tick held is claimed again when its hold runs
out, so a rule may run twice over the same rows: its acts must be harmless the second time.
"""

import datetime as dt
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from nuanxin.core import clock
from nuanxin.core.models import TimedRule
from nuanxin.core.processes import TICK, leave_lease, take_lease

LEAD_S: Final = 30.0
# a rule that failed is tried again this soon, or when it is due anyway
RETRY: Final = dt.timedelta(minutes=5)
HOLD_S: Final = 300
Act = Callable[[dt.datetime], int]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rule:
    """One timed rule.

    Parameters
    ----------
    name
        Noun of the room first: ``"stations.remind"``.
    act
        Takes the moment, returns how many acts it did.
    every_s
        Period in seconds, counted from 1970-01-01T00:00Z; or None.
    daily_at
        Civil time of the day (Asia/Shanghai); or None.
    hold_s
        Seconds after which a run counts as dead and another tick may start it again.
    """

    name: str
    act: Act
    every_s: int | None
    daily_at: dt.time | None
    hold_s: int

    def due_after(self, now: dt.datetime) -> dt.datetime:
        """Return the first due moment after a moment: periods that were missed are not made up."""
        if self.every_s is not None:
            turns = int(now.timestamp() // self.every_s) + 1
            return dt.datetime.fromtimestamp(turns * self.every_s, tz=dt.UTC)
        civil = now.astimezone(clock.CIVIL_ZONE)
        due = dt.datetime.combine(civil.date(), self.daily_at or dt.time(), clock.CIVIL_ZONE)
        return due if due > now else due + dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ran:
    """How one rule ended: its acts, or the kind of its error."""

    name: str
    acts_count: int
    error: str = ""


_rules: dict[str, Rule] = {}


def register(
    name: str,
    act: Act,
    *,
    every_s: int | None = None,
    daily_at: dt.time | None = None,
    hold_s: int = HOLD_S,
) -> Rule:
    """Make a rule known to the tick; a room calls this in its ``AppConfig.ready``.

    Parameters
    ----------
    name, act, every_s, daily_at, hold_s
        See `Rule`; exactly one of ``every_s`` (>= 1) and ``daily_at`` is given.

    Returns
    -------
    Rule
        The registered rule.

    Raises
    ------
    ValueError
        When another rule has the name, or the rule has no period or two.

    Notes
    -----
    The same rule again is harmless: ``ready`` may be called twice.
    """
    if (every_s is None) == (daily_at is None) or (every_s is not None and every_s < 1):
        msg = f"the timed rule {name} needs every_s or daily_at"
        raise ValueError(msg)
    rule = Rule(name, act, every_s, daily_at, hold_s)
    if _rules.setdefault(name, rule) != rule:
        msg = f"there is another timed rule {name}"
        raise ValueError(msg)
    return rule


def registered() -> tuple[Rule, ...]:
    """Return the known rules, in the order in which they were registered."""
    return tuple(_rules.values())


def tick(
    now: dt.datetime, *, holder: str, may_go_on: Callable[[], bool] = lambda: True
) -> list[Ran]:
    """Run what is due, if this process leads.

    Parameters
    ----------
    now
        The moment, aware.
    holder
        Name of the process.
    may_go_on
        Asked before each rule; once it says no, none is begun.

    Returns
    -------
    list of Ran
        In the order in which they ran; empty for a tick that does not lead.

    Notes
    -----
    One UPDATE for the lead, two queries for the rules, and two UPDATEs for each rule that runs.
    """
    if not take_lease(TICK, holder=holder, now=now, for_s=LEAD_S):
        return []
    return run_due(now, holder=holder, may_go_on=may_go_on)


def resign(*, holder: str) -> None:
    """Let another tick lead at once. One UPDATE."""
    leave_lease(TICK, holder=holder)


def run_due(
    now: dt.datetime,
    *,
    holder: str,
    rules: tuple[Rule, ...] | None = None,
    may_go_on: Callable[[], bool] = lambda: True,
) -> list[Ran]:
    """Claim and run each due rule, one after the other, the longest due first.

    Parameters
    ----------
    now
        The moment, aware.
    holder
        Name of the process, written into the claim.
    rules
        All registered ones when left out.
    may_go_on
        Asked before each rule; once it says no, none is begun.

    Returns
    -------
    list of Ran
        In the order in which they ran; a rule that fails does not stop the next one.
    """
    began = time.monotonic()
    known = {rule.name: rule for rule in (registered() if rules is None else rules)}
    _enter(known, now)
    due = TimedRule.objects.filter(_free(now), name__in=known, due_at__lte=now)
    ran = []
    for name in list(due.order_by("due_at", "name").values_list("name", flat=True)):
        if not may_go_on():
            break
        # rules before this one took their time
        moment = now + dt.timedelta(seconds=time.monotonic() - began)
        if _claim(known[name], moment, holder):
            ran.append(_run(known[name], moment, holder))
    return ran


def _free(now: dt.datetime) -> Q:
    return Q(held_until_at__isnull=True) | Q(held_until_at__lte=now)


def _enter(known: dict[str, Rule], now: dt.datetime) -> None:
    """Give new rules a row, and bring those forward whose period became shorter."""
    due_at = dict(TimedRule.objects.filter(name__in=known).values_list("name", "due_at"))
    fresh = [
        TimedRule(name=name, due_at=now if rule.every_s else rule.due_after(now))
        for name, rule in known.items()
        if name not in due_at
    ]
    if fresh:
        TimedRule.objects.bulk_create(fresh, ignore_conflicts=True)
    for name, moment in due_at.items():
        if moment > (soonest := known[name].due_after(now)):
            TimedRule.objects.filter(name=name, due_at__gt=soonest).update(due_at=soonest)


def _claim(rule: Rule, now: dt.datetime, holder: str) -> bool:
    """Claim a rule for its hold: of all processes that try exactly one succeeds."""
    due = TimedRule.objects.filter(_free(now), name=rule.name, due_at__lte=now)
    until = now + dt.timedelta(seconds=rule.hold_s)
    return due.update(holder=holder, held_until_at=until) == 1


def _run(rule: Rule, now: dt.datetime, holder: str) -> Ran:
    began = time.monotonic()
    try:
        ran = Ran(rule.name, rule.act(now))
    except Exception as error:
        # only the kind of the error is kept: its words may name somebody
        logger.exception("timed rule %s failed", rule.name)
        ran = Ran(rule.name, 0, type(error).__name__[:80])
    _settle(rule, now + dt.timedelta(seconds=time.monotonic() - began), holder, ran)
    return ran


def _settle(rule: Rule, now: dt.datetime, holder: str, ran: Ran) -> None:
    due_at = rule.due_after(now)
    TimedRule.objects.filter(name=rule.name, holder=holder).update(
        due_at=min(due_at, now + RETRY) if ran.error else due_at,
        holder="",
        held_until_at=None,
        last_ran_at=now,
        last_acts_count=ran.acts_count,
        last_error=ran.error,
        failing_since_at=Coalesce(F("failing_since_at"), now) if ran.error else None,
    )
