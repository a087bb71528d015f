import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuanxin.algorithms.pinyin_people import SURNAMES, person_pinyin


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("张伟", "zhangwei", "zw"),
        ("单雄信", "shanxiongxin", "sxx"),
        ("万俟卨", "moqixie", "mqx"),
        ("曾国藩", "zengguofan", "zgf"),
        ("仇英", "qiuying", "qy"),
        ("欧阳修", "ouyangxiu", "oyx"),
        ("阿卜杜拉·买买提", "abudulamaimaiti", "abdlmmt"),
        ("吕布", "lvbu", "lb"),
        ("Li Wei", "liwei", "liwei"),
        ("", "", ""),
    ],
)
def test_name_is_spelled_as_its_bearer_reads_it(name, full, initials):
    assert person_pinyin(name) == (full, initials)


def test_rare_character_that_nobody_reads_stands_for_itself():
    assert person_pinyin("张\U0003134a")[0].startswith("zhang")


def test_surnames_have_a_syllable_for_each_character():
    assert all(len(reading.split()) == len(name) for name, reading in SURNAMES.items())


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=6))
def test_initials_are_as_many_as_the_characters(name):
    assert len(person_pinyin(name)[1]) == len(name)
