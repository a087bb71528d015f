"""Officers find people by name, pinyin and initials: their own alone, whichever way the tables are asked."""

import pytest

from nuanxin.workers import memberships, selectors, services
from nuanxin.workers.enums import Channel
from nuanxin.workers.selectors import find_workers
from tests.workers.people import BY, document, phone_of
from tests.workers.roster_world import make_world

pytestmark = pytest.mark.django_db
NAMES = ("王小明", "王晓敏", "吴雪梅", "汪洋", "单雄信")


@pytest.fixture
def world():
    return make_world()


@pytest.fixture(params=["few", "many", "unions"])
def way(request, monkeypatch):
    """Have scopes of any size asked for by each of the ways."""
    if request.param != "few":
        monkeypatch.setattr(selectors, "_FEW", 0)
    if request.param == "unions":
        monkeypatch.setattr(selectors, "_UNIONS", 0)


def enter(names, union, start=1):
    for n, name in enumerate(names, start=start):
        entered = services.enter_worker(
            document=document(n), name=name, phone=phone_of(n), union=union, by=BY
        )
        memberships.apply(worker=entered.worker, union=union, channel=Channel.OFFICE, by=BY)


def found(officer, text, **options):
    return [worker.name for worker in find_workers(officer, text, **options)]


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("王", ["王小明", "王晓敏"]),
        ("王小", ["王小明"]),
        ("wangxiaom", ["王晓敏", "王小明"]),
        ("wxm", ["王晓敏", "王小明", "吴雪梅"]),
        ("shanx", ["单雄信"]),
        ("wy", ["汪洋"]),
        ("赵", []),
    ],
)
def test_people_in_scope_are_found_by_what_their_names_begin_with(world, text, names):
    enter(NAMES, world.riders)
    enter(NAMES, world.elsewhere, start=11)

    assert sorted(found(world.officer, text)) == sorted(names)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("text", ["王", "wang", "w", "王𠮷"])
def test_character_whose_sound_is_unknown_hides_nobody(world, text):
    enter(["王𠮷"], world.riders)

    assert found(world.officer, text) == ["王𠮷"]


@pytest.mark.usefixtures("way")
def test_nobody_outside_of_the_scope_is_found(world):
    enter(NAMES, world.elsewhere)

    assert found(world.officer, "wang") == []
    assert len(found(world.stranger, "wang")) == 3


@pytest.mark.usefixtures("way")
def test_one_letter_finds_all_whose_name_begins_with_it_by_pinyin(world):
    enter(NAMES, world.couriers)

    rows = find_workers(world.officer, "w")

    assert [row.pinyin for row in rows] == sorted(row.pinyin for row in rows)
    assert {row.name for row in rows} == set(NAMES) - {"单雄信"}


@pytest.mark.usefixtures("way")
def test_of_more_than_the_limit_shorter_initials_come_first(world):
    enter(["王啊花", "王花"], world.riders)

    assert found(world.officer, "w", limit=1) == ["王啊花"]
    assert found(world.officer, "wh", limit=1) == ["王花"]


def test_asking_for_a_name_takes_at_most_four_queries(world, django_assert_max_num_queries):
    enter(NAMES, world.riders)
    assert world.officer.scopes

    with django_assert_max_num_queries(4):
        find_workers(world.officer, "wxm")
