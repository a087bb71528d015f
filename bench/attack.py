"""Attacks on the word at a door, played through the real services.

Three attackers, each against stations of its own, among honest riders who come and go: *tabs*, one
man at the door with many private windows, in half of the plays after letting them age; *flood*, a
rival's script with many tokens, agents and rented addresses that makes up positions at the door;
*keeper*, whose shut station is defended with the phones of the house and taps of *open*.

``wrongly_closed`` is the share of attacked stations, really open, that reports closed at any moment,
however short. ``still_caught`` is, of the shut stations that reports close when nobody interferes,
the share that they still close against their keeper; the same riders come to both.

``prepared`` tells of the same attackers better equipped, without an aim: a man who changes between
Wi-Fi and mobile data, a script that carries the code of the sign, photographed on the spot, a keeper
with a friend's phone on another network. Nothing that reaches us tells the first two from two riders.
"""

import datetime as dt
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench._scratch import ACTOR, Clock, scratch_database, stopped_clock
from nuanxin.accounts.models import User
from nuanxin.core import clock
from nuanxin.core.devices import Marks
from nuanxin.core.ids import computed_id
from nuanxin.regions.enums import Level
from nuanxin.regions.models import Division
from nuanxin.stations import answers, door_codes, keeping
from nuanxin.stations.enums import Datum, Lifecycle, Place
from nuanxin.stations.models import Brand, Keeping, OpeningRecord, Station

FIRST_SEED = 4_000
STATIONS = 80  # of each kind of attack
START = dt.datetime(2026, 3, 10, 13, 0, tzinfo=clock.CIVIL_ZONE)
LENGTH_S = 7_200
OLD_S = 86_400 * 30
_PLACES = ((0.6, Place.DOOR_CODE), (0.9, Place.NEAR), (1.0, Place.UNKNOWN))
_ANSWERS = 0.5  # riders who say what they found
_MISTAKEN = 0.02  # and who stood at the wrong door
_YOUNG = 0.25  # devices at their first visit

AIMS = {"wrongly_closed": ("<=", 0.02), "still_caught": (">=", 0.8)}

Act = tuple[float, Callable[[], object]]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Scene:
    """One station, what it really is, and the draws of its play."""

    station: Station
    keeper: User
    rng: np.random.Generator
    number: int

    def device(self, name: str, *, age_s: int = OLD_S, network: str = "", agent: str = "") -> Marks:
        """Return the marks of a device of this scene; a network and an agent of its own by default."""
        network = f"{self.number}-{network or name}"
        return Marks(f"{self.number}-{name}", f"{network}/{agent or name}", network, age_s)

    def say(self, marks: Marks, place: Place, *, is_open: bool) -> object:
        """Answer at the door."""
        return answers.answer_door(
            station=self.station, is_open=is_open, spot=self.spot(place), marks=marks
        )

    def spot(self, place: Place) -> answers.Spot:
        """Return a spot that shows a place."""
        if place is Place.DOOR_CODE:
            return answers.Spot(code=door_codes.signature(self.station, place))
        if place is Place.NEAR:
            return answers.Spot("", self.station.lat_wgs84, self.station.lon_wgs84)
        return answers.Spot()


def run(*, seed: int = FIRST_SEED, stations: int = STATIONS) -> dict[str, Any]:
    """Play every attack and return the figures.

    Parameters
    ----------
    seed
        Everything drawn follows from it.
    stations
        Number of stations of each attack.

    Returns
    -------
    dict
        Headlines, the aims that were missed, and the share closed by each attack.
    """
    with scratch_database(), stopped_clock() as stopped:
        played = {
            name: _plays(number, attack, stopped, seed=seed, stations=stations)
            for number, (name, attack) in enumerate(ATTACKS.items())
        }
    return _headlines(played) | {"seed": seed, "stations": stations}


