"""Convert coordinates between the datums of Chinese maps: WGS 84, GCJ-02 and BD-09.

The product stores WGS 84. Maps sold in China are drawn in GCJ-02, which is WGS 84 shifted by some
hundred metres, and Baidu's in BD-09, which shifts GCJ-02 once more; both are converted at the edge.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["Datum", "convert"]

FloatArray = npt.NDArray[np.float64]

_SEMI_MAJOR_M: Final = 6_378_245.0  # Krasovsky 1940
_ECCENTRICITY_SQUARED: Final = 0.00669342162296594323  # Krasovsky 1940
_ORIGIN_DEG: Final = np.array([35.0, 105.0])
# Outside this box the Chinese datums are WGS 84 itself.
_BOX_DEG: Final = np.array([[0.8293, 72.004], [55.8271, 137.8347]])
_BD09_OFFSET_DEG: Final = np.array([0.006, 0.0065])
_BD09_WAVES: Final = np.pi * 3000.0 / 180.0
# The shift varies by less than a thousandth of the distance: each round gains three decimals.
_ROUNDS: Final = 6


class Datum(StrEnum):
    """A datum in which a coordinate may reach us."""

    WGS84 = "wgs84"
    CGCS2000 = "cgcs2000"
    """The national datum; within centimetres of WGS 84 and taken for it."""
    GCJ02 = "gcj02"
    BD09 = "bd09"


def convert(points_deg: npt.ArrayLike, *, source: Datum, target: Datum) -> FloatArray:
    """Convert points from one datum to another.

    Parameters
    ----------
    points_deg
        Coordinates, shape (..., 2), columns (lat, lon), degrees, in ``source``; a single pair is
        shape (2,). NaN stays NaN.
    source, target
        The datums. ``CGCS2000`` is taken for ``WGS84``.

    Returns
    -------
    np.ndarray
        The same points in ``target``, same shape and order, float64; a new array. A point outside
        the box of China (latitude 0.8293 to 55.8271, longitude 72.004 to 137.8347) is left as it is.

    Raises
    ------
    ValueError
        When the last axis is not a pair.

    Notes
    -----
    Backwards the formulae are solved by fixed-point iteration, to well below a millimetre; only
    within a kilometre of the box's border may a round trip lose the shift.

    References
    ----------
    .. [1] GCJ-02 is not published; the formula is the widely reproduced one, checked against public
       implementations. See "Restrictions on geographic data in China", Wikipedia, section GCJ-02.
    .. [2] The ellipsoid is Krasovsky 1940 (EPSG:7024).
    """
    points = np.array(points_deg, dtype=np.float64)
    if points.ndim == 0 or points.shape[-1] != 2:
        msg = f"points are pairs (lat, lon), not of shape {points.shape}"
        raise ValueError(msg)
    steps = _rank(target) - _rank(source)
    for rank in range(_rank(source), _rank(target), 1 if steps > 0 else -1):
        shift = _SHIFTS[rank if steps > 0 else rank - 1]
        is_inside = np.all(
            (points >= _BOX_DEG[0]) & (points <= _BOX_DEG[1]), axis=-1, keepdims=True
        )
        moved = points + shift(points) if steps > 0 else _invert(shift, points)
        points = np.where(is_inside, moved, points)
    return points


def _rank(datum: Datum) -> int:
    return {Datum.GCJ02: 1, Datum.BD09: 2}.get(datum, 0)


def _invert(shift: Callable[[FloatArray], FloatArray], shifted: FloatArray) -> FloatArray:
    points = shifted
    for _ in range(_ROUNDS):
        points = shifted - shift(points)
    return points


def _gcj02_shift(points: FloatArray) -> FloatArray:
    """Return GCJ-02 minus WGS 84 in degrees."""
    y, x = np.moveaxis(points - _ORIGIN_DEG, -1, 0)
    root = np.sqrt(np.abs(x))
    common = 20 * np.sin(6 * np.pi * x) + 20 * np.sin(2 * np.pi * x)
    north_m = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north_m += (common + _waves(y, (20, 1), (40, 3), (160, 12), (320, 30))) * 2 / 3
    east_m = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east_m += (common + _waves(x, (20, 1), (40, 3), (150, 12), (300, 30))) * 2 / 3
    lat = np.radians(points[..., 0])
    flattened = 1 - _ECCENTRICITY_SQUARED * np.sin(lat) ** 2
    meridian_m = _SEMI_MAJOR_M * (1 - _ECCENTRICITY_SQUARED) / flattened**1.5
    parallel_m = _SEMI_MAJOR_M / np.sqrt(flattened) * np.cos(lat)
    shift: FloatArray = np.degrees(np.stack([north_m / meridian_m, east_m / parallel_m], axis=-1))
    return shift


def _waves(position: FloatArray, *waves: tuple[float, float]) -> FloatArray:
    total = np.zeros_like(position)
    for amplitude, divisor in waves:
        total += amplitude * np.sin(position / divisor * np.pi)
    return total


def _bd09_shift(points: FloatArray) -> FloatArray:
    """Return BD-09 minus GCJ-02 in degrees."""
    lat, lon = np.moveaxis(points, -1, 0)
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD09_WAVES)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD09_WAVES)
    turned = np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=-1)
    shift: FloatArray = turned + _BD09_OFFSET_DEG - points
    return shift


_SHIFTS: Final = (_gcj02_shift, _bd09_shift)
