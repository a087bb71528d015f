"""Compiled hours for asking about one door at a time, and for passing over shut ones at once."""

from bisect import bisect_right
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from nuanxin.algorithms.hours import NEVER_MIN, Boundaries

_INT_BYTES = 36  # an int and its place in a tuple
_TUPLE_BYTES = 64


class Timetable:
    """The boundaries of each reading, as ``Boundaries`` has them.

    Parameters
    ----------
    boundaries
        Openings and closings, alternating, an opening first.
    """

    def __init__(self, boundaries: Boundaries) -> None:
        self.horizon_min = boundaries.horizon_min
        start, flat = boundaries.start.tolist(), boundaries.flat.tolist()
        self._minutes = [
            tuple(key - sid * self.horizon_min for key in flat[low:high])
            for sid, (low, high) in enumerate(pairwise(start))
        ]
        self.is_always_open = [minutes == (0,) for minutes in self._minutes]
        # Every reading filled up to an even count, so that the parity of a place says open or shut;
        # one minute more than the horizon, so that a filled-up closing is not the next reading's.
        self._stride = self.horizon_min + 1
        keys: list[int] = []
        for sid, minutes in enumerate(self._minutes):
            keys.extend(sid * self._stride + minute for minute in minutes)
            if len(minutes) % 2:
                keys.append(sid * self._stride + self.horizon_min)
        self._keys = np.array([*keys, len(self._minutes) * self._stride * 2], dtype=np.int64)

    @property
    def nbytes(self) -> int:
        """Memory held, bytes."""
        held = sum(_TUPLE_BYTES + _INT_BYTES * len(minutes) for minutes in self._minutes)
        return self._keys.nbytes + held

    def is_open(self, sid: int, minute: int) -> bool:
        """Return whether a reading is open at a minute of the horizon."""
        return bisect_right(self._minutes[sid], minute) & 1 == 1

    def open_until(self, sid: int, minute: int) -> int:
        """Return the closing of the span a minute lies in; ``minute`` itself when it is shut then."""
        minutes = self._minutes[sid]
        place = bisect_right(minutes, minute)
        if not place & 1:
            return minute
        return minutes[place] if place < len(minutes) else NEVER_MIN

    def opens(self, sid: int, minute: int) -> int:
        """Return the next opening after a minute; ``NEVER_MIN`` when none comes."""
        minutes = self._minutes[sid]
        place = bisect_right(minutes, minute)
        place += place & 1
        return minutes[place] if place < len(minutes) else NEVER_MIN

    def may_open(
        self, sid: NDArray[np.int32], from_min: int, to_min: int
    ) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """Say which readings are open at some minute of a stretch, and bound when they open.

        Parameters
        ----------
        sid
            Readings, shape (n,).
        from_min, to_min
            First and last minute, inside the horizon.

        Returns
        -------
        is_open, earliest : tuple of np.ndarray
            Shape (n,): whether open at ``from_min`` or with a boundary up to ``to_min``; and a
            minute before which a shut one does not open (``from_min`` for an open one).
        """
        base = sid.astype(np.int64) * self._stride
        place = self._keys.searchsorted(base + from_min, "right")
        following = self._keys[place] - base
        is_open_now = (place & 1).astype(np.bool_)
        return is_open_now | (following <= to_min), np.where(is_open_now, from_min, following)
