"""Running processes: each says that it lives, of several one leads, a loop survives its errors."""

import datetime as dt
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.models import Q

from nuanxin.core import clock
from nuanxin.core.ids import computed_id
from nuanxin.core.models import Heartbeat, Lease

WEB: Final = "web"
WORKER: Final = "worker"
JOBS: Final = "jobs"  # the worker's second thread, with a heart of its own
TICK: Final = "tick"
KINDS: Final = (WEB, WORKER, JOBS, TICK)
# how long a process that ended without a farewell is remembered
REMEMBERED: Final = dt.timedelta(days=1)
_BEATS_UNTIL_STALE: Final = 6
_NEVER: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

logger = logging.getLogger(__name__)


def instance_id() -> str:
    """Return a name no other process ever has: host, process number, and chance."""
    return f"{socket.gethostname()[:80]}:{os.getpid()}:{secrets.token_hex(3)}"


class Pulse:
    """The heartbeat of one process.

    Parameters
    ----------
    name
        Kind of process: ``web``, ``worker``, ``jobs`` or ``tick``.
    instance
        Which one; a name of its own when left out.
    """

    def __init__(self, name: str, instance: str = "") -> None:
        self.name = name
        self.instance = instance or instance_id()
        self._id = computed_id("heartbeat", name, self.instance)
        self._started_at = clock.now()
        self._beat_at: float | None = None

    def beat(self) -> bool:
        """Write that this process lives, unless it did so a few seconds ago.

        Returns
        -------
        bool
            Whether it was written. One upsert when it was, no query otherwise.
        """
        ticks = time.monotonic()
        if self._beat_at is not None and ticks - self._beat_at < beat_s():
            return False
        row = Heartbeat(
            id=self._id,
            name=self.name,
            instance=self.instance,
            started_at=self._started_at,
            beat_at=clock.now(),
        )
        Heartbeat.objects.bulk_create(
            [row], update_conflicts=True, unique_fields=["id"], update_fields=["beat_at"]
        )
        self._beat_at = ticks
        return True

    def end(self) -> None:
        """Say farewell: a process that ended well is not missed. One DELETE."""
        Heartbeat.objects.filter(pk=self._id).delete()


def beat_s() -> float:
    """Return the seconds between two heartbeats."""
    return float(settings.STALE_S) / _BEATS_UNTIL_STALE


def run_loop(
    pulse: Pulse,
    step: Callable[[], bool],
    *,
    stop: threading.Event,
    pause_s: float,
    farewell: Callable[[], None] | None = None,
) -> None:
    """Beat and step until told to stop; an error of a step costs a pause, not the process.

    Parameters
    ----------
    pulse
        The heartbeat, written by the loop itself: a loop that hangs is seen to hang.
    step
        One turn; true when there is more to do at once.
    stop
        Set by a signal handler or by the process that ends.
    pause_s
        Seconds to wait when there is nothing to do, and after an error.
    farewell
        Done at the end, before the heartbeat is taken back.

    Notes
    -----
    The connection is given back after each turn, so that a database that went away is found anew.
    """
    while not stop.is_set():
        is_busy = False
        try:
            pulse.beat()
            is_busy = step()
        except Exception:
            logger.exception("%s: a turn failed; the next one follows", pulse.name)
        finally:
            connection.close()
        if not is_busy:
            stop.wait(pause_s)
    try:
        if farewell is not None:
            farewell()
        pulse.end()
    except Exception:
        logger.exception("%s: no farewell", pulse.name)
    finally:
        connection.close()


def take_lease(name: str, *, holder: str, now: dt.datetime, for_s: float) -> bool:
    """Take a lease, or keep it longer.

    Parameters
    ----------
    name
        The task.
    holder
        Who wants to do it.
    now
        The moment, aware; clocks of machines that share a lease agree to a few seconds.
    for_s
        Seconds until anybody else may take it over.

    Returns
    -------
    bool
        Whether the holder has it now.

    Notes
    -----
    One conditional UPDATE decides; the first time ever one INSERT and one UPDATE more.
    """

    def is_taken() -> bool:
        is_free = Q(holder=holder) | Q(expires_at__lte=now)
        until = now + dt.timedelta(seconds=for_s)
        found = Lease.objects.filter(is_free, name=name)
        return found.update(holder=holder, expires_at=until) == 1

    if is_taken():
        return True
    if Lease.objects.filter(name=name).exists():
        return False
    Lease.objects.bulk_create([Lease(name=name, expires_at=_NEVER)], ignore_conflicts=True)
    return is_taken()


def leave_lease(name: str, *, holder: str) -> None:
    """Give a lease back, if it is still the holder's. One UPDATE."""
    Lease.objects.filter(name=name, holder=holder).update(holder="", expires_at=_NEVER)


def trim_heartbeats(now: dt.datetime) -> int:
    """Forget processes that ended without a farewell more than a day ago.

    Returns
    -------
    int
        Rows removed; a second run removes none. One DELETE.
    """
    return Heartbeat.objects.filter(beat_at__lt=now - REMEMBERED).delete()[0]
