"""Draw stations by bearing and distance around a point: rings, places of dots. No map is needed."""

import itertools
import math
from collections.abc import Sequence
from typing import Final, NamedTuple

_STEPS: Final = (1.0, 2.0, 5.0)
_LEAST_STEP_M: Final = 50.0
_ANGLES: Final = 16


class Dot(NamedTuple):
    """Where a dot is drawn, and the place it stands for; x to the right, y down, centre (0, 0)."""

    x: float
    y: float
    true_x: float
    true_y: float


def rings_m(farthest_m: float, *, most: int = 4) -> tuple[float, ...]:
    """Return the distances of the rings.

    Parameters
    ----------
    farthest_m
        Distance of the farthest station, metres, finite, not negative.
    most
        How many rings at most, at least one.

    Returns
    -------
    tuple of float
        Metres, rising in equal steps of 1, 2 or 5 times a power of ten, or of 50 m; the last one
        holds the farthest station, the one before does not.

    Raises
    ------
    ValueError
        When the distance is negative or not finite.
    """
    if not (math.isfinite(farthest_m) and farthest_m >= 0):
        msg = f"a distance is finite and not negative, not {farthest_m}"
        raise ValueError(msg)
    step = next(each for each in _steps_m() if each * most >= farthest_m)
    count = max(1, math.ceil(farthest_m / step))
    return tuple(step * number for number in range(1, count + 1))


def place_dots(
    bearings_deg: Sequence[float],
    distances_m: Sequence[float],
    *,
    outer_m: float,
    radius: float,
    apart: float,
) -> list[Dot]:
    """Return where to draw each station, so that no dot covers another.

    Parameters
    ----------
    bearings_deg
        Degrees clockwise from north, which is up.
    distances_m
        Metres, as many, from 0 to ``outer_m``.
    outer_m
        What the outermost ring stands for, metres, above zero.
    radius
        Of the outermost ring, in units of the drawing.
    apart
        Least distance between the centres of two dots, same units.

    Returns
    -------
    list of Dot
        In the order given. The first stands at its true place; a later one that would cover an
        earlier one moves to the nearest free place of a few, inside the outermost ring. One that
        finds none stays, covered or not.

    Notes
    -----
    Some thousand steps for a dozen dots.
    """
    placed: list[Dot] = []
    for bearing, metres in zip(bearings_deg, distances_m, strict=True):
        angle, out = math.radians(bearing), radius * metres / outer_m
        true = (out * math.sin(angle), -out * math.cos(angle))
        placed.append(Dot(*_free(true, placed, radius=radius, apart=apart), *true))
    return placed


def _steps_m() -> "itertools.chain[float]":
    powers = (10.0**exponent for exponent in itertools.count(2))
    return itertools.chain([_LEAST_STEP_M], (each * power for power in powers for each in _STEPS))


def _free(
    true: tuple[float, float], placed: Sequence[Dot], *, radius: float, apart: float
) -> tuple[float, float]:
    if all(math.dist(true, dot[:2]) >= apart for dot in placed):
        return true
    for number in range(1, math.ceil(4 * radius / apart) + 1):
        for turn in range(_ANGLES):
            angle, away = math.tau * turn / _ANGLES, number * apart / 2
            place = (true[0] + away * math.cos(angle), true[1] + away * math.sin(angle))
            is_inside = math.hypot(*place) <= radius
            if is_inside and all(math.dist(place, dot[:2]) >= apart for dot in placed):
                return place
    return true
