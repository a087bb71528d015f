"""Whether a door is open at a moment: claim, evidence and the age of the evidence.

The plain reading of the rules, one station at a time, standard library only. The fast finder must
agree with it. ``docs/adr/0002-openness.md`` gives the reasons and worked numbers.
"""

import enum
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


class EvidenceKind(enum.StrEnum):
    """What can be seen at a door; the order is that of the finder's columns."""

    KEEPER_OPEN = "keeper_open"
    KEEPER_CLOSE = "keeper_close"
    INSIDE_SCAN = "inside_scan"
    VISIT = "visit"
    SENSOR = "sensor"
    INSPECTION = "inspection"
    DOOR_REPORT = "door_report"
    REBUTTAL = "rebuttal"


INSIDE_KINDS = frozenset(
    {
        EvidenceKind.INSIDE_SCAN,
        EvidenceKind.VISIT,
        EvidenceKind.SENSOR,
        EvidenceKind.INSPECTION,
        EvidenceKind.REBUTTAL,
    }
)


class State(enum.IntEnum):
    """What a rider is told, from the best to the worst."""

    CONFIRMED = 0
    EXPECTED = 1
    DOUBTFUL = 2
    UNKNOWN = 3
    CLOSED = 4


HAIR = 1e-9
"""A probability this little below a cut-off counts as at it: rounding must not decide a state."""


@dataclass(frozen=True, slots=True)
class EvidenceRule:
    """How much one kind of evidence says, and for how long.

    Parameters
    ----------
    weight
        Log-odds of one fresh event; above zero says open, below zero says shut.
    half_life_s
        Seconds after which half of it is left.
    cap
        Greatest size that events of this kind reach together.
    """

    weight: float
    half_life_s: float
    cap: float


_RULES = {  # fitted on made-up worlds; the ADR tells how, and which two were set by hand
    EvidenceKind.KEEPER_OPEN: EvidenceRule(2.4, 7_200, 2.4),
    EvidenceKind.KEEPER_CLOSE: EvidenceRule(-4.0, 14_400, 4.0),
    EvidenceKind.INSIDE_SCAN: EvidenceRule(2.5, 10_800, 3.0),
    EvidenceKind.VISIT: EvidenceRule(1.8, 14_400, 2.2),
    EvidenceKind.SENSOR: EvidenceRule(3.5, 10_800, 4.2),
    EvidenceKind.INSPECTION: EvidenceRule(4.0, 7_200, 4.0),
    EvidenceKind.DOOR_REPORT: EvidenceRule(-1.4, 43_200, 2.8),
    # what answers a closure from inside: it outweighs the reports and the record they leave
    EvidenceKind.REBUTTAL: EvidenceRule(6.0, 7_200, 6.0),
}


@dataclass(frozen=True, slots=True)
class OpennessParams:
    """Every number of the rules; data, so that a site can see and change them.

    Parameters
    ----------
    rules
        One rule for each kind.
    prior_strength
        Weight of the host type's rate in a station's own, in units of `records`.
    confirmed_p, expected_p
        Least probability of *confirmed* and *expected*.
    fresh_s
        Greatest age of the evidence that confirms.
    inside_fresh_s
        Greatest age of evidence from inside that overrules a schedule that says closed.
    shut_cost_ms
        What a shut door costs a rider, milliseconds.
    """

    rules: Mapping[EvidenceKind, EvidenceRule] = field(default_factory=lambda: dict(_RULES))
    prior_strength: float = 8.0
    confirmed_p: float = 0.90
    expected_p: float = 0.75
    fresh_s: int = 7_200
    inside_fresh_s: int = 1_800
    shut_cost_ms: int = 720_000

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> "OpennessParams":
        """Return parameters read from JSON.

        Raises
        ------
        ValueError
            When a kind of evidence is missing or unknown.
        """
        rules = {EvidenceKind(kind): EvidenceRule(**rule) for kind, rule in data["rules"].items()}
        if set(rules) != set(EvidenceKind):
            msg = f"no rule for {sorted(set(EvidenceKind) - set(rules))}"
            raise ValueError(msg)
        others = {key: value for key, value in data.items() if key != "rules"}
        return cls(rules={kind: rules[kind] for kind in EvidenceKind}, **others)

    def as_mapping(self) -> dict[str, Any]:
        """Return the parameters in the form that JSON keeps."""
        others = {name: getattr(self, name) for name in self.__slots__ if name != "rules"}
        return {"rules": {kind.value: asdict(rule) for kind, rule in self.rules.items()}, **others}


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """The folded evidence of one kind: last moment (epoch seconds) and signed log-odds then."""

    at_s: int
    weight: float


