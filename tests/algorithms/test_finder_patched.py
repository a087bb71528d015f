"""A patched snapshot answers as one built whole, and the one it came from answers as before."""

import dataclasses
import datetime as dt
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from nuanxin.algorithms.calendars import Calendar
from nuanxin.algorithms.finder import FinderSnapshot, StationColumns, Vocabulary, answer
from nuanxin.algorithms.finder_snapshot import KINDS
from nuanxin.algorithms.hours import ClosedDuring, Reading, local_minute, parse_hours
from nuanxin.algorithms.openness import OpennessParams

CIVIL = dt.timezone(dt.timedelta(hours=8))
TODAY = dt.date(2026, 3, 10)
MIDNIGHT_S = int(dt.datetime(2026, 3, 10, tzinfo=CIVIL).timestamp())
ALWAYS = parse_hours("24/7")
TEXTS = [
    *("24/7", "WD 08:30-12:00,14:30-18:00", "Mo-Fr 09:00-17:00; PH off", "22:00-06:00", "off"),
    *(f"Mo-Su {hour:02d}:00-{hour + 9}:00" for hour in range(5, 12)),
]
FACILITIES = {"water": 0, "microwave": 1, "ac": 2}
FIELDS = [field.name for field in dataclasses.fields(StationColumns)]
FIXED = ("lat_deg", "lon_deg")


@dataclasses.dataclass
class World:
    """What is known of some stations: their columns, and the readings these point into."""

    columns: StationColumns
    readings: list[Reading]
    permits: list[Reading]

    def snapshot(self) -> FinderSnapshot:
        return FinderSnapshot(
            self.columns,
            host_rates=np.array([[0.9] * 48, [0.6] * 48]),
            readings=self.readings,
            permits=self.permits,
            calendar=lambda _first, _days: Calendar(),
            today=TODAY,
            vocabulary=Vocabulary(FACILITIES, {"riders": 0, "couriers": 1}),
            params=OpennessParams(),
        )


def drawn(rng: np.random.Generator, count: int) -> World:
    """Draw stations around one place, with everything a door can have."""
    texts = rng.choice(len(TEXTS), rng.integers(1, 5), replace=False).tolist()
    closed_min = [local_minute(TODAY, int(minute)) for minute in rng.integers(0, 1440, 2)]
    closures = [ClosedDuring(ALWAYS, ((minute, minute + 300),)) for minute in closed_min]
    weight = np.where(
        rng.random((count, len(KINDS))) < 0.4, rng.normal(0, 2, (count, len(KINDS))), 0
    )
    times = rng.integers(0, 20, (count, 48)).astype(np.uint8)
    until_s = MIDNIGHT_S + rng.integers(0, 86_400, (2, count))
    columns = StationColumns(
        static_json=[
            f'{{"id":"{n:04d}","name":"{rng.integers(9)}",'.encode() for n in range(count)
        ],
        lat_deg=30.07 + rng.normal(0, 0.05, count),
        lon_deg=120.48 + rng.normal(0, 0.05, count),
        facility_mask=rng.integers(0, 8, count).astype(np.uint64),
        group_mask=rng.integers(0, 4, count).astype(np.uint32),
        is_open_access=rng.random(count) < 0.5,
        is_24h=rng.random(count) < 0.2,
        has_hours=rng.random(count) < 0.8,
        schedule=rng.integers(0, len(texts), count).astype(np.int32),
        permit=rng.integers(0, 3, count).astype(np.int32),
        evidence_at_s=MIDNIGHT_S + rng.integers(-86_400, 86_400, (count, len(KINDS))),
        evidence_weight=weight.astype(np.float32),
        hits=(times * rng.random((count, 48))).astype(np.uint8),
        times=times,
        host_type=rng.integers(0, 2, count).astype(np.int16),
        shut_until_s=np.where(rng.random(count) < 0.2, until_s[0], 0),
        doubt_until_s=np.where(rng.random(count) < 0.2, until_s[1], 0),
    )
    return World(columns, [parse_hours(TEXTS[one]) for one in texts], [ALWAYS, *closures])


def merged(old: World, index: np.ndarray, fresh: World) -> World:
    """Return the world in which some stations are as they are drawn anew."""
    values: dict[str, Any] = {}
    for name in FIELDS:
        column = list(getattr(old.columns, name))
        part = list(getattr(fresh.columns, name))
        behind = {"schedule": len(old.readings), "permit": len(old.permits)}.get(name, 0)
        for place, value in zip(index.tolist(), part, strict=True):
            if name not in FIXED:
                column[place] = value + behind if behind else value
        is_text = name == "static_json"
        values[name] = (
            column if is_text else np.array(column).astype(getattr(old.columns, name).dtype)
        )
    return World(
        StationColumns(**values), [*old.readings, *fresh.readings], [*old.permits, *fresh.permits]
    )


def answers(snapshot: FinderSnapshot) -> list[bytes]:
    """Return the bytes of very different questions, among them of the past and of another season."""
    return [
        answer(snapshot, f"lat=30.07&lon=120.48&{rest}".encode(), now_s=MIDNIGHT_S + hour_s).body
        for hour_s in (3 * 3600, 10 * 3600, 23 * 3600 + 1800, 30 * 3600)
        for rest in (
            *("limit=50&by=van", "by=walk&need=water", "group=riders&rest=60", "open24=1"),
            *("access=open&need=ac,water", "at=2026-06-01T10:00&limit=20", "limit=3"),
        )
    ]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(1, 60), steps=st.integers(1, 4))
def test_patched_snapshots_answer_as_one_built_whole(seed, count, steps):
    rng = np.random.default_rng(seed)
    world = drawn(rng, count)
    snapshot = world.snapshot()

    for _step in range(steps):
        before = answers(snapshot)
        index = rng.choice(count, int(rng.integers(0, count + 1)), replace=False)
        fresh = drawn(rng, len(index))
        patched = snapshot.patched(
            index, fresh.columns, readings=fresh.readings, permits=fresh.permits
        )
        world = merged(world, index, fresh)

        assert answers(patched) == answers(world.snapshot())
        assert answers(snapshot) == before
        snapshot = patched


def test_what_did_not_change_is_shared_with_the_snapshot_before():
    world = drawn(np.random.default_rng(1), 40)
    snapshot = world.snapshot()
    index = np.array([7])
    names = [name for name in FIELDS if name != "static_json"]
    columns: dict[str, Any] = {name: getattr(world.columns, name)[7:8] for name in names}
    same = StationColumns(
        static_json=world.columns.static_json[7:8],
        **columns,
    )
    later = dataclasses.replace(same, shut_until_s=same.shut_until_s + 60)

    patched = snapshot.patched(index, later, readings=world.readings, permits=world.permits)

    shared = {name for name, value in vars(snapshot).items() if value is vars(patched)[name]}
    assert set(vars(snapshot)) - shared == {"shut_until_s", "_odds"}
    assert patched.shut_until_s.sum() == snapshot.shut_until_s.sum() + 60


def test_hours_are_compiled_for_new_readings_only():
    world = drawn(np.random.default_rng(2), 10)
    snapshot, index = world.snapshot(), np.arange(10)
    known = snapshot.patched(index, world.columns, readings=world.readings, permits=world.permits)
    fresh = drawn(np.random.default_rng(3), 10)

    more = snapshot.patched(index, fresh.columns, readings=fresh.readings, permits=fresh.permits)

    assert known.horizons is snapshot.horizons
    distinct = {*world.readings, *fresh.readings, ALWAYS}
    assert len(set(more.horizons.readings)) == len(distinct)
    assert len(more.horizons.today.hours) == len(more.horizons.readings)
