"""What became of a word at a door, in words for whoever said it."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from nuanxin.core.clock import CIVIL_ZONE
from nuanxin.stations.door_pages import FaultNote, FaultStage
from nuanxin.stations.enums import Discount, FaultKind
from nuanxin.stations.reports import Effect, Report, Standing, Step, Turn

_TURNS = {
    Turn.SAID_SHUT: gettext_lazy("You said: the door is shut"),
    Turn.SAID_IN: gettext_lazy("You said: I came in"),
    Turn.KEEPER_TOLD: gettext_lazy("The keeper sees it"),
    Turn.SAME: gettext_lazy("Another rider found it shut too"),
    Turn.CAME_IN: gettext_lazy("Somebody came in"),
    Turn.SHOWN: gettext_lazy("The keeper showed from inside that it is open"),
    Turn.KEEPER_OPEN: gettext_lazy("The keeper says it is open"),
    Turn.KEEPER_SHUT: gettext_lazy("The keeper says it is locked up"),
}
_EFFECTS = {
    Effect.CLOSED: gettext_lazy("Closed for everybody"),
    Effect.DOUBT: gettext_lazy("In doubt for everybody"),
    Effect.OPEN: gettext_lazy("Open for everybody"),
}
_STANDINGS = {
    Standing.NOTHING: (
        gettext_lazy("This one is not counted"),
        gettext_lazy("It stays with the station, and changes nothing for other riders."),
    ),
    Standing.WAITING: (
        gettext_lazy("Noted. Waiting for a second rider"),
        gettext_lazy("One word puts the door in doubt; a second one closes it for everybody."),
    ),
    Standing.ALONE: (
        gettext_lazy("Nobody else said so"),
        gettext_lazy("Within four hours nobody bore it out, and nobody contradicted it."),
    ),
    Standing.BORNE_OUT: (
        gettext_lazy("You were right"),
        gettext_lazy("Others said the same. You spared the next rider the way."),
    ),
    Standing.CONTRADICTED: (
        gettext_lazy("Others came in"),
        gettext_lazy("Somebody was inside around that time. Perhaps there is another entrance."),
    ),
    Standing.OVERTAKEN: (
        gettext_lazy("Open again since"),
        gettext_lazy("Somebody came in later. What you said was noted."),
    ),
    Standing.THANKS: (
        gettext_lazy("Thank you"),
        gettext_lazy("Now other riders know that it is open."),
    ),
}
_DISCOUNTS = {
    Discount.KEEPERS_OWN: gettext_lazy("This phone belongs to a keeper of this station."),
    Discount.FAR_AWAY: gettext_lazy(
        "Your position is far from the door. Say it at the door, or scan the code on its sign."
    ),
    Discount.TOO_FAST: gettext_lazy(
        "Your last answer came from a door that is too far away for the time in between."
    ),
    Discount.TOO_MANY: gettext_lazy("This phone has said a great deal today already."),
    Discount.OFTEN_WRONG: gettext_lazy(
        "What this phone said before was contradicted several times."
    ),
    Discount.NOT_POSTED_OPEN: gettext_lazy("At this hour the sign says closed anyway."),
    Discount.YOUNG_DEVICE: gettext_lazy("This phone is new here: its word counts half."),
    Discount.NO_PLACE: gettext_lazy(
        "Your place was not shown, so it counts half. Scan the code on the door: then it counts in full."
    ),
    Discount.ONCE_WRONG: gettext_lazy(
        "What this phone said before was contradicted once: its word counts half."
    ),
    Discount.KEEPERS_NETWORK: gettext_lazy(
        "It came from the keeper's own network, so it counts half."
    ),
}
_FAULT_KINDS = {
    FaultKind.BROKEN: gettext_lazy("It does not work"),
    FaultKind.EMPTY: gettext_lazy("It is used up"),
    FaultKind.EXPIRED: gettext_lazy("It is out of date"),
}


@dataclass(frozen=True, slots=True)
class StepWords:
    """One line of what happened: a time, a sentence, and what everybody sees since."""

    time: str
    sentence: str
    state: str
    effect: str


@dataclass(frozen=True, slots=True)
class ReportWords:
    """What became of a word: how it stands, why it counts for less, and what happened."""

    title: str
    sentence: str
    discount: str
    others: str
    steps: list[StepWords]
    standing: str
    is_running: bool


def report_words(report: Report, *, now: dt.datetime) -> ReportWords:
    """Return a report in words.

    Parameters
    ----------
    report
        The report.
    now
        The reader's civil moment.
    """
    title, sentence = _STANDINGS[report.standing]
    discount = _DISCOUNTS[report.discount] if report.discount else ""
    return ReportWords(
        title=str(title),
        sentence=str(sentence),
        discount=str(discount),
        others=_others(report),
        steps=[_step_words(step, now) for step in report.steps],
        standing=report.standing,
        is_running=report.is_running,
    )


def _others(report: Report) -> str:
    if not report.others:
        return ""
    count = {"count": report.others}
    if report.is_shut:
        return (
            ngettext(
                "%(count)d other phone said the same",
                "%(count)d other phones said the same",
                report.others,
            )
            % count
        )
    return (
        ngettext(
            "%(count)d other phone came in too", "%(count)d other phones came in too", report.others
        )
        % count
    )


def _step_words(step: Step, now: dt.datetime) -> StepWords:
    sentence = str(_TURNS[step.turn])
    if step.people > 1:
        sentence = _("%(sentence)s (%(count)d times)") % {
            "sentence": sentence,
            "count": step.people,
        }
    effect = str(_EFFECTS[step.effect]) if step.effect else ""
    if step.until is not None:
        until = _time(step.until, now)
        effect = _("%(effect)s, until %(time)s at most") % {"effect": effect, "time": until}
    return StepWords(_time(step.at, now), sentence, step.effect, effect)


def _time(at: dt.datetime, now: dt.datetime) -> str:
    civil = at.astimezone(CIVIL_ZONE)
    return f"{civil:%H:%M}" if civil.date() == now.date() else f"{civil:%m-%d %H:%M}"


def fault_words(note: FaultNote) -> str:
    """Return what is said of a facility and how far it has come."""
    if note.stage is FaultStage.MENDED:
        return _("mended")
    said = ngettext(
        "%(count)d person says: %(what)s", "%(count)d people say: %(what)s", note.people
    ) % {"count": note.people, "what": FaultKind(note.kind).label}
    if note.stage is FaultStage.ACCEPTED:
        return _("%(said)s · being seen to") % {"said": said}
    return said


def fault_choices() -> list[tuple[str, str]]:
    """Return what can be wrong with a facility, as buttons say it."""
    return [(kind.value, str(words)) for kind, words in _FAULT_KINDS.items()]
