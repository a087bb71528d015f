"""Boundaries say the same as intervals, for many readings at once."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuanxin.algorithms.hours import NEVER_MIN, Boundaries, compile_boundaries, parse_hours
from tests.algorithms.hours_oracle import CALENDAR, days_from, hours_strategy, open_minutes

readings_strategy = st.lists(hours_strategy, max_size=5)
DAYS = 3


def compiled(readings, day_from=date(2026, 2, 12), days=DAYS) -> Boundaries:
    return compile_boundaries(readings, day_from=day_from, days=days, calendar=CALENDAR)


@given(readings_strategy, days_from)
def test_boundaries_are_open_in_exactly_the_minutes_of_the_intervals(readings, day_from):
    boundaries = compiled(readings, day_from)

    minutes = np.arange(DAYS * 1440)
    for sid, reading in enumerate(readings):
        expected = open_minutes(reading.intervals(day_from, DAYS, CALENDAR))
        assert set(minutes[boundaries.is_open(sid, minutes)]) == expected


@given(readings_strategy, days_from, st.data())
def test_next_closing_and_opening_are_the_next_edges_of_the_intervals(readings, day_from, data):
    boundaries, horizon = compiled(readings, day_from), DAYS * 1440

    for sid, reading in enumerate(readings):
        intervals = reading.intervals(day_from, DAYS, CALENDAR)
        edges = [minute for interval in intervals for minute in interval if minute < horizon]
        minute = data.draw(st.integers(0, horizon - 1) | st.sampled_from(edges or [0]))
        closings = [end for _, end in intervals if minute < end < horizon]
        openings = [start for start, _ in intervals if minute < start]
        assert boundaries.closes(sid, minute) == min(closings, default=NEVER_MIN)
        assert boundaries.opens(sid, minute) == min(openings, default=NEVER_MIN)


@given(readings_strategy, st.randoms())
def test_order_of_readings_only_permutes_the_answers(readings, rng):
    order = rng.sample(range(len(readings)), len(readings))
    straight, shuffled = compiled(readings), compiled([readings[i] for i in order])

    for new, old in enumerate(order):
        assert keys_of(shuffled, new).tolist() == keys_of(straight, old).tolist()


@given(readings_strategy, readings_strategy)
def test_extending_equals_compiling_together_and_leaves_the_old_alone(some, more):
    old = compiled(some)
    before = old.flat.copy()

    extended, together = old.extended(more, CALENDAR), compiled([*some, *more])

    assert extended.flat.tolist() == together.flat.tolist()
    assert extended.start.tolist() == together.start.tolist()
    assert len(extended) == len(some) + len(more)
    assert old.flat.tolist() == before.tolist()


@given(readings_strategy)
def test_keys_never_decrease_and_the_parity_formula_of_the_finder_holds(readings):
    boundaries = compiled(readings)

    assert (np.diff(boundaries.flat) > 0).all()
    for sid in range(len(readings)):
        key = sid * boundaries.horizon_min + np.arange(0, boundaries.horizon_min, 30)
        passed = np.searchsorted(boundaries.flat, key, "right") - boundaries.start[sid]
        asked = boundaries.is_open(sid, key - sid * boundaries.horizon_min)
        assert ((passed % 2 == 1) == asked).all()


def keys_of(boundaries: Boundaries, sid: int) -> np.ndarray:
    first, last = boundaries.start[sid : sid + 2]
    return boundaries.flat[first:last] - sid * boundaries.horizon_min


def test_arrays_of_readings_and_minutes_are_answered_element_by_element():
    boundaries = compiled([parse_hours("08:00-12:00"), parse_hours("24/7"), parse_hours("off")])

    sid, minute = np.array([[0], [1], [2]]), np.array([479, 480, 719, 720])

    assert boundaries.is_open(sid, minute).tolist() == [
        [False, True, True, False],
        [True, True, True, True],
        [False, False, False, False],
    ]
    assert boundaries.closes(sid, minute)[0].tolist() == [720, 720, 720, 1440 + 720]
    assert boundaries.opens(sid, minute)[0].tolist() == [480, 1440 + 480, 1440 + 480, 1440 + 480]
    assert (boundaries.closes(sid, minute)[1:] == NEVER_MIN).all()
    assert (boundaries.opens(sid, minute)[1:] == NEVER_MIN).all()


def test_last_day_of_the_horizon_has_no_boundary_beyond_it():
    boundaries = compiled([parse_hours("22:00-02:00")], days=1)

    assert keys_of(boundaries, 0).tolist() == [0, 120, 1320]
    assert boundaries.is_open(0, 1439)
    assert boundaries.closes(0, 1439) == NEVER_MIN


@pytest.mark.parametrize("texts", [[], ["off"], ["off", "off"]])
def test_readings_that_never_open_are_answered_too(texts):
    boundaries = compiled([parse_hours(text) for text in texts])

    sid = np.arange(len(texts))
    assert not boundaries.is_open(sid, 0).any()
    assert (boundaries.opens(sid, 0) == NEVER_MIN).all()


@pytest.mark.parametrize(
    ("sid", "minute", "name"),
    [(1, 0, "sid"), (-1, 0, "sid"), (0, -1, "minute"), (0, 1440 * DAYS, "minute")],
)
def test_question_outside_what_was_compiled_is_refused(sid, minute, name):
    boundaries = compiled([parse_hours("24/7")])

    with pytest.raises(ValueError, match=f"{name} must lie in"):
        boundaries.is_open(sid, minute)


def test_horizon_of_no_days_is_refused():
    with pytest.raises(ValueError, match="nothing to compile for 0 days"):
        compiled([], days=0)
