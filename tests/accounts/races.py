"""Many tries at one moment, on a database that knows waiting."""

import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection, connections

THREADS, TRIES = 10, 50


def at_once(act: Callable[[int], object], count: int = TRIES) -> Counter[object]:
    """Return how often each answer came when so many tries are made at one moment."""
    start, answers, lock = threading.Barrier(THREADS), Counter[object](), threading.Lock()

    def work(first: int) -> None:
        try:
            start.wait()
            for number in range(first, count, THREADS):
                try:
                    answer = act(number)
                except Exception as error:  # noqa: BLE001  told to the test's own thread
                    answer = getattr(error, "code", repr(error))
                with lock:
                    answers[answer] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@contextmanager
def kept_in(file: Path) -> Iterator[None]:
    """On SQLite put the test's database into a file, as a site has: one in memory knows no waiting."""
    kept = connections["default"]
    if kept.vendor != "sqlite":
        yield
        return
    own_settings = connections.settings["default"]
    kept.ensure_connection()
    with closing(sqlite3.connect(file)) as copy:
        kept.connection.backup(copy)
    connections.settings["default"] = {**own_settings, "NAME": str(file)}
    connections["default"] = connections.create_connection("default")
    yield
    connections["default"].close()
    connections["default"], connections.settings["default"] = kept, own_settings
