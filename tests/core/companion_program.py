"""What companions of tests compute; never a test by itself."""

import os
import time

from django.apps import apps

from nuanxin.core.errors import Conflict


class Adder:
    """Adds up what it is asked."""

    def __init__(self, start: int = 0) -> None:
        self.total = start

    def __call__(self, number: int) -> tuple[int, int]:
        """Return the sum so far, and who says so."""
        self.total += number
        return self.total, os.getpid()


class Odd(Exception):
    """What no pipe can carry."""

    def __init__(self, words: str, *, more: object) -> None:
        super().__init__(words)
        self.more = more


class Doer:
    """Does what it is told, well or badly."""

    def __call__(self, what: str) -> str:
        """Refuse, fail, sleep, ask for a table, or say it again."""
        if what == "refuse":
            words = "Not so."
            raise Conflict(words, code="not_so")
        if what == "fail":
            raise Odd(what, more=lambda: None)
        if what == "sleep":
            time.sleep(600)
        if what == "table":
            apps.get_model("workers", "Worker")
        return what


def nobody() -> Doer:
    """Come to an end instead of making one."""
    os._exit(1)
