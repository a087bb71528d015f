"""What became of a stranger's word at a door: how it stands, and what happened there since."""

import datetime as dt
import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from nuanxin.algorithms.openness import INSIDE_KINDS, EvidenceKind
from nuanxin.algorithms.reports import Verdict, verdict
from nuanxin.core import clock
from nuanxin.core.errors import NotFound
from nuanxin.stations import judging
from nuanxin.stations.enums import Discount, Outcome, Source
from nuanxin.stations.models import Evidence, Keeping, OpeningRecord, Station

KEPT: Final = dt.timedelta(days=30)
FOLLOWED: Final = dt.timedelta(hours=4)
_WINDOW: Final = dt.timedelta(seconds=judging.PARAMS.window_s + 1)
_TOLD: Final = (EvidenceKind.DOOR_REPORT, EvidenceKind.INSIDE_SCAN)


class Turn(enum.StrEnum):
    """Who did something at the door."""

    SAID_SHUT = "said_shut"
    SAID_IN = "said_in"
    KEEPER_TOLD = "keeper_told"
    SAME = "same"
    CAME_IN = "came_in"
    SHOWN = "shown"
    KEEPER_OPEN = "keeper_open"
    KEEPER_SHUT = "keeper_shut"


class Effect(enum.StrEnum):
    """What it did to what everybody sees."""

    NONE = ""
    CLOSED = "closed"
    DOUBT = "doubtful"
    OPEN = "confirmed"


class Standing(enum.StrEnum):
    """How the word stands now."""

    NOTHING = "nothing"
    WAITING = "waiting"
    ALONE = "alone"
    BORNE_OUT = "borne_out"
    CONTRADICTED = "contradicted"
    OVERTAKEN = "overtaken"
    THANKS = "thanks"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened.

    Parameters
    ----------
    turn
        Who did it.
    at
        When; of several alike, the last.
    effect
        What it did for everybody.
    people
        How many did the same one after the other.
    until
        For a closure that still holds, when it ends.
    """

    turn: Turn
    at: dt.datetime
    effect: Effect = Effect.NONE
    people: int = 1
    until: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A stranger's word and what became of it; nothing here says who anybody is.

    Parameters
    ----------
    station
        Its door.
    is_shut
        Whether the word says that the door is shut.
    standing
        How it stands.
    discount
        Why it counts for less; empty for a whole word.
    steps
        What happened, oldest first.
    others
        How many other devices said the same around that time.
    is_running
        Whether something may still come of it.
    """

    station: Station
    is_shut: bool
    standing: Standing
    discount: Discount | None
    steps: list[Step]
    others: int
    is_running: bool


def report_page(pk: UUID) -> Report:
    """Return what became of a word that a stranger said at a listed station's door.

    Parameters
    ----------
    pk
        The word; whoever has it was given it.

    Raises
    ------
    NotFound
        When no stranger said such a word in the last thirty days, or the station left the map.

    Notes
    -----
    Five queries, whatever happened at the door.
    """
    now = clock.now()
    told = Evidence.objects.select_related("station").filter(pk=pk, source=Source.RIDER)
    word = told.filter(kind__in=_TOLD, at__gt=now - KEPT).first()
    if word is None or not word.station.is_listed:
        raise NotFound
    rows = _rows_around(word, now)
    return Report(
        station=word.station,
        is_shut=word.kind == EvidenceKind.DOOR_REPORT,
        standing=_standing(word, now),
        discount=Discount(word.discount) if word.discount else None,
        steps=_steps(word, rows, now),
        others=len({row.device_key for row in rows if row.kind == word.kind} - {word.device_key}),
        is_running=word.worth > 0 and now < word.at + FOLLOWED,
    )


def _rows_around(word: Evidence, now: dt.datetime) -> list[Evidence]:
    """Return what counted at the door from an hour before a word to four hours after, oldest first."""
    if word.worth <= 0:
        return [word]
    around = Evidence.objects.between(word.at - _WINDOW, min(now, word.at + FOLLOWED))
    return list(around.filter(station=word.station, worth__gt=0).order_by("at", "id"))


def _standing(word: Evidence, now: dt.datetime) -> Standing:
    if word.worth <= 0:
        return Standing.NOTHING
    if word.kind == EvidenceKind.INSIDE_SCAN:
        return Standing.THANKS
    if word.outcome == Outcome.WAITING and now >= word.at + FOLLOWED:
        return Standing.ALONE
    return Standing(word.outcome)


