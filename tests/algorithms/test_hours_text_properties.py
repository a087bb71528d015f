"""Any weekly schedule, written in several Chinese manners, is read back; any text at all is answered."""

from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from bench._hours_texts import load, same
from nuanxin.algorithms.hours import parse_hours
from nuanxin.algorithms.hours_text import MAX_WRITTEN_LENGTH, Outcome, read_hours_text
from tests.algorithms.hours_oracle import clock
from tests.algorithms.test_hours_text import SPELLINGS, numeral

WEEK = "一二三四五六日"
NAMES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
PIECES = [sample.text for sample in load("hours_as_written.jsonl")]


class Style(NamedTuple):
    week: str
    to: str
    comma: str
    colon: str
    between: str
    is_half_day: bool
    spelling: str
    clock: str


styles = st.builds(
    Style,
    week=st.sampled_from(["周", "星期", "礼拜"]),
    to=st.sampled_from(["-", "至", "到", "~", "—", "——", "－", " - ", "～"]),
    comma=st.sampled_from(["，", "、", ",", " "]),
    colon=st.sampled_from(["：", " ", "", ": "]),
    between=st.sampled_from(["；", "\n", "。", "; "]),
    is_half_day=st.booleans(),
    spelling=st.sampled_from(["plain", "full width", "Chinese signs"]),
    clock=st.sampled_from(["8:30", "08:30", "8点30分", "8时30分", "numeral"]),
)
spans = st.sampled_from(
    [
        ((480, 720), (840, 1080)),
        ((510, 690), (810, 1050)),
        ((540, 1020),),
        ((420, 1260),),
        ((390, 570), (660, 780), (1020, 1140)),
        ((600, 1320),),
        ((1080, 1320),),
        ((375, 1365),),
    ]
)
blocks = st.lists(st.integers(0, 6), min_size=7, max_size=7).map(
    lambda marks: [
        frozenset(day for day in range(7) if marks[day] == mark) for mark in sorted(set(marks))
    ]
)


def written_time(minute: int, style: Style) -> str:
    hour, rest = divmod(minute, 60)
    prefix = ""
    if style.is_half_day:
        prefix = "上午" if hour < 12 else "中午" if hour == 12 else "下午" if hour < 18 else "晚上"
        hour = hour - 12 if hour > 12 else hour
    if style.clock == "numeral":
        return f"{prefix}{numeral(hour)}点{numeral(rest) + '分' if rest else ''}"
    if style.clock in ("8点30分", "8时30分"):
        return f"{prefix}{hour}{style.clock[1]}{f'{rest}分' if rest else ''}"
    is_padded = style.clock == "08:30" and not style.is_half_day
    return f"{prefix}{hour:02d}:{rest:02d}" if is_padded else f"{prefix}{hour}:{rest:02d}"


def written_times(times: tuple[tuple[int, int], ...], style: Style) -> str:
    return style.comma.join(style.to.join(written_time(m, style) for m in span) for span in times)


def written_days(days: frozenset[int], style: Style) -> str:
    first, last = min(days), max(days)
    if len(days) > 2 and len(days) == last - first + 1:
        return f"{style.week}{WEEK[first]}至{style.week}{WEEK[last]}"
    return "、".join(style.week + WEEK[day] for day in sorted(days))


def osm_of(days: frozenset[int], times: tuple[tuple[int, int], ...]) -> str:
    spans_text = ",".join("-".join(map(clock, span)) for span in times)
    return f"{','.join(NAMES[day] for day in sorted(days))} {spans_text}"


@given(blocks, st.data(), styles)
def test_weekly_schedule_in_any_manner_is_read_back(groups, data, style):
    times = [data.draw(spans) for _ in groups]
    parts = [
        written_days(days, style) + style.colon + written_times(each, style)
        for days, each in zip(groups, times, strict=True)
    ]
    text = style.between.join(parts)
    text = SPELLINGS.get(style.spelling, lambda plain: plain)(text)
    osm = "; ".join(osm_of(days, each) for days, each in zip(groups, times, strict=True))

    reading = read_hours_text(text)

    assert reading.outcome == Outcome.READ, (text, reading)
    assert same(reading.osm or "", [osm]), (text, reading.osm, osm)


@given(st.text(max_size=MAX_WRITTEN_LENGTH + 5))
def test_any_text_is_answered(text):
    assert read_hours_text(text).outcome in Outcome


@settings(max_examples=200)
@given(
    st.lists(
        st.tuples(st.sampled_from(PIECES), st.integers(0, 40), st.integers(1, 20)),
        min_size=1,
        max_size=8,
    )
)
def test_scraps_of_real_texts_are_answered_with_texts_that_can_be_stored(scraps):
    text = "".join(piece[start : start + size] for piece, start, size in scraps)

    reading = read_hours_text(text)

    for osm in filter(None, (reading.osm, *reading.alternatives)):
        parse_hours(osm)


@given(
    st.sampled_from(
        ["2:00-5:00;", "周一、", "除", "或8:00", "如遇", "\n休息", "5月1日-", "（", "8.30-"]
    )
)
def test_longest_texts_are_answered_with_few_alternatives(piece):
    text = (piece * MAX_WRITTEN_LENGTH)[:MAX_WRITTEN_LENGTH]

    assert len(read_hours_text(text).alternatives) <= 20
