import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nuanxin.algorithms.geo import (
    COMPASS_POINTS,
    EARTH_RADIUS_M,
    bounding_box,
    compass_index,
    destination_point,
    haversine_m,
    haversine_one_m,
    initial_bearing_deg,
    initial_bearing_one_deg,
    unit_xyz,
)

LAT = st.floats(-90, 90)
LON = st.floats(-180, 180)
INNER_LAT = st.floats(-85, 85)
BEARING = st.floats(0, 360, exclude_max=True)
HALF_TURN_M = math.pi * EARTH_RADIUS_M


@pytest.mark.parametrize(
    ("start", "end", "distance_m"),
    [
        ((0, 0), (0, 1), HALF_TURN_M / 180),
        ((0, 0), (1, 0), HALF_TURN_M / 180),
        ((60, 0), (60, 180), HALF_TURN_M / 3),
        ((90, 12), (-90, -70), HALF_TURN_M),
        ((0, 179.5), (0, -179.5), HALF_TURN_M / 180),
        ((30.0, 120.5), (30.0, 120.5), 0),
    ],
)
def test_distances_known_from_the_circle_are_met(start, end, distance_m):
    assert haversine_m(*start, *end) == pytest.approx(distance_m, abs=1e-6)
    assert haversine_one_m(*start, *end) == pytest.approx(distance_m, abs=1e-6)


@given(LAT, LON, LAT, LON)
def test_distance_is_symmetric_and_at_most_half_way_round(lat1, lon1, lat2, lon2):
    there, back = haversine_m(lat1, lon1, lat2, lon2), haversine_m(lat2, lon2, lat1, lon1)

    assert 0 <= there <= HALF_TURN_M * (1 + 1e-15)
    assert there == pytest.approx(float(back), abs=1e-6)


@given(LAT, LON, LAT, LON, LAT, LON)
def test_a_detour_is_never_shorter(lat1, lon1, lat2, lon2, lat3, lon3):
    direct = haversine_one_m(lat1, lon1, lat3, lon3)
    detour = haversine_one_m(lat1, lon1, lat2, lon2) + haversine_one_m(lat2, lon2, lat3, lon3)

    # next to antipodes the haversine itself is good to some decimetres only
    assert direct <= detour + 1.0


@given(LAT, LON, LAT, LON)
def test_distance_agrees_with_the_angle_between_unit_vectors(lat1, lon1, lat2, lon2):
    a, b = unit_xyz(lat1, lon1), unit_xyz(lat2, lon2)
    angle = math.atan2(float(np.linalg.norm(np.cross(a, b))), float(np.dot(a, b)))

    assert haversine_m(lat1, lon1, lat2, lon2) == pytest.approx(angle * EARTH_RADIUS_M, abs=1.0)


@given(st.lists(st.tuples(LAT, LON, LAT, LON), min_size=1, max_size=8))
def test_vectorised_and_scalar_forms_agree(rows):
    columns = np.array(rows).T

    # next to antipodes one unit in the last place of the haversine is some decimetres
    np.testing.assert_allclose(haversine_m(*columns), [haversine_one_m(*r) for r in rows], atol=0.5)
    turns = initial_bearing_deg(*columns) - [initial_bearing_one_deg(*r) for r in rows]
    lengths = haversine_m(*columns)
    is_sharp = (lengths > 1) & (lengths < HALF_TURN_M - 1000)
    np.testing.assert_allclose(np.sin(np.radians(turns))[is_sharp], 0, atol=1e-6)


@given(st.floats(3, 54), st.floats(73, 135), st.floats(-0.5, 0.5), st.floats(-0.5, 0.5))
def test_within_riding_distance_both_forms_agree_to_a_micrometre(lat, lon, up, right):
    ends = (lat, lon, lat + up, lon + right)

    assert haversine_m(*ends) == pytest.approx(haversine_one_m(*ends), abs=1e-6)


def test_one_point_against_many_broadcasts():
    lats, lons = np.array([[30.0], [31.0]]), np.array([120.0, 121.0, 122.0])

    assert haversine_m(30.0, 120.0, lats, lons).shape == (2, 3)
    assert unit_xyz(lats, lons).shape == (2, 3, 3)
    assert destination_point(lats, lons, 0.0, 1.0)[0].shape == (2, 3)


def test_a_missing_coordinate_gives_a_missing_distance():
    assert np.isnan(haversine_m(30.0, 120.0, [30.0, np.nan], 120.0)).tolist() == [False, True]


