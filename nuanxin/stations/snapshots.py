"""The one snapshot this process answers from; built anew when the change feed or the date moves."""

import datetime as dt
import threading
import time
from dataclasses import dataclass

from django.db.models import Max

from nuanxin.algorithms.calendars import Calendar
from nuanxin.algorithms.finder import FinderSnapshot
from nuanxin.core import clock
from nuanxin.regions.selectors import calendar
from nuanxin.stations import loading
from nuanxin.stations.models import StationChange

POLL_S = 1.0


@dataclass(frozen=True, slots=True)
class _Held:
    snapshot: FinderSnapshot
    seq: int
    built_on: dt.date
    calendar: Calendar


class SnapshotHolder:
    """Hold one snapshot; look at the change feed at most once a second."""

    def __init__(self) -> None:
        self._held: _Held | None = None
        self._looked_at = 0.0
        self._building = threading.Lock()

    def current(self, *, now_s: int) -> FinderSnapshot:
        """Return a snapshot that knows every change committed a second ago.

        Parameters
        ----------
        now_s
            The present moment, epoch seconds; its civil date is the second day of the horizon.

        Notes
        -----
        One query a second at most; while one thread rebuilds, the others go on with the old one.
        """
        held, ticks = self._held, time.monotonic()
        today = clock.from_epoch_s(now_s).date()
        if held is not None and held.built_on == today and ticks - self._looked_at < POLL_S:
            return held.snapshot
        if not self._building.acquire(blocking=held is None or held.built_on != today):
            return held.snapshot if held else self.current(now_s=now_s)
        try:
            self._held = self._refreshed(self._held, today)
            self._looked_at = time.monotonic()
            return self._held.snapshot
        finally:
            self._building.release()

    def forget(self) -> None:
        """Drop the snapshot; the next question builds it anew."""
        self._held = None

    def _refreshed(self, held: _Held | None, today: dt.date) -> _Held:
        # the feed is read before the rows: a change in between is seen twice, never missed
        seq = StationChange.objects.aggregate(last=Max("seq"))["last"] or 0
        days = calendar(today - dt.timedelta(days=4), today + dt.timedelta(days=14))
        if held is not None and (held.seq, held.built_on, held.calendar) == (seq, today, days):
            return held
        return _Held(loading.build_snapshot(today=today), seq, today, days)


holder = SnapshotHolder()
current = holder.current
