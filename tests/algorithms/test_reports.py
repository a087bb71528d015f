"""Reports close a door only when they can be two people's, and what contradicts them counts."""

import dataclasses
import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuanxin.algorithms.reports import (
    Claim,
    Discount,
    Place,
    Report,
    ReportParams,
    Verdict,
    are_independent,
    independent,
    verdict,
    worth_of,
)
from nuanxin.stations import enums

NOON_S = 1_773_115_200
PARAMS = ReportParams()


def report(at_s=NOON_S, **fields):
    name = fields.pop("name", "a")
    marks = {"device": f"d-{name}", "origin": f"o-{name}", "network": f"n-{name}"}
    given: dict[str, Any] = {"worth": 1.0, "place": Place.DOOR_CODE} | marks | fields
    return Report(at_s=at_s, **given)


few = st.sampled_from("abc")
reports = st.builds(
    Report,
    at_s=st.integers(NOON_S, NOON_S + 300),
    worth=st.sampled_from([0.0, 0.25, 0.5, 1.0]),
    device=st.sampled_from("abcdefgh"),
    origin=few,
    network=few,
    place=st.sampled_from(Place),
    is_known=st.booleans(),
)


@given(reports, reports)
def test_independence_has_no_direction(one, other):
    assert are_independent(one, other) == are_independent(other, one)


@given(st.lists(reports, max_size=7))
def test_chosen_reports_are_independent_and_none_is_left_that_could_join(told):
    chosen = independent(told)

    assert all(are_independent(a, b) for a, b in itertools.combinations(chosen, 2))
    left = [one for one in told if one.worth > 0 and one not in chosen]
    assert all(any(not are_independent(one, kept) for kept in chosen) for one in left)


@given(st.lists(reports, max_size=7))
def test_what_closes_a_door_is_worth_enough_in_some_independent_set(told):
    """An oracle over all subsets: no door closes unless some independent set is worth it."""
    if verdict(told, seen_inside_s=None) is not Verdict.CLOSE:
        return
    best = max(
        sum(one.worth for one in some)
        for size in range(len(told) + 1)
        for some in itertools.combinations(told, size)
        if all(are_independent(a, b) for a, b in itertools.combinations(some, 2))
    )
    assert best >= PARAMS.enough


@given(st.lists(reports, max_size=7), st.randoms())
def test_order_in_which_reports_come_decides_nothing(told, rng):
    mixed = list(told)
    rng.shuffle(mixed)

    assert verdict(mixed, seen_inside_s=None) == verdict(told, seen_inside_s=None)


def test_equal_reports_of_one_device_from_two_places_decide_alike_in_either_order():
    door = report(name="a", device="d", origin="x")
    inside = report(name="b", device="d", origin="y")
    other = report(name="c", origin="y")

    both = [
        verdict(told, seen_inside_s=None) for told in itertools.permutations((door, inside, other))
    ]

    assert len(set(both)) == 1


@given(st.lists(reports, max_size=12))
def test_one_network_never_closes_a_door(told):
    alone = [dataclasses.replace(one, network="n") for one in told]

    assert verdict(alone, seen_inside_s=None) is Verdict.NOTHING


@given(st.lists(reports, max_size=12))
def test_reports_without_an_anchor_never_close_a_door(told):
    floating = [dataclasses.replace(one, place=Place.NEAR, is_known=False) for one in told]

    assert verdict(floating, seen_inside_s=None) is not Verdict.CLOSE


@pytest.mark.parametrize(
    ("change", "is_independent"),
    [
        ({}, True),
        ({"device": "d-a"}, False),
        ({"origin": "o-a"}, False),
        ({"network": "n-a"}, True),
        ({"network": "n-a", "place": Place.NEAR}, False),
        ({"place": Place.UNKNOWN}, False),
        ({"place": Place.UNKNOWN, "at_s": NOON_S + 60}, False),
        ({"place": Place.UNKNOWN, "at_s": NOON_S + 61}, True),
        ({"place": Place.NEAR}, True),
    ],
)
def test_independence_by_the_design(change, is_independent):
    assert are_independent(report(), report(name="b", **change)) is is_independent


@pytest.mark.parametrize(
    ("seen_inside_s", "expected"),
    [
        (None, Verdict.CLOSE),
        (NOON_S - 601, Verdict.CLOSE),
        (NOON_S - 600, Verdict.DOUBT),
        (NOON_S + 30, Verdict.DOUBT),
    ],
)
def test_sight_from_inside_contradicts_until_ten_minutes_before_the_first_report(
    seen_inside_s, expected
):
    told = [report(), report(name="b", at_s=NOON_S + 120)]

    assert verdict(told, seen_inside_s=seen_inside_s) is expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, (1.0, Discount.NONE)),
        ({"place": Place.NEAR}, (1.0, Discount.NONE)),
        ({"token_age_s": 599}, (0.5, Discount.YOUNG_DEVICE)),
        ({"token_age_s": 599, "place": Place.UNKNOWN}, (0.25, Discount.YOUNG_DEVICE)),
        ({"wrong": 1}, (0.5, Discount.ONCE_WRONG)),
        ({"wrong": 1, "right": 1}, (1.0, Discount.NONE)),
        ({"wrong": 3, "right": 1}, (0.0, Discount.OFTEN_WRONG)),
        ({"is_keepers_own": True, "place": Place.FAR}, (0.0, Discount.KEEPERS_OWN)),
        ({"is_in_hours": False}, (0.0, Discount.NOT_POSTED_OPEN)),
        ({"is_in_hours": False, "is_shut": False}, (1.0, Discount.NONE)),
        ({"place": Place.FAR}, (0.0, Discount.FAR_AWAY)),
        ({"speed_mps": 31.0}, (0.0, Discount.TOO_FAST)),
        ({"answers_today": 12}, (0.0, Discount.TOO_MANY)),
        ({"is_on_keepers_network": True}, (1.0, Discount.NONE)),
        ({"is_on_keepers_network": True, "is_shut": False}, (0.5, Discount.KEEPERS_NETWORK)),
    ],
)
def test_worth_and_its_reason(fields, expected):
    claim = Claim(**({"place": Place.DOOR_CODE, "token_age_s": 600} | fields))

    assert worth_of(claim) == expected


def test_names_for_people_are_those_of_the_rules():
    assert enums.Place.values == [place.value for place in Place]
    assert enums.Discount.values == [reason.value for reason in Discount if reason.value]
