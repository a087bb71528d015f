"""Every station is on the map once, at any zoom, where it stands."""

import math
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuanxin.algorithms.clusters import DEEPEST, MOST_ALONE, ClusterIndex, Tile, tile_of

KEQIAO = (30.08, 120.49)
points = st.lists(
    st.tuples(st.floats(29.9, 30.3), st.floats(120.2, 120.8)), min_size=1, max_size=60
)
zooms = st.integers(4, DEEPEST)


def index_of(*found):
    return ClusterIndex(np.array(found, dtype=np.float64).reshape(-1, 2))


def count_of(tile: Tile) -> int:
    return sum(cluster.count for cluster in tile.clusters) + len(tile.alone)


def cell_of(lat, lon, zoom):
    """The textbook formula, in one line for each axis."""
    side = 4 * 2**zoom
    y = (1 - math.log(math.tan(math.radians(lat)) + 1 / math.cos(math.radians(lat))) / math.pi) / 2
    return int((lon + 180) / 360 * side), int(y * side)


@given(points, st.integers(4, DEEPEST - 1))
def test_tiles_tell_what_counting_cell_by_cell_tells(found, zoom):
    index = index_of(*found)
    cells = defaultdict(list)
    for place, (lat, lon) in enumerate(found):
        cells[cell_of(lat, lon, zoom)].append(place)

    tiles = {(x // 4, y // 4) for x, y in cells}
    told = [index.tile(zoom, x, y) for x, y in tiles]

    alone = sorted(place for tile in told for place in tile.alone)
    assert alone == sorted(places[0] for places in cells.values() if len(places) == 1)
    means = sorted(
        (c.count, round(c.lat, 6), round(c.lon, 6)) for tile in told for c in tile.clusters
    )
    assert means == sorted(
        (len(places), *(round(float(v), 6) for v in np.mean([found[p] for p in places], axis=0)))
        for places in cells.values()
        if len(places) > 1
    )


@given(points, zooms.filter(lambda zoom: zoom < DEEPEST))
def test_four_tiles_hold_what_the_one_above_holds(found, zoom):
    index = index_of(*found)
    lat, lon = found[0]
    x, y = tile_of(lat, lon, zoom)

    below = [index.tile(zoom + 1, 2 * x + i, 2 * y + j) for i in (0, 1) for j in (0, 1)]

    assert sum(map(count_of, below)) == count_of(index.tile(zoom, x, y)) > 0


def test_stations_at_one_point_are_told_one_by_one_at_the_deepest_zoom():
    index = index_of(KEQIAO, KEQIAO, KEQIAO)
    x, y = tile_of(*KEQIAO, DEEPEST)

    assert index.tile(DEEPEST, x, y) == Tile([], [0, 1, 2])
    (cluster,) = index.tile(DEEPEST - 1, x // 2, y // 2).clusters
    assert cluster.count == 3


def test_crowd_at_one_point_stays_a_cluster_at_the_deepest_zoom():
    index = index_of(*[KEQIAO] * (MOST_ALONE + 1))

    (cluster,) = index.tile(DEEPEST, *tile_of(*KEQIAO, DEEPEST)).clusters

    assert cluster.count == MOST_ALONE + 1
    assert (cluster.lat, cluster.lon) == pytest.approx(KEQIAO)


def test_index_of_nothing_has_empty_tiles_and_no_extent():
    index = index_of()

    assert index.tile(4, 13, 6) == Tile([], [])
    assert index.extent() is None


def test_extent_holds_every_point():
    assert index_of((30.0, 121.0), (31.0, 120.0)).extent() == (30.0, 120.0, 31.0, 121.0)


@pytest.mark.parametrize("tile", [(-1, 0, 0), (23, 0, 0), (4, 16, 0), (4, 0, -1)])
def test_tile_outside_the_world_is_refused(tile):
    with pytest.raises(ValueError, match="no tile"):
        index_of(KEQIAO).tile(*tile)
