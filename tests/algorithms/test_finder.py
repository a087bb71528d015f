"""The fast finder against the plain rules, one station at a time."""

import datetime as dt
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nuanxin.algorithms.calendars import Calendar, CalendarRow, DayKind, known_calendar
from nuanxin.algorithms.finder import (
    MODES,
    FinderSnapshot,
    StationColumns,
    Vocabulary,
    answer,
    nearest_id,
    nearest_ids,
)
from nuanxin.algorithms.finder_snapshot import KINDS
from nuanxin.algorithms.geo import haversine_one_m
from nuanxin.algorithms.hours import ClosedDuring, local_minute, parse_hours
from nuanxin.algorithms.openness import (
    Door,
    EvidenceLine,
    OpennessParams,
    State,
    openness,
)

FIRST = dt.date(2026, 2, 13)
CIVIL = dt.timezone(dt.timedelta(hours=8))
CALENDAR = Calendar(
    [
        CalendarRow(dt.date(2026, 2, 14), DayKind.MAKEUP, True),
        CalendarRow(dt.date(2026, 2, 17), DayKind.HOLIDAY, True),
        CalendarRow(dt.date(2026, 2, 18), DayKind.HOLIDAY, False),
    ]
)
TEXTS = ["24/7", "WD 08:30-12:00,14:30-18:00", "Mo-Fr 09:00-17:00; PH off", "22:00-06:00", "off"]
CLOSED_ON = (local_minute(dt.date(2026, 2, 15), 540), local_minute(dt.date(2026, 2, 15), 900))
PARAMS = OpennessParams()


def stations(draw_count, rng):
    """Return columns of some stations around one point, with everything a door can have."""
    n = draw_count
    weight = np.where(
        rng.random((n, len(KINDS))) < 0.3, rng.normal(0, 2, (n, len(KINDS))), 0
    ).astype(np.float32)
    times = rng.integers(0, 20, (n, 48)).astype(np.uint8)
    base = int(dt.datetime(2026, 2, 13, 8, tzinfo=CIVIL).timestamp())
    schedule = rng.integers(0, len(TEXTS), n).astype(np.int32)
    return StationColumns(
        static_json=[f'{{"id":"{i:04d}",'.encode() for i in range(n)],
        lat_deg=30.07 + rng.normal(0, 0.05, n),
        lon_deg=120.48 + rng.normal(0, 0.05, n),
        facility_mask=rng.integers(0, 8, n).astype(np.uint64),
        group_mask=rng.integers(0, 4, n).astype(np.uint32),
        is_open_access=rng.random(n) < 0.5,
        is_24h=schedule == 0,
        has_hours=schedule != 4,
        schedule=schedule,
        permit=(rng.random(n) < 0.8).astype(np.int32),
        evidence_at_s=base + rng.integers(0, 6 * 86_400, (n, len(KINDS))),
        evidence_weight=weight,
        hits=(times * rng.random((n, 48))).astype(np.uint8),
        times=times,
        host_type=rng.integers(0, 2, n).astype(np.int16),
        shut_until_s=np.where(rng.random(n) < 0.1, base + 5 * 86_400, 0),
        doubt_until_s=np.where(rng.random(n) < 0.1, base + 5 * 86_400, 0),
    )


def snapshot_of(columns, *, calendar=lambda _first, _days: CALENDAR):
    return FinderSnapshot(
        columns,
        host_rates=np.full((2, 48), 0.9) - np.array([[0.0], [0.3]]),
        readings=[parse_hours(text) for text in TEXTS],
        permits=[ClosedDuring(parse_hours("24/7"), (CLOSED_ON,)), parse_hours("24/7")],
        calendar=calendar,
        today=FIRST + dt.timedelta(days=1),
        vocabulary=Vocabulary({"water": 0, "microwave": 1, "ac": 2}, {"riders": 0, "couriers": 1}),
        params=PARAMS,
    )


