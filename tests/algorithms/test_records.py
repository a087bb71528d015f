"""How findings are counted, and what a record keeps of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuanxin.algorithms.records import CELLS, UNITS, count_findings, spread_counts


def nothing(doors=1):
    return np.zeros((doors, CELLS), dtype=np.uint8), np.zeros((doors, CELLS), dtype=np.uint8)


def after(record, cell, *, is_open, has_hours=True):
    return count_findings(
        *record,
        cell=np.array([cell]),
        is_open=np.array([is_open]),
        has_hours=np.array([has_hours]),
    )


def test_finding_counts_most_in_its_cell_and_a_little_everywhere():
    workday_morning = 0 * 12 + 4

    hits, times = after(nothing(), workday_morning, is_open=True)

    assert np.array_equal(hits, times)
    assert times[0, workday_morning] == 24
    assert {int(times[0, band]) for band in range(12) if band != workday_morning} == {6}
    assert [int(times[0, kind * 12 + 4]) for kind in (1, 2, 3)] == [6, 6, 6]
    assert int(times[0, 1 * 12 + 5]) == 2


def test_shut_door_counts_among_all_findings_only():
    hits, times = after(nothing(), 7, is_open=False)

    assert not hits.any()
    assert times[0, 7] == 24


def test_finding_at_a_door_without_hours_stays_in_its_cell():
    _hits, times = after(nothing(), 7, is_open=True, has_hours=False)

    assert np.flatnonzero(times[0]).tolist() == [7]


def test_full_cell_is_halved_and_keeps_its_rate():
    record = nothing()
    for turn in range(400):
        record = after(record, 7, is_open=turn % 4 != 0)
    hits, times = record

    assert 255 >= times[0, 7] > 120
    assert hits[0, 7] / times[0, 7] == pytest.approx(0.75, abs=0.1)


def test_full_record_forgets_what_a_door_was_once():
    record = nothing()
    for is_open in [True] * 200 + [False] * 40:
        record = after(record, 7, is_open=is_open)
    hits, times = record

    assert hits[0, 7] / times[0, 7] < 0.2


@given(st.lists(st.tuples(st.integers(0, CELLS - 1), st.booleans()), max_size=80))
def test_record_never_holds_more_open_than_all_and_forgets_no_door(findings):
    record = nothing(2)
    for cell, is_open in findings:
        first = after((record[0][:1], record[1][:1]), cell, is_open=is_open)
        record = tuple(np.vstack([new, old[1:]]) for new, old in zip(first, record, strict=True))
    hits, times = record

    assert (hits <= times).all()
    assert not times[1].any()


@given(st.lists(st.tuples(st.integers(0, CELLS - 1), st.booleans()), max_size=10))
def test_plain_counts_spread_as_findings_are_counted_one_by_one(findings):
    plain = np.zeros((2, 1, CELLS), dtype=np.int64)
    record = nothing()
    for cell, is_open in findings:
        plain[:, 0, cell] += (is_open, 1)
        record = after(record, cell, is_open=is_open)

    assert np.array_equal(np.stack(spread_counts(*plain)), np.stack(record))


def test_many_plain_counts_are_halved_until_they_fit():
    plain = np.zeros((1, CELLS), dtype=np.int64)
    plain[0, 7] = 400

    hits, times = spread_counts(plain // 2, plain)

    assert 120 < times[0, 7] <= 255
    assert hits[0, 7] / times[0, 7] == pytest.approx(0.5, abs=0.02)
    assert times[0, 0] <= 255


def test_units_are_the_same_in_both_directions():
    assert np.array_equal(UNITS, UNITS.T)
