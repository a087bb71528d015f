"""Opening hours as people write them: read alike in every spelling, and never guessed."""

import re

import pytest

from bench._hours_texts import Sample, is_wrong, load, same
from bench.hours_corpus import run
from nuanxin.algorithms.hours import parse_hours
from nuanxin.algorithms.hours_text import MAX_WRITTEN_LENGTH, Outcome, TextReading, read_hours_text

PUBLISHED = load("hours_as_written.jsonl")
MADE_UP = load("hours_made_up.jsonl")
READ = [
    sample
    for sample in PUBLISHED + MADE_UP
    if read_hours_text(sample.text).outcome == Outcome.READ and not sample.text.isascii()
]
_CLOCK = re.compile(r"(?<![\d:：])(\d{1,2})[:：](\d\d)(?![\d:：])")
_DASH = re.compile(r"(?<=\d) ?[-—–~～－]+ ?(?=\d+[:：])")
_NUMERALS = "零一二三四五六七八九"
_FULL_WIDTH = str.maketrans("0123456789:-,()", "０１２３４５６７８９：－，（）")
_CHINESE_SIGNS = str.maketrans(",;()", "，；（）")


def numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    if not tens:
        return _NUMERALS[ones]
    return ("" if tens == 1 else _NUMERALS[tens]) + "十" + (_NUMERALS[ones] if ones else "")


def in_numerals(found: re.Match[str]) -> str:
    minute = int(found[2])
    if minute in (0, 30):
        return numeral(int(found[1])) + ("点半" if minute else "点")
    return f"{numeral(int(found[1]))}点{'零' if minute < 10 else ''}{numeral(minute)}分"


def with_word(word: str):
    def write(found: re.Match[str]) -> str:
        return found[1] + word + ("" if found[2] == "00" else f"{found[2]}分")

    return write


SPELLINGS = {
    "full width": lambda text: text.translate(_FULL_WIDTH),
    "Chinese signs": lambda text: text.translate(_CHINESE_SIGNS),
    "星期": lambda text: re.sub("周(?=[一二三四五六日])", "星期", text),
    "礼拜": lambda text: re.sub("(?:周|星期)(?=[一二三四五六日])", "礼拜", text),
    "至": lambda text: _DASH.sub("至", text),
    "到": lambda text: _DASH.sub("到", text),
    "~": lambda text: _DASH.sub(" ~ ", text),
    "——": lambda text: _DASH.sub("——", text),
    "numerals": lambda text: _CLOCK.sub(in_numerals, text),
    "点": lambda text: _CLOCK.sub(with_word("点"), text),
    "时": lambda text: _CLOCK.sub(with_word("时"), text),
    "semicolons": lambda text: re.sub(r"(?<=\d)[:：](?=\d)", ";", text),
    "dots": lambda text: re.sub(r"(?<=\d)[:：](?=\d\d)", ".", text),
    "before": lambda text: "本站开放时间为" + text,
}
# what a slip of the pen leaves unclear may be asked
MAY_ASK = {"semicolons": 0.5, "dots": 0.9}


def share_read(samples: list[Sample]) -> float:
    readable = [sample for sample in samples if sample.is_readable]
    read = [s for s in readable if read_hours_text(s.text).outcome == Outcome.READ]
    return len(read) / len(readable)


def wrong_ids(samples: list[Sample]) -> list[str]:
    return [sample.id for sample in samples if is_wrong(sample, read_hours_text(sample.text))]


@pytest.mark.parametrize("samples", [PUBLISHED, MADE_UP], ids=["published", "made up"])
def test_corpus_is_read_by_nine_tenths_and_never_wrongly(samples):
    assert share_read(samples) >= 0.95
    assert wrong_ids(samples) == []


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_corpus_in_another_spelling_means_the_same(spelling):
    respelled = [
        Sample(each.id, SPELLINGS[spelling](each.text), each.preferred, each.accepted)
        for each in PUBLISHED
    ]
    changed = [
        new
        for new, old in zip(respelled, PUBLISHED, strict=True)
        if new.text != old.text and read_hours_text(old.text).outcome == Outcome.READ
    ]

    readings = [(sample, read_hours_text(sample.text)) for sample in changed]
    wrong = [s.text for s, r in readings if r.outcome == Outcome.READ and is_wrong(s, r)]

    assert wrong == []
    assert share_read(changed) >= MAY_ASK.get(spelling, 0.97)


@pytest.mark.parametrize(
    "addition",
    [
        "，春节除外",
        "，单日开放",
        "，寒暑假除外",
        "，或3:10-3:40",
        "（每月第一个周一闭馆）",
        "，冬季另行安排",
        "，17",
        "，8:",
        "，约3:10-3:40",
        "，隔周周日休息",
        "（3:10-3:40讲解）",
        "，周日半天",
        "，周日另定",
        "，节假日前一天休息",
        "，次日闭馆",
        "，截至10月",
        "，10月起",
        "，逢五休息",
        "，周三轮休",
        "，6月除外",
        "，周三推迟半小时",
        "，月末盘点休息",
    ],
)
def test_addition_nobody_can_account_for_is_never_read_over(addition):
    read_over = [
        sample.text
        for sample in READ
        if read_hours_text(sample.text + addition).outcome == Outcome.READ
    ]

    assert read_over == []