def fold_evidence(
    line: EvidenceLine | None,
    kind: EvidenceKind,
    at_s: int,
    params: OpennessParams,
    *,
    share: float = 1.0,
) -> EvidenceLine:
    """Return the line of a kind after one more event.

    Parameters
    ----------
    line
        The line so far; None for the first event.
    kind
        Kind of the event.
    at_s
        Moment of the event, epoch seconds.
    share
        How much of a full event this is, 0 to 1; a young device counts half.

    Returns
    -------
    EvidenceLine
        At the later moment, with what was left of the line plus the event, held at the cap.
    """
    rule = params.rules[kind]
    if line is None:
        line = EvidenceLine(at_s, 0.0)
    latest_s = max(at_s, line.at_s)
    sides = ((line.weight, line.at_s), (rule.weight * share, at_s))
    total = sum(weight * decay(latest_s - since_s, rule.half_life_s) for weight, since_s in sides)
    return EvidenceLine(latest_s, max(-rule.cap, min(rule.cap, total)))


def decay(age_s: float, half_life_s: float) -> float:
    """Return the share that is left after an age: 1 at once, one half after a half-life."""
    return math.exp2(-age_s / half_life_s)


@dataclass(frozen=True, slots=True)
class Door:
    """Everything known of one station for one moment.

    Parameters
    ----------
    has_hours
        Whether any hours are posted.
    is_posted_open
        Whether the posted hours say open at the moment.
    is_closure_filed
        Whether a planned closure covers the moment.
    is_day_confirmed
        Whether the kind of that day is certain.
    lines
        Evidence by kind.
    hits, times
        Findings of an open door, and all findings, in this cell of kind of day and two-hour band;
        in units of `records`.
    host_rate
        Rate of the host's type in the same cell, 0 to 1.
    shut_until_s, doubt_until_s
        Until when reports keep it closed or in doubt, epoch seconds; 0 for not at all.
    """

    has_hours: bool
    is_posted_open: bool
    is_closure_filed: bool = False
    is_day_confirmed: bool = True
    lines: Mapping[EvidenceKind, EvidenceLine] = field(default_factory=dict)
    hits: int = 0
    times: int = 0
    host_rate: float = 0.9
    shut_until_s: int = 0
    doubt_until_s: int = 0


@dataclass(frozen=True, slots=True)
class Openness:
    """The answer: state, probability of an open door, and why.

    Parameters
    ----------
    state
        What a rider is told.
    p
        Probability that the door is open, 0 to 1.
    reason
        A kind of evidence, or ``closure``, ``schedule``, ``reports``, ``no_hours``,
        ``unconfirmed_day``, ``record``.
    age_s
        Age of that evidence at the moment; None for a reason without one.
    """

    state: State
    p: float
    reason: str
    age_s: int | None = None


def prior(door: Door, params: OpennessParams) -> float:
    """Return the station's own rate, shrunk to its host type's; strictly between 0 and 1."""
    rate = min(max(door.host_rate, 0.01), 0.99)
    return (door.hits + params.prior_strength * rate) / (door.times + params.prior_strength)


