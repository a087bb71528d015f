"""The index of typed places: built from the tables, kept while no name changes."""

import pytest

from nuanxin.stations import places, selectors
from nuanxin.stations.models import StationChange
from tests.stations.page_world import make_street


@pytest.fixture(autouse=True)
def _fresh_index():
    places.holder.forget()
    yield
    places.holder.forget()


@pytest.mark.parametrize("text", ["柯桥", "kq", "x y", "100%"])
def test_search_on_a_site_without_any_place_finds_nothing(db, text):
    assert selectors.search_places(text) == []


@pytest.mark.parametrize("text", ["柯桥", "keqiao", "kq"])
def test_search_finds_the_county_by_name_pinyin_and_initials(db, clock, text):
    make_street()

    found = selectors.search_places(text)

    assert "柯桥区" in {hit.name for hit in found}


def test_index_is_kept_when_the_feed_moves_and_no_name_does(db, clock, monkeypatch):
    monkeypatch.setattr(places, "LOOK_S", 0.0)
    station = make_street()[0]
    before = places.index()
    StationChange.objects.create(station=station)

    assert places.index() is before


def test_index_knows_a_new_name_at_the_next_look(db, clock, monkeypatch):
    monkeypatch.setattr(places, "LOOK_S", 0.0)
    station = make_street()[0]
    before = places.index()
    station.name = "望江亭驿站"
    station.save(update_fields=["name"])
    StationChange.objects.create(station=station)

    assert places.index() is not before
    assert [hit.name for hit in selectors.search_places("wjt")][:1] == ["望江亭驿站"]


def test_index_is_looked_after_at_most_once_a_minute(db, clock, django_assert_num_queries):
    make_street()
    places.index()

    with django_assert_num_queries(0):
        places.index()
