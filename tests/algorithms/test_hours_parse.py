"""Reading opening-hours texts: what is accepted, how it is spelt canonically, what is refused."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nuanxin.algorithms.hours import HoursError, HoursErrorCode, canonical, parse_hours
from tests.algorithms.hours_oracle import hours_texts

DATA = Path(__file__).parent / "data" / "hours_texts.txt"
PUBLISHED = DATA.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("text", PUBLISHED)
def test_published_text_is_read_and_its_canonical_form_reads_the_same(text):
    hours = parse_hours(text)

    assert parse_hours(canonical(hours)) == hours


@given(hours_texts)
@example("Feb 14-20 open, 00:00-00:30")  # the second rule must not join the first one's times
@example("24/7, 08:00-09:00")
def test_canonical_form_reads_the_same_and_is_its_own_canonical_form(text):
    hours = parse_hours(text)

    assert parse_hours(canonical(hours)) == hours
    assert canonical(parse_hours(canonical(hours))) == canonical(hours)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("08:00-26:00", "08:00-02:00"),
        ("8:00-18:00", "08:00-18:00"),
        ("08:00-08:00", "08:00-32:00"),
        ("18:00-00:00", "18:00-24:00"),
        ("week 10-20 off", "week 10-20 off"),
        ("00:00-00:00", "24/7"),
        ("00:00-24:00", "24/7"),
        ("open", "24/7"),
        ("closed", "off"),
        ("24/7 off", "off"),
        ("MO-FR 08:00-17:00; ph OFF;", "Mo-Fr 08:00-17:00; PH off"),
        ("Mo-Fr: 08:00 - 12:00 , 14:00 - 17:30", "Mo-Fr 08:00-12:00,14:00-17:30"),
        ("０８：００－１２：００，14:00–17:00；PH off", "08:00-12:00,14:00-17:00; PH off"),
        ("May 01-Sep 30 07:00-19:00", "May-Sep 07:00-19:00"),
        ("Feb 16-24 off", "Feb 16-Feb 24 off"),
        ("2026 Feb 16-2026 Feb 23 off", "2026 Feb 16-Feb 23 off"),
        ("2025 Dec 28-2026 Jan 03 off", "2025 Dec 28-Jan 03 off"),
        ("2025 Dec 28-2026 Dec 30 off", "2025 Dec 28-2026 Dec 30 off"),
        ("2025 Feb-2026 Apr off", "2025 Feb-2026 Apr off"),
        ("2026-2027 May-Sep 08:00-18:00", "2026-2027 May-Sep 08:00-18:00"),
        ("2026+ Mo off", "2026+ Mo off"),
        ("2026 Oct 01-03,05 off", "2026 Oct 01-Oct 03,2026 Oct 05 off"),
        ("Oct 01-03,Oct 05 off", "Oct 01-Oct 03,Oct 05 off"),
        ("week 2-52/2,53 Tu off", "week 02-52/2,53 Tu off"),
        ("Feb 24+ 06:30-22:30", "Feb 24-Dec 31 06:30-22:30"),
        ("2026 Feb 24+ off", "2026 Feb 24-Dec 31,2027+ off"),
        ("PH Sa-Su 10:00-12:00", "PH Sa-Su 10:00-12:00"),
        ("Th[3],Fr[-1] 08:00-10:00", "Th[3],Fr[-1] 08:00-10:00"),
        ("Mo-Fr 08:00-12:00, We 14:00-18:00", "Mo-Fr 08:00-12:00, We 14:00-18:00"),
        ('Mo 08:00-12:00 "a; b, c"', 'Mo 08:00-12:00 "a; b, c"'),
        ("08:00-18:00; 12:00-13:00 off", "08:00-18:00; 12:00-13:00 off"),
    ],
)
def test_spellings_of_one_meaning_have_one_canonical_form(text, plain):
    assert canonical(parse_hours(text)) == plain


def test_equal_rules_are_equal_hours_whatever_their_spelling():
    spelt, same = parse_hours("May 01-Sep 30 7:00-19:00"), parse_hours("May-Sep 07:00-19:00")

    assert spelt == same
    assert hash(spelt) == hash(same)
    assert spelt.text != same.text


def test_same_text_is_read_once():
    assert parse_hours("Mo-Fr 08:00-17:01") is parse_hours("Mo-Fr 08:00-17:01")


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("", HoursErrorCode.EMPTY, 0),
        ("   ", HoursErrorCode.EMPTY, 3),
        ("off" + " " * 1000, HoursErrorCode.TOO_LONG, 1000),
        (";", HoursErrorCode.UNEXPECTED, 0),
        ("08:00-12:00;;13:00-14:00", HoursErrorCode.UNEXPECTED, 12),
        ("08:00-12:00,", HoursErrorCode.UNEXPECTED, 12),
        ("08:00-12:00 13:00-14:00", HoursErrorCode.UNEXPECTED, 12),
        ("全天开放", HoursErrorCode.UNEXPECTED, 0),
        ("8-18", HoursErrorCode.UNEXPECTED, 0),
        ("Mo-Fr 24/7", HoursErrorCode.UNEXPECTED, 6),
        ("24/75", HoursErrorCode.UNEXPECTED, 4),
        ("08:00-12:000", HoursErrorCode.UNEXPECTED, 11),
        ("Mo-", HoursErrorCode.UNEXPECTED, 3),
        ("Mo-PH 08:00-12:00", HoursErrorCode.UNEXPECTED, 3),
        ("Mo[1 08:00-12:00", HoursErrorCode.UNEXPECTED, 5),
        ("08:00-", HoursErrorCode.UNEXPECTED, 6),
        ("May-30 off", HoursErrorCode.UNEXPECTED, 4),
        ("2026 Feb 16-2026 off", HoursErrorCode.UNEXPECTED, 17),
        ("Mon-Fri 08:00-12:00", HoursErrorCode.UNKNOWN_WORD, 0),
        ("08:00-12:00 daily", HoursErrorCode.UNKNOWN_WORD, 12),
        ('08:00-12:00 "ring', HoursErrorCode.UNCLOSED_COMMENT, 12),
        ("08:60-12:00", HoursErrorCode.BAD_TIME, 0),
        ("24:00-26:00", HoursErrorCode.BAD_TIME, 0),
        ("08:00-48:01", HoursErrorCode.BAD_TIME, 6),
        ("Feb 30 off", HoursErrorCode.BAD_DATE, 4),
        ("Feb 00 off", HoursErrorCode.BAD_DATE, 4),
        ("2027 Feb 29 off", HoursErrorCode.BAD_DATE, 9),
        ("1026 Feb 01 off", HoursErrorCode.BAD_DATE, 0),
        ("2027-2026 off", HoursErrorCode.BAD_DATE, 5),
        ("Feb 24-16 off", HoursErrorCode.BAD_DATE, 7),
        ("2026 Feb 23-2026 Feb 16 off", HoursErrorCode.BAD_DATE, 12),
        ("2026 Feb 23-2025 Feb 16 off", HoursErrorCode.BAD_DATE, 12),
        ("Feb 16-2026 Feb 24 off", HoursErrorCode.BAD_DATE, 7),
        ("2026-2027 Feb 16-2028 Feb 24 off", HoursErrorCode.BAD_DATE, 17),
        ("week 54 off", HoursErrorCode.BAD_DATE, 5),
        ("week 20-10 off", HoursErrorCode.BAD_DATE, 8),
        ("Mo[6] 08:00-12:00", HoursErrorCode.BAD_DATE, 3),
        ("Mo[-x] 08:00-12:00", HoursErrorCode.BAD_DATE, 4),
        ("08:30+", HoursErrorCode.OPEN_ENDED, 5),
        ("08:30-17:00+", HoursErrorCode.OPEN_ENDED, 11),
        ("08:30", HoursErrorCode.POINT_IN_TIME, 0),
        ("Mo-Fr", HoursErrorCode.NO_TIMES, 5),
        ("Mo-Fr, 08:00-12:00", HoursErrorCode.NO_TIMES, 5),
        ('"by telephone"', HoursErrorCode.NO_TIMES, 14),
        ("Sa-Su PH 08:00-12:00", HoursErrorCode.AMBIGUOUS, 6),
        ("PH WD 08:00-12:00", HoursErrorCode.AMBIGUOUS, 3),
        ("PH +1 day off", HoursErrorCode.UNSUPPORTED, 3),
        ("PH -1 day off", HoursErrorCode.UNSUPPORTED, 3),
        ("SH off", HoursErrorCode.UNSUPPORTED, 0),
        ("easter off", HoursErrorCode.UNSUPPORTED, 0),
        ("sunrise-sunset", HoursErrorCode.UNSUPPORTED, 0),
        ("08:00-12:00 unknown", HoursErrorCode.UNSUPPORTED, 12),
        ("10:00-16:00/01:30", HoursErrorCode.UNSUPPORTED, 11),
        ("08:00-12:00 || 24/7", HoursErrorCode.UNSUPPORTED, 12),
    ],
)
def test_text_that_needs_guessing_is_refused_with_reason_and_position(text, code, position):
    with pytest.raises(HoursError) as refused:
        parse_hours(text)

    assert (refused.value.code, refused.value.position) == (code, position)
    assert str(refused.value).startswith(refused.value.reason)
    assert f"character {position + 1}" in str(refused.value)


@given(st.text('MoTuPHWDFeb0123456789:-,;+/[]" of', max_size=40))
def test_any_text_is_either_read_or_refused_at_a_place_inside_it(text):
    refusal = refusal_of(text)

    if refusal is None:
        hours = parse_hours(text)
        assert parse_hours(canonical(hours)) == hours
    else:
        assert 0 <= refusal.position <= len(text)


def refusal_of(text: str) -> HoursError | None:
    try:
        parse_hours(text)
    except HoursError as refusal:
        return refusal
    return None
