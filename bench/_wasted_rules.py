"""The plain rules of openness over arrays; a test holds them to `openness()` itself."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nuanxin.algorithms.openness import INSIDE_KINDS, EvidenceKind, OpennessParams, State

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

KINDS = tuple(EvidenceKind)
IS_INSIDE = np.array([kind in INSIDE_KINDS for kind in KINDS])
NEVER_S = -(10**9)


@dataclass(frozen=True, slots=True)
class RuleArrays:
    """The rules of the kinds as arrays, shape (kinds,), in the order of ``KINDS``."""

    weight: Floats
    half_life_s: Floats
    cap: Floats

    @classmethod
    def of(cls, params: OpennessParams) -> "RuleArrays":
        """Return the arrays of some parameters."""
        rules = [params.rules[kind] for kind in KINDS]
        return cls(
            np.array([rule.weight for rule in rules]),
            np.array([rule.half_life_s for rule in rules]),
            np.array([rule.cap for rule in rules]),
        )


@dataclass(frozen=True, slots=True)
class Doors:
    """What is known of doors at their arrivals; arrays that broadcast, evidence with a last axis of kinds."""

    has_hours: Bools
    is_posted_open: Bools
    at_s: Ints
    weight: Floats
    hits: Floats
    times: Floats
    host_rate: Floats
    shut_until_s: Ints
    doubt_until_s: Ints


def probability(doors: Doors, arrival_s: Ints, params: OpennessParams) -> Floats:
    """Return the probability of an open door for each door."""
    arrays = RuleArrays.of(params)
    rate = np.clip(doors.host_rate, 0.01, 0.99)
    prior = (doors.hits + params.prior_strength * rate) / (doors.times + params.prior_strength)
    age_s = arrival_s[..., None] - doors.at_s
    left = np.exp2(-np.maximum(age_s, 0) / arrays.half_life_s) * (age_s >= 0)
    log_odds = np.log(prior / (1.0 - prior)) + (doors.weight * left).sum(axis=-1)
    p: Floats = 1.0 / (1.0 + np.exp(-log_odds))
    return p


def states(doors: Doors, p: Floats, arrival_s: Ints, params: OpennessParams) -> Ints:
    """Return the state of each door, values of ``State``, for days whose kind is certain."""
    age_s = arrival_s[..., None] - doors.at_s
    seen = (doors.weight != 0.0) & (age_s >= 0)
    spoke_for = seen & (doors.weight > 0.0)
    never = np.iinfo(np.int64).max
    youngest = np.where(spoke_for, age_s, never)
    is_inside_fresh = youngest[..., IS_INSIDE].min(axis=-1) <= params.inside_fresh_s
    is_fresh = youngest.min(axis=-1) <= params.fresh_s
    confirmed = is_fresh & (p >= params.confirmed_p)
    in_doubt = (arrival_s < doors.doubt_until_s) | (p < params.expected_p)
    weighed = np.where(
        in_doubt, State.DOUBTFUL, np.where(confirmed, State.CONFIRMED, State.EXPECTED)
    )
    outside_hours = doors.has_hours & ~doors.is_posted_open & ~is_inside_fresh
    is_closed = outside_hours | (arrival_s < doors.shut_until_s)
    nothing = ~doors.has_hours & ~seen.any(axis=-1)
    chosen: Ints = np.select([is_closed, nothing], [State.CLOSED, State.UNKNOWN], weighed)
    return chosen
