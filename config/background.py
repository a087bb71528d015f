"""What a server process does beside answering; ``manage.py run`` says what, in NUANXIN_BACKGROUND.

Without that variable nothing is started: importing the server's module is harmless.
"""

import atexit
import gc
import logging
import multiprocessing.util
import threading
from collections.abc import Callable, Iterable

from django.db import connection

import config.wsgi  # noqa: F401  # sets Django up, before any table is imported
from nuanxin.core.looping import tick_loop, web_loop, worker_loop
from nuanxin.stations import snapshots
from nuanxin.stations.selectors import warm_up

Work = Callable[[threading.Event], None]
# how long a server process that ends waits for what is at work
_FAREWELL_S = 5.0
_WARM_UP_S = 30.0
_warm = threading.Event()

logger = logging.getLogger(__name__)


def _finder(stop: threading.Event) -> None:
    """Build what the first answers need, then follow the change feed."""
    try:
        warm_up()
        # what stands now stands for good: no later collection walks through it
        gc.collect()
        gc.freeze()
    except Exception:
        logger.exception("no warm-up; the first reader waits for it")
    finally:
        connection.close()
        _warm.set()
    snapshots.holder.keep_looking(stop=stop)


def _tick(stop: threading.Event) -> None:
    # both share one interpreter, and a reader waits for the warm-up
    _warm.wait(_WARM_UP_S)
    tick_loop(stop)


WORKS: dict[str, Work] = {
    "finder": _finder,
    "web": web_loop,
    "worker": worker_loop,
    "tick": _tick,
}


def _guarded(work: Work, stop: threading.Event) -> None:
    try:
        work(stop)
    except Exception:
        # said by a logger, which scrubs; a thread's own last words would not be
        logger.exception("%s ended with an error", threading.current_thread().name)


def start(names: Iterable[str]) -> Callable[[], None]:
    """Start the named works, each in a thread.

    Parameters
    ----------
    names
        Keys of `WORKS`.

    Returns
    -------
    Callable
        Stops them and waits a few seconds; the end of the process calls it too.

    Raises
    ------
    KeyError
        When there is no such work.
    """
    stop = threading.Event()
    threads = [
        threading.Thread(target=_guarded, args=(WORKS[name], stop), name=name, daemon=True)
        for name in names
    ]
    for thread in threads:
        thread.start()

    def end() -> None:
        stop.set()
        for thread in threads:
            thread.join(_FAREWELL_S)

    # a forked process ends by the one, any other by the other
    multiprocessing.util.Finalize(None, end, exitpriority=10)
    atexit.register(end)
    return end