def plain(columns, index, *, lat, lon, mode, departs_s):
    """Return (state, score_ms, distance_m, p) of one station by the plain rules."""
    a, b = math.radians(lat), math.radians(columns.lat_deg[index])
    east = math.radians(columns.lon_deg[index] - lon)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(east / 2) ** 2
    distance_m = 2 * 6_371_008.8 * math.asin(math.sqrt(h))
    travel_ms = round(distance_m * mode.detour / mode.speed_mps * 1000)
    arrive_s = departs_s + travel_ms // 1000
    moment = dt.datetime.fromtimestamp(arrive_s, CIVIL)
    minute = moment.hour * 60 + moment.minute
    reading = parse_hours(TEXTS[columns.schedule[index]])
    spans = reading.intervals(moment.date(), 1, CALENDAR)
    absolute = local_minute(moment.date(), minute)
    cell = CALENDAR.kind(moment.date()) * 12 + moment.hour // 2
    door = Door(
        has_hours=bool(columns.has_hours[index]),
        is_posted_open=any(first <= minute < last for first, last in spans),
        is_closure_filed=not columns.permit[index] and CLOSED_ON[0] <= absolute < CLOSED_ON[1],
        is_day_confirmed=CALENDAR.is_confirmed(moment.date()),
        lines={
            kind: EvidenceLine(
                int(columns.evidence_at_s[index, k]), float(columns.evidence_weight[index, k])
            )
            for k, kind in enumerate(KINDS)
            if columns.evidence_weight[index, k]
        },
        hits=int(columns.hits[index, cell]),
        times=int(columns.times[index, cell]),
        host_rate=[0.9, 0.6][columns.host_type[index]],
        shut_until_s=int(columns.shut_until_s[index]),
        doubt_until_s=int(columns.doubt_until_s[index]),
    )
    told = openness(door, arrival_s=arrive_s, params=PARAMS)
    return told, travel_ms + round((1 - told.p) * PARAMS.shut_cost_ms), distance_m


def expected(columns, *, lat, lon, by, departs_s, limit, fits):
    rows = []
    for index in range(len(columns.lat_deg)):
        told, score_ms, distance_m = plain(
            columns, index, lat=lat, lon=lon, mode=MODES[by], departs_s=departs_s
        )
        if distance_m <= MODES[by].radius_m and fits(index):
            rows.append((told.state is State.UNKNOWN, score_ms, index, told))
    offered = [row for row in rows if row[3].state is not State.CLOSED] or rows
    return [
        (f"{index:04d}", told.state.name.lower(), told.reason, told.age_s, score_ms)
        for _unknown, score_ms, index, told in sorted(offered, key=lambda row: row[:3])[:limit]
    ]


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    count=st.integers(0, 120),
    by=st.sampled_from(["walk", "ebike", "van"]),
    hours_on=st.integers(1, 160),
    limit=st.integers(1, 12),
    need=st.sampled_from(["", "water", "water,ac"]),
)
def test_answer_equals_the_plain_rules_over_all_stations(seed, count, by, hours_on, limit, need):
    columns = stations(count, np.random.default_rng(seed))
    departs = dt.datetime(2026, 2, 13, tzinfo=CIVIL) + dt.timedelta(hours=hours_on)
    mask = {"": 0, "water": 1, "water,ac": 5}[need]
    query = (
        f"lat=30.0712&lon=120.4833&by={by}&at={departs:%Y-%m-%dT%H:%M}&limit={limit}&need={need}"
    )

    given_answer = answer(snapshot_of(columns), query.encode(), now_s=0)

    rows = json.loads(given_answer.body)["stations"]
    told = [
        (r["id"], r["state"], r["reason"]["kind"], r["reason"]["age_s"], r["score_ms"])
        for r in rows
    ]
    assert told == expected(
        columns,
        lat=30.0712,
        lon=120.4833,
        by=by,
        departs_s=int(departs.timestamp()),
        limit=limit,
        fits=lambda index: int(columns.facility_mask[index]) & mask == mask,
    )


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (b"", "bad_lat"),
        (b"lat=nan&lon=1", "bad_lat"),
        (b"lat=91&lon=1", "bad_lat"),
        (b"lat=30&lon=120&by=horse", "bad_by"),
        (b"lat=30&lon=120&at=tomorrow", "bad_at"),
        (b"lat=30&lon=120&limit=0", "bad_limit"),
        (b"lat=30&lon=120&limit=\xd9\xa1", "bad_limit"),
        (b"lat=30&lon=120&rest=481", "bad_rest"),
        (b"lat=30&lon=120&access=all", "bad_access"),
    ],
)
def test_bad_value_is_a_problem_that_names_it(query, code):
    snapshot = snapshot_of(stations(3, np.random.default_rng(1)))

    given_answer = answer(snapshot, query, now_s=0)

    assert (given_answer.status, json.loads(given_answer.body)["code"]) == (422, code)


