"""State, probability and score of many stations at once; the rules of `openness.py`, vectorised."""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from nuanxin.algorithms.finder_query import Query
from nuanxin.algorithms.finder_snapshot import KINDS, FinderSnapshot
from nuanxin.algorithms.hours import NEVER_MIN
from nuanxin.algorithms.openness import INSIDE_KINDS, State

CONFIRMED, EXPECTED, DOUBTFUL, UNKNOWN, CLOSED = (int(state) for state in State)
REASONS = (
    *(kind.value for kind in KINDS),
    "record",
    "schedule",
    "no_hours",
    "unconfirmed_day",
    "closure",
    "reports",
)
_RECORD, _SCHEDULE, _NO_HOURS, _UNCONFIRMED, _CLOSURE, _REPORTS = range(len(KINDS), len(REASONS))
_DOOR_REPORT = [kind.value for kind in KINDS].index("door_report")
_INSIDE = np.array([kind in INSIDE_KINDS for kind in KINDS])
_NONE_S = -1


@dataclass(frozen=True, slots=True)
class Judged:
    """Stations as they will be on arrival; arrays of one length.

    Parameters
    ----------
    index, rank
        Row in the snapshot, and place in the order of identifiers.
    distance_m, travel_ms, arrive_s
        The journey.
    state, p, score_ms
        What is told, the probability, and the cost of going there.
    reason, age_s
        Index into ``REASONS``, and the age of that evidence; -1 without one.
    closes_s, opens_s
        Epoch seconds; -1 for none.
    hits, times
        The record in the cell of arrival.
    is_unknown_everywhere
        Whether on the day of arrival nothing could be anything but unknown or closed.
    """

    index: NDArray[np.intp]
    rank: NDArray[np.int32]
    distance_m: NDArray[np.float64]
    travel_ms: NDArray[np.int64]
    arrive_s: NDArray[np.int64]
    state: NDArray[np.int64]
    p: NDArray[np.float64]
    score_ms: NDArray[np.int64]
    reason: NDArray[np.int64]
    age_s: NDArray[np.int64]
    closes_s: NDArray[np.int64]
    opens_s: NDArray[np.int64]
    hits: NDArray[np.uint8]
    times: NDArray[np.uint8]
    is_unknown_everywhere: bool

    def taken(self, order: NDArray[np.intp]) -> "Judged":
        """Return some of the stations, in the order given."""
        return replace(self, **{name: getattr(self, name)[order] for name in _ARRAYS})


_ARRAYS = [field.name for field in fields(Judged) if field.name != "is_unknown_everywhere"]


