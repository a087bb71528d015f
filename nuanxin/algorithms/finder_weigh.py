"""One door at one arrival: the rules of ``openness.py`` over the snapshot's columns.

The floating-point steps are those of the plain rules in the same order, so that both round alike.
"""

from math import exp, exp2, log
from struct import Struct
from typing import Any, NamedTuple

from nuanxin.algorithms.finder_query import Query
from nuanxin.algorithms.finder_snapshot import (
    BAND_S,
    CELLS,
    DOOR_FORMAT,
    HAS_HOURS,
    KINDS,
    FinderSnapshot,
)
from nuanxin.algorithms.hours import NEVER_MIN
from nuanxin.algorithms.openness import INSIDE_KINDS, State

_DOOR = Struct(DOOR_FORMAT)
_read, _size = _DOOR.unpack_from, _DOOR.size
_SCHEDULE, _PERMIT, _SHUT, _DOUBT, _HOST, _FLAGS, _PRESENT, _AT = range(1, 9)
_WEIGHT = _AT + len(KINDS)
_INSIDE = [place for place, kind in enumerate(KINDS) if kind in INSIDE_KINDS]
_NAMES = [kind.value for kind in KINDS]
_DOOR_REPORT = _NAMES.index("door_report")
# which kinds the bits of ``present`` name
_KINDS_OF = [
    tuple(kind for kind in range(len(KINDS)) if bits >> kind & 1) for bits in range(1 << len(KINDS))
]

Fields = tuple[Any, ...]


class Weighed(NamedTuple):
    """A station weighed for a journey; compares as the answer is ordered.

    Parameters
    ----------
    is_unknown, score_ms, rank
        The order of the answer.
    row
        Row in the snapshot.
    closed_by
        Why it is closed, empty when it is not.
    p
        Probability of an open door; 0 when closed.
    distance_m, travel_ms, arrive_s
        The journey.
    door
        The row's fields, by ``finder_snapshot.DOOR``.
    """

    is_unknown: bool
    score_ms: int
    rank: int
    row: int
    closed_by: str
    p: float
    distance_m: float
    travel_ms: int
    arrive_s: int
    door: Fields


