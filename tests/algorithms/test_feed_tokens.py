"""A reader's place in a feed survives the way through an address, and no text makes trouble."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuanxin.algorithms.feed import Cursor, Gap, advance
from nuanxin.algorithms.feed_tokens import MOST_GAPS, held_back, read_cursor, write_cursor


@st.composite
def cursors(draw: st.DrawFn) -> Cursor:
    """Draw a cursor that somebody may really hold: one that has read some numbers."""
    seen = draw(st.sets(st.integers(1, 300), max_size=30))
    cursor, _fresh = advance(Cursor(), seen, now_s=float(draw(st.integers(0, 10**9))))
    return cursor


@given(cursors())
def test_cursor_comes_back_as_it_went(cursor):
    text = write_cursor(cursor)

    assert read_cursor(text) == cursor
    assert set(text) <= set("c0123456789-.")


@given(st.text(alphabet="c0123456789-.٣ _", max_size=40))
def test_text_of_a_stranger_is_a_cursor_or_refused(text):
    try:
        cursor = read_cursor(text)
    except ValueError:
        return
    ends = [end for gap in cursor.gaps for end in gap[:2]]
    assert ends == sorted(ends)
    assert all(0 < end < cursor.last for end in ends)


@pytest.mark.parametrize(
    "text",
    ["", "0", "12", "c", "c-1", "c5.", "c5.4-3-0", "c5.3-5-0", "c5.0-1-0", "c9.4-5-0.3-3-0", f"c{2**63}",
     "c9" + ".1-1-0" * (MOST_GAPS + 1)],
)  # fmt: skip
def test_text_out_of_order_is_refused(text):
    with pytest.raises(ValueError, match="cursor"):
        read_cursor(text)


def test_cursor_of_too_many_gaps_stands_before_the_first_too_many():
    numbers = range(2, 4 * MOST_GAPS, 2)
    cursor, _fresh = advance(Cursor(), numbers, now_s=0.0)

    kept = held_back(cursor)

    assert kept.gaps == tuple(Gap(n, n, 0.0) for n in range(1, 2 * MOST_GAPS, 2))
    assert kept.last == 2 * MOST_GAPS
    assert held_back(kept) is kept
    assert read_cursor(write_cursor(kept)) == kept