def judge(
    snapshot: FinderSnapshot, query: Query, index: NDArray[np.intp], distance_m: NDArray[np.float64]
) -> Judged:
    """Judge some stations for a journey.

    Parameters
    ----------
    snapshot, query
        What is known, and what is asked.
    index
        Rows of the snapshot, shape (n,).
    distance_m
        Great-circle distances, shape (n,).

    Returns
    -------
    Judged
        In the order of ``index``, stations with too little time left for a rest left out.
    """
    columns, params = snapshot.columns, snapshot.params
    travel_ms = np.rint(distance_m * query.mode.detour / query.mode.speed_mps * 1000.0).astype(
        np.int64
    )
    arrive_s = query.departs_s + travel_ms // 1000
    inside_horizon = (arrive_s >= snapshot.first_s) & (arrive_s < snapshot.last_s)
    minute = np.where(inside_horizon, (arrive_s - snapshot.first_s) // 60, 0)
    day = minute // 1440
    cell = snapshot.day_kind[day] * 12 + minute % 1440 // 120
    hits, times = columns.hits[index, cell], columns.times[index, cell]
    confirmed = snapshot.is_day_confirmed[day] & inside_horizon
    at_s, weight = columns.evidence_at_s[index], columns.evidence_weight[index].astype(np.float64)
    age_s = arrive_s[:, None] - at_s
    seen = (weight != 0.0) & (age_s >= 0)
    log_odds = np.where(
        seen, weight * np.exp2(-np.maximum(age_s, 0) * snapshot.inverse_half_life), 0.0
    )
    rate = _prior(snapshot, index, cell, hits, times)
    p = 1.0 / (1.0 + np.exp(-(np.log(rate / (1.0 - rate)) + log_odds.sum(axis=1))))

    positive, positive_age = _youngest(seen & (weight > 0), age_s)
    negative, negative_age = _youngest(seen & (weight < 0), age_s)
    _inside, inside_age = _youngest(seen & (weight > 0) & _INSIDE, age_s)
    sid, permit = columns.schedule[index], columns.permit[index]
    posted = snapshot.hours.is_open(sid, minute)
    in_closure = ~snapshot.permits.is_open(permit, minute) & inside_horizon
    has_hours = columns.has_hours[index]
    shut_by_schedule = has_hours & ~posted & inside_horizon & (inside_age > params.inside_fresh_s)
    shut_by_reports = arrive_s < columns.shut_until_s[index]
    nothing_known = ~has_hours & ~seen.any(axis=1)
    is_fresh = positive_age <= params.fresh_s
    in_doubt = (arrive_s < columns.doubt_until_s[index]) | (p < params.expected_p)
    weighed = np.where(
        in_doubt, DOUBTFUL, np.where(is_fresh & (p >= params.confirmed_p), CONFIRMED, EXPECTED)
    )
    told = np.where(
        (weighed == DOUBTFUL) & (negative >= 0), negative, np.where(is_fresh, positive, _RECORD)
    )
    told_age = np.where(told == negative, negative_age, positive_age)

    rules = [in_closure, shut_by_schedule, shut_by_reports, nothing_known, ~confirmed]
    state = np.select(rules, [CLOSED, CLOSED, CLOSED, UNKNOWN, UNKNOWN], weighed)
    reason = np.select(rules, [_CLOSURE, _SCHEDULE, _REPORTS, _NO_HOURS, _UNCONFIRMED], told)
    report_age = np.where(seen[:, _DOOR_REPORT], age_s[:, _DOOR_REPORT], _NONE_S)
    age = np.where(reason < _RECORD, told_age, np.where(reason == _REPORTS, report_age, _NONE_S))
    p = np.where(in_closure | shut_by_schedule | shut_by_reports, 0.0, p)
    score_ms = travel_ms + np.rint((1.0 - p) * params.shut_cost_ms).astype(np.int64)
    closes_s, opens_s = _changes(
        snapshot, sid, permit, minute, posted & inside_horizon, state == CLOSED
    )
    judged = Judged(
        index,
        snapshot.rank[index],
        distance_m,
        travel_ms,
        arrive_s,
        state,
        p,
        score_ms,
        reason,
        age,
        closes_s,
        opens_s,
        hits,
        times,
        is_unknown_everywhere=not confirmed.any() if len(index) else False,
    )
    return (
        judged
        if not query.rest_s
        else judged.taken(np.flatnonzero(_has_time(judged, query.rest_s)))
    )


def _prior(
    snapshot: FinderSnapshot,
    index: NDArray[np.intp],
    cell: NDArray[np.int64],
    hits: NDArray[np.uint8],
    times: NDArray[np.uint8],
) -> NDArray[np.float64]:
    strength = snapshot.params.prior_strength
    host_rate = snapshot.host_rates[snapshot.columns.host_type[index], cell]
    rate: NDArray[np.float64] = (hits + strength * host_rate) / (times + strength)
    return rate


def _youngest(
    chosen: NDArray[np.bool_], age_s: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return kind and age of the youngest chosen evidence; kind -1 and a huge age for none."""
    never = np.iinfo(np.int64).max
    ages = np.where(chosen, age_s, never)
    if not len(ages):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    kind = ages.argmin(axis=1)
    youngest = ages[np.arange(len(ages)), kind]
    return np.where(youngest == never, -1, kind), youngest


def _changes(
    snapshot: FinderSnapshot,
    sid: NDArray[np.int32],
    permit: NDArray[np.int32],
    minute: NDArray[np.int64],
    posted: NDArray[np.bool_],
    closed: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return when each closes, if posted open and not closed, and when a closed one next opens."""
    hours, permits = snapshot.hours, snapshot.permits
    closes = np.minimum(hours.closes(sid, minute), permits.closes(permit, minute))
    is_leaving = posted & ~closed & (closes < NEVER_MIN)
    # inside a closure the door opens when the closure ends, or, if it is not posted open then, after
    permitted = permits.is_open(permit, minute)
    ends = np.where(permitted, minute, permits.opens(permit, minute))
    known = ends < hours.horizon_min
    ends = np.where(known, ends, 0)
    opens = np.where(~permitted & hours.is_open(sid, ends), ends, hours.opens(sid, ends))
    is_coming = closed & known & (opens < NEVER_MIN)
    return (
        np.where(is_leaving, snapshot.first_s + closes * 60, _NONE_S),
        np.where(is_coming, snapshot.first_s + opens * 60, _NONE_S),
    )


def _has_time(judged: Judged, rest_s: int) -> NDArray[np.bool_]:
    enough: NDArray[np.bool_] = (judged.closes_s == _NONE_S) | (
        judged.closes_s - judged.arrive_s >= rest_s
    )
    return enough
