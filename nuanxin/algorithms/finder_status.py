"""What is told of many doors at one moment, to whoever stands before them: no journey, no order."""

from typing import Final

import numpy as np

from nuanxin.algorithms.finder_horizon import Places
from nuanxin.algorithms.finder_query import MODES, Query
from nuanxin.algorithms.finder_rows import (
    DOOR_RECORD,
    STATES,
    closed_by,
    told_closed,
    told_open,
)
from nuanxin.algorithms.finder_snapshot import FinderSnapshot
from nuanxin.algorithms.finder_weigh import FIGURES, RISK, closes_min, weigh

_NAME: Final = b'"name":'


def status_rows(snapshot: FinderSnapshot, places: Places, *, at_s: int) -> list[bytes]:
    """Return the states of some doors at a moment, by the rules of ``openness.openness``.

    Parameters
    ----------
    snapshot
        What is known.
    places
        Places of the stations in the columns that the snapshot was built from, shape (n,).
    at_s
        The moment, epoch seconds; evidence from after it is left out.

    Returns
    -------
    list of bytes
        JSON objects with ``id``, ``code``, ``state``, ``p``, ``reason``, ``closes_at`` and
        ``opens_at``, in the order given.

    Notes
    -----
    All doors are weighed at once; a few microseconds each for the text.
    """
    if not len(places):
        return []
    rows = snapshot.row_of[places].astype(np.intp)
    query = Query(lat=0.0, lon=0.0, mode=MODES["walk"], departs_s=at_s)
    horizon, params, everyone = snapshot.horizon(at_s, at_s), snapshot.params, np.arange(len(rows))
    weighed = weigh(snapshot, query, horizon, rows, np.zeros((FIGURES, len(rows))))
    columns = zip(
        information_rows(snapshot, places),
        DOOR_RECORD.iter_unpack(snapshot.doors.take(rows).tobytes()),
        weighed.figures[RISK].tolist(),
        closes_min(snapshot, horizon, weighed, everyone),
        closed_by(snapshot, horizon, weighed, everyone),
        strict=True,
    )
    made: list[bytes] = []
    for text, door, risk, closes, closed in columns:
        state, reason, age_s, closes_at, _stay_s, opens_at = (
            told_closed(horizon, door, at_s, *closed)
            if closed
            else told_open(horizon, params, door, at_s, 1.0 - risk, closes)
        )
        told = (
            f'"state":"{STATES[state]}","p":{1.0 - risk:.3f},'
            f'"reason":{{"kind":"{reason}","age_s":{age_s}}},'
            f'"closes_at":{closes_at},"opens_at":{opens_at}}}'
        )
        # the text opens with identifier and number; what follows changes seldom and is not told
        made.append(text[: text.index(_NAME)] + told.encode())
    return made


def information_rows(snapshot: FinderSnapshot, places: Places) -> list[bytes]:
    """Return what changes seldom of some stations, as JSON objects in the order given.

    Parameters
    ----------
    snapshot, places
        As for `status_rows`.
    """
    static = snapshot.static
    return [static[row][:-1] + b"}" for row in snapshot.row_of[places].tolist()]
