"""The one snapshot this process answers from; it follows the change feed, station by station."""

import datetime as dt
import logging
import threading
import time
from dataclasses import dataclass, replace
from typing import Final

from django.db import Error, connection
from django.db.models import Q

from nuanxin.algorithms.feed import REACH, Cursor, advance, begin
from nuanxin.algorithms.finder import FinderSnapshot
from nuanxin.core import clock
from nuanxin.core.health import Part
from nuanxin.regions.selectors import calendar_state
from nuanxin.stations import loading
from nuanxin.stations.loading import Loaded
from nuanxin.stations.models import StationChange

POLL_S = 1.0
"""A request looks itself when nobody has for so long."""
LOOK_S: Final = 0.2
OLD_S: Final = 10.0
"""What was looked at longer ago than this is told to be out of date."""
_AGAIN_S: Final = 0.5  # between looks that fail
_CALENDAR_S: Final = 10.0
_REST_S: Final = 5.0  # after a whole build that failed; else as long as it took
_SILENCE_S: Final = 300.0  # what was missed for longer may have been trimmed from the feed
_MOST: Final = 200
_SHARE: Final = (
    0.25  # of the stations: to read more of them one by one takes longer than all at once
)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Held:
    """What this process answers from.

    Parameters
    ----------
    loaded
        The snapshot and its directory.
    cursor
        How far the feed has been read into it.
    built_on
        Civil date of the last whole build; hours are compiled for nine days from it on.
    calendar
        State of the calendar then.
    is_whole
        False when only a whole build knows of something that the feed told.
    """

    loaded: Loaded
    cursor: Cursor
    built_on: dt.date
    calendar: int
    is_whole: bool = True

    @property
    def version(self) -> str:
        """A text that changes with what is held; the same in processes that hold the same."""
        seq, missing = self.cursor.last, self.cursor.missing
        return f"{seq}-{missing}-{self.calendar:x}" + ("" if self.is_whole else "-part")


@dataclass(frozen=True, slots=True)
class Health:
    """How old the last look at the feed is that succeeded, and the number held.

    Parameters
    ----------
    age_s
        Seconds; None when nothing is held yet.
    seq
        Last sequence number of the feed.
    """

    age_s: float | None
    seq: int