@pytest.mark.parametrize(
    "beginning",
    [
        "春节期间",
        "单日",
        "寒暑假",
        "5月1日前",
        "每月第一周",
        "节后",
        "隔天",
        "5月起",
        "下周",
        "非节假日",
        "逢5",
        "周三或",
    ],
)
def test_beginning_nobody_can_account_for_is_never_read_over(beginning):
    read_over = [
        sample.text
        for sample in READ
        if read_hours_text(beginning + sample.text).outcome == Outcome.READ
    ]

    assert read_over == []


@pytest.mark.parametrize(
    "addition", ["，门票免费", "\n提供热水", "。欢迎户外劳动者前来歇脚", "（含空调）"]
)
def test_remark_without_days_or_times_changes_nothing(addition):
    changed = [
        sample.text
        for sample in READ
        if read_hours_text(sample.text + addition).osm != read_hours_text(sample.text).osm
    ]

    assert changed == []


@pytest.mark.parametrize("sample", READ[::4], ids=lambda sample: sample.id)
def test_reading_is_canonical_and_read_again_as_itself(sample):
    osm = read_hours_text(sample.text).osm
    assert osm is not None

    again = read_hours_text(osm)

    # 11:00-02:00 by itself may have been meant on a twelve-hour clock
    assert any(same(each, [osm]) for each in filter(None, (again.osm, *again.alternatives)))


@pytest.mark.parametrize(
    "text", [sample.text for sample in PUBLISHED + MADE_UP], ids=range(len(PUBLISHED + MADE_UP))
)
def test_outcome_says_which_of_its_fields_hold(text):
    reading = read_hours_text(text)

    assert (reading.osm is not None) == (reading.outcome == Outcome.READ)
    assert bool(reading.alternatives) == (reading.outcome == Outcome.ASK)
    assert len(set(reading.alternatives)) == len(reading.alternatives)
    assert reading.reasons or reading.outcome == Outcome.READ
    for alternative in reading.alternatives:
        parse_hours(alternative)


@pytest.mark.parametrize(
    ("text", "alternatives", "reason"),
    [
        ("8:00-6:00", ("08:00-18:00", "08:00-06:00"), "times_unclear"),
        ("2:00-5:00", ("02:00-05:00", "14:00-17:00"), "times_unclear"),
        (
            "夏季8:00-18:00，冬季8:30-17:30",
            (
                "08:30-17:30",
                "May-Sep 08:00-18:00; Oct-Apr 08:30-17:30",
                "May-Oct 08:00-18:00; Nov-Apr 08:30-17:30",
            ),
            "season_without_dates",
        ),
        ("8:30-17:30，国庆节休息", ("08:30-17:30",), "festival"),
        ("24小时自助服务，人工服务9:00-17:00", ("24/7", "09:00-17:00"), "whole_day_and_times"),
    ],
)
def test_doubtful_text_is_asked_with_what_it_may_mean(text, alternatives, reason):
    reading = read_hours_text(text)

    assert reading.outcome == Outcome.ASK
    assert reading.alternatives == alternatives
    assert reason in reading.reasons


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("　\n ", "empty"),
        ("8" * (MAX_WRITTEN_LENGTH + 1), "too_long"),
        ("详见公告", "no_times"),
        ("8:00开放", "single_time"),
        ("阅览室：8:00-17:00；活动室：9:00-18:00", "several_places"),
        ("单号9:00-17:00", "alternate_days"),
        ("工作日开放", "days_without_times"),
    ],
)
def test_text_that_does_not_say_when_is_refused_with_its_reason(text, reason):
    reading = read_hours_text(text)

    assert reading.outcome == Outcome.REFUSE
    assert reason in reading.reasons


def test_reading_tells_what_it_left_out():
    assert read_hours_text("9:00-17:00（16:30停止入场）").reasons == ("last_entry",)
    assert read_hours_text("周一闭馆").reasons == ("closed_only",)
    assert read_hours_text("暂停开放") == TextReading(Outcome.READ, "off", reasons=("suspended",))


def test_hours_syntax_is_read_as_it_is():
    text = 'Mo-Fr 08:00-12:00,14:00-18:00; PH off; Feb 16-Feb 24 off "Spring Festival"'

    assert read_hours_text(text).osm == text


def test_bench_counts_what_the_corpus_holds():
    figures = run(rounds=1)

    assert (figures["texts"], figures["made_up_texts"]) == (len(PUBLISHED), len(MADE_UP))
    assert figures["wrong"] == figures["made_up_wrong"] == 0
    assert figures["texts_per_s"] > 0


def test_comparison_tells_a_holiday_and_a_makeup_day_apart():
    assert same("Mo-Su 08:00-09:00", ["08:00-09:00"])
    assert not same("Mo-Fr 08:00-09:00; PH off", ["WD 08:00-09:00"])
    assert not same("Mo-Fr 08:00-09:00", ["Mo-Fr 08:00-09:00; PH off"])
    assert not same("08:00-09:00", [None])


def test_wrong_readings_and_dishonest_questions_are_counted():
    sample = Sample("x", "", "08:00-09:00", ("08:00-09:00",))
    unreadable = Sample("x", "", None, (None,))

    assert is_wrong(sample, TextReading(Outcome.READ, "08:00-10:00"))
    assert is_wrong(sample, TextReading(Outcome.ASK, None, ("08:00-10:00",)))
    assert not is_wrong(sample, TextReading(Outcome.ASK, None, ("08:00-10:00", "08:00-09:00")))
    assert is_wrong(unreadable, TextReading(Outcome.READ, "08:00-09:00"))
    assert not is_wrong(unreadable, TextReading(Outcome.REFUSE))
