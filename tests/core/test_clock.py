import datetime as dt

import pytest

from nuanxin.core import clock as core_clock


@pytest.mark.parametrize(
    ("instant", "date"),
    [
        ("last second of the day", dt.date(2026, 3, 10)),
        ("midnight", dt.date(2026, 3, 11)),
        ("before the UTC day turns", dt.date(2026, 3, 11)),
        ("leap day", dt.date(2028, 2, 29)),
        ("last second of the year", dt.date(2026, 12, 31)),
    ],
)
def test_civil_date_is_that_of_shanghai(clock, instant, date):
    clock.stop_at(instant)

    assert core_clock.civil_date() == date


def test_civil_date_of_a_moment_given_in_utc():
    evening = dt.datetime(2026, 12, 31, 16, 0, tzinfo=dt.UTC)

    assert core_clock.civil_date(evening) == dt.date(2027, 1, 1)
    assert core_clock.civil_date(evening - dt.timedelta(seconds=1)) == dt.date(2026, 12, 31)


def test_now_is_aware_and_agrees_with_its_seconds(clock):
    moment = clock.stop_at("make-up workday")

    assert core_clock.now() == moment
    assert core_clock.now().utcoffset() == dt.timedelta(0)
    assert core_clock.from_epoch_s(core_clock.now_s()) == moment


@pytest.mark.parametrize(
    ("text", "offset_h"),
    [("2026-02-14T09:30", 8), ("2026-02-14T09:30+00:00", 0), ("2026-02-14T09:30Z", 0)],
)
def test_read_civil_keeps_a_given_offset_and_else_means_shanghai(text, offset_h):
    moment = core_clock.read_civil(text)

    assert (moment.hour, moment.minute) == (9, 30)
    assert moment.utcoffset() == dt.timedelta(hours=offset_h)


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01T00:00", "2027-02-29"])
def test_read_civil_nonsense_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        core_clock.read_civil(text)
