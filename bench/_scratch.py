"""A database of its own, in memory, for measures that write through the services."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from django.conf import settings
from django.test.utils import setup_databases, teardown_databases

from nuanxin.core import clock
from nuanxin.core.actors import SystemActor
from nuanxin.regions.imports import import_calendar

ACTOR = SystemActor("bench")


@contextmanager
def scratch_database() -> Iterator[None]:
    """Stand an empty, migrated database with the calendar in the place of the configured one."""
    config = setup_databases(0, interactive=False, serialized_aliases=[])
    try:
        import_calendar(settings.ROOT / "data", by=ACTOR)
        yield
    finally:
        teardown_databases(config, 0)


class Clock:
    """The clock of a play: it stands where it was put."""

    def __init__(self) -> None:
        self.at = dt.datetime(2026, 3, 10, 9, 0, tzinfo=clock.CIVIL_ZONE)

    def now(self) -> dt.datetime:
        """Return where it stands."""
        return self.at


@contextmanager
def stopped_clock() -> Iterator[Clock]:
    """Put a clock that stands in the place of the running one."""
    stopped = Clock()
    with mock.patch.object(clock, "now", stopped.now):
        yield stopped
