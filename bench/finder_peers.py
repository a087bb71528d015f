"""The finder beside PostGIS and Redis: the CPU that each takes to answer the same questions.

The question is what all of them can answer: which ten fitting stations that are posted open lie nearest, as JSON.
What riders ask is more (who will be open on arrival, by evidence): `whole_finder_us` tells its price beside them.
"""

import gc
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from bench._cpu import cpu_s
from bench._peers_world import Question, Scan, World, listed, world_of
from bench._postgis import Postgis, postgis
from bench._redis_geo import RedisGeo, redis_geo
from nuanxin.algorithms.finder import answer
from nuanxin.algorithms.finder_nearest import nearest_posted_open

Way = Callable[[Question], bytes]
_TRIED: Final = 300


@dataclass(frozen=True, slots=True)
class Contender:
    """One store: how it answers, and the server that works for it; 0 for none."""

    name: str
    way: Way
    server_pid: int = 0

    def cpu_s(self, questions: list[Question]) -> float:
        """Return the CPU seconds of client and server for some questions."""
        served_s = cpu_s(self.server_pid) if self.server_pid else 0.0
        began_s = time.process_time()
        for question in questions:
            self.way(question)
        own_s = time.process_time() - began_s
        return own_s + (cpu_s(self.server_pid) - served_s if self.server_pid else 0.0)


def run(
    *,
    seed: int = 1,
    stations: int = 200_000,
    questions: int = 1000,
    rounds: int = 9,
    checked: int = 200,
) -> dict[str, Any]:
    """Measure the finder, PostGIS and Redis turn by turn.

    Parameters
    ----------
    seed
        Of stations and questions.
    stations, questions
        How many.
    rounds
        How often each has its turn; each round asks all questions.
    checked
        Questions of which all answers are compared with the plain scan, byte by byte.

    Returns
    -------
    dict
        ``postgis_cpu_ratio``, ``redis_cpu_ratio``: CPU of server and client over ours, median over
        rounds, with the least and the greatest in ``…_spread``. Less than is asked, or spared what an
        application does: ``ready_postgis_ratio`` with rows kept as JSON text, ``index_only_postgis_ratio``
        the same asked only for the nearest, whether open and fitting or not, ``bare_redis_ratio``
        without the client library. ``…_us`` CPU of an answer; ``whole_finder_us`` of what riders get.

    Raises
    ------
    RuntimeError
        When a peer is not installed, or answers differ.
    """
    world = world_of(stations, questions, seed)
    with postgis(world) as peer, redis_geo(world) as other:
        check_same(world, peer, other, world.questions[:checked])
        contenders = _contenders(world, peer, other)
        gc.collect()
        gc.freeze()  # as the server does once it has warmed up
        taken = _rounds(contenders, world.questions, rounds)
    return _figures(taken, len(world.questions)) | {
        "postgis_json_by": contenders["postgis"].name,
        "redis_first_radius": contenders["redis"].name,
        "same_answers": min(checked, questions),
        "stations": stations,
        "questions": questions,
        "rounds": rounds,
        "seed": seed,
    }


def check_same(world: World, peer: Postgis, other: RedisGeo, questions: list[Question]) -> None:
    """Refuse to compare stores that answer differently.

    Raises
    ------
    RuntimeError
        When identifiers, their order, whole metres or any other byte differ.
    """
    scan = Scan(world)
    ways = {"finder": _ours(world), **peer.ways, "ready": peer.ready}
    for client, circles in other.ways.items():
        ways |= {f"{client} {circle}": way for circle, way in circles.items()}
    for question in questions:
        expected = scan.answer(question)
        for name, way in ways.items():
            if (given := way(question)) != expected:
                msg = f"{name} on {question}: {listed(given)}, not {listed(expected)}"
                raise RuntimeError(msg)


def _ours(world: World) -> Way:
    return lambda question: nearest_posted_open(world.snapshot, question.query, now_s=world.now_s)


def _contenders(world: World, peer: Postgis, other: RedisGeo) -> dict[str, Contender]:
    """Return everybody warmed, the peers in the cheapest of their ways."""
    tried = world.questions[:_TRIED]

    def cheapest(ways: dict[str, Way], pid: int) -> Contender:
        return _cheapest([Contender(name, way, pid) for name, way in ways.items()], tried)

    contenders = {
        "finder": Contender("finder", _ours(world)),
        "postgis": cheapest(peer.ways, peer.pid),
        "redis": cheapest(other.ways["library"], other.pid),
        "ready_postgis": Contender("ready", peer.ready, peer.pid),
        "index_only_postgis": Contender("index", peer.nearest, peer.pid),
        "bare_redis": cheapest(other.ways["wire"], other.pid),
        "whole_finder": Contender(
            "whole", lambda one: answer(world.snapshot, one.query, now_s=world.now_s).body
        ),
    }
    for contender in contenders.values():
        contender.cpu_s(tried)
    return contenders


def _cheapest(ways: list[Contender], questions: list[Question]) -> Contender:
    for way in ways:
        way.cpu_s(questions)
    return min(ways, key=lambda way: median(way.cpu_s(questions) for _ in range(3)))


def _rounds(
    contenders: dict[str, Contender], questions: list[Question], rounds: int
) -> dict[str, list[float]]:
    """Return the CPU seconds of each contender in each round."""
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", file=sys.stderr)  # noqa: T201  progress of a command
        for name, contender in contenders.items():
            taken[name].append(contender.cpu_s(questions))
    return taken


def _figures(taken: dict[str, list[float]], questions: int) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for name, key in (
        ("postgis", "postgis_cpu_ratio"),
        ("redis", "redis_cpu_ratio"),
        ("ready_postgis", "ready_postgis_ratio"),
        ("index_only_postgis", "index_only_postgis_ratio"),
        ("bare_redis", "bare_redis_ratio"),
    ):
        ratios = [theirs / own for theirs, own in zip(taken[name], taken["finder"], strict=True)]
        figures[key] = round(median(ratios), 2)
        figures[f"{key}_spread"] = [round(min(ratios), 2), round(max(ratios), 2)]
    for name, seconds in taken.items():
        figures[f"{name}_us"] = round(median(seconds) / questions * 1e6, 1)
    return figures
