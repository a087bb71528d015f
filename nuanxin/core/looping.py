"""The loops of tick and worker: as processes of their own, or as threads of the one on SQLite."""

import signal
import threading
from collections.abc import Callable
from typing import Any, Final

from nuanxin.core import clock, jobs, outbox, ticking
from nuanxin.core.processes import JOBS, TICK, WEB, WORKER, Pulse, beat_s, run_loop

TICK_PAUSE_S: Final = 2.0
WORKER_PAUSE_S: Final = 1.0
_BATCH: Final = 10


def stop_on_signals() -> threading.Event:
    """Return an event that SIGTERM and SIGINT set; what is at work ends first."""
    stop = threading.Event()

    def ask(number: int, frame: Any) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    return stop


def tick_loop(stop: threading.Event) -> None:
    """Lead, or wait to lead, until told to stop."""
    pulse = Pulse(TICK)

    def step() -> bool:
        ticking.tick(clock.now(), holder=pulse.instance, may_go_on=_beating(pulse, stop))
        return False

    def resign() -> None:
        ticking.resign(holder=pulse.instance)

    run_loop(pulse, step, stop=stop, pause_s=min(TICK_PAUSE_S, beat_s()), farewell=resign)


def worker_loop(stop: threading.Event) -> None:
    """Send what is due, and work off what rooms left to be done, until told to stop.

    Long work has a thread and a heartbeat of its own: a file of a province must not hold up a code
    that somebody waits for.
    """
    labour = threading.Thread(target=_jobs_loop, args=(stop,), name="jobs", daemon=True)
    labour.start()
    pulse = Pulse(WORKER)

    def step() -> bool:
        delivery = outbox.deliver_due(
            clock.now(), _BATCH, holder=pulse.instance, may_go_on=_beating(pulse, stop)
        )
        return delivery.taken_count == _BATCH

    run_loop(pulse, step, stop=stop, pause_s=min(WORKER_PAUSE_S, beat_s()))
    labour.join()


def _jobs_loop(stop: threading.Event) -> None:
    pulse = Pulse(JOBS)

    def step() -> bool:
        return jobs.work(holder=pulse.instance, may_go_on=_beating(pulse, stop))

    run_loop(pulse, step, stop=stop, pause_s=min(WORKER_PAUSE_S, beat_s()))


def web_loop(stop: threading.Event) -> None:
    """Say that this server process lives until it does not."""
    run_loop(Pulse(WEB), lambda: False, stop=stop, pause_s=beat_s())


def _beating(pulse: Pulse, stop: threading.Event) -> Callable[[], bool]:
    """Return what a long turn asks between its pieces: it beats, and says whether to go on."""

    def may_go_on() -> bool:
        pulse.beat()
        return not stop.is_set()

    return may_go_on