class SnapshotHolder:
    """Hold one snapshot and follow the change feed.

    In a server a thread of its own looks (`keep_looking`) and whole builds have another one, so that
    requests never wait. Without that thread a request looks, at most once a second. What stands goes
    on serving while something new is built, and when the database is away.
    """

    def __init__(self) -> None:
        self._held: Held | None = None
        self._looked_at = self._tried_at = self._calendar_at = self._rest_until = -_SILENCE_S
        self._is_failing = self._is_watched = False
        self._looking, self._building = threading.Lock(), threading.Lock()

    def current(self, *, now_s: int) -> FinderSnapshot:
        """Return a snapshot that knows every change committed a second ago.

        Parameters
        ----------
        now_s
            The present moment, epoch seconds; its civil date is the second day of the horizon.

        Notes
        -----
        As `held`.
        """
        return self.held(now_s=now_s).loaded.snapshot

    def followed(self) -> FinderSnapshot | None:
        """Return the snapshot that a thread keeps fresh; None when nobody has looked for a second.

        Notes
        -----
        Never a query and never a wait: for those who must not touch the database.
        """
        held = self._held
        if held is None or not self._is_watched or time.monotonic() - self._tried_at >= POLL_S:
            return None
        return held.loaded.snapshot

    def held(self, *, now_s: int) -> Held:
        """Return everything held, for the same moment.

        Notes
        -----
        No query where a thread looks; else one a second, ten for changed stations, and two for the
        calendar every ten seconds.

        Raises
        ------
        django.db.Error
            When nothing is held yet and the database is away.
        """
        held = self._held
        if held is not None and time.monotonic() - self._tried_at < POLL_S:
            return held
        if self._looking.acquire(blocking=held is None):
            try:
                if self._held is None or time.monotonic() - self._tried_at >= POLL_S:
                    self._look(now_s)
            finally:
                self._looking.release()
        return self._held or held or self.held(now_s=now_s)

    def look(self, *, now_s: int) -> bool:
        """Look at the feed now, whenever somebody did last; what stands goes on if that fails.

        Returns
        -------
        bool
            Whether the look succeeded.

        Raises
        ------
        django.db.Error
            When nothing is held yet and the database is away.
        """
        with self._looking:
            return self._look(now_s)

    def forget(self) -> None:
        """Drop the snapshot; the next question builds it anew."""
        self._held = None
        self._rest_until = -_SILENCE_S

    def health(self) -> Health:
        """Return whether the process keeps up with the feed. No query."""
        held = self._held
        if held is None:
            return Health(None, 0)
        return Health(time.monotonic() - self._looked_at, held.cursor.last)

    def keep_looking(self, *, stop: threading.Event, every_s: float = LOOK_S) -> None:
        """Look again and again in the calling thread until told to stop.

        Parameters
        ----------
        stop
            Set to end.
        every_s
            Seconds between looks.

        Notes
        -----
        One query a look; on SQLite none while nobody has written. The thread's connection is its
        own, and is made anew after a failure.
        """
        self._is_watched = True
        moved = _Moved()
        try:
            while not stop.wait(_AGAIN_S if self._is_failing else every_s):
                self._look_if(moved)
        finally:
            self._is_watched = False
            connection.close()

    def _look_if(self, moved: "_Moved") -> None:
        try:
            if self._is_idle() and not moved():
                self._looked_at = self._tried_at = time.monotonic()
            else:
                self.look(now_s=clock.now_s())
        except Error as error:
            self._fail(error)
        except Exception:  # noqa: BLE001  said in the log
            # a thread that ends would leave every answer as it stands: go on
            if not self._is_failing:
                _log.exception("looking at the change feed failed")
            self._is_failing = True
        if self._is_failing:
            # the next look is at everything, on a connection of its own
            moved.forget()
            connection.close()

    def _is_idle(self) -> bool:
        """Return whether nothing but the feed could ask for a look."""
        held = self._held
        if held is None or not held.is_whole or held.built_on != clock.civil_date():
            return False
        return time.monotonic() - self._calendar_at < _CALENDAR_S

    def _look(self, now_s: int) -> bool:
        try:
            self._refresh(clock.from_epoch_s(now_s).date())
        except Error as error:
            if self._held is None:
                raise
            self._fail(error)
            return False
        finally:
            self._tried_at = time.monotonic()
        self._looked_at = self._tried_at
        if self._is_failing:
            self._is_failing = False
            _log.info("the change feed is followed again")
        return True

    def _fail(self, error: Error) -> None:
        """Say once that the feed cannot be read; what stands goes on serving."""
        if not self._is_failing:
            self._is_failing = True
            _log.warning("the change feed cannot be read: %s", error)

    def _refresh(self, today: dt.date) -> None:
        held = self._held
        if held is None:
            self._held = self._built(today)
            return
        is_silent = time.monotonic() - self._looked_at > _SILENCE_S
        held = self._held = _followed(replace(held, is_whole=held.is_whole and not is_silent))
        is_due = not held.is_whole or held.built_on != today or self._is_calendar_moved(held)
        if not is_due or (self._is_watched and time.monotonic() < self._rest_until):
            return
        if not self._is_watched:
            self._held = self._built(today)
        elif self._building.acquire(blocking=False):
            threading.Thread(
                target=self._build_aside, args=(today,), name="snapshot", daemon=True
            ).start()

    def _is_calendar_moved(self, held: Held) -> bool:
        if time.monotonic() - self._calendar_at < _CALENDAR_S:
            return False
        is_moved = calendar_state() != held.calendar
        if not is_moved:
            self._calendar_at = time.monotonic()
        return is_moved

    def _built(self, today: dt.date) -> Held:
        began = time.monotonic()
        # feed and calendar are read before the rows: a change in between is seen twice, never missed
        seen = StationChange.objects.order_by("-seq").values_list("seq", flat=True)[:REACH]
        cursor, state = begin(seen, now_s=began), calendar_state()
        held = Held(loading.load(today=today), cursor, today, state)
        self._calendar_at = ended = time.monotonic()
        self._rest_until = 2.0 * ended - began
        return held

    def _build_aside(self, today: dt.date) -> None:
        """Build whole beside the looks, and take over what they learned meanwhile."""
        self._rest_until = time.monotonic() + _REST_S
        try:
            fresh = self._built(today)
            with self._looking:
                self._held = _followed(fresh)
        except Exception:  # noqa: BLE001  said in the log; what stands goes on, and it is tried again
            _log.exception("the snapshot cannot be built anew")
        finally:
            self._building.release()
            connection.close()


def _followed(held: Held) -> Held:
    """Return what is held after everything that the feed tells of single stations.

    Notes
    -----
    One query, and ten for every 500 changed stations.
    """
    wanted = Q(seq__gte=held.cursor.last)
    for first, last in held.cursor.ranges():
        wanted |= Q(seq__range=(first, last))
    told = dict(StationChange.objects.filter(wanted).order_by().values_list("seq", "station_id"))
    if held.cursor.last and held.cursor.last not in told:
        # the feed was trimmed past this process, or is that of another database
        return replace(held, is_whole=False)
    cursor, fresh = advance(held.cursor, told, now_s=time.monotonic())
    keys = {told[seq] for seq in fresh}
    if len(keys) > max(_MOST, _SHARE * len(held.loaded.snapshot)):
        return replace(held, is_whole=False)
    if not keys:
        return replace(held, cursor=cursor) if cursor != held.cursor else held
    loaded, is_whole = loading.reload(held.loaded, keys)
    return replace(held, loaded=loaded, cursor=cursor, is_whole=held.is_whole and is_whole)


class _Moved:
    """Whether anybody wrote since this thread asked last; where that cannot be told, always."""

    def __init__(self) -> None:
        self._version: int | None = None

    def __call__(self) -> bool:
        if connection.vendor != "sqlite":
            return True
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            version = int(cursor.fetchone()[0])
        is_moved, self._version = version != self._version, version
        return is_moved

    def forget(self) -> None:
        """Make the next answer yes; numbers of different connections cannot be compared."""
        self._version = None


holder = SnapshotHolder()
current = holder.current


def check(now: dt.datetime) -> Part:
    """Tell /readyz whether this process answers from what was committed lately."""
    held = holder.held(now_s=int(now.timestamp()))
    health = holder.health()
    is_fresh = health.age_s is not None and health.age_s <= OLD_S
    return Part(
        is_fresh, {"stations": len(held.loaded.snapshot), "seq": health.seq, "age_s": health.age_s}
    )
