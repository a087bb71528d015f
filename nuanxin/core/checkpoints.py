"""SQLite's checkpoints beside long work instead of inside its commits.

Whoever commits when the write-ahead log is long copies it into the database before going on. Work that writes much,
piece by piece, would spend more of its time so than on writing, and would take that for the time of its
pieces. Here a thread copies while the work reads and computes; others write meanwhile, a checkpoint
holds nobody up.
"""

import sqlite3
import threading
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from django.db import connection

_LEAST: Final = 4 << 20
# so long may the log grow: whoever else commits then may have to copy it
_MOST: Final = 64 << 20


class Checkpoints:
    """Checkpoints of this thread's database, taken over for a while; nothing but on SQLite with its log.

    Notes
    -----
    A process that dies leaves a log that the next one reads and copies.
    """

    def __init__(self) -> None:
        self._path, self._pages = "", 0
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                if cursor.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
                    _seq, _name, self._path = cursor.execute("PRAGMA database_list").fetchone()
                    (self._pages,) = cursor.execute("PRAGMA wal_autocheckpoint").fetchone()
                    cursor.execute("PRAGMA wal_autocheckpoint=0")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._path:
            self._join()
            if connection.connection is not None:
                with connection.cursor() as cursor:
                    cursor.execute(f"PRAGMA wal_autocheckpoint={int(self._pages)}")

    def begin(self) -> None:
        """Begin to copy, unless that goes on already or there is little; called after a commit."""
        is_at_work = self._thread is not None and self._thread.is_alive()
        if self._path and not is_at_work and self._log_bytes() >= _LEAST:
            self._thread = threading.Thread(target=_copy, args=(self._path,), daemon=True)
            self._thread.start()

    def wait(self) -> None:
        """Wait while the log is too long; called before writing, with nothing held."""
        if self._path and self._log_bytes() >= _MOST:
            self._join()

    def _join(self) -> None:
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _log_bytes(self) -> int:
        try:
            return Path(f"{self._path}-wal").stat().st_size
        except FileNotFoundError:
            return 0


def _copy(path: str) -> None:
    own = sqlite3.connect(path)
    try:
        own.execute("PRAGMA wal_checkpoint(PASSIVE)")
    except sqlite3.OperationalError:
        pass  # somebody else copies
    finally:
        own.close()
