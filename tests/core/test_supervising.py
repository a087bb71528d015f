"""Supervision, with small programs in place of server, worker and tick."""

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from nuanxin.core.supervising import Child, Supervisor

STAYS = "import time; time.sleep(60)"
DIES = "raise SystemExit(3)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
# a server whose own child must not outlive it
PARENT = "import subprocess, sys, time; print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid, flush=True); time.sleep(60)"


class Site:
    """A supervisor in a thread, with everything it told."""

    def __init__(self, *programs: tuple[str, str], **options: float) -> None:
        self.children = [
            Child(name, [sys.executable, "-c", program], os.environ) for name, program in programs
        ]
        self.told: list[str] = []
        self.stop = threading.Event()
        self.status: int | None = None
        fast = {"settled_s": 5.0, "pauses_s": (0.0, 0.1), "grace_s": 2.0} | options
        self._supervisor = Supervisor(self.children, tell=self.told.append, **fast)  # type: ignore[arg-type]  # floats and a tuple of them
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        self.status = self._supervisor.run(self.stop)

    def wait_for(self, *words: str) -> None:
        """Wait until a line holds every word."""
        until = time.monotonic() + 10
        while not any(all(word in line for word in words) for line in self.told):
            assert time.monotonic() < until, self.told
            time.sleep(0.02)

    def end(self) -> int | None:
        self.stop.set()
        self._thread.join(10)
        return self.status


@pytest.fixture
def site():
    made: list[Site] = []

    def make(*programs: tuple[str, str], **options: float) -> Site:
        made.append(Site(*programs, **options))
        return made[-1]

    yield make
    for one in made:
        one.end()


def pid_of(child: Child) -> int:
    assert child.process is not None
    return child.process.pid


def test_children_start_in_order_and_stop_the_other_way_round(site):
    running = site(("web", STAYS), ("worker", STAYS))
    running.wait_for("worker", "started")

    assert running.end() == 0
    assert [line.split(",")[0] for line in running.told] == [
        "web: started",
        "worker: started",
        "worker: killed by SIGTERM",
        "web: killed by SIGTERM",
    ]


def test_child_that_is_killed_starts_again_and_the_others_go_on(site):
    running = site(("web", STAYS), ("worker", STAYS))
    running.wait_for("worker", "started")
    web, worker = (pid_of(child) for child in running.children)

    os.kill(worker, signal.SIGKILL)
    running.wait_for("worker", "killed by SIGKILL", "starts again")
    while running.children[1].process is None or pid_of(running.children[1]) == worker:
        time.sleep(0.02)

    assert pid_of(running.children[0]) == web
    assert running.end() == 0


def test_child_that_keeps_dying_ends_the_site_with_an_error(site):
    running = site(("web", STAYS), ("tick", DIES))

    running.wait_for("tick", "giving up")
    running.wait_for("web", "stopped")

    assert running.end() == 1
    assert sum("tick: started" in line for line in running.told) == 3


def test_child_that_dies_late_is_a_new_beginning(site):
    running = site(("tick", DIES), settled_s=0.0)

    while sum("started" in line for line in running.told) < 5:
        time.sleep(0.02)

    assert running.end() is not None
    assert not any("giving up" in line for line in running.told)


def test_child_that_does_not_listen_is_killed_and_told(site, capfd):
    running = site(("web", DEAF), grace_s=0.3)
    while "deaf" not in capfd.readouterr().out:
        time.sleep(0.02)

    assert running.end() == 1
    assert "did not end within 0.3 s" in running.told[-1]


def test_what_a_killed_child_started_does_not_go_on_beside_its_successor(site, capfd):
    running = site(("web", PARENT))
    text = ""
    while "\n" not in text:
        text += capfd.readouterr().out
        time.sleep(0.02)

    os.kill(pid_of(running.children[0]), signal.SIGKILL)
    running.wait_for("starts again")

    def is_gone(pid: int) -> bool:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        return state == "Z"

    until = time.monotonic() + 5
    while not is_gone(int(text)):
        assert time.monotonic() < until
        time.sleep(0.02)
