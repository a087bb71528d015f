"""The WSGI callable of a running server: it warms up, and then follows the change feed, beside the requests."""

import contextlib
import gc
import threading

from django.db import Error, connection

from config.wsgi import application
from nuanxin.stations import snapshots
from nuanxin.stations.selectors import warm_up

__all__ = ["application"]


def _warm_up() -> None:
    try:
        warm_up()
        # what stands now stands for good: no later collection walks through it
        gc.collect()
        gc.freeze()
    finally:
        connection.close()


def _serve_beside() -> None:
    with contextlib.suppress(Error):  # the database is away: the looks go on, and say so
        _warm_up()
    snapshots.holder.keep_looking(stop=threading.Event())


# a page that comes sooner waits for the same work
threading.Thread(target=_serve_beside, name="change-feed", daemon=True).start()
