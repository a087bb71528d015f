"""The finder's answer as JSON bytes."""

import datetime as dt

import numpy as np

from nuanxin.algorithms.finder_query import Query
from nuanxin.algorithms.finder_snapshot import CIVIL, FinderSnapshot
from nuanxin.algorithms.finder_states import REASONS, Judged
from nuanxin.algorithms.openness import State

_STATES = [state.name.lower() for state in State]


def render(
    snapshot: FinderSnapshot,
    query: Query,
    rows: Judged,
    fallback: tuple[Judged, Judged] | None,
    *,
    now_s: int,
) -> bytes:
    """Return the body of an answer.

    Parameters
    ----------
    snapshot, query
        What is known, and what was asked.
    rows
        In the order of the answer.
    fallback
        Next to open and nearest round-the-clock station, one row or none each; None when not needed.
    now_s
        The present moment, epoch seconds.

    Returns
    -------
    bytes
        UTF-8 JSON on one line.
    """
    texts = _texts(snapshot, query, rows)
    opening, open_24h = ("null", "null")
    if fallback is not None:
        opening = next(iter(_texts(snapshot, query, fallback[0])), "null")
        open_24h = next(iter(_texts(snapshot, query, fallback[1])), "null")
    day = (query.departs_s - snapshot.first_s) // 86_400
    is_confirmed = 0 <= day < len(snapshot.is_day_confirmed) and bool(
        snapshot.is_day_confirmed[day]
    )
    body = (
        f'{{"now":"{_civil(now_s)}","by":"{query.mode.code}","is_confirmed_day":{_flag(is_confirmed)},'
        f'"stations":[{",".join(texts)}],"next_to_open":{opening},"nearest_24h":{open_24h}}}'
    )
    return body.encode()


def render_rows(snapshot: FinderSnapshot, query: Query, rows: Judged) -> bytes:
    """Return rows alone, as a JSON list."""
    return f"[{','.join(_texts(snapshot, query, rows))}]".encode()


def _texts(snapshot: FinderSnapshot, query: Query, rows: Judged) -> list[str]:
    lists = [
        rows.index.tolist(), rows.state.tolist(), rows.p.tolist(), rows.distance_m.tolist(),
        rows.travel_ms.tolist(), rows.arrive_s.tolist(), rows.closes_s.tolist(), rows.opens_s.tolist(),
        rows.reason.tolist(), rows.age_s.tolist(), rows.hits.tolist(), rows.times.tolist(),
        rows.score_ms.tolist(), _bearings(snapshot, query, rows),
    ]  # fmt: skip
    return [
        f'{snapshot.columns.static_json[index].decode()}"state":"{_STATES[state]}","p":{p:.3f},'
        f'"distance_m":{distance_m:.0f},"bearing_deg":{bearing},"travel_s":{travel_ms // 1000},'
        f'"arrive_at":"{_civil(arrive_s)}","closes_at":{_moment(closes_s)},'
        f'"stay_s":{_count(closes_s - arrive_s if closes_s >= 0 else -1)},"opens_at":{_moment(opens_s)},'
        f'"reason":{{"kind":"{REASONS[reason]}","age_s":{_count(age_s)}}},'
        f'"record":{{"hits":{hits},"times":{times}}},"score_ms":{score_ms}}}'
        for (
            index, state, p, distance_m, travel_ms, arrive_s, closes_s, opens_s,
            reason, age_s, hits, times, score_ms, bearing,
        ) in zip(*lists, strict=True)
    ]  # fmt: skip


def _bearings(snapshot: FinderSnapshot, query: Query, rows: Judged) -> list[int]:
    lat, lon = np.radians(query.lat), np.radians(query.lon)
    there_lat = np.radians(snapshot.columns.lat_deg[rows.index])
    east = np.radians(snapshot.columns.lon_deg[rows.index]) - lon
    y = np.sin(east) * np.cos(there_lat)
    x = np.cos(lat) * np.sin(there_lat) - np.sin(lat) * np.cos(there_lat) * np.cos(east)
    degrees: list[int] = (np.rint(np.degrees(np.arctan2(y, x))).astype(int) % 360).tolist()
    return degrees


def _civil(at_s: int) -> str:
    return dt.datetime.fromtimestamp(at_s, CIVIL).isoformat()


def _moment(at_s: int) -> str:
    return f'"{_civil(at_s)}"' if at_s >= 0 else "null"


def _count(value: int) -> str:
    return str(value) if value >= 0 else "null"


def _flag(value: bool) -> str:
    return "true" if value else "false"
