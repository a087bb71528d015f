"""The order of an answer by small worlds drawn by hand, and the fast finder's fallback by the oracle."""

import datetime as dt
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nuanxin.algorithms.finder import MODES, answer
from nuanxin.algorithms.finder_oracle import (
    PlainStation,
    Posted,
    distance_m,
    search,
    visit,
)
from nuanxin.algorithms.finder_snapshot import KINDS
from nuanxin.algorithms.geo import EARTH_RADIUS_M
from nuanxin.algorithms.hours import local_minute, parse_hours
from nuanxin.algorithms.openness import EvidenceKind, EvidenceLine, OpennessParams, State
from tests.algorithms.test_finder import CALENDAR, CIVIL, CLOSED_ON, TEXTS, snapshot_of, stations

PARAMS = OpennessParams()
WALK = MODES["walk"]
NOW_S = 1_770_000_000
HERE = (30.07, 120.48)
OPEN, SHUT = Posted(is_open=True), Posted(is_open=False)


def at(metres_north, key="a", **known):
    degrees = metres_north / EARTH_RADIUS_M * 180 / np.pi
    return PlainStation(key, HERE[0] + degrees, HERE[1], **known)


def found(*given_stations, posted=None, **options):
    claims = posted or {}
    return search(
        given_stations,
        lat_deg=HERE[0],
        lon_deg=HERE[1],
        mode=options.pop("mode", WALK),
        departs_s=NOW_S,
        posted=lambda station, _moment_s: claims.get(station.key, OPEN),
        params=PARAMS,
        limit=options.pop("limit", 10),
        **options,
    )


def keys(hits):
    return [hit.station.key for hit in hits]


def test_distance_is_the_length_of_an_arc():
    assert distance_m(0, 0, 0, 1) == pytest.approx(EARTH_RADIUS_M * np.pi / 180)
    assert distance_m(90, 0, -90, 0) == pytest.approx(EARTH_RADIUS_M * np.pi)
    assert distance_m(30.07, 120.48, 30.07, 120.48) == 0.0


def test_journey_is_reckoned_in_whole_milliseconds_and_seconds():
    hit = visit(
        at(1_200.0), *HERE, WALK, departs_s=NOW_S, posted=lambda _s, _m: OPEN, params=PARAMS
    )

    assert hit.travel_ms == round(1_200 * 1.25 / 1.2 * 1000)
    assert hit.arrival_s == NOW_S + 1_250
    assert hit.score_ms == hit.travel_ms + round((1 - hit.openness.p) * PARAMS.shut_cost_ms)


def test_posted_hours_are_asked_for_the_moment_of_arrival():
    asked = []

    def posted(_station, moment_s):
        asked.append(moment_s)
        return OPEN

    search(
        [at(1_200.0)],
        lat_deg=HERE[0],
        lon_deg=HERE[1],
        mode=WALK,
        departs_s=NOW_S,
        posted=posted,
        params=PARAMS,
        limit=1,
    )

    assert asked == [NOW_S + 1_250]


def test_nearer_comes_first_and_ties_go_by_key():
    hits = found(at(900, "far"), at(300, "b"), at(300, "a")).hits

    assert keys(hits) == ["a", "b", "far"]


def test_likelier_door_beats_a_nearer_one_when_the_way_is_short():
    doubtful = at(300, "near", hits=(0,) * 48, times=(30,) * 48)

    hits = found(doubtful, at(500, "far")).hits

    assert keys(hits) == ["far", "near"]


def test_unknown_comes_last_however_near():
    hits = found(
        at(10, "unknown"), at(4_000, "known"), posted={"unknown": Posted(False, has_hours=False)}
    ).hits

    assert keys(hits) == ["known", "unknown"]
    assert hits[1].openness.state is State.UNKNOWN


def test_closed_is_left_out_until_nothing_else_is_there():
    shut = at(10, "shut")

    assert keys(found(shut, at(900, "open"), posted={"shut": SHUT}).hits) == ["open"]
    assert keys(found(shut, posted={"shut": SHUT}).hits) == ["shut"]


def test_radius_and_limit_and_wishes_hold():
    crowd = [at(101 * i, f"{i:02d}") for i in range(1, 60)]

    hits = found(*crowd, limit=4, fits=lambda station: station.key != "02").hits

    assert keys(hits) == ["01", "03", "04", "05"]
    assert keys(found(*crowd, limit=50).hits)[-1] == "49"  # walking reaches 5 km
    with pytest.raises(ValueError, match="at least one"):
        found(limit=0)


def test_rest_leaves_out_what_closes_too_soon():
    soon, late = Posted(True, closes_s=NOW_S + 1_000), Posted(True, closes_s=NOW_S + 9_000)

    answer_ = found(
        at(10, "soon"), at(500, "late"), posted={"soon": soon, "late": late}, rest_s=3_600
    )

    assert keys(answer_.hits) == ["late"]