def test_moment_far_from_today_is_answered_from_hours_of_its_own_days():
    asked = []

    def calendar(first, days):
        asked.append(first)
        return CALENDAR

    columns = stations(40, np.random.default_rng(2))
    columns.evidence_weight[:] = 0
    snapshot = snapshot_of(columns, calendar=calendar)

    body = json.loads(answer(snapshot, b"lat=30.07&lon=120.48&at=2027-05-05T10:00", now_s=0).body)
    answer(snapshot, b"lat=30.07&lon=120.48&at=2027-05-05T11:00", now_s=0)

    assert body["is_confirmed_day"]
    assert {row["state"] for row in body["stations"]} <= {"expected", "doubtful", "unknown"}
    assert any(row["closes_at"] for row in body["stations"])
    assert asked == [FIRST, dt.date(2027, 5, 4)]


def test_moment_of_a_year_without_notice_is_unknown_never_open():
    days = known_calendar(2029)
    snapshot = snapshot_of(stations(40, np.random.default_rng(2)), calendar=lambda *_of: days)

    body = json.loads(answer(snapshot, b"lat=30.07&lon=120.48&at=2029-10-01T10:00", now_s=0).body)

    assert {row["state"] for row in body["stations"]} <= {"unknown", "closed"}
    assert not body["is_confirmed_day"]


def test_rest_leaves_out_places_that_close_too_soon():
    snapshot = snapshot_of(stations(80, np.random.default_rng(3)))

    rows = json.loads(
        answer(snapshot, b"lat=30.07&lon=120.48&at=2026-02-13T11:30&rest=60&limit=50", now_s=0).body
    )

    assert rows["stations"]
    assert all(row["stay_s"] is None or row["stay_s"] >= 3600 for row in rows["stations"])


def test_fallback_comes_only_when_nothing_good_is_near():
    columns = stations(60, np.random.default_rng(4))
    columns.shut_until_s[:] = int(dt.datetime(2026, 3, 1, tzinfo=CIVIL).timestamp())
    body = json.loads(
        answer(snapshot_of(columns), b"lat=30.07&lon=120.48&at=2026-02-13T03:00", now_s=0).body
    )

    assert {row["state"] for row in body["stations"]} == {"closed"}
    assert body["next_to_open"]["opens_at"] > "2026-02-13T03:00"
    assert body["nearest_24h"] is None


@given(
    seed=st.integers(0, 10_000),
    stations_count=st.sampled_from([0, 1, 7, 60, 61, 200]),
    count=st.sampled_from([1, 3, 60]),
    within_m=st.sampled_from([500.0, 4_000.0, 1e6]),
)
def test_nearest_are_those_of_plain_distances(seed, stations_count, count, within_m):
    columns = stations(stations_count, np.random.default_rng(seed))
    snapshot = snapshot_of(columns)
    distances = sorted(
        (haversine_one_m(30.07, 120.48, lat, lon), f"{index:04d}")
        for index, (lat, lon) in enumerate(zip(columns.lat_deg, columns.lon_deg, strict=True))
    )

    found = nearest_ids(snapshot, 30.07, 120.48, count=count, within_m=within_m)

    assert found == [key for metres, key in distances if metres <= within_m][:count]
    assert nearest_id(snapshot, 30.07, 120.48, within_m=within_m) == (found or [""])[0]
