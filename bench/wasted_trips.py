"""Wasted trips: how many riders end at a shut door, by who tells them where to go.

Districts with a hidden truth (`nuanxin.algorithms.worlds`) are played for eight weeks, in which the
platform only listens, and for two weeks of trips. Twenty districts make a province: records of host
types are learned over all of them, as the running system does.

``regained`` is (posted - ours) / (posted - oracle) over wasted trips: 0 is no better than a list of
posted hours, 1 is as good as knowing every door. Headlines are at 5 % of riders who say the opposite
of what they found; the sweep has the rest. ``extra_distance`` compares the way to our station with
the way to the nearest one posted open. ``brier`` and ``ece`` (ten bins) judge the probability told
of the ten nearest stations posted open, whichever of them the finder would show, and count a station
closed by reports as a probability of 0.
"""

import sys
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from bench._wasted_figures import rows_of
from bench._wasted_play import DAY_S, Districts, Events, Memory, Setting, draw_events
from bench._wasted_policies import Scores, arrivals, doors_at, play_trip
from nuanxin.algorithms.openness import OpennessParams
from nuanxin.algorithms.worlds import SHIFTING, STEADY, Family, make_world

FIRST_SEED = 2_000
DISTRICTS = 20
STATIONS = 80
DAYS = 70
LEARNING_DAYS = 56
RATES = (0.05, 0.1, 0.3, 1.0, 3.0, 5.0)
LIARS = (0.0, 0.05, 0.15)
SETTINGS = tuple(Setting(rate, liars) for liars in LIARS for rate in RATES)
_DAYLIGHT_MIN = (7 * 60, 22 * 60)
_NOON_MIN = (11 * 60, 14 * 60 + 30)
EDGE_M = (500.0, 7_500.0)

AIMS = {
    "regained": (">=", 0.7),
    "regained_sparse": (">=", 0.3),
    "regained_second_family": (">=", 0.6),
    "brier": ("<=", 0.10),
    "ece": ("<=", 0.03),
    "extra_distance": ("<=", 0.10),
}


def run(
    *,
    seed: int | None = None,
    districts: int = DISTRICTS,
    params: OpennessParams | None = None,
) -> dict[str, Any]:
    """Play both families of worlds and return the figures.

    Parameters
    ----------
    seed
        First of the districts' seeds; the default is one that was not used in tuning.
    districts
        Number of districts of each family.
    params
        The numbers of the rules; the defaults when left out.

    Returns
    -------
    dict
        Headlines, the aims that were missed, and the whole sweep.
    """
    first = FIRST_SEED if seed is None else seed
    seeds = range(first, first + districts)
    rules = OpennessParams() if params is None else params
    sweep: list[dict[str, Any]] = []
    for family in (STEADY, SHIFTING):
        sys.stderr.write(f"playing {districts} districts, {family.name}\n")
        play = Play(family, SETTINGS, seeds)
        sweep += rows_of(family.name, SETTINGS, play.scores(rules))
    return _headlines(sweep) | {"districts": districts, "first_seed": first, "sweep": sweep}


def _headlines(sweep: Sequence[dict[str, Any]]) -> dict[str, Any]:
    def row(family: Family, rate: float) -> dict[str, Any]:
        wanted = (family.name, rate, LIARS[1])
        return next(r for r in sweep if (r["family"], r["rate"], r["liars"]) == wanted)

    usual, sparse, second = row(STEADY, 1.0), row(STEADY, 0.1), row(SHIFTING, 1.0)
    lost = [r for r in sweep if r["wasted_ours"] >= r["wasted_last_report"]]
    figures = {
        "regained": usual["regained"],
        "regained_sparse": sparse["regained"],
        "regained_second_family": second["regained"],
        "beats_last_report": usual not in lost and second not in lost,
        "rows_lost_to_last_report": len(lost),
        "brier": usual["brier"],
        "ece": usual["ece"],
        "extra_distance": usual["extra_distance"],
    }
    missed = [
        name
        for name, (sign, aim) in AIMS.items()
        if (figures[name] < aim if sign == ">=" else figures[name] > aim)
    ]
    return figures | {"missed": missed}


def trip_times_s(days: Iterable[int]) -> list[int]:
    """Return when trips are made: every quarter of an hour by day, twice as often around noon."""
    minutes = [*range(*_DAYLIGHT_MIN, 15), *(m + 7 for m in range(*_NOON_MIN, 15))]
    return [day * DAY_S + minute * 60 for day in days for minute in sorted(minutes)]


class Play:
    """Districts, what is told in them under each setting, and the places from which trips start.

    Parameters
    ----------
    family
        The kind of world.
    settings
        Rates and shares of liars.
    seeds
        One district for each.
    """

    def __init__(self, family: Family, settings: Sequence[Setting], seeds: Sequence[int]) -> None:
        worlds = [make_world(family, seed=seed, stations=STATIONS, days=DAYS) for seed in seeds]
        self.districts = Districts(worlds)
        self.events = draw_events(self.districts, settings, seeds)
        self.shape = (len(settings), len(seeds), STATIONS)
        self.seeds = seeds

    def scores(self, params: OpennessParams) -> Scores:
        """Return the sums over all trips when these parameters decide."""
        memory = Memory(self.shape, params, self.districts.has_hours)
        scores = Scores(self.shape[:2])
        heard = self._listen(memory)
        places = [np.random.default_rng([seed, 3]) for seed in self.seeds]
        host_rates, day = memory.host_rates(self.districts.host), -1
        for now_s in trip_times_s(range(LEARNING_DAYS, DAYS)):
            if now_s // DAY_S != day:
                host_rates, day = memory.host_rates(self.districts.host), now_s // DAY_S
            heard = hear(memory, self.events, heard, now_s)
            here_m = np.stack([rng.uniform(*EDGE_M, 2) for rng in places])
            trip = arrivals(self.districts, here_m, now_s)
            doors = doors_at(memory, self.districts, trip, host_rates)
            play_trip(scores, doors, memory, trip, now_s, params)
        return scores

    def _listen(self, memory: Memory) -> int:
        """Let the learning weeks pass; return how many events they had."""
        # half-lives are hours: lines need only the last days, records need all of it
        lately = int(np.searchsorted(self.events.at_s, (LEARNING_DAYS - 3) * DAY_S))
        memory.count(self.events, slice(0, lately))
        return hear(memory, self.events, lately, LEARNING_DAYS * DAY_S)


def hear(memory: Memory, events: Events, heard: int, now_s: int) -> int:
    """Let a memory take everything that is told up to a moment; return how many events it had."""
    until = int(np.searchsorted(events.at_s, now_s, "right"))
    memory.count(events, slice(heard, until))
    memory.take(events, slice(heard, until))
    return until
