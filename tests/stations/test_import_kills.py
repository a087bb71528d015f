"""An import whose process is killed with SIGKILL, again and again, ends as one that nobody disturbed.

The databases are files of their own: that of the test run is not asked. What a kill does between any
two statements is tested in ``test_imports.py``, on both databases.
"""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOORS = 900
KILLS = 4
# what ran when is not the same twice: moments, keys that count, and who held the batch
MOMENTS = {"coordinates_checked_at", "at", "id", "applied_at", "created_at", "entry_id"}
TABLES = (
    "stations_station", "stations_host", "stations_outlet", "stations_stationfacility",
    "stations_stationgroup", "sheets_sourcerecord",
)  # fmt: skip


def program(
    database: Path, *arguments: str, module: str = "tests.stations.import_program"
) -> "subprocess.Popen[bytes]":
    known = {
        "DJANGO_SETTINGS_MODULE": "config.settings.base",
        "DATABASE_URL": f"sqlite:///{database}",
        "NUANXIN_VAR": str(database.parent),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=os.environ | known)


@pytest.fixture
def prepared(tmp_path):
    database = tmp_path / "prepared.sqlite3"
    assert program(database, "prepare", str(DOORS)).wait(120) == 0
    return database


def copy_of(database: Path, name: str) -> Path:
    copy = database.with_name(f"{name}.sqlite3")
    with sqlite3.connect(database) as source:
        source.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(database, copy)
    return copy


def asked(database: Path, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(database, timeout=20)
    try:
        with connection:
            return connection.execute(sql).fetchall()
    finally:
        connection.close()


def state_of(database: Path) -> tuple[str, int]:
    ((state, through),) = asked(database, "SELECT state, applied_count FROM sheets_importbatch")
    return str(state), int(str(through))


def business(database: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return every row that an import leaves, without moments and counted keys."""
    found = {}
    for table in TABLES:
        columns = [
            str(row[1])
            for row in asked(database, f"PRAGMA table_info({table})")
            if row[1] not in MOMENTS or (row[1] == "id" and row[2] == "char(32)")
        ]
        names = ", ".join(f'"{name}"' for name in columns)
        found[table] = sorted(asked(database, f"SELECT {names} FROM {table}"), key=repr)  # noqa: S608  our own names
    return found


def kill_at(database: Path, through: int, *, after_s: float) -> None:
    """Let a worker come as far as a row, and a little further; then it is gone."""
    worker = program(database, "work")
    deadline = time.monotonic() + 60
    while worker.poll() is None and state_of(database)[1] < through:
        assert time.monotonic() < deadline, "the worker goes on"
        time.sleep(0.005)
    time.sleep(after_s)
    worker.send_signal(signal.SIGKILL)
    worker.wait(10)
    # the hold of a process that is gone runs out
    asked(database, "UPDATE sheets_importbatch SET held_until_at = '2000-01-01 00:00:00'")


def test_import_killed_again_and_again_ends_as_one_that_was_not(prepared):
    clean, killed = copy_of(prepared, "clean"), copy_of(prepared, "killed")
    assert program(clean, "work").wait(120) == 0
    rng = random.Random(4)
    reached = []

    for number in range(1, KILLS + 1):
        kill_at(killed, number * DOORS // (KILLS + 2), after_s=rng.uniform(0.0, 0.15))
        reached.append(state_of(killed))
    assert program(killed, "work").wait(120) == 0

    assert all(state == "applying" for state, _through in reached), reached
    assert state_of(clean)[0] == state_of(killed)[0] == "applied"
    assert business(killed) == business(clean)
    assert len(business(clean)["stations_station"]) == DOORS
    assert asked(killed, "SELECT COUNT(*), COUNT(DISTINCT number) FROM sheets_journalentry") == [
        (DOORS, DOORS)
    ]