@pytest.mark.parametrize(
    ("end", "bearing"),
    [
        ((1, 0), 0),
        ((0, 1), 90),
        ((-1, 0), 180),
        ((0, -1), 270),
        ((0, 0), 0),
        ((0.001, 0.001), 45),
    ],
)
def test_bearing_of_plain_directions(end, bearing):
    assert initial_bearing_deg(0, 0, *end) == pytest.approx(bearing, abs=1e-6)
    assert initial_bearing_one_deg(0, 0, *end) == pytest.approx(bearing, abs=1e-6)


def test_bearing_a_hair_west_of_north_stays_below_a_full_turn():
    assert 0 <= float(initial_bearing_deg(0, 0, 1, -1e-300)) < 360
    assert 0 <= initial_bearing_one_deg(0, 0, 1, -1e-300) < 360


@pytest.mark.parametrize(
    ("bearing", "point"),
    [
        *[(0, "N"), (22.4, "N"), (22.5, "NE"), (90, "E"), (135, "SE"), (180, "S"), (225, "SW")],
        *[(270, "W"), (315, "NW"), (337.4, "NW"), (337.5, "N"), (360, "N"), (-45, "NW")],
    ],
)
def test_compass_point_is_the_nearest_and_ties_go_clockwise(bearing, point):
    assert COMPASS_POINTS[compass_index(bearing)] == point


@given(st.floats(-720, 720))
def test_compass_point_is_within_an_eighth_of_a_half_turn(bearing):
    gap = abs((bearing - 45 * int(compass_index(bearing)) + 180) % 360 - 180)

    assert gap <= 22.5 + 1e-9


@given(LAT, LON)
def test_unit_vectors_have_length_one(lat, lon):
    assert np.linalg.norm(unit_xyz(lat, lon)) == pytest.approx(1)


@given(LAT, LON, LAT, LON)
def test_the_chord_is_tied_to_the_distance_as_stated(lat1, lon1, lat2, lon2):
    chord = float(np.linalg.norm(unit_xyz(lat1, lon1) - unit_xyz(lat2, lon2)))
    distance = haversine_one_m(lat1, lon1, lat2, lon2)

    assert chord == pytest.approx(2 * math.sin(distance / (2 * EARTH_RADIUS_M)), abs=1e-9)


@given(INNER_LAT, LON, BEARING, st.floats(0.01, 5_000_000))
def test_destination_lies_at_the_distance_and_bearing_asked_for(lat, lon, bearing, distance):
    end_lat, end_lon = destination_point(lat, lon, bearing, distance)

    assert haversine_m(lat, lon, end_lat, end_lon) == pytest.approx(distance, abs=1e-3)
    assert -180 <= end_lon < 180
    assume(distance > 100)
    turn = np.radians(initial_bearing_deg(lat, lon, end_lat, end_lon) - bearing)
    assert np.abs(np.sin(turn / 2)) < 1e-5


@given(LAT, LON, st.floats(0, 3_000_000), BEARING, st.floats(0, 1))
def test_bounding_box_holds_every_point_of_the_circle(lat, lon, radius, bearing, share):
    end = destination_point(lat, lon, bearing, radius * share)

    assert bounding_box(lat, lon, radius).contains(*end)


@given(INNER_LAT, LON, st.floats(1, 400_000))
def test_bounding_box_is_touched_by_the_circle_on_all_sides(lat, lon, radius):
    box = bounding_box(lat, lon, radius)
    rim_lat, rim_lon = destination_point(lat, lon, np.linspace(0, 360, 3601), radius)
    lon_reach = np.max(np.abs((rim_lon - lon + 180) % 360 - 180))

    assert box.north_deg == pytest.approx(float(np.max(rim_lat)), abs=1e-6)
    assert box.south_deg == pytest.approx(float(np.min(rim_lat)), abs=1e-6)
    assert (box.east_deg - lon) % 360 == pytest.approx(float(lon_reach), rel=1e-4)
    assert (lon - box.west_deg) % 360 == pytest.approx(float(lon_reach), rel=1e-4)


def test_box_over_the_180th_meridian_and_over_a_pole():
    across = bounding_box(0, 179.99, 10_000)
    polar = bounding_box(89.99, 20, 10_000)

    assert across.west_deg > across.east_deg
    assert across.contains([0, 0, 0], [179.95, -179.97, 0]).tolist() == [True, True, False]
    assert (polar.west_deg, polar.north_deg, polar.east_deg) == (-180, 90, 180)


@pytest.mark.parametrize(
    ("lat", "lon", "radius"),
    [(0, 0, -1), (0, 0, math.nan), (0, 0, math.inf), (90.1, 0, 1), (0, 180.1, 1), (math.nan, 0, 1)],
)
def test_box_of_impossible_circle_is_refused(lat, lon, radius):
    with pytest.raises(ValueError, match=r"radius|globe"):
        bounding_box(lat, lon, radius)