def _headlines(played: dict[str, Floats]) -> dict[str, Any]:
    closed = {name: minutes > 0 for name, minutes in played.items()}
    attacked = np.concatenate([closed["tabs"], closed["flood"]])
    minutes = np.concatenate([played["tabs"], played["flood"]])
    figures: dict[str, Any] = {
        "wrongly_closed": round(float(attacked.mean()), 4),
        "still_caught": round(_still(closed["keeper"], closed["shut"]), 4),
        "wrongly_closed_minutes": round(float(minutes.mean()) * 60 / LENGTH_S, 4),
        "caught_without_attack": round(float(closed["shut"].mean()), 4),
        "prepared": {
            "tabs_wrongly_closed": round(float(closed["tabs_prepared"].mean()), 4),
            "flood_wrongly_closed": round(float(closed["flood_prepared"].mean()), 4),
            "keeper_still_caught": round(_still(closed["keeper_prepared"], closed["shut"]), 4),
        },
    }
    missed = [
        name
        for name, (sign, aim) in AIMS.items()
        if (figures[name] < aim if sign == ">=" else figures[name] > aim)
    ]
    return figures | {"missed": missed}


def _still(closed: Bools, without_attack: Bools) -> float:
    return float((closed & without_attack).sum() / max(1, without_attack.sum()))


def _plays(number: int, attack: "Attack", stopped: Clock, *, seed: int, stations: int) -> Floats:
    """Play one attack at every station; the same riders come to the same station of each attack."""
    sys.stderr.write(f"playing {stations} stations, {list(ATTACKS)[number]}\n")
    return np.array([_play(_scene(number, nth, seed), attack, stopped) for nth in range(stations)])


def _play(scene: Scene, attack: "Attack", stopped: Clock) -> float:
    """Play one station's two hours; return for how many minutes reports closed it."""
    riders = list(_riders(scene, is_open=attack.is_open))
    acts = sorted([*riders, *attack.acts(scene, attack.is_prepared)], key=lambda act: act[0])
    closed_s, before_s, is_closed = 0.0, 0.0, False
    for at_s, act in [*acts, (float(LENGTH_S), lambda: None)]:
        closed_s += (at_s - before_s) * is_closed
        stopped.at, before_s = START + dt.timedelta(seconds=at_s), at_s
        act()
        record = OpeningRecord.objects.filter(pk=scene.station.pk).first()
        is_closed = bool(record and record.shut_until and record.shut_until > stopped.at)
        closed_s += 1e-6 * is_closed
    return closed_s / 60


def _riders(scene: Scene, *, is_open: bool) -> Iterator[Act]:
    """Honest riders: they come by as the place is popular, and some of them say what they found."""
    rng = scene.rng
    times = rng.poisson(rng.choice([1.0, 2.0, 4.0, 8.0]) * LENGTH_S / 3_600)
    for nth in range(times):
        if rng.random() >= _ANSWERS:
            continue
        found_open = is_open ^ (rng.random() < _MISTAKEN)
        age_s = 60 if rng.random() < _YOUNG else OLD_S
        marks = scene.device(f"rider{nth}", age_s=age_s)
        place = next(place for share, place in _PLACES if rng.random() < share or share == 1.0)
        yield rng.random() * LENGTH_S, _saying(scene, marks, place, is_open=found_open)


def _saying(scene: Scene, marks: Marks, place: Place, *, is_open: bool) -> Callable[[], object]:
    return lambda: scene.say(marks, place, is_open=is_open)


def _tabs(scene: Scene, is_prepared: bool) -> Iterator[Act]:
    """Yield one man at the door: his browser, then private windows, for half an hour."""
    rng = scene.rng
    start_s, is_patient = rng.random() * 3_600, is_prepared or rng.random() < 0.5
    for nth in range(10):
        age_s = OLD_S if nth == 0 else (1_200 if is_patient else 30)
        network = "mobile" if is_prepared and nth % 2 else "wifi"
        marks = scene.device(f"tab{nth}", age_s=age_s, network=network, agent="his phone")
        place = Place.DOOR_CODE if rng.random() < 0.7 else Place.NEAR
        yield start_s + nth * 180, _saying(scene, marks, place, is_open=False)


