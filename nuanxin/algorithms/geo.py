"""Measure on the sphere: distance, bearing, compass point, destination, bounding box, unit vectors.

Coordinates are degrees, WGS 84, taken as lying on a sphere of the Earth's mean radius; against the
ellipsoid a distance is wrong by at most 0.56 %, which for the nearest door is nothing.
"""

import math
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

EARTH_RADIUS_M: Final = 6_371_008.8
"""Mean radius R1 = (2a + b) / 3 of the WGS 84 ellipsoid."""

COMPASS_POINTS: Final = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
"""Names of the eight points, by ``compass_index``."""


class BoundingBox(NamedTuple):
    """A box of latitudes and longitudes, degrees; ``west > east`` when it crosses the 180th meridian."""

    south_deg: float
    west_deg: float
    north_deg: float
    east_deg: float

    def contains(self, lat_deg: npt.ArrayLike, lon_deg: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Say which points lie in the box, its edges included.

        Parameters
        ----------
        lat_deg, lon_deg
            Points, shapes that broadcast together; longitude -180 to 180.

        Returns
        -------
        np.ndarray
            Booleans of the broadcast shape; a NaN coordinate is in no box.
        """
        lat, lon = np.asarray(lat_deg), np.asarray(lon_deg)
        from_west, to_east = lon >= self.west_deg, lon <= self.east_deg
        is_split = self.west_deg > self.east_deg
        is_between = from_west | to_east if is_split else from_west & to_east
        return np.asarray((lat >= self.south_deg) & (lat <= self.north_deg) & is_between)


def haversine_m(
    lat1_deg: npt.ArrayLike,
    lon1_deg: npt.ArrayLike,
    lat2_deg: npt.ArrayLike,
    lon2_deg: npt.ArrayLike,
) -> FloatArray:
    """Return the great-circle distances between points.

    Parameters
    ----------
    lat1_deg, lon1_deg, lat2_deg, lon2_deg
        Coordinates, degrees, any shapes that broadcast together. NaN gives NaN.

    Returns
    -------
    np.ndarray
        Distances in metres, float64, of the broadcast shape (shape () for four numbers), from 0 to
        half the circumference.

    Notes
    -----
    ``haversine_one_m`` gives the same to a few units in the last place, not bit for bit: what is
    rounded and compared must come from one of the two.

    References
    ----------
    .. [1] R. W. Sinnott, "Virtues of the Haversine", Sky & Telescope 68(2), 1984.
    .. [2] H. Moritz, "Geodetic Reference System 1980", J. Geodesy 74, 2000: the mean radius.
    """
    lat1, lon1 = np.radians(lat1_deg), np.radians(lon1_deg)
    lat2, lon2 = np.radians(lat2_deg), np.radians(lon2_deg)
    chord = np.sin((lat2 - lat1) / 2) ** 2
    chord = chord + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    # rounding may carry the haversine of antipodes just over 1
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(chord, 1.0))))


def haversine_one_m(lat1_deg: float, lon1_deg: float, lat2_deg: float, lon2_deg: float) -> float:
    """Return the great-circle distance between two points, without NumPy's cost per call.

    Parameters
    ----------
    lat1_deg, lon1_deg, lat2_deg, lon2_deg
        Coordinates, degrees, finite.

    Returns
    -------
    float
        Distance in metres.
    """
    lat1, lat2 = math.radians(lat1_deg), math.radians(lat2_deg)
    chord = math.sin((lat2 - lat1) / 2) ** 2
    chord += math.cos(lat1) * math.cos(lat2) * math.sin(math.radians(lon2_deg - lon1_deg) / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(chord, 1.0)))


def initial_bearing_deg(
    lat1_deg: npt.ArrayLike,
    lon1_deg: npt.ArrayLike,
    lat2_deg: npt.ArrayLike,
    lon2_deg: npt.ArrayLike,
) -> FloatArray:
    """Return the bearings in which great circles leave the first points for the second.

    Parameters
    ----------
    lat1_deg, lon1_deg, lat2_deg, lon2_deg
        Coordinates, degrees, any shapes that broadcast together. NaN gives NaN.

    Returns
    -------
    np.ndarray
        Bearings in degrees, float64, 0 <= bearing < 360, clockwise from north; 0 for coincident
        points. At a pole the bearing depends on the longitude given for it.

    References
    ----------
    .. [1] E. Williams, "Aviation Formulary", section "Course between points".
    """
    lat1, lat2 = np.radians(lat1_deg), np.radians(lat2_deg)
    turn = np.radians(np.subtract(lon2_deg, lon1_deg))
    east = np.sin(turn) * np.cos(lat2)
    # cos(turn) = 1 - 2 sin²(turn / 2) keeps the digits of points a few metres apart
    north = np.sin(lat2 - lat1) + 2 * np.sin(lat1) * np.cos(lat2) * np.sin(turn / 2) ** 2
    return _wrapped(np.degrees(np.arctan2(east, north)))


def initial_bearing_one_deg(
    lat1_deg: float, lon1_deg: float, lat2_deg: float, lon2_deg: float
) -> float:
    """Return the bearing in which the great circle leaves the first point for the second.

    Parameters
    ----------
    lat1_deg, lon1_deg, lat2_deg, lon2_deg
        Coordinates, degrees, finite.

    Returns
    -------
    float
        Bearing as of ``initial_bearing_deg``.
    """
    lat1, lat2 = math.radians(lat1_deg), math.radians(lat2_deg)
    turn = math.radians(lon2_deg - lon1_deg)
    east = math.sin(turn) * math.cos(lat2)
    north = math.sin(lat2 - lat1) + 2 * math.sin(lat1) * math.cos(lat2) * math.sin(turn / 2) ** 2
    bearing = math.degrees(math.atan2(east, north)) % 360
    return 0.0 if bearing == 360 else bearing


def compass_index(bearing_deg: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Return the nearest of the eight compass points.

    Parameters
    ----------
    bearing_deg
        Bearings, degrees clockwise from north, any finite value, any shape.

    Returns
    -------
    np.ndarray
        Index into ``COMPASS_POINTS``, int64, same shape: 0 north, 1 north-east, … 7 north-west. A
        bearing half-way between two points goes clockwise: 22.5 is north-east.
    """
    return np.asarray(np.floor(np.divide(bearing_deg, 45.0) + 0.5) % 8).astype(np.int64)


def unit_xyz(lat_deg: npt.ArrayLike, lon_deg: npt.ArrayLike) -> FloatArray:
    """Return points as unit vectors from the Earth's centre.

    Parameters
    ----------
    lat_deg, lon_deg
        Coordinates, degrees, shapes that broadcast together to (...).

    Returns
    -------
    np.ndarray
        Shape (..., 3), float64, length 1: x towards (0, 0), y towards (0, 90 E), z north. The straight
        line c between two of them and the distance d over ground are tied by c = 2 sin(d / 2R).
    """
    lat, lon = np.radians(lat_deg), np.radians(lon_deg)
    x, y, z = np.broadcast_arrays(np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat))
    return np.stack([x, y, z], axis=-1)


