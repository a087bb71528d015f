"""A rotation of keys that is killed again and again goes on, and in the end the old key opens nothing more."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.stations.test_import_kills import ROOT, asked

OLD, NEW = f"old:{'11' * 32}", f"new:{'22' * 32}"


def started(
    database: Path, command: list[str], *keys: str, out: int = subprocess.DEVNULL
) -> "subprocess.Popen[str]":
    known = {
        "DJANGO_SETTINGS_MODULE": "config.settings.base",
        "DATABASE_URL": f"sqlite:///{database}",
        "NUANXIN_VAR": str(database.parent),
        "NUANXIN_ENCRYPTION_KEYS": ",".join(keys),
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=os.environ | known,
        stdout=out,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def told(database: Path, *keys: str) -> str:
    command = ["-m", "tests.core.rotation_program", "tell"]
    with started(database, command, *keys, out=subprocess.PIPE) as program:
        out, _err = program.communicate(timeout=900)
    assert program.returncode == 0
    return out.strip().splitlines()[-1]


def anew(database: Path) -> int:
    """Return how many documents the new key has sealed so far."""
    ((count,),) = asked(
        database, "SELECT COUNT(*) FROM workers_worker WHERE document_sealed LIKE 'v1:new:%'"
    )
    return int(str(count))


@pytest.mark.parametrize(
    ("workers", "kills"),
    [
        pytest.param(1_500, 2, id="short"),
        pytest.param(100_000, 6, id="long", marks=pytest.mark.slow),
    ],
)
def test_killed_rotation_goes_on_and_leaves_nothing_to_the_old_key(tmp_path, workers, kills):
    database = tmp_path / "site.sqlite3"
    prepare = ["-m", "tests.core.rotation_program", "prepare", str(workers)]
    assert started(database, prepare, OLD).wait(600) == 0
    before = told(database, OLD)
    assert before.startswith(f"[('old', {workers})]")
    rng, reached = random.Random(11), []

    for _kill in range(kills):
        rotation, goal = started(database, ["manage.py", "rotate_keys"], NEW, OLD), anew(database)
        goal += rng.randrange(1, workers // (kills + 1))
        deadline = time.monotonic() + 600
        while rotation.poll() is None and anew(database) < goal:
            assert time.monotonic() < deadline, "the rotation goes on"
            time.sleep(0.02)
        rotation.send_signal(signal.SIGKILL)
        rotation.wait(20)
        reached.append(anew(database))
    # both keys open everything half-way
    assert told(database, NEW, OLD).split()[-1] == before.split()[-1]
    assert started(database, ["manage.py", "rotate_keys"], NEW, OLD).wait(1_800) == 0

    assert 0 < reached[0] < workers, reached
    assert reached == sorted(reached)
    after = told(database, NEW)
    assert after.startswith(f"[('new', {workers})]")
    assert after.split()[-1] == before.split()[-1]
