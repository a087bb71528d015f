"""The hidden truth of the demo: when each door is really open; only the demo's players read it."""

import random
from dataclasses import dataclass

import numpy as np

from nuanxin.algorithms.openness import EvidenceKind

CELLS = 48
_DAYS_SEEN = 60


@dataclass(frozen=True, slots=True)
class Truth:
    """How a door behaves.

    Parameters
    ----------
    keeps
        Share of posted time during which it is really open, 0 to 1.
    lies
        Whether its keeper taps *open* while it is shut.
    visited
        How often it is seen on a day, events.
    """

    keeps: float
    lies: bool
    visited: float


def truth_of(code: str, *, seed: int = 2024) -> Truth:
    """Return the truth of a station; the same code and seed give the same truth."""
    rng = random.Random(f"truth {seed} {code}")
    draw = rng.random()
    keeps = (
        rng.uniform(0.95, 1.0)
        if draw < 0.8
        else rng.uniform(0.6, 0.95)
        if draw < 0.94
        else rng.uniform(0.02, 0.5)
    )
    return Truth(
        keeps,
        lies=keeps < 0.5 and rng.random() < 0.5,
        visited=rng.choice([0.2, 0.5, 1.0, 2.0, 4.0]),
    )


def is_really_open(code: str, truth: Truth, *, on_day: int) -> bool:
    """Return whether a door posted open is really open on a day (days since the epoch)."""
    return random.Random(f"day {code} {on_day}").random() < truth.keeps


def record_of(code: str, truth: Truth) -> tuple[bytes, bytes]:
    """Return 60 days of looking at the door, hits and times by kind of day and two-hour band."""
    rng = np.random.default_rng(abs(hash_of(code)))
    share = np.zeros((4, 12))
    share[:, 4:9] = np.array([[0.7], [0.22], [0.05], [0.03]]) / 5
    times = np.minimum(rng.poisson(truth.visited * _DAYS_SEEN * share.reshape(CELLS)), 250)
    hits = rng.binomial(times, truth.keeps)
    return hits.astype(np.uint8).tobytes(), times.astype(np.uint8).tobytes()


def hash_of(code: str) -> int:
    """Return a number that depends on the code alone, on every machine."""
    return random.Random(f"record {code}").getrandbits(62)


def latest_event(code: str, truth: Truth, *, now_s: int) -> tuple[EvidenceKind, int] | None:
    """Return the last thing seen at a posted-open door before a moment, as kind and age in seconds.

    Returns
    -------
    (kind, age_s) or None
        Riders come in or find it shut as the truth has it; a lying keeper taps *open*.
    """
    hour = now_s // 3600
    rng = random.Random(f"event {code} {hour}")
    if rng.random() > min(0.9, truth.visited / 3):
        return None
    age_s = rng.randrange(120, 3_000)
    if truth.lies:
        return EvidenceKind.KEEPER_OPEN, age_s
    if not is_really_open(code, truth, on_day=(now_s + 28_800) // 86_400):
        return EvidenceKind.DOOR_REPORT, age_s
    return rng.choice(
        [EvidenceKind.INSIDE_SCAN, EvidenceKind.VISIT, EvidenceKind.KEEPER_OPEN]
    ), age_s
