"""What is told of every door at a moment is what the plain rules say of each."""

import dataclasses
import datetime as dt
import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nuanxin.algorithms.finder import MODES
from nuanxin.algorithms.finder_status import information_rows, status_rows
from tests.algorithms.test_finder import CIVIL, plain, snapshot_of, stations


def named(count: int, seed: int):
    columns = stations(count, np.random.default_rng(seed))
    texts = [f'{{"id":"{n:04d}","code":"K{n}","name":"站","lat":30,'.encode() for n in range(count)]
    return dataclasses.replace(columns, static_json=texts)


@given(seed=st.integers(0, 10**6), count=st.integers(0, 60), minutes_on=st.integers(1, 9600))
def test_states_are_those_of_the_plain_rules(seed, count, minutes_on):
    columns = named(count, seed)
    at = dt.datetime(2026, 2, 13, tzinfo=CIVIL) + dt.timedelta(
        minutes=minutes_on, seconds=seed % 60
    )
    at_s = int(at.timestamp())

    rows = status_rows(snapshot_of(columns), np.arange(count), at_s=at_s)

    told = [json.loads(row) for row in rows]
    assert [row["id"] for row in told] == [f"{n:04d}" for n in range(count)]
    for index, row in enumerate(told):
        place = {"lat": columns.lat_deg[index], "lon": columns.lon_deg[index]}
        said, _score, _m = plain(columns, index, **place, mode=MODES["walk"], departs_s=at_s)
        assert (row["state"], row["reason"]) == (
            said.state.name.lower(),
            {"kind": said.reason, "age_s": said.age_s},
        )
        assert abs(row["p"] - said.p) <= 0.000_51


def test_rows_come_in_the_order_asked():
    columns = named(30, 1)
    snapshot, places = snapshot_of(columns), np.array([7, 3, 29])

    told = [json.loads(row) for row in status_rows(snapshot, places, at_s=1_771_000_000)]
    seldom = [json.loads(row) for row in information_rows(snapshot, places)]

    assert [row["code"] for row in told] == ["K7", "K3", "K29"]
    assert seldom[0] == {"id": "0007", "code": "K7", "name": "站", "lat": 30}
