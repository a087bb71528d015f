"""Points that stand where points of their group do not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuanxin.algorithms.outlying import outlying_points


def county(lat: float, lon: float, count: int, seed: int, spread_deg: float = 0.03) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.column_stack([rng.normal(lat, spread_deg, count), rng.normal(lon, spread_deg, count)])


@given(seed=st.integers(0, 200), at=st.integers(0, 59), away=st.floats(0.9, 5))
def test_outlying_point_far_from_its_group_is_found(seed, at, away):
    points = county(30, 120, 60, seed)
    points[at, 0] += away

    assert outlying_points(points, [1] * 60)[at]


@given(seed=st.integers(0, 200))
def test_outlying_order_of_the_points_does_not_matter(seed):
    points = np.vstack([county(30, 120, 40, seed), county(30.1, 120.1, 40, seed + 1)])
    groups = np.repeat([1, 2], 40)
    order = np.random.default_rng(seed).permutation(80)

    direct = outlying_points(points, groups)

    assert (outlying_points(points[order], groups[order]) == direct[order]).all()


def test_outlying_point_among_another_group_is_found():
    points = np.vstack([county(30, 120, 50, 1, 0.01), county(30, 120.06, 50, 2, 0.01)])
    groups = np.repeat([1, 2], 50)
    groups[70] = 1

    found = outlying_points(points, groups)

    assert found[70]
    assert found.sum() <= 3


@pytest.mark.parametrize("count", [0, 1, 4])
def test_outlying_few_points_are_not_judged(count):
    points = county(30, 120, count, 3, 1.0)

    assert not outlying_points(points, [1] * count).any()


def test_outlying_small_towns_are_not_strangers_to_themselves():
    points = county(30, 120, 300, 5)

    assert outlying_points(points, [1] * 300).mean() < 0.02
