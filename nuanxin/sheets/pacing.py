"""How much is written at once, so that nobody else waits a second for the one writer of SQLite."""

import time
from typing import Final

from django.db import connection

PIECE_S: Final = 0.4
# SQLite's waiting writers look every tenth of a second at the latest
PAUSE_S: Final = 0.11
_LEAST, _MOST = 20, 4_000


class Pace:
    """Grows and shrinks the pieces so that each takes about ``PIECE_S`` seconds."""

    def __init__(self, start: int = 200) -> None:
        self.size = start
        self._began = time.monotonic()

    def begin(self) -> None:
        """Start the clock of a piece."""
        self._began = time.monotonic()

    def end(self) -> None:
        """Choose the next size by how long this piece took, and let others write."""
        took_s = max(time.monotonic() - self._began, 0.001)
        wanted = round(self.size * min(1.5, max(0.25, PIECE_S / took_s)))
        self.size = min(_MOST, max(_LEAST, wanted))
        if connection.vendor == "sqlite" and took_s > PAUSE_S / 2:
            time.sleep(PAUSE_S)
