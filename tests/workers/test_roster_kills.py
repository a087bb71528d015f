"""A roster whose process is killed at any moment, resumed each time, ends as one that nobody disturbed."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.stations.test_import_kills import ROOT, asked, copy_of, program, state_of

MODULE = "tests.workers.roster_program"
ALREADY_THERE = 19


def ran(database: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    return program(database, *arguments, module=MODULE)


def register(database: Path) -> str:
    """Return how many rows each table of the register has, and a fingerprint of all they say."""
    known = {
        "DJANGO_SETTINGS_MODULE": "config.settings.base",
        "DATABASE_URL": f"sqlite:///{database}",
        "NUANXIN_VAR": str(database.parent),
        "PYTHONPATH": str(ROOT),
        "PATH": "/usr/bin:/bin",
    }
    command = [sys.executable, "-m", MODULE, "dump"]
    done = subprocess.run(command, cwd=ROOT, env=known, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1]


def read_count(database: Path) -> int:
    ((count,),) = asked(database, "SELECT COUNT(*) FROM sheets_importrow")
    return int(str(count))


def kill_after(database: Path, *, after_s: float, through: int = 0) -> tuple[str, int]:
    """Let a worker come as far as a row, and a little further; then it is gone. Return how far it came.

    The rows are those that are written; without a number, the first that is read.
    """
    worker = ran(database, "work")
    deadline = time.monotonic() + 1_200
    while worker.poll() is None and not (
        state_of(database)[1] >= through if through else read_count(database)
    ):
        assert time.monotonic() < deadline, "the worker goes on"
        time.sleep(0.002)
    time.sleep(after_s)
    worker.send_signal(signal.SIGKILL)
    worker.wait(20)
    # the hold of a process that is gone runs out
    asked(database, "UPDATE sheets_importbatch SET held_until_at = '2000-01-01 00:00:00' WHERE holder <> ''")  # fmt: skip
    return state_of(database)


@pytest.mark.parametrize(
    ("people", "kills"),
    [
        pytest.param(6_000, 4, id="short"),
        pytest.param(200_000, 10, id="long", marks=pytest.mark.slow),
    ],
)
def test_roster_killed_again_and_again_ends_as_one_that_was_not(tmp_path, people, kills):
    prepared = tmp_path / "prepared.sqlite3"
    assert ran(prepared, "prepare", str(people)).wait(600) == 0
    clean, killed = copy_of(prepared, "clean"), copy_of(prepared, "killed")
    assert ran(clean, "work").wait(1_800) == 0
    rng = random.Random(7)

    # the first while it is read, which begins anew each time; the others while it is written
    reached = [kill_after(killed, after_s=0.0)]
    points = sorted(rng.randrange(1, people * 9 // 10) for _kill in range(kills - 1))
    for point in points:
        reached.append(kill_after(killed, after_s=rng.uniform(0.0, 0.02), through=point))
    assert ran(killed, "work").wait(1_800) == 0

    assert reached[0][0] != "applied", reached
    assert any(state == "applying" and through for state, through in reached), reached
    assert state_of(clean)[0] == state_of(killed)[0] == "applied", reached
    found = register(killed)
    assert found == register(clean)
    assert found.startswith(f"[{people}, ")
    counted = asked(killed, "SELECT COUNT(*), COUNT(DISTINCT number) FROM sheets_journalentry")
    assert counted[0][0] == counted[0][1] >= people - ALREADY_THERE