def test_fallback_names_the_next_to_open_and_the_nearest_round_the_clock():
    posted = {
        "noon": replace(SHUT, opens_s=NOW_S + 3_600),
        "evening": replace(SHUT, opens_s=NOW_S + 9_000),
        "never": SHUT,
    }
    doubted = {"hits": (0,) * 48, "times": (40,) * 48, "is_24h": True}

    told = found(
        at(10, "never"), at(20, "evening"), at(900, "noon"), at(600, "x", **doubted),
        at(500, "y", **doubted), posted=posted,
    )  # fmt: skip

    assert keys(told.hits) == ["y", "x"]
    assert told.next_to_open is not None
    assert told.nearest_24h is not None
    assert (told.next_to_open.station.key, told.nearest_24h.station.key) == ("noon", "y")


def test_no_fallback_beside_a_good_answer():
    told = found(
        at(500, "open"), at(10, "shut"), posted={"shut": replace(SHUT, opens_s=NOW_S + 60)}
    )

    assert (told.next_to_open, told.nearest_24h) == (None, None)


def test_evidence_is_weighed_at_arrival():
    line = EvidenceLine(NOW_S - 60, PARAMS.rules[EvidenceKind.INSIDE_SCAN].weight)
    seen = {EvidenceKind.INSIDE_SCAN: line}

    near, far = found(at(10, "near", lines=seen), at(4_000, "far", lines=seen)).hits

    assert near.openness.age_s == 60 + near.travel_ms // 1000
    assert near.openness.p > far.openness.p


def plain_stations(columns):
    """Return the oracle's stations, and what is posted of them, from the fast finder's columns."""
    rates = (0.9, 0.6)
    made = [
        PlainStation(
            f"{i:04d}",
            float(columns.lat_deg[i]),
            float(columns.lon_deg[i]),
            is_24h=bool(columns.is_24h[i]),
            lines={
                kind: EvidenceLine(
                    int(columns.evidence_at_s[i, k]), float(columns.evidence_weight[i, k])
                )
                for k, kind in enumerate(KINDS)
                if columns.evidence_weight[i, k]
            },
            hits=columns.hits[i].tolist(),
            times=columns.times[i].tolist(),
            host_rates=(rates[columns.host_type[i]],) * 48,
            shut_until_s=int(columns.shut_until_s[i]),
            doubt_until_s=int(columns.doubt_until_s[i]),
        )
        for i in range(len(columns.lat_deg))
    ]

    def posted(station, moment_s):
        row = int(station.key)
        moment = dt.datetime.fromtimestamp(moment_s, CIVIL)
        minute = local_minute(moment.date(), moment.hour * 60 + moment.minute)
        first = local_minute(moment.date(), 0)
        spans = [
            (first + a, first + b)
            for a, b in parse_hours(TEXTS[columns.schedule[row]]).intervals(
                moment.date(), 8, CALENDAR
            )
        ]
        barred = None if columns.permit[row] else CLOSED_ON
        return Posted(
            is_open=any(a <= minute < b for a, b in spans),
            opens_s=opening_s(spans, barred, minute),
            is_confirmed=CALENDAR.is_confirmed(moment.date()),
            has_hours=bool(columns.has_hours[row]),
            is_closure_filed=barred is not None and barred[0] <= minute < barred[1],
            cell=CALENDAR.kind(moment.date()) * 12 + moment.hour // 2,
        )

    return made, posted


def opening_s(spans, barred, minute):
    """Return the next opening; inside a closure, its end when the hours hold then."""
    if barred and barred[0] <= minute < barred[1]:
        if any(a <= barred[1] < b for a, b in spans):
            return epoch_s(barred[1])
        minute = barred[1]
    return next((epoch_s(a) for a, _b in spans if a > minute), None)


def epoch_s(minute):
    return (minute - local_minute(dt.date(1970, 1, 1), 0)) * 60 - 28_800


@settings(max_examples=150, deadline=None)
@example(seed=0, count=23, by="walk", hours_on=56)  # a closure at a door without hours
@given(
    seed=st.integers(0, 10**6),
    count=st.integers(0, 25),
    by=st.sampled_from(["walk", "ebike"]),
    hours_on=st.integers(1, 110),
)
def test_fast_finder_gives_the_answer_of_the_oracle(seed, count, by, hours_on):
    columns = stations(count, np.random.default_rng(seed))
    departs = dt.datetime(2026, 2, 13, tzinfo=CIVIL) + dt.timedelta(hours=hours_on)
    query = f"lat=30.0712&lon=120.4833&by={by}&at={departs:%Y-%m-%dT%H:%M}&limit=5"
    made, posted = plain_stations(columns)

    fast = json.loads(answer(snapshot_of(columns), query.encode(), now_s=0).body)
    plain = search(
        made,
        lat_deg=30.0712,
        lon_deg=120.4833,
        mode=MODES[by],
        departs_s=int(departs.timestamp()),
        posted=posted,
        limit=5,
        params=PARAMS,
    )

    assert [(r["id"], r["score_ms"]) for r in fast["stations"]] == [
        (hit.station.key, hit.score_ms) for hit in plain.hits
    ]
    for name in ("next_to_open", "nearest_24h"):
        row, hit = fast[name], getattr(plain, name)
        assert (row and row["id"]) == (hit and hit.station.key)
