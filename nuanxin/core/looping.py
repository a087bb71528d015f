"""The loops of tick and worker: as processes of their own, or as threads of the one on SQLite."""

import signal
import threading
from typing import Any, Final

from nuanxin.core import clock, outbox, ticking
from nuanxin.core.processes import TICK, WEB, WORKER, Pulse, beat_s, run_loop

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
        ticking.tick(clock.now(), holder=pulse.instance)
        return False

    def resign() -> None:
        ticking.resign(holder=pulse.instance)

    run_loop(pulse, step, stop=stop, pause_s=TICK_PAUSE_S, farewell=resign)


def worker_loop(stop: threading.Event) -> None:
    """Send what is due until told to stop."""
    pulse = Pulse(WORKER)

    def step() -> bool:
        delivery = outbox.deliver_due(clock.now(), _BATCH, holder=pulse.instance, stop=stop)
        return delivery.taken_count == _BATCH

    run_loop(pulse, step, stop=stop, pause_s=WORKER_PAUSE_S)


def web_loop(stop: threading.Event) -> None:
    """Say that this server process lives until it does not."""
    run_loop(Pulse(WEB), lambda: False, stop=stop, pause_s=beat_s())