def probability(door: Door, *, arrival_s: int, params: OpennessParams) -> float:
    """Return the probability that the door is open at a moment.

    Parameters
    ----------
    door
        What is known.
    arrival_s
        The moment, epoch seconds; evidence from after it is left out.

    Returns
    -------
    float
        σ(logit(prior) + Σ weight · 2^(−age / half-life)).
    """
    rate = prior(door, params)
    log_odds = math.log(rate / (1.0 - rate))
    for kind, line in door.lines.items():
        if line.at_s <= arrival_s:
            log_odds += line.weight * decay(arrival_s - line.at_s, params.rules[kind].half_life_s)
    return 1.0 / (1.0 + math.exp(-log_odds))


def openness(door: Door, *, arrival_s: int, params: OpennessParams) -> Openness:
    """Return the state of a door at a moment.

    Parameters
    ----------
    door
        What is known.
    arrival_s
        The moment, epoch seconds.
    params
        The numbers of the rules.

    Returns
    -------
    Openness
        By the first rule that applies: closure filed; schedule closed without fresh evidence from
        inside; closed by reports; nothing known or an unconfirmed day; fresh positive evidence and
        a high probability; a fair probability; else in doubt.
    """
    inside = _latest(door, arrival_s, INSIDE_KINDS, positive=True)
    is_inside_fresh = inside is not None and arrival_s - inside[1] <= params.inside_fresh_s
    if door.is_closure_filed:
        return Openness(State.CLOSED, 0.0, "closure")
    if door.has_hours and not door.is_posted_open and not is_inside_fresh:
        return Openness(State.CLOSED, 0.0, "schedule")
    if arrival_s < door.shut_until_s:
        return Openness(
            State.CLOSED, 0.0, "reports", _age_of(door, arrival_s, EvidenceKind.DOOR_REPORT)
        )
    p = probability(door, arrival_s=arrival_s, params=params)
    latest = _latest(door, arrival_s, frozenset(EvidenceKind), positive=None)
    if latest is None and not door.has_hours:
        return Openness(State.UNKNOWN, p, "no_hours")
    if not door.is_day_confirmed:
        return Openness(State.UNKNOWN, p, "unconfirmed_day")
    return _weighed(door, p, arrival_s, params)


def _weighed(door: Door, p: float, arrival_s: int, params: OpennessParams) -> Openness:
    positive = _latest(door, arrival_s, frozenset(EvidenceKind), positive=True)
    negative = _latest(door, arrival_s, frozenset(EvidenceKind), positive=False)
    is_fresh = positive is not None and arrival_s - positive[1] <= params.fresh_s
    state = State.DOUBTFUL
    if arrival_s >= door.doubt_until_s and p >= params.expected_p - HAIR:
        is_confirmed = is_fresh and p >= params.confirmed_p - HAIR
        state = State.CONFIRMED if is_confirmed else State.EXPECTED
    told = negative if state is State.DOUBTFUL and negative else positive if is_fresh else None
    if told is None:
        return Openness(state, p, "record" if door.has_hours else "no_hours")
    return Openness(state, p, told[0].value, arrival_s - told[1])


def _latest(
    door: Door, arrival_s: int, kinds: frozenset[EvidenceKind], *, positive: bool | None
) -> tuple[EvidenceKind, int] | None:
    """Return the youngest line of some kinds and one sign; ties by the order of the kinds."""
    found = [
        (line.at_s, -index, kind)
        for index, kind in enumerate(EvidenceKind)
        if kind in kinds
        and (line := door.lines.get(kind)) is not None
        and line.at_s <= arrival_s
        and (positive is None or (line.weight > 0) == positive)
    ]
    if not found:
        return None
    at_s, _index, kind = max(found)
    return kind, at_s


def _age_of(door: Door, arrival_s: int, kind: EvidenceKind) -> int | None:
    line = door.lines.get(kind)
    return arrival_s - line.at_s if line and line.at_s <= arrival_s else None
