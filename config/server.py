"""The WSGI callable of a running server: it warms up beside the first requests."""

import gc
import threading

from django.db import connection

from config.wsgi import application
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


# a page that comes sooner waits for the same work
threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()
