"""Wasted trips once more, with every word handed in through the services and every trip asked of the finder.

`wasted_trips` plays many districts at once on arrays. Here a few of the same districts live in a
database: riders answer at doors, keepers and visits are recorded, the snapshot follows the change
feed, and a trip goes to the first row of the finder's own answer. ``regained`` is the figure of
`wasted_trips` for these districts by this way, ``regained_on_arrays`` by the other, and
``same_choice`` the share of trips for which both name the same station.
"""

import datetime as dt
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench._scratch import ACTOR, Clock, scratch_database, stopped_clock
from bench._wasted_play import DAY_S, Memory, Setting
from bench._wasted_policies import Arrivals, arrivals, doors_at
from bench._wasted_rules import Ints, probability, states
from bench.wasted_trips import (
    DAYS,
    EDGE_M,
    FIRST_SEED,
    LEARNING_DAYS,
    Play,
    hear,
    trip_times_s,
)
from nuanxin.algorithms.openness import EvidenceKind, OpennessParams, State
from nuanxin.algorithms.worlds import STEADY, TEXTS, World
from nuanxin.core import clock
from nuanxin.core.devices import Marks
from nuanxin.core.ids import computed_id
from nuanxin.regions.enums import Level
from nuanxin.regions.models import Division
from nuanxin.stations import answers, door_codes, evidence, selectors, snapshots
from nuanxin.stations.enums import Datum, HostKind, Lifecycle, Place
from nuanxin.stations.models import Brand, Host, Outlet, Station

DISTRICTS = 2
SETTING = Setting(1.0, 0.05)
KINDS = tuple(EvidenceKind)
_STRANGERS = {EvidenceKind.INSIDE_SCAN: True, EvidenceKind.DOOR_REPORT: False}
_M_PER_DEG = 111_195.0
_OLD_S, _YOUNG_S = 86_400, 60


@dataclass(frozen=True, slots=True)
class District:
    """One district in the database: its south-west corner and its stations in the world's order."""

    lat_deg: float
    lon_deg: float
    stations: list[Station]

    def position(self, x_m: float, y_m: float) -> tuple[float, float]:
        """Return degrees of a place in the district."""
        lat_deg = self.lat_deg + y_m / _M_PER_DEG
        return lat_deg, self.lon_deg + x_m / (_M_PER_DEG * np.cos(np.radians(self.lat_deg)))


@dataclass(slots=True)
class Tally:
    """Trips, those that ended at a shut door by each way of choosing, and equal choices."""

    trips: int = 0
    same: int = 0
    posted: int = 0
    oracle: int = 0
    services: int = 0
    arrays: int = 0


def run(*, seed: int = FIRST_SEED, districts: int = DISTRICTS) -> dict[str, Any]:
    """Play a few districts through the services and return the figures.

    Parameters
    ----------
    seed
        First of the districts' seeds.
    districts
        How many.

    Returns
    -------
    dict
        ``regained``, ``regained_on_arrays``, ``same_choice``, and how much was played.
    """
    play = Play(STEADY, [SETTING], range(seed, seed + districts))
    with scratch_database(), stopped_clock() as stopped:
        snapshots.holder.forget()
        built = [_built(number, world) for number, world in enumerate(play.districts.worlds)]
        tally = _Trips(play, built, stopped).play()
        snapshots.holder.forget()
    lost = tally.posted - tally.oracle
    return {
        "regained": round((tally.posted - tally.services) / lost, 4),
        "regained_on_arrays": round((tally.posted - tally.arrays) / lost, 4),
        "same_choice": round(tally.same / tally.trips, 4),
        "trips": tally.trips,
        "words": len(play.events.at_s),
        "districts": districts,
        "first_seed": seed,
    }


