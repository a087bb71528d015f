"""A cursor of a feed as a short text, for readers who keep their own place.

``c120`` stands behind number 120; ``c120.117-118-1741572000`` also misses 117 and 118, since that
second. Nothing of a reader is kept here: the text is all there is.
"""

import re
from itertools import pairwise
from typing import Final

from nuanxin.algorithms.feed import Cursor, Gap

__all__ = ["MOST_GAPS", "held_back", "read_cursor", "write_cursor"]

MOST_GAPS: Final = 40
"""More would make the text too long for an address."""
_MOST: Final = 2**63 - 1  # what a database counts up to
_GAP: Final = re.compile(r"(\d{1,19})-(\d{1,19})-(\d{1,12})", re.ASCII)
_LAST: Final = re.compile(r"c(\d{1,19})", re.ASCII)


def write_cursor(cursor: Cursor) -> str:
    """Return a cursor as a text of letters, digits, ``.`` and ``-``; ages in whole seconds."""
    gaps = (f".{gap.first}-{gap.last}-{int(gap.since_s)}" for gap in cursor.gaps)
    return f"c{cursor.last}{''.join(gaps)}"


def read_cursor(text: str) -> Cursor:
    """Read a text that `write_cursor` wrote.

    Parameters
    ----------
    text
        As it comes back from a stranger.

    Returns
    -------
    Cursor
        Its gaps are in order, apart, and below its last number.

    Raises
    ------
    ValueError
        When it is no such text.
    """
    head, *rest = text.split(".")
    match = _LAST.fullmatch(head)
    gaps = [_GAP.fullmatch(part) for part in rest]
    if match is None or None in gaps or len(gaps) > MOST_GAPS:
        msg = "this is no cursor"
        raise ValueError(msg)
    last = int(match[1])
    read = tuple(Gap(int(gap[1]), int(gap[2]), float(gap[3])) for gap in gaps if gap)
    ends = [0, *(end for gap in read for end in gap[:2])]
    in_order = all(
        low <= high and (index % 2 or low < high)
        for index, (low, high) in enumerate(pairwise(ends))
    )
    if not in_order or last > _MOST or ends[-1] > max(0, last - 1):
        msg = "the numbers of this cursor are in no order"
        raise ValueError(msg)
    return Cursor(last, read)


def held_back(cursor: Cursor) -> Cursor:
    """Return a cursor with no more gaps than a text takes: it stands before the first one too many.

    Notes
    -----
    What lies behind is read again, so nothing is lost; it waits until older gaps are forgotten.
    """
    if len(cursor.gaps) <= MOST_GAPS:
        return cursor
    return Cursor(cursor.gaps[MOST_GAPS].first - 1, cursor.gaps[:MOST_GAPS])
