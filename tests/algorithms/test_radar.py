"""The drawing of stations by bearing and distance."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuanxin.algorithms.radar import place_dots, rings_m

RADIUS, APART = 150.0, 28.0
# a hair of rounding
TINY = 1e-6

distances = st.floats(0, 1e6, allow_nan=False)
stations = st.lists(
    st.tuples(st.floats(0, 360), st.floats(0, 1_000, allow_nan=False)), min_size=1, max_size=12
)
crowds = st.tuples(st.floats(0, 360), st.floats(0, 1_000), st.integers(2, 12)).map(
    lambda drawn: [drawn[:2]] * drawn[2]
)


def dots_of(polar):
    bearings, metres = zip(*polar, strict=True)
    return place_dots(bearings, metres, outer_m=1_000, radius=RADIUS, apart=APART)


@given(farthest_m=distances, most=st.integers(1, 6))
def test_rings_hold_the_farthest_station_and_no_more(farthest_m, most):
    rings = rings_m(farthest_m, most=most)

    assert 1 <= len(rings) <= most
    assert rings[-1] >= farthest_m
    assert len(rings) == 1 or rings[-2] < farthest_m
    step = rings[0]
    assert list(rings) == pytest.approx([step * n for n in range(1, len(rings) + 1)])
    digit = step / 10 ** math.floor(math.log10(step))
    assert min(abs(digit - each) for each in (1, 2, 5)) < TINY


@pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf])
def test_distance_that_is_none_is_refused(bad):
    with pytest.raises(ValueError, match="distance"):
        rings_m(bad)


@pytest.mark.parametrize(
    ("bearing", "x", "y"), [(0, 0, -75), (90, 75, 0), (180, 0, 75), (270, -75, 0)]
)
def test_north_is_up_and_east_is_right(bearing, x, y):
    [dot] = dots_of([(bearing, 500.0)])

    assert dot == pytest.approx((x, y, x, y), abs=TINY)


@given(polar=st.one_of(stations, crowds))
def test_place_a_dot_stands_for_tells_bearing_and_distance(polar):
    for (bearing, metres), dot in zip(polar, dots_of(polar), strict=True):
        assert math.hypot(dot.true_x, dot.true_y) == pytest.approx(RADIUS * metres / 1_000)
        if metres > 1:
            turned = math.degrees(math.atan2(dot.true_x, -dot.true_y)) - bearing
            assert abs((turned + 180) % 360 - 180) < TINY


@given(polar=st.one_of(stations, crowds))
def test_no_dot_covers_another_and_none_leaves_the_rings(polar):
    dots = dots_of(polar)

    for one, other in itertools.combinations(dots, 2):
        assert math.dist(one[:2], other[:2]) >= APART - TINY
    for dot in dots:
        assert math.hypot(dot.x, dot.y) <= RADIUS + TINY
        assert math.dist(dot[:2], dot[2:]) <= 4 * APART


@given(polar=stations)
def test_dot_moves_only_where_it_would_cover_an_earlier_one(polar):
    dots = dots_of(polar)

    for index, dot in enumerate(dots):
        is_free = all(math.dist(dot[2:], earlier[:2]) >= APART for earlier in dots[:index])
        assert (dot[:2] == dot[2:]) == is_free
