"""Datums of Chinese maps: known values, round trips, shapes and borders."""

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuanxin.algorithms.datums import Datum, convert

NINGBO_WGS84 = (29.8722, 121.5497)
METRES_PER_DEGREE = 111_195.0
# well inside the box in which the datums differ
LATITUDES = st.floats(3.0, 54.0)
LONGITUDES = st.floats(73.5, 135.5)


def distance_m(one: tuple[float, float], other: npt.NDArray[np.float64]) -> float:
    north = (one[0] - other[0]) * METRES_PER_DEGREE
    east = (one[1] - other[1]) * METRES_PER_DEGREE * math.cos(math.radians(one[0]))
    return math.hypot(north, east)


def test_convert_known_point_of_ningbo_gives_published_gcj02():
    lat, lon = convert(NINGBO_WGS84, source=Datum.WGS84, target=Datum.GCJ02)

    assert lon == pytest.approx(121.55385893, abs=1e-7)
    assert lat == pytest.approx(29.86961776, abs=1e-7)


def test_convert_bd09_of_beijing_gives_published_value():
    # the example which Baidu's own converter is commonly quoted with
    lat, lon = convert((39.915, 116.404), source=Datum.GCJ02, target=Datum.BD09)

    assert lat == pytest.approx(39.92133699351, abs=1e-8)
    assert lon == pytest.approx(116.41036949371, abs=1e-8)


@pytest.mark.parametrize("middle", [Datum.GCJ02, Datum.BD09])
@given(lat=LATITUDES, lon=LONGITUDES)
def test_convert_there_and_back_returns_within_half_a_metre(middle, lat, lon):
    there = convert((lat, lon), source=Datum.WGS84, target=middle)

    back = convert(there, source=middle, target=Datum.WGS84)

    assert distance_m((lat, lon), back) <= 0.5
    assert distance_m((lat, lon), there) > 10


@given(lat=LATITUDES, lon=LONGITUDES)
def test_convert_to_bd09_equals_two_single_steps(lat, lon):
    step = convert((lat, lon), source=Datum.WGS84, target=Datum.GCJ02)

    both = convert((lat, lon), source=Datum.WGS84, target=Datum.BD09)

    assert np.array_equal(both, convert(step, source=Datum.GCJ02, target=Datum.BD09))


def test_convert_array_equals_point_by_point_and_leaves_its_input_alone():
    rng = np.random.default_rng(7)
    points = rng.uniform((27.0, 118.0), (31.2, 123.0), size=(5, 40, 2))
    before = points.copy()

    moved = convert(points, source=Datum.BD09, target=Datum.WGS84)

    assert moved.shape == (5, 40, 2)
    assert np.array_equal(points, before)
    for row, column in ((0, 0), (3, 17), (4, 39)):
        alone = convert(points[row, column], source=Datum.BD09, target=Datum.WGS84)
        np.testing.assert_allclose(moved[row, column], alone, rtol=0, atol=1e-12)


def test_convert_outside_china_changes_nothing():
    paris = (48.8566, 2.3522)

    for target in (Datum.GCJ02, Datum.BD09):
        assert tuple(convert(paris, source=Datum.WGS84, target=target)) == paris
        assert tuple(convert(paris, source=target, target=Datum.WGS84)) == paris


def test_convert_cgcs2000_is_taken_for_wgs84():
    points = convert(NINGBO_WGS84, source=Datum.CGCS2000, target=Datum.WGS84)

    assert tuple(points) == NINGBO_WGS84


def test_convert_missing_point_stays_missing():
    points = convert([NINGBO_WGS84, (math.nan, math.nan)], source=Datum.WGS84, target=Datum.GCJ02)

    assert np.isnan(points).tolist() == [[False, False], [True, True]]


@pytest.mark.parametrize("points", [29.8, (29.8, 121.5, 3.0), [29.8]])
def test_convert_refuses_what_is_no_pair(points):
    with pytest.raises(ValueError, match="pairs"):
        convert(points, source=Datum.WGS84, target=Datum.GCJ02)