def destination_point(
    lat_deg: npt.ArrayLike,
    lon_deg: npt.ArrayLike,
    bearing_deg: npt.ArrayLike,
    distance_m: npt.ArrayLike,
) -> tuple[FloatArray, FloatArray]:
    """Return where a great circle leads.

    Parameters
    ----------
    lat_deg, lon_deg
        Starting points, degrees.
    bearing_deg
        Initial bearings, degrees clockwise from north.
    distance_m
        Distances over ground, metres. All four broadcast together.

    Returns
    -------
    lat_deg, lon_deg : tuple of np.ndarray
        Points reached, float64, of the broadcast shape; -180 <= longitude < 180.

    References
    ----------
    .. [1] E. Williams, "Aviation Formulary", section "Lat/lon given radial and distance".
    """
    lat, bearing = np.radians(lat_deg), np.radians(bearing_deg)
    angle = np.divide(distance_m, EARTH_RADIUS_M)
    sine = np.sin(lat) * np.cos(angle) + np.cos(lat) * np.sin(angle) * np.cos(bearing)
    end_lat = np.arcsin(np.clip(sine, -1.0, 1.0))
    east = np.sin(bearing) * np.sin(angle) * np.cos(lat)
    turn = np.arctan2(east, np.cos(angle) - np.sin(lat) * sine)
    end_lon = _wrapped(np.add(lon_deg, np.degrees(turn)) + 180) - 180
    lat_out, lon_out = np.broadcast_arrays(np.degrees(end_lat), end_lon)
    return lat_out.copy(), lon_out.copy()


def bounding_box(lat_deg: float, lon_deg: float, radius_m: float) -> BoundingBox:
    """Return the smallest box of latitudes and longitudes around a circle.

    Parameters
    ----------
    lat_deg, lon_deg
        Centre, degrees, -90 to 90 and -180 to 180.
    radius_m
        Radius over ground, metres, not negative.

    Returns
    -------
    BoundingBox
        Holds every point within ``radius_m``; ``west_deg > east_deg`` when it crosses the 180th
        meridian, all longitudes when it holds a pole.

    Raises
    ------
    ValueError
        When the radius is negative or not finite, or the centre is off the globe.

    References
    ----------
    .. [1] J. P. Matuschek, "Finding Points Within a Distance of a Latitude/Longitude
       Using Bounding Coordinates", section 3.3:
       the widest meridians lie at asin(sin(r) / cos(lat)), not at the centre's latitude.
    """
    if not (math.isfinite(radius_m) and radius_m >= 0):
        msg = f"a radius is finite and not negative, not {radius_m}"
        raise ValueError(msg)
    if not (abs(lat_deg) <= 90 and abs(lon_deg) <= 180):
        msg = f"({lat_deg}, {lon_deg}) is not a point of the globe"
        raise ValueError(msg)
    # a hair is added so that rounding leaves no point of the rim outside
    angle = radius_m / EARTH_RADIUS_M + 1e-12
    south, north = lat_deg - math.degrees(angle), lat_deg + math.degrees(angle)
    if south <= -90 or north >= 90:
        return BoundingBox(max(south, -90.0), -180.0, min(north, 90.0), 180.0)
    half = math.degrees(math.asin(math.sin(angle) / math.cos(math.radians(lat_deg)))) + 1e-10
    west, east = lon_deg - half, lon_deg + half
    return BoundingBox(
        south, west + 360 if west < -180 else west, north, east - 360 if east > 180 else east
    )


def _wrapped(angle_deg: npt.ArrayLike) -> FloatArray:
    """Bring angles into 0 <= angle < 360; a tiny negative one would round to 360 itself."""
    wrapped = np.mod(angle_deg, 360.0)
    return np.asarray(np.where(wrapped == 360.0, 0.0, wrapped))
