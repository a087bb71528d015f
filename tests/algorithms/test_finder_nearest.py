"""The nearest that are posted open, against a look at every station in turn."""

import datetime as dt
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nuanxin.algorithms.finder import MODES
from nuanxin.algorithms.finder_nearest import nearest_posted_open
from nuanxin.algorithms.finder_oracle import distance_m
from nuanxin.algorithms.finder_query import QueryError
from nuanxin.algorithms.hours import local_minute, parse_hours
from tests.algorithms.test_finder import (
    CALENDAR,
    CIVIL,
    CLOSED_ON,
    TEXTS,
    snapshot_of,
    stations,
)

LAT, LON = 30.0712, 120.4833


def is_posted_open(columns, index, moment):
    absolute = local_minute(moment.date(), moment.hour * 60 + moment.minute)
    if not columns.has_hours[index]:
        return False
    if not columns.permit[index] and CLOSED_ON[0] <= absolute < CLOSED_ON[1]:
        return False
    spans = parse_hours(TEXTS[columns.schedule[index]]).intervals(moment.date(), 1, CALENDAR)
    minute = moment.hour * 60 + moment.minute
    return any(first <= minute < last for first, last in spans)


def by_looking_at_all(columns, moment, *, radius_m, limit, fits):
    far = [
        (distance_m(LAT, LON, columns.lat_deg[index], columns.lon_deg[index]), index)
        for index in range(len(columns.lat_deg))
        if fits(index) and is_posted_open(columns, index, moment)
    ]
    return [
        (f"{index:04d}", round(far_m)) for far_m, index in sorted(far)[:limit] if far_m <= radius_m
    ]


def told(columns, query):
    rows = json.loads(nearest_posted_open(snapshot_of(columns), query.encode(), now_s=0))
    return [(row["id"], row["distance_m"]) for row in rows["stations"]]


@settings(max_examples=80, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    count=st.integers(0, 150),
    by=st.sampled_from(["walk", "ebike", "van"]),
    hours_on=st.integers(1, 160),
    limit=st.integers(1, 12),
    need=st.sampled_from(["", "water", "water,ac"]),
)
def test_answer_equals_a_look_at_every_station(seed, count, by, hours_on, limit, need):
    columns = stations(count, np.random.default_rng(seed))
    moment = dt.datetime(2026, 2, 13, tzinfo=CIVIL) + dt.timedelta(hours=hours_on)
    mask = {"": 0, "water": 1, "water,ac": 5}[need]
    query = f"lat={LAT}&lon={LON}&by={by}&at={moment:%Y-%m-%dT%H:%M}&limit={limit}&need={need}"

    assert told(columns, query) == by_looking_at_all(
        columns,
        moment,
        radius_m=MODES[by].radius_m,
        limit=limit,
        fits=lambda index: int(columns.facility_mask[index]) & mask == mask,
    )


@pytest.mark.parametrize(
    ("wish", "fits"),
    [
        ("group=riders", lambda columns, index: columns.group_mask[index] & 1),
        ("access=open", lambda columns, index: columns.is_open_access[index]),
        ("open24=1", lambda columns, index: columns.is_24h[index]),
        ("need=sauna", lambda columns, index: False),
        ("group=pilots", lambda columns, index: False),
    ],
)
def test_every_wish_of_a_query_is_kept(wish, fits):
    columns = stations(200, np.random.default_rng(5))
    moment = dt.datetime(2026, 2, 13, 10, 30, tzinfo=CIVIL)

    given_rows = told(columns, f"lat={LAT}&lon={LON}&at={moment:%Y-%m-%dT%H:%M}&{wish}")

    assert given_rows == by_looking_at_all(
        columns, moment, radius_m=20_000, limit=10, fits=lambda index: fits(columns, index)
    )


def test_bad_value_is_refused_by_name():
    snapshot = snapshot_of(stations(3, np.random.default_rng(1)))

    with pytest.raises(QueryError, match="lat"):
        nearest_posted_open(snapshot, b"lon=120", now_s=0)
