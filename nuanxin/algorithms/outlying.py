"""Points that stand where points of their group do not: the sign of a mistyped coordinate."""

from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["outlying_points"]

FloatArray = npt.NDArray[np.float64]
_CELL_DEG: Final = 0.05
_FAR: Final = 3.0  # times the 90th percentile of a group's distances from its middle
_LEAST_M: Final = 3_000.0
_LEAST_COUNT: Final = 5
_M_PER_DEG: Final = 111_195.0
_OTHERS: Final = 3


def outlying_points(points_deg: npt.ArrayLike, groups: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Return which points probably do not belong where they stand.

    Parameters
    ----------
    points_deg
        Coordinates, shape (n, 2), columns (lat, lon), degrees, WGS 84, finite.
    groups
        Group of each point, shape (n,), integer; the county.

    Returns
    -------
    np.ndarray
        Shape (n,), bool. True where a point lies nearer to three points of other groups than to any
        of its own and farther from the middle of its group than nine in ten of it, or beyond three
        times that distance and three kilometres. Groups of fewer than five points are not judged.

    Notes
    -----
    Time grows with the number of points in neighbouring cells of 0.05 degrees. The middle is the
    median of the coordinates, which a few wrong ones do not move; the plane is flat, which at the size
    of a county errs by less than a thousandth.
    """
    points = np.asarray(points_deg, dtype=np.float64).reshape(-1, 2)
    labels = np.unique(np.asarray(groups), return_inverse=True)[1].reshape(-1)
    plane = points * _M_PER_DEG
    plane[:, 1] *= np.cos(np.radians(points[:, 0].mean() if len(points) else 0.0))
    is_far, is_outer = _far(plane, labels)
    is_among = np.zeros(len(points), dtype=np.bool_)
    doubtful = np.flatnonzero(is_outer & ~is_far)
    is_among[doubtful] = _among_others(points, plane, labels, doubtful)
    result: npt.NDArray[np.bool_] = is_far | is_among
    return result


def _far(
    plane: FloatArray, labels: npt.NDArray[np.intp]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return which points lie far beyond their group, and which among its outermost tenth."""
    is_far = np.zeros(len(plane), dtype=np.bool_)
    is_outer = np.zeros(len(plane), dtype=np.bool_)
    order = np.argsort(labels, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(labels[order])) + 1):
        if len(rows) < _LEAST_COUNT:
            continue
        away_m = np.hypot(*(plane[rows] - np.median(plane[rows], axis=0)).T)
        usual_m = np.quantile(away_m, 0.9)
        is_far[rows] = away_m > max(_FAR * usual_m, _LEAST_M)
        is_outer[rows] = away_m >= usual_m
    return is_far, is_outer


def _among_others(
    points: FloatArray,
    plane: FloatArray,
    labels: npt.NDArray[np.intp],
    rows: npt.NDArray[np.intp],
) -> npt.NDArray[np.bool_]:
    """Return which of some points have three of other groups nearer than any of their own."""
    cells = np.floor(points / _CELL_DEG).astype(np.int64)
    members: dict[tuple[int, int], list[int]] = {}
    for row, (y, x) in enumerate(cells.tolist()):
        members.setdefault((y, x), []).append(row)
    answer = np.zeros(len(rows), dtype=np.bool_)
    for at, row in enumerate(rows.tolist()):
        y, x = cells[row]
        near = np.array(
            [
                other
                for dy in (-1, 0, 1)
                for dx in (-1, 0, 1)
                for other in members.get((int(y) + dy, int(x) + dx), ())
                if other != row
            ],
            dtype=np.intp,
        )
        if len(near) < _OTHERS:
            continue
        away_m = np.hypot(*(plane[near] - plane[row]).T)
        is_own = labels[near] == labels[row]
        own_m = away_m[is_own].min() if is_own.any() else np.inf
        answer[at] = np.count_nonzero(away_m[~is_own] < own_m) >= _OTHERS
    return answer
