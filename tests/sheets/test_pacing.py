"""How much is written at once."""

import pytest

from nuanxin.sheets import pacing


class Clock:
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.at_s = 100.0

    def monotonic(self) -> float:
        return self.at_s

    def sleep(self, seconds: float) -> None:
        self.slept_s = seconds


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(pacing, "time", clock)
    return clock


def run(clock: Clock, pace: pacing.Pace, seconds_a_row: float, pieces: int) -> float:
    """Write some pieces and return how long the last one took."""
    took_s = 0.0
    for _piece in range(pieces):
        pace.begin()
        took_s = pace.size * seconds_a_row
        clock.at_s += took_s
        pace.end(pace.size)
    return took_s


@pytest.mark.parametrize("seconds_a_row", [0.0005, 0.002, 0.01])
def test_pieces_come_to_take_as_long_as_they_should(clock, seconds_a_row):
    assert run(clock, pacing.Pace(), seconds_a_row, 12) == pytest.approx(pacing.PIECE_S, rel=0.1)


def test_piece_that_took_too_long_is_followed_by_a_much_smaller_one(clock):
    pace = pacing.Pace(400)
    run(clock, pace, 0.01, 1)

    assert pace.size == 100


def test_short_piece_does_not_make_the_next_one_short(clock):
    pace = pacing.Pace()
    run(clock, pace, 0.0001, 12)
    size = pace.size

    pace.begin()
    clock.at_s += 50 * 0.0001
    pace.end(50)  # the last rows of a window

    assert pace.size == size


@pytest.mark.parametrize("seconds_a_row", [1.0, 1e-7])
def test_pieces_have_a_least_and_a_most(clock, seconds_a_row):
    pace = pacing.Pace()
    run(clock, pace, seconds_a_row, 20)

    assert pace.size in (20, 8_000)
