"""The stores that the finder is compared with answer the same."""

import pytest

from bench._peers_world import Scan, listed, world_of
from bench._postgis import postgis
from bench._redis_geo import redis_geo
from nuanxin.algorithms.finder_nearest import nearest_posted_open

QUESTIONS = 40


@pytest.fixture(scope="module")
def world():
    return world_of(20_000, QUESTIONS, seed=3)


@pytest.mark.postgres
def test_finder_postgis_and_redis_give_the_same_answers(world):
    scan = Scan(world)
    expected = [scan.answer(question) for question in world.questions]

    with postgis(world) as peer, redis_geo(world) as other:
        answers = {
            "finder": [
                nearest_posted_open(world.snapshot, question.query, now_s=world.now_s)
                for question in world.questions
            ],
            "ready": [peer.ready(question) for question in world.questions],
        }
        ways = peer.ways | other.ways["library"] | {"wire": other.ways["wire"]["2 km"]}
        for name, way in ways.items():
            answers[name] = [way(question) for question in world.questions]

    assert {name for name, given in answers.items() if given != expected} == set()
    assert {len(listed(answer)) for answer in expected} == {10}
    assert len(set(expected)) == QUESTIONS


@pytest.mark.postgres
def test_index_alone_gives_also_those_that_are_shut_or_do_not_fit(world):
    with postgis(world) as peer:
        nearest = [listed(peer.nearest(question)) for question in world.questions]
        fitting = [listed(peer.ready(question)) for question in world.questions]

    assert all(a[9][1] <= b[9][1] for a, b in zip(nearest, fitting, strict=True))
    assert sum(a != b for a, b in zip(nearest, fitting, strict=True)) > QUESTIONS // 2


def test_missing_redis_is_named_with_its_package(monkeypatch, world):
    monkeypatch.setenv("PATH", "")

    with pytest.raises(RuntimeError, match="apt install redis-server"), redis_geo(world):
        pass
