"""Many doors at their arrivals: the rules of ``openness.py`` over the snapshot's columns."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nuanxin.algorithms.finder_horizon import BAND_S, NEVER_MIN, STRIDE, Floats, Horizon, Places
from nuanxin.algorithms.finder_query import Query, ms_per_m
from nuanxin.algorithms.finder_snapshot import (
    CLOSED,
    IS_INSIDE,
    KINDS,
    RANK_BELOW,
    UNKNOWN,
    FinderSnapshot,
)

Bools = NDArray[np.bool_]

DISTANCE_M, TRAVEL_MS, ARRIVE_S, RISK, SCORE_MS = range(5)
FIGURES: Final = 5


@dataclass(slots=True, eq=False)
class Weighed:
    """Stations weighed for a journey; n of them.

    Parameters
    ----------
    rows
        Rows of the snapshot, shape (n,).
    figures
        Shape (FIGURES, n): metres as the crow flies, milliseconds of travel, arrival in epoch
        seconds, probability of a shut door, score in milliseconds; 1 and the full cost if closed.
    band
        Two-hour band of arrival in the horizon: one for all, or shape (n,).
    hours_base, place
        Where the arrival lies in the timetable of posted hours, shape (n,).
    is_outside_hours, is_barred, is_closed
        Shape (n,): the hours say closed and nothing fresh from inside overrules them; a planned
        closure covers the arrival, None when none is filed; closed by any rule.
    order
        Sorts as the answer does: closed last, unknown before them, then score, then identifier.
    """

    rows: Places
    figures: Floats
    band: int | Places
    hours_base: Floats
    place: Places
    is_outside_hours: Bools
    is_barred: Bools | None
    is_closed: Bools
    order: Floats

    def take(self, places: Places) -> "Weighed":
        """Return some of the stations, in the order given."""
        is_barred = None if self.is_barred is None else self.is_barred[places]
        return Weighed(
            self.rows[places],
            self.figures[:, places],
            self.band[places] if isinstance(self.band, np.ndarray) else self.band,
            self.hours_base[places],
            self.place[places],
            self.is_outside_hours[places],
            is_barred,
            self.is_closed[places],
            self.order[places],
        )


def weigh(
    snapshot: FinderSnapshot, query: Query, horizon: Horizon, rows: Places, figures: Floats
) -> Weighed:
    """Weigh stations for a journey.

    Parameters
    ----------
    snapshot, query
        What is known, and what is asked.
    horizon
        Compiled hours that cover every arrival.
    rows
        Rows of the snapshot, shape (n,), n >= 1.
    figures
        Shape (FIGURES, n); the distances are given, the others are filled in.

    Returns
    -------
    Weighed
        In the order given.
    """
    _distance_m, travel_ms, arrive_s, risk, score_ms = figures
    np.multiply(figures[DISTANCE_M], ms_per_m(query.mode), out=travel_ms)
    np.rint(travel_ms, out=travel_ms)
    np.floor(travel_ms / 1000.0, out=arrive_s)
    arrive_s += query.departs_s
    since_s = arrive_s - horizon.first_s
    band = _band(query.departs_s - horizon.first_s, since_s)
    minute = np.floor(since_s / 60.0)
    hours_base = snapshot.hours_base.take(rows)
    place = horizon.hours.place(hours_base, minute)
    is_outside_hours = _outside_hours(snapshot, query, rows, arrive_s, place)
    is_closed = is_outside_hours | (arrive_s < snapshot.shut_until_s.take(rows))
    is_barred = _barred(snapshot, horizon, rows, minute)
    if is_barred is not None:
        is_closed |= is_barred
    _fill_risk(snapshot, query, horizon, rows, band, figures)
    risk[is_closed] = 1.0
    np.rint(risk * snapshot.params.shut_cost_ms, out=score_ms)
    score_ms += travel_ms
    order = score_ms * RANK_BELOW
    order += snapshot.rank.take(rows)
    is_unknown = _unknown(snapshot, query, horizon, rows, arrive_s, band)
    if True in is_unknown.tobytes():
        order += is_unknown * UNKNOWN
    order += is_closed * CLOSED
    return Weighed(
        rows, figures, band, hours_base, place, is_outside_hours, is_barred, is_closed, order
    )


def _band(departs_s: int, since_s: Floats) -> int | Places:
    """Return the two-hour bands of arrival: one number when it is the same for all."""
    first = departs_s // BAND_S
    return first if first == since_s.max() // BAND_S else (since_s // BAND_S).astype(np.intp)


def _fill_risk(
    snapshot: FinderSnapshot,
    query: Query,
    horizon: Horizon,
    rows: Places,
    band: int | Places,
    figures: Floats,
) -> None:
    """Fill in the probabilities of shut doors: odds · e^(−evidence), over one more than that."""
    arrive_s = figures[ARRIVE_S]
    if query.departs_s < snapshot.as_of_s:
        evidence = _past_evidence(snapshot, rows, arrive_s)
    else:
        left = np.multiply.outer(arrive_s - snapshot.as_of_s, snapshot.fading)
        np.exp2(left, out=left)
        left *= snapshot.left.take(rows, 0)
        evidence = left @ snapshot.fading_ones
    if isinstance(band, int):
        odds = snapshot.odds_against(horizon.cells[band]).take(rows)
    else:
        odds = _odds_by_band(snapshot, horizon, rows, band)
    np.negative(evidence, out=evidence)
    odds *= np.exp(evidence, out=evidence)
    np.divide(odds, odds + 1.0, out=figures[RISK])


def _odds_by_band(snapshot: FinderSnapshot, horizon: Horizon, rows: Places, band: Places) -> Floats:
    odds = np.empty(len(rows))
    for one in np.unique(band).tolist():
        places = np.flatnonzero(band == one)
        odds[places] = snapshot.odds_against(horizon.cells[one])[rows[places]]
    return odds


def _past_evidence(snapshot: FinderSnapshot, rows: Places, arrive_s: Floats) -> Floats:
    """Return the evidence for moments before some of it was given; that is left out."""
    age_s = arrive_s[:, None] - snapshot.doors["at_s"][rows]
    weight = np.where(age_s >= 0.0, snapshot.weight[rows], 0.0)
    half_lives_s = [snapshot.params.rules[kind].half_life_s for kind in KINDS]
    evidence: Floats = (weight * np.exp2(-np.maximum(age_s, 0.0) / half_lives_s)).sum(axis=1)
    return evidence


def _barred(
    snapshot: FinderSnapshot, horizon: Horizon, rows: Places, minute: Floats
) -> Bools | None:
    if True not in snapshot.has_closures.take(rows).tobytes():
        return None
    base = snapshot.doors["permit"][rows] * STRIDE
    is_barred: Bools = horizon.permits.place(base, minute) & 1 == 0
    return is_barred


def _outside_hours(
    snapshot: FinderSnapshot, query: Query, rows: Places, arrive_s: Floats, place: Places
) -> Bools:
    is_outside: Bools = place & 1 == 0
    if query.departs_s >= snapshot.as_of_s:
        is_outside &= snapshot.inside_until_s.take(rows) < arrive_s
        return is_outside
    age_s = arrive_s[:, None] - snapshot.doors["at_s"][rows]
    fresh_s = snapshot.params.inside_fresh_s
    is_fresh = (age_s >= 0.0) & (age_s <= fresh_s) & (snapshot.weight[rows] > 0.0) & IS_INSIDE
    is_outside &= ~is_fresh.any(axis=1)
    return is_outside


def _unknown(
    snapshot: FinderSnapshot,
    query: Query,
    horizon: Horizon,
    rows: Places,
    arrive_s: Floats,
    band: int | Places,
) -> Bools:
    """Return where nothing can be said: no hours and nobody was ever there, or an uncertain day."""
    is_unknown: Bools = snapshot.is_unseen.take(rows)
    if query.departs_s < snapshot.as_of_s:
        doors = snapshot.doors[rows]
        is_seen = (arrive_s[:, None] >= doors["at_s"]) & (snapshot.weight[rows] != 0.0)
        is_unknown = ~(doors["has_hours"] | is_seen.any(axis=1))
    if not horizon.is_all_confirmed(band):
        is_unknown |= ~np.array(horizon.is_confirmed_band)[band]
    return is_unknown


def closes_min(
    snapshot: FinderSnapshot, horizon: Horizon, weighed: Weighed, chosen: Places
) -> list[float]:
    """Return when chosen stations close that are posted open on arrival; ``NEVER_MIN`` for others.

    Returns
    -------
    list of float
        Minutes since the first midnight: the closing, or the planned closure before it. What is told
        of a closed station is of no use.
    """
    place, base = weighed.place.take(chosen), weighed.hours_base.take(chosen)
    keys = (horizon.hours.keys.take(place) - base).tolist()
    closes = [
        key if odd and key < STRIDE - 1 else NEVER_MIN
        for key, odd in zip(keys, (place & 1).tolist(), strict=True)
    ]
    rows = weighed.rows.take(chosen)
    has_closures = snapshot.has_closures.take(rows).tobytes()
    if True in has_closures:
        for at in np.flatnonzero(np.frombuffer(has_closures, dtype=np.bool_)).tolist():
            minute = (float(weighed.figures[ARRIVE_S, chosen[at]]) - horizon.first_s) // 60
            permit = int(snapshot.doors["permit"][rows[at]])
            closes[at] = min(closes[at], horizon.permitted_until_min(permit, minute))
    return closes


def opens_min(
    snapshot: FinderSnapshot, horizon: Horizon, weighed: Weighed, chosen: Places
) -> Floats:
    """Return when chosen stations next open, outside planned closures; ``NEVER_MIN`` for never.

    Returns
    -------
    np.ndarray
        Shape (chosen,), minutes since the first midnight.
    """
    base, rows = weighed.hours_base.take(chosen), weighed.rows.take(chosen)
    opens = horizon.hours.opens_min(base, weighed.place.take(chosen))
    for at in np.flatnonzero(snapshot.has_closures.take(rows)).tolist():
        minute = (float(weighed.figures[ARRIVE_S, chosen[at]]) - horizon.first_s) // 60
        door = snapshot.doors[rows[at]]
        sid, permit = int(base[at] / STRIDE), int(door["permit"])
        # the end of a closure opens no door of which no hours are known
        opens[at] = (
            horizon.next_opening_min(sid, permit, minute) if door["has_hours"] else NEVER_MIN
        )
    return opens
