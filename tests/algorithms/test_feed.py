"""Whatever the order in which transactions end, every number of a feed is delivered once."""

from hypothesis import given
from hypothesis import strategies as st

from nuanxin.algorithms.feed import GAP_AGE_S, Cursor, Gap, advance, begin


def read(cursor: Cursor, committed: set[int]) -> set[int]:
    """Return what a query for the cursor's numbers finds."""
    return {
        one
        for one in committed
        if one > cursor.last or any(low <= one <= high for low, high in cursor.ranges())
    }


def delivered(batches: list[list[int]], *, before: int = 0) -> list[int]:
    """Return all numbers in the order of delivery, one look after each batch of commits."""
    committed = {one for batch in batches[:before] for one in batch}
    cursor, given_numbers = begin(committed, now_s=0.0), []
    for look, batch in enumerate(batches[before:]):
        committed.update(batch)
        cursor, fresh = advance(cursor, read(cursor, committed), now_s=float(look))
        given_numbers += fresh
    return given_numbers


@st.composite
def interleavings(draw: st.DrawFn) -> list[list[int]]:
    """Draw commits in any order, some never coming, in batches that a look separates."""
    count = draw(st.integers(1, 80))
    order = draw(st.permutations(range(1, count + 1)))
    kept = order[: draw(st.integers(1, count))]
    cuts = sorted(draw(st.lists(st.integers(0, len(kept)), max_size=12)))
    return [kept[low:high] for low, high in zip([0, *cuts], [*cuts, len(kept)], strict=True)]


@given(interleavings())
def test_every_number_is_delivered_once_whatever_the_order_of_commits(batches):
    assert sorted(delivered(batches)) == sorted(one for batch in batches for one in batch)


@given(interleavings())
def test_whoever_begins_in_the_middle_is_told_all_that_comes_after(batches):
    assert sorted(delivered(batches, before=1)) == sorted(one for b in batches[1:] for one in b)


def test_cursor_that_knows_the_last_number_alone_misses_one():
    batches = [[1, 3], [2]]
    last, naive = 0, []
    for batch in batches:
        naive += [one for one in batch if one > last]
        last = max([last, *batch])

    assert naive == [1, 3]
    assert delivered(batches) == [1, 3, 2]


def test_numbers_of_undone_transactions_are_forgotten_in_time():
    cursor, fresh = advance(Cursor(), [1, 4, 9], now_s=100.0)
    assert (fresh, cursor.gaps) == ([1, 4, 9], (Gap(2, 3, 100.0), Gap(5, 8, 100.0)))

    younger, fresh = advance(cursor, [6, 9], now_s=100.0 + GAP_AGE_S)
    assert (fresh, younger.gaps) == ([6], (Gap(2, 3, 100.0), Gap(5, 5, 100.0), Gap(7, 8, 100.0)))

    older, fresh = advance(younger, [9, 7], now_s=101.0 + GAP_AGE_S)
    assert (fresh, older) == ([7], Cursor(9))


def test_many_gaps_are_read_in_one_stretch():
    cursor, _fresh = advance(Cursor(), range(1, 400, 2), now_s=0.0)

    assert cursor.missing == 199
    assert cursor.ranges() == [(2, 398)]
    assert advance(cursor, range(2, 399), now_s=1.0) == (Cursor(399), list(range(2, 399, 2)))
