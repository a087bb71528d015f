"""Supervising the processes of a site: start, restart with a growing pause, stop, tell each event."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

# a child that lives shorter than this has failed to start
SETTLED_S: Final = 10.0
# pauses before the next start of a child that keeps dying; after the last one the site gives up
PAUSES_S: Final = (0.5, 1.0, 2.0, 4.0, 8.0)
GRACE_S: Final = 20.0
_LOOK_S: Final = 0.2


@dataclass(slots=True)
class Child:
    """One process that has to run.

    Parameters
    ----------
    name
        As told in each line.
    command
        The program and its arguments.
    variables
        Its whole environment.
    """

    name: str
    command: Sequence[str]
    variables: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    deaths_in_a_row: int = 0
    due_at: float = field(default=0.0)


class Supervisor:
    """Keep children running until told to stop, or until one of them cannot be kept.

    Parameters
    ----------
    children
        In the order in which they start; they stop the other way round.
    tell
        Writes one line.
    settled_s
        Seconds after which a child counts as started.
    pauses_s
        Seconds before each next start of a child that dies before that.
    grace_s
        Seconds that children get to end what they are at.
    """

    def __init__(
        self,
        children: Sequence[Child],
        *,
        tell: Callable[[str], None],
        settled_s: float = SETTLED_S,
        pauses_s: Sequence[float] = PAUSES_S,
        grace_s: float = GRACE_S,
    ) -> None:
        self._children = children
        self._tell = tell
        self._settled_s, self._pauses_s, self._grace_s = settled_s, pauses_s, grace_s

    def run(self, stop: threading.Event) -> int:
        """Run until ``stop`` is set.

        Returns
        -------
        int
            Exit status: 0 when told to stop, 1 when a child kept dying or had to be killed.
        """
        status = 0
        try:
            while status == 0 and not stop.wait(_LOOK_S):
                status = max(self._look_after(child) for child in self._children)
        finally:
            is_clean = self._stop_all()
        return status or int(not is_clean)

    def _look_after(self, child: Child) -> int:
        now = time.monotonic()
        if child.process is not None:
            code = child.process.poll()
            if code is None:
                return 0
            if not self._mourn(child, code, now):
                return 1
        if now >= child.due_at:
            self._start(child, now)
        return 0

    def _start(self, child: Child, now: float) -> None:
        # each in a group of its own: a Ctrl-C at the terminal reaches us alone, and we stop them
        child.process = subprocess.Popen(  # noqa: S603  our own programs
            child.command, env=dict(child.variables), start_new_session=True
        )
        child.started_at = now
        self._tell(f"{child.name}: started, process {child.process.pid}")

    def _mourn(self, child: Child, code: int, now: float) -> bool:
        """Tell how a child ended and when it starts again; return whether it does."""
        # what it started itself must not go on without it, beside its successor
        _kill_group(child)
        child.process = None
        has_settled = now - child.started_at >= self._settled_s
        child.deaths_in_a_row = 1 if has_settled else child.deaths_in_a_row + 1
        if child.deaths_in_a_row > len(self._pauses_s):
            self._tell(f"{child.name}: {_ended(code)}, for the last time: giving up")
            return False
        pause_s = self._pauses_s[child.deaths_in_a_row - 1]
        child.due_at = now + pause_s
        self._tell(f"{child.name}: {_ended(code)}, starts again in {pause_s:g} s")
        return True

    def _stop_all(self) -> bool:
        """Ask every child to end, then make those that do not; return whether all ended well."""
        running = [child for child in reversed(self._children) if child.process is not None]
        for child in running:
            _signal(child, signal.SIGTERM)
        until, is_clean = time.monotonic() + self._grace_s, True
        for child in running:
            is_clean = self._stop(child, until) and is_clean
        return is_clean

    def _stop(self, child: Child, until: float) -> bool:
        assert child.process is not None  # noqa: S101  only running children are stopped
        try:
            code = child.process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            _kill_group(child)
            child.process.wait()
            self._tell(f"{child.name}: killed, it did not end within {self._grace_s:g} s")
            return False
        self._tell(f"{child.name}: {_ended(code)}, stopped")
        return True


def _signal(child: Child, number: signal.Signals) -> None:
    if child.process is not None and child.process.poll() is None:
        child.process.send_signal(number)


def _kill_group(child: Child) -> None:
    if child.process is not None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.process.pid, signal.SIGKILL)


def _ended(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"