def weigh(snapshot: FinderSnapshot, query: Query, index: int, distance_m: float) -> Weighed:
    """Weigh one station for a journey.

    Parameters
    ----------
    snapshot, query
        What is known, and what is asked.
    index
        Row of the snapshot.
    distance_m
        Great-circle distance, metres.

    Returns
    -------
    Weighed
        Whether it is closed, unknown, or how likely open. Outside the horizon nothing is known of
        hours and closures, and every door not closed by reports is unknown.
    """
    mode, params = query.mode, snapshot.params
    travel_ms = round(distance_m * mode.detour / mode.speed_mps * 1000.0)
    arrive_s = query.departs_s + travel_ms // 1000
    door = _read(snapshot.door_view, index * _size)
    is_in_horizon = snapshot.first_s <= arrive_s < snapshot.last_s
    since_s = arrive_s - snapshot.first_s if is_in_horizon else 0
    closed_by = _closed_by(snapshot, door, arrive_s, since_s // 60 if is_in_horizon else -1)
    if closed_by:
        score_ms = travel_ms + round(params.shut_cost_ms)
        return Weighed(
            False, score_ms, door[0], index, closed_by, 0.0, distance_m, travel_ms, arrive_s, door
        )
    band = since_s // BAND_S
    cell = snapshot.cell_of_band[band]
    place = index * CELLS + cell
    strength = params.prior_strength
    rate = (snapshot.hits_view[place] + strength * snapshot.rates[door[_HOST]][cell]) / (
        snapshot.times_view[place] + strength
    )
    log_odds = log(rate / (1.0 - rate))
    is_known = is_in_horizon and snapshot.is_band_confirmed[band]
    is_seen = door[_FLAGS] & HAS_HOURS
    for kind in _KINDS_OF[door[_PRESENT]]:
        age_s = arrive_s - door[_AT + kind]
        if age_s >= 0:
            is_seen = 1
            log_odds += door[_WEIGHT + kind] * exp2(-age_s / snapshot.half_lives_s[kind])
    p = 1.0 / (1.0 + exp(-log_odds))
    return Weighed(
        not (is_known and is_seen), travel_ms + round((1.0 - p) * params.shut_cost_ms),
        door[0], index, "", p, distance_m, travel_ms, arrive_s, door,
    )  # fmt: skip


def _closed_by(snapshot: FinderSnapshot, door: Fields, arrive_s: int, minute: int) -> str:
    if minute >= 0:
        permit = door[_PERMIT]
        if not (
            snapshot.permits.is_always_open[permit] or snapshot.permits.is_open(permit, minute)
        ):
            return "closure"
        if (
            door[_FLAGS] & HAS_HOURS
            and not snapshot.hours.is_open(door[_SCHEDULE], minute)
            and not _is_inside_fresh(door, arrive_s, snapshot.params.inside_fresh_s)
        ):
            return "schedule"
    return "reports" if arrive_s < door[_SHUT] else ""


def _is_inside_fresh(door: Fields, arrive_s: int, fresh_s: int) -> bool:
    return any(
        door[_WEIGHT + kind] > 0 and 0 <= arrive_s - door[_AT + kind] <= fresh_s for kind in _INSIDE
    )


class Told(NamedTuple):
    """What a row says of its door beside the order: state, reason, record and changes.

    Parameters
    ----------
    state
        What a rider is told.
    reason, age_s
        Why, and the age of that evidence; None for a reason without one.
    closes_s, opens_s
        Epoch seconds; None where nothing is known to come.
    hits, times
        The record in the cell of arrival.
    """

    state: State
    reason: str
    age_s: int | None
    closes_s: int | None
    opens_s: int | None
    hits: int
    times: int


def tell(snapshot: FinderSnapshot, weighed: Weighed) -> Told:
    """Say what is told of a weighed station.

    Parameters
    ----------
    snapshot
        What is known.
    weighed
        From ``weigh`` with the same snapshot.

    Returns
    -------
    Told
        By the rules of ``openness.openness``.
    """
    arrive_s = weighed.arrive_s
    since_s = arrive_s - snapshot.first_s
    if not 0 <= since_s < snapshot.last_s - snapshot.first_s:
        return Told(*_state(snapshot, weighed), None, None, 0, 0)
    place = weighed.row * CELLS + snapshot.cell_of_band[since_s // BAND_S]
    return Told(
        *_state(snapshot, weighed),
        closes_s(snapshot, weighed),
        opens_s(snapshot, weighed),
        snapshot.hits_view[place],
        snapshot.times_view[place],
    )


def _state(snapshot: FinderSnapshot, weighed: Weighed) -> tuple[State, str, int | None]:
    door, arrive_s = weighed.door, weighed.arrive_s
    if weighed.closed_by:
        age_s = arrive_s - door[_AT + _DOOR_REPORT]
        is_seen = door[_PRESENT] >> _DOOR_REPORT & 1 and age_s >= 0
        is_told = weighed.closed_by == "reports" and is_seen
        return State.CLOSED, weighed.closed_by, age_s if is_told else None
    positive, negative = _youngest(door, arrive_s)
    if weighed.is_unknown:
        is_nothing = not (door[_FLAGS] & HAS_HOURS or positive or negative)
        return State.UNKNOWN, "no_hours" if is_nothing else "unconfirmed_day", None
    params = snapshot.params
    fresh = positive if positive and positive[0] <= params.fresh_s else None
    state = State.DOUBTFUL
    if arrive_s >= door[_DOUBT] and weighed.p >= params.expected_p:
        is_confirmed = fresh and weighed.p >= params.confirmed_p
        state = State.CONFIRMED if is_confirmed else State.EXPECTED
    told = negative if state is State.DOUBTFUL and negative else fresh
    return (state, _NAMES[told[1]], told[0]) if told else (state, "record", None)


def _youngest(door: Fields, arrive_s: int) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
    """Return (age, kind) of the youngest evidence for and against, ties by the order of kinds."""
    positive = negative = None
    for kind in _KINDS_OF[door[_PRESENT]]:
        age_s = arrive_s - door[_AT + kind]
        if age_s < 0:
            continue
        if door[_WEIGHT + kind] > 0:
            if positive is None or age_s < positive[0]:
                positive = age_s, kind
        elif negative is None or age_s < negative[0]:
            negative = age_s, kind
    return positive, negative


def closes_s(snapshot: FinderSnapshot, weighed: Weighed) -> int | None:
    """Return when a station that is not closed and posted open on arrival closes, if it does."""
    if weighed.closed_by or not snapshot.first_s <= weighed.arrive_s < snapshot.last_s:
        return None
    minute = (weighed.arrive_s - snapshot.first_s) // 60
    closes = snapshot.hours.open_until(weighed.door[_SCHEDULE], minute)
    permit = weighed.door[_PERMIT]
    if closes == minute:
        return None
    if not snapshot.permits.is_always_open[permit]:
        closes = min(closes, snapshot.permits.open_until(permit, minute))
    return None if closes >= NEVER_MIN else snapshot.first_s + closes * 60


def opens_s(snapshot: FinderSnapshot, weighed: Weighed) -> int | None:
    """Return when a closed station next opens, posted open and outside planned closures."""
    if not weighed.closed_by or not snapshot.first_s <= weighed.arrive_s < snapshot.last_s:
        return None
    opens = (weighed.arrive_s - snapshot.first_s) // 60
    hours, permits = snapshot.hours, snapshot.permits
    sid, permit = weighed.door[_SCHEDULE], weighed.door[_PERMIT]
    if permits.is_open(permit, opens):
        opens = hours.opens(sid, opens)
    while opens < NEVER_MIN and not permits.is_open(permit, opens):
        # the door opens when the closure ends, or, if it is not posted open then, after
        opens = permits.opens(permit, opens)
        if opens < NEVER_MIN and not hours.is_open(sid, opens):
            opens = hours.opens(sid, opens)
    return None if opens >= NEVER_MIN else snapshot.first_s + opens * 60