def _own_phones(scene: Scene, is_prepared: bool) -> Iterator[Act]:
    """Yield a keeper who stays away: taps, and answers from the phones of the house."""
    desk = scene.device("desk", network="shop")
    yield 0.0, lambda: keeping.remember_desk(user=scene.keeper, marks=desk)
    yield 1.0, lambda: keeping.open_door(station=scene.station, by=ACTOR)
    phones = [desk, scene.device("window", network="shop", agent="desk")]
    phones.append(scene.device("second phone", network="shop"))
    if is_prepared:
        phones.append(scene.device("friend"))
    for nth, at_s in enumerate(np.sort(scene.rng.random(8)) * LENGTH_S):
        yield float(at_s), _saying(scene, phones[nth % len(phones)], Place.DOOR_CODE, is_open=True)
        if nth % 3 == 2:
            yield float(at_s) + 5, lambda: keeping.open_door(station=scene.station, by=ACTOR)


def _flood(scene: Scene, is_prepared: bool) -> Iterator[Act]:
    """Yield a rival's script: old and new tokens, five rented addresses, made-up positions."""
    rng = scene.rng
    start_s = rng.random() * 3_600
    for nth in range(20):
        age_s = OLD_S if rng.random() < 0.5 else 30
        marks = scene.device(f"bot{nth}", age_s=age_s, network=f"rented{nth % 5}")
        made_up = Place.NEAR if rng.random() < 0.7 else Place.UNKNOWN
        place = Place.DOOR_CODE if is_prepared else made_up
        yield start_s + nth * 120, _saying(scene, marks, place, is_open=False)


def _nobody(scene: Scene, is_prepared: bool) -> Iterator[Act]:
    """Yield nothing: what reports do when nobody interferes."""
    yield from ()


@dataclass(frozen=True, slots=True)
class Attack:
    """Who attacks, what the station really is, and how well they are equipped."""

    acts: Callable[[Scene, bool], Iterator[Act]]
    is_open: bool
    is_prepared: bool = False


ATTACKS: dict[str, Attack] = {
    "tabs": Attack(_tabs, is_open=True),
    "flood": Attack(_flood, is_open=True),
    "keeper": Attack(_own_phones, is_open=False),
    "shut": Attack(_nobody, is_open=False),
    "tabs_prepared": Attack(_tabs, is_open=True, is_prepared=True),
    "flood_prepared": Attack(_flood, is_open=True, is_prepared=True),
    "keeper_prepared": Attack(_own_phones, is_open=False, is_prepared=True),
}


def _scene(kind: int, number: int, seed: int) -> Scene:
    code = f"AT{kind}{number:04d}"
    brand, _is_new = Brand.objects.get_or_create(
        code="huigong", defaults={"name_zh": "惠工小站", "name_en": "Huigong"}
    )
    division, _is_new = Division.objects.get_or_create(
        code="33", defaults={"name": "演示省", "level": Level.PROVINCE}
    )
    station = Station.objects.create(
        id=computed_id("station", code),
        code=code,
        name=code,
        brand=brand,
        division=division,
        lifecycle=Lifecycle.ACCEPTED,
        accepted_on=dt.date(2026, 1, 1),
        address=code,
        staffed_hours="Mo-Su 08:00-20:00",
        source_datum=Datum.WGS84,
        lat_wgs84=25.0 + kind,
        lon_wgs84=120.0 + number / 100,
        coordinates_checked_at=START,
    )
    keeper = User.objects.create(username=code.lower(), display_name=code)
    since = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    Keeping.objects.create(user=keeper, station=station, since=since, named_by=ACTOR.actor_key)
    return Scene(station, keeper, np.random.default_rng([seed, number]), number + kind * 10_000)
