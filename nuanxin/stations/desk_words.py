"""A keeper's door in words: pure functions, in the reader's language."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nuanxin.core import clock
from nuanxin.stations.desks import DeskDoor
from nuanxin.stations.enums import ClosureReason, Discount, EvidenceKind, Outcome, Source
from nuanxin.stations.models import Closure, Evidence, Fault, Keeping
from nuanxin.stations.presentation import DoorWords, door_words, moment_words
from nuanxin.stations.week import WeekRow, week_rows

_TOLD: Final = {
    EvidenceKind.KEEPER_OPEN: gettext_lazy("The keeper said: open"),
    EvidenceKind.KEEPER_CLOSE: gettext_lazy("The keeper said: locked up"),
    EvidenceKind.INSIDE_SCAN: gettext_lazy("Somebody came in"),
    EvidenceKind.VISIT: gettext_lazy("Somebody was served here"),
    EvidenceKind.SENSOR: gettext_lazy("The door moved"),
    EvidenceKind.INSPECTION: gettext_lazy("An inspector found it open"),
    EvidenceKind.DOOR_REPORT: gettext_lazy("Somebody found the door shut"),
    EvidenceKind.REBUTTAL: gettext_lazy("A photo showed that it is open"),
}


@dataclass(frozen=True, slots=True)
class WordLine:
    """One word at a door: what was told, what it counts, what became of it; never by whom."""

    key: UUID
    at: dt.datetime
    text: str
    worth: str
    outcome: str
    is_report: bool
    is_contestable: bool
    photo_digest: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One door of the desk, ready for the page."""

    code: str
    name: str
    is_listed: bool
    why_here: str
    door: DoorWords
    hours: WeekRow | None
    opened_at: dt.datetime | None
    is_tap_due: bool
    closure: Closure | None
    words: list[WordLine]
    faults: list[Fault]

    @property
    def reports(self) -> int:
        """How many of today's reports count and stand."""
        return sum(word.is_contestable for word in self.words)


def panel(desk_door: DeskDoor, *, now: dt.datetime) -> Panel:
    """Return a door of the desk in words.

    Parameters
    ----------
    desk_door
        The door.
    now
        The civil moment.
    """
    station = desk_door.station
    return Panel(
        code=station.code,
        name=station.name,
        is_listed=station.is_listed,
        why_here=_why_here(desk_door.keeping, now),
        door=door_words(desk_door.row, now=now),
        hours=week_rows([desk_door.today], now=now)[0] if desk_door.today else None,
        opened_at=desk_door.opened_at,
        is_tap_due=desk_door.is_tap_due,
        closure=_planned_now(list(station.closures.all()), now),
        words=word_lines(desk_door.words),
        faults=desk_door.faults,
    )


def word_lines(words: Sequence[Evidence]) -> list[WordLine]:
    """Return words at a door as lines, in the order given."""
    return [_line(word) for word in words]


def worth_words(worth: float, discount: str) -> str:
    """Return what a word counts, and why it counts for less."""
    why = Discount(discount).label if discount else ""
    if worth >= 1:
        return _("counts in full")
    told = _("counts by half") if worth == 0.5 else _("counts in part")
    told = _("does not count") if worth <= 0 else told
    return _("%(worth)s: %(reason)s") % {"worth": told, "reason": why} if why else told


def _line(word: Evidence) -> WordLine:
    is_report = word.kind == EvidenceKind.DOOR_REPORT
    is_rider = word.source == Source.RIDER
    is_open_question = is_report and word.outcome != Outcome.CONTRADICTED and word.worth > 0
    return WordLine(
        key=word.pk,
        at=word.at,
        text=str(_TOLD[EvidenceKind(word.kind)]),
        worth=worth_words(word.worth, word.discount) if is_rider else "",
        # what counts for nothing waits for nobody
        outcome=_outcome(word) if is_report and word.worth > 0 else "",
        is_report=is_report,
        is_contestable=is_open_question and word.contested_at is None,
        photo_digest=word.photo_digest,
    )


def _outcome(word: Evidence) -> str:
    told = str(Outcome(word.outcome).label)
    if word.contested_at is None:
        return told
    time = f"{word.contested_at.astimezone(clock.CIVIL_ZONE):%H:%M}"
    return _("%(outcome)s; the keeper said at %(time)s that it is wrong") % {
        "outcome": told,
        "time": time,
    }


def _why_here(keeping: Keeping | None, now: dt.datetime) -> str:
    if keeping is None:
        return ""
    if keeping.is_substitute and keeping.until:
        until = keeping.until.astimezone(clock.CIVIL_ZONE)
        return _("You stand in here; it ends %(moment)s") % {"moment": moment_words(until, now=now)}
    if keeping.host:
        return _("Outlet of %(host)s") % {"host": keeping.host.name}
    return ""


def _planned_now(closures: Sequence[Closure], now: dt.datetime) -> Closure | None:
    running = (c for c in closures if c.starts_at <= now < c.ends_at)
    return next((c for c in running if c.reason != ClosureReason.AWAY), None)
