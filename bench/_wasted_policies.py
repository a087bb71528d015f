"""Riders make trips; four policies choose the door, and the truth tells whether it was open.

``posted`` goes to the nearest station posted open on arrival. ``last_report`` does too, but passes by
a station of which the day's last word is that it is shut. ``ours`` goes to the first row of the finder's
answer. ``oracle`` goes to the nearest door that really will be open. A policy without an answer has
wasted the trip.
"""

from dataclasses import dataclass, field

import numpy as np

from bench._wasted_play import DAY_S, Districts, Memory
from bench._wasted_rules import Bools, Doors, Floats, Ints, probability, states
from nuanxin.algorithms.openness import OpennessParams, State
from nuanxin.algorithms.records import NO_HOURS_RATE
from nuanxin.algorithms.worlds import SLOT_S

POLICIES = ("posted", "last_report", "ours", "oracle")
SPEED_MPS = 5.0  # by e-bike, as the finder reckons
DETOUR = 1.3
BINS = 10
LISTED = 10  # rows of an answer; the nearest so many posted open are judged for calibration


@dataclass(slots=True)
class Scores:
    """Sums over trips.

    Parameters
    ----------
    trips
        Trips of each district.
    wasted
        Policy to trips that ended at a shut door or nowhere, shape (setting, district).
    metres, answered
        Policy to metres as the crow flies to the station chosen, and to trips with a choice.
    bin_p, bin_open, bin_count, bin_squares
        Calibration, shape (setting, BINS).
    """

    shape: tuple[int, int]
    trips: int = 0
    wasted: dict[str, Floats] = field(default_factory=dict)
    metres: dict[str, Floats] = field(default_factory=dict)
    answered: dict[str, Floats] = field(default_factory=dict)
    bins: Floats = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        for sums in (self.wasted, self.metres, self.answered):
            sums.update({policy: np.zeros(self.shape) for policy in POLICIES})
        self.bins = np.zeros((4, self.shape[0], BINS))  # count, p, open, squared error


@dataclass(frozen=True, slots=True)
class Arrivals:
    """One trip in each district: every station as it would be reached; shape (district, station)."""

    metres: Floats
    travel_ms: Ints
    at_s: Ints
    is_posted: Bools
    is_open: Bools
    cell: Ints


def arrivals(districts: Districts, here_m: Floats, now_s: int) -> Arrivals:
    """Return the arrivals from one place in each district, ``here_m`` of shape (district, 2)."""
    metres = np.hypot(districts.x_m - here_m[:, :1], districts.y_m - here_m[:, 1:])
    travel_ms = np.rint(metres * DETOUR / SPEED_MPS * 1000.0).astype(np.int64)
    at_s = now_s + travel_ms // 1000
    rows = np.indices(metres.shape)
    key = (rows[0], rows[1], at_s // SLOT_S)
    return Arrivals(
        metres, travel_ms, at_s, districts.posted[key], districts.is_open[key], districts.cell(at_s)
    )


def doors_at(memory: Memory, districts: Districts, trip: Arrivals, host_rates: Floats) -> Doors:
    """Return what the platform knows of every door, shape (setting, district, station)."""
    shape = memory.shape
    places = np.arange(int(np.prod(shape))).reshape(shape)
    return Doors(
        has_hours=districts.has_hours,
        is_posted_open=trip.is_posted,
        at_s=memory.at_s.reshape(*shape, -1),
        weight=memory.weight.reshape(*shape, -1),
        hits=memory.hits[places, trip.cell].astype(np.float64),
        times=memory.times[places, trip.cell].astype(np.float64),
        host_rate=np.where(
            districts.has_hours, host_rates[:, districts.host, trip.cell], NO_HOURS_RATE
        ),
        shut_until_s=memory.shut_until_s.reshape(shape),
        doubt_until_s=memory.doubt_until_s.reshape(shape),
    )


def play_trip(
    scores: Scores, doors: Doors, memory: Memory, trip: Arrivals, now_s: int, params: OpennessParams
) -> None:
    """Let every policy make one trip in each district and setting, and add up what came of it."""
    p = probability(doors, trip.at_s, params)
    state = states(doors, p, trip.at_s, params)
    told_p = np.where(state == State.CLOSED, 0.0, p)
    score = trip.travel_ms + np.rint((1.0 - told_p) * params.shut_cost_ms)
    shape = memory.shape
    near = np.broadcast_to(trip.travel_ms.astype(np.float64), shape)
    believed = trip.is_posted & ~_said_shut_today(memory, now_s)
    offers = {
        "posted": np.where(trip.is_posted, near, np.inf),
        "last_report": np.where(believed, near, np.inf),
        "ours": np.where(state == State.CLOSED, np.inf, score + 1e12 * (state == State.UNKNOWN)),
        "oracle": np.where(trip.is_open, near, np.inf),
    }
    scores.trips += 1
    for policy, offer in offers.items():
        _go(scores, policy, offer, trip)
    _calibrate(scores, p, state, doors, trip)


def _said_shut_today(memory: Memory, now_s: int) -> Bools:
    """Return where the last word since midnight was that the door is shut."""
    midnight_s = now_s // DAY_S * DAY_S
    said = (memory.told_shut_s > memory.told_open_s) & (memory.told_shut_s >= midnight_s)
    return said.reshape(memory.shape)


def _go(scores: Scores, policy: str, offer: Floats, trip: Arrivals) -> None:
    chosen = offer.argmin(axis=-1)[..., None]
    has_answer = np.isfinite(np.take_along_axis(offer, chosen, axis=-1))[..., 0]
    districts = np.arange(trip.metres.shape[0])
    found_open = trip.is_open[districts, chosen[..., 0]] & has_answer
    scores.wasted[policy] += ~found_open
    scores.metres[policy] += np.where(has_answer, trip.metres[districts, chosen[..., 0]], 0.0)
    scores.answered[policy] += has_answer


def _calibrate(scores: Scores, p: Floats, state: Ints, doors: Doors, trip: Arrivals) -> None:
    """Add the nearest stations posted open, whatever we say of them, to the calibration."""
    distance = np.where(doors.is_posted_open, trip.metres, np.inf)
    nearest = np.argsort(distance, axis=-1)[:, :LISTED]
    districts = np.arange(len(nearest))[:, None]
    counted = np.isfinite(distance[districts, nearest]).astype(np.float64)
    truth = trip.is_open[districts, nearest].astype(np.float64)
    said = np.where(state == State.CLOSED, 0.0, p)[:, districts, nearest]
    settings = np.broadcast_to(np.arange(len(said))[:, None, None], said.shape).ravel()
    bin_of = settings * BINS + np.minimum((said * BINS).astype(np.int64), BINS - 1).ravel()
    sums = (
        np.broadcast_to(counted, said.shape),
        said * counted,
        np.broadcast_to(truth * counted, said.shape),
        (said - truth) ** 2 * counted,
    )
    for row, values in enumerate(sums):
        found = np.bincount(bin_of, values.ravel(), minlength=len(said) * BINS)
        scores.bins[row] += found.reshape(len(said), BINS)
