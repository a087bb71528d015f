"""How much is written at once, so that nobody else waits a second for the one writer of SQLite."""

import time
from typing import Final

from django.db import connection

PIECE_S: Final = 0.35
# SQLite's waiting writers look every tenth of a second at the latest
PAUSE_S: Final = 0.11
_LEAST, _MOST = 20, 8_000
_GROWTH, _SHRINKING = 2.0, 0.25


class Pace:
    """Grows and shrinks the pieces so that each takes about ``PIECE_S`` seconds."""

    def __init__(self, start: int = 200) -> None:
        self.size = start
        self._began = time.monotonic()
        self._free_from_s: float | None = None

    def begin(self) -> None:
        """Start the clock of a piece, once others have had time to write since the last one.

        Whatever is made ready between two pieces, outside of a transaction, is part of that time.
        """
        if self._free_from_s is not None:
            left_s = PAUSE_S - (time.monotonic() - self._free_from_s)
            if left_s > 0:
                time.sleep(left_s)
        self._began = time.monotonic()

    def end(self, count: int) -> None:
        """Choose the next size by how long this piece took, and how many rows it had.

        A piece may have fewer rows than the size: it tells how fast rows are written all the same.
        """
        took_s = max(time.monotonic() - self._began, 0.001)
        wanted = count * PIECE_S / took_s
        wanted = min(self.size * _GROWTH, max(self.size * _SHRINKING, wanted))
        self.size = min(_MOST, max(_LEAST, round(wanted)))
        is_felt = connection.vendor == "sqlite" and took_s > PAUSE_S / 2
        self._free_from_s = time.monotonic() if is_felt else None
