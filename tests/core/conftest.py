"""A database that several connections can share, which the one in memory is not."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections
from pytest_django import DjangoDbBlocker

Together = Callable[[Callable[[int], Any], int], list[Any]]


@pytest.fixture
def shared_database(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Commit for real: a file with the tables of this room on SQLite, the test database elsewhere.

    The test is marked ``django_db(transaction=True)``.
    """
    if connection.vendor != "sqlite":
        yield
        return
    in_memory, options = connections["default"], connections.settings["default"]
    name = options["NAME"]
    options["NAME"] = str(tmp_path / "nuanxin.sqlite3")
    del connections["default"]
    try:
        with django_db_blocker.unblock():
            call_command("migrate", "core", verbosity=0)
            yield
            connections["default"].close()
    finally:
        options["NAME"] = name
        connections["default"] = in_memory


@pytest.fixture
def together(shared_database: None) -> Together:
    """Return a function that does one thing in several threads at once, each with a connection."""

    def run(act: Callable[[int], Any], count: int) -> list[Any]:
        start, results, failures = threading.Barrier(count), [], []

        def one(number: int) -> None:
            try:
                start.wait(10)
                results.append(act(number))
            except Exception as error:  # noqa: BLE001  told to the test's own thread
                failures.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        return results

    return run