class _Trips:
    """The ten weeks: words until a trip starts, then the trip, by both ways."""

    def __init__(self, play: Play, districts: list[District], stopped: Clock) -> None:
        self.play_, self.districts, self.stopped = play, districts, stopped
        self.memory = Memory(play.shape, OpennessParams(), play.districts.has_hours)
        self.heard = self.told = 0
        self.tally = Tally()

    def play(self) -> Tally:
        """Return what came of all trips."""
        play, day = self.play_, -1
        places = [np.random.default_rng([seed, 3]) for seed in play.seeds]
        host_rates = self.memory.host_rates(play.districts.host)
        for now_s in trip_times_s(range(LEARNING_DAYS, DAYS)):
            if now_s // DAY_S != day:
                day = now_s // DAY_S
                self._hear(day * DAY_S)
                host_rates = self.memory.host_rates(play.districts.host)
                self._look(day * DAY_S)
                sys.stderr.write(f"day {day} of {DAYS}: {self.told} words\n")
            self._hear(now_s)
            here_m = np.stack([rng.uniform(*EDGE_M, 2) for rng in places])
            trip = arrivals(play.districts, here_m, now_s)
            doors = doors_at(self.memory, play.districts, trip, host_rates)
            p = probability(doors, trip.at_s, OpennessParams())
            state = states(doors, p, trip.at_s, OpennessParams())
            self._go(trip, here_m, now_s, _choice(trip, p, state))
        return self.tally

    def _hear(self, until_s: int) -> None:
        """Hand in everything that is told up to a moment, by both ways."""
        events = self.play_.events
        self.heard = hear(self.memory, events, self.heard, until_s)
        for nth in range(self.told, self.heard):
            self._tell(nth)
        self.told = self.heard

    def _tell(self, nth: int) -> None:
        events = self.play_.events
        district, row = divmod(int(events.place[nth]), self.play_.shape[2])
        station, kind = self.districts[district].stations[row], KINDS[events.kind[nth]]
        self.stopped.at = self._moment(int(events.at_s[nth]))
        if kind not in _STRANGERS:
            finding = evidence.Finding(kind, self.stopped.at)
            evidence.record_evidence(station=station, finding=finding, by=ACTOR)
            return
        age_s = _OLD_S if events.share[nth] == 1.0 else _YOUNG_S
        answers.answer_door(
            station=station,
            is_open=_STRANGERS[kind],
            spot=answers.Spot(code=door_codes.signature(station, Place.DOOR_CODE)),
            marks=Marks(f"d{nth}", f"o{nth}", f"n{nth}", age_s),
        )

    def _look(self, at_s: int) -> None:
        self.stopped.at = self._moment(at_s)
        snapshots.holder.look(now_s=clock.now_s())

    def _go(self, trip: Arrivals, here_m: np.ndarray, now_s: int, by_arrays: Ints) -> None:
        self._look(now_s)
        for d, district in enumerate(self.districts):
            lat, lon = district.position(*here_m[d])
            query = b"lat=%.6f&lon=%.6f&by=ebike&limit=1" % (lat, lon)
            rows = selectors.find_nearby(query, now_s=clock.now_s())["stations"]
            row = int(rows[0]["code"][3:]) if rows and rows[0]["state"] != "closed" else -1
            near = trip.metres[d]
            posted = int(np.where(trip.is_posted[d], near, np.inf).argmin())
            self.tally.trips += 1
            self.tally.same += row == by_arrays[d]
            self.tally.posted += not (trip.is_posted[d, posted] and trip.is_open[d, posted])
            self.tally.oracle += not trip.is_open[d].any()
            self.tally.services += row < 0 or not trip.is_open[d, row]
            self.tally.arrays += by_arrays[d] < 0 or not trip.is_open[d, by_arrays[d]]

    def _moment(self, at_s: int) -> dt.datetime:
        midnight = dt.datetime.combine(STEADY.day_from, dt.time(), tzinfo=clock.CIVIL_ZONE)
        return midnight + dt.timedelta(seconds=at_s)


def _choice(trip: Arrivals, p: np.ndarray, state: Ints) -> Ints:
    """Return the station that the plain rules choose in each district; -1 for none."""
    params = OpennessParams()
    score = trip.travel_ms + np.rint((1.0 - p[0]) * params.shut_cost_ms)
    offer = np.where(state[0] == State.CLOSED, np.inf, score + 1e12 * (state[0] == State.UNKNOWN))
    chosen = offer.argmin(axis=-1)
    found: Ints = np.where(np.isfinite(offer.min(axis=-1)), chosen, -1)
    return found


def _built(number: int, world: World) -> District:
    """Write a district's stations into the database, each district a degree from the next."""
    district = District(28.0 + number, 120.0, [])
    brand, _is_new = Brand.objects.get_or_create(
        code="huigong", defaults={"name_zh": "惠工小站", "name_en": "Huigong"}
    )
    division, _is_new = Division.objects.get_or_create(
        code="33", defaults={"name": "演示省", "level": Level.PROVINCE}
    )
    for row in range(len(world.host)):
        code = f"D{number}x{row:03d}"
        lat_deg, lon_deg = district.position(world.x_m[row], world.y_m[row])
        station = Station.objects.create(
            id=computed_id("station", code),
            code=code,
            name=code,
            brand=brand,
            division=division,
            outlet=_outlet(int(world.host[row])),
            lifecycle=Lifecycle.ACCEPTED,
            accepted_on=dt.date(2026, 1, 1),
            address=code,
            staffed_hours=TEXTS[world.text[row]] if world.has_hours[row] else "",
            source_datum=Datum.WGS84,
            lat_wgs84=lat_deg,
            lon_wgs84=lon_deg,
            coordinates_checked_at=clock.now(),
        )
        district.stations.append(station)
    return district


def _outlet(host: int) -> Outlet:
    """Return the outlet of a kind of host: a kind of its own for each of the world's."""
    kind = HostKind.values[host]
    owner, _is_new = Host.objects.get_or_create(
        id=computed_id("host", kind), defaults={"name": kind, "kind": kind}
    )
    outlet, _is_new = Outlet.objects.get_or_create(
        id=computed_id("outlet", kind), defaults={"host": owner, "name": kind}
    )
    return outlet