def _steps(word: Evidence, rows: Sequence[Evidence], now: dt.datetime) -> list[Step]:
    replay = _Replay(word, _known_devices(rows))
    for row in rows:
        replay.take(row)
    steps = replay.steps
    if word.worth > 0 and word.kind == EvidenceKind.DOOR_REPORT and _has_keeper(word):
        own = [step.turn for step in steps].index(Turn.SAID_SHUT)
        steps.insert(own + 1, Step(Turn.KEEPER_TOLD, word.at))
    return _with_end(steps, word.station, now)


def _with_end(steps: list[Step], station: Station, now: dt.datetime) -> list[Step]:
    """Say until when a closure holds, if it still does."""
    held = OpeningRecord.objects.filter(pk=station.pk, shut_until__gt=now).first()
    shuts = [i for i, step in enumerate(steps) if step.effect is Effect.CLOSED]
    if held is not None and shuts:
        steps[shuts[-1]] = replace(steps[shuts[-1]], until=held.shut_until)
    return steps


def _has_keeper(word: Evidence) -> bool:
    return Keeping.objects.in_force(word.at).of_station(word.station).exists()


def _known_devices(rows: Sequence[Evidence]) -> set[str]:
    """Return the devices whose word was borne out before all this."""
    devices = {row.device_key for row in rows if row.device_key}
    earlier = Evidence.objects.filter(
        device_key__in=devices, outcome=Outcome.BORNE_OUT, at__lt=rows[0].at
    )
    return set(earlier.order_by().values_list("device_key", flat=True).distinct())


class _Replay:
    """Goes once more through what `judging` decided, to tell which step did what."""

    def __init__(self, word: Evidence, known: set[str]) -> None:
        self.steps: list[Step] = []
        self._word, self._known = word, known
        self._reports: list[Evidence] = []
        self._inside_at: dt.datetime | None = None
        self._state = Effect.NONE

    def take(self, row: Evidence) -> None:
        """Let one row, later than those before, have its effect."""
        kind = EvidenceKind(row.kind)
        is_own = row.pk == self._word.pk
        if row.worth <= 0:
            effect = Effect.NONE
        elif kind is EvidenceKind.DOOR_REPORT:
            effect = self._report(row)
        elif kind in INSIDE_KINDS:
            effect = self._inside(row)
        else:
            is_contested = kind is EvidenceKind.KEEPER_OPEN and self._state is Effect.CLOSED
            effect = Effect.DOUBT if is_contested else Effect.NONE
        is_news = effect is not Effect.NONE and (effect is not self._state or is_own)
        self._state = effect if effect is not Effect.NONE else self._state
        if is_own or row.at >= self._word.at:
            self._tell(Step(_turn(row, is_own=is_own), row.at, effect if is_news else Effect.NONE))

    def _report(self, row: Evidence) -> Effect:
        self._reports.append(row)
        since = row.at - _WINDOW
        if self._inside_at is not None:
            since = max(since, self._inside_at)
        fresh = [one for one in self._reports if one.at > since]
        found = verdict(
            [judging.as_report(one, is_known=one.device_key in self._known) for one in fresh],
            seen_inside_s=int(self._inside_at.timestamp()) if self._inside_at else None,
            params=judging.PARAMS,
        )
        effects = {Verdict.CLOSE: Effect.CLOSED, Verdict.DOUBT: Effect.DOUBT}
        return effects.get(found, Effect.NONE)

    def _inside(self, row: Evidence) -> Effect:
        if row.worth >= judging.WHOLE:
            self._inside_at = row.at
            return Effect.OPEN
        return Effect.DOUBT if self._state in (Effect.CLOSED, Effect.DOUBT) else Effect.NONE

    def _tell(self, step: Step) -> None:
        last = self.steps[-1] if self.steps else None
        if last and (last.turn, last.effect) == (step.turn, Effect.NONE) and not step.effect:
            self.steps[-1] = replace(last, at=step.at, people=last.people + 1)
            return
        self.steps.append(step)


def _turn(row: Evidence, *, is_own: bool) -> Turn:
    kind = EvidenceKind(row.kind)
    if is_own:
        return Turn.SAID_SHUT if kind is EvidenceKind.DOOR_REPORT else Turn.SAID_IN
    turns = {
        EvidenceKind.DOOR_REPORT: Turn.SAME,
        EvidenceKind.REBUTTAL: Turn.SHOWN,
        EvidenceKind.KEEPER_OPEN: Turn.KEEPER_OPEN,
        EvidenceKind.KEEPER_CLOSE: Turn.KEEPER_SHUT,
    }
    return turns.get(kind, Turn.CAME_IN)
