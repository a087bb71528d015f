import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import lazy_pinyin

from nuanxin.algorithms.pinyin import (
    NAME_CHARACTER_READINGS,
    NAME_READINGS,
    fold,
    pinyin_of,
    syllables_of,
)

CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=12)


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("柯桥区", "keqiaoqu", "kqq"),
        ("台州市", "taizhoushi", "tzs"),
        ("乐清", "yueqing", "yq"),
        ("乐成街道", "yuechengjiedao", "ycjd"),
        ("丽水", "lishui", "ls"),
        ("莲都区", "lianduqu", "ldq"),
        ("鄞州", "yinzhou", "yz"),
        ("嵊州", "shengzhou", "sz"),
        ("衢州", "quzhou", "qz"),
        ("缙云", "jinyun", "jy"),
        ("洞头", "dongtou", "dt"),
        ("会稽山", "kuaijishan", "kjs"),
        ("长宁", "changning", "cn"),
        ("花都", "huadu", "hd"),
        ("重庆", "chongqing", "cq"),
        ("朝阳区", "chaoyangqu", "cyq"),
        ("朝晖", "zhaohui", "zh"),
        ("绿园", "lvyuan", "ly"),
        ("略阳", "lueyang", "ly"),
        ("工商银行支行", "gongshangyinhangzhihang", "gsyhzh"),
        ("行政服务中心", "xingzhengfuwuzhongxin", "xzfwzx"),
        ("和平路100弄", "hepinglu100long", "hpl100l"),
    ],
)
def test_pinyin_of_a_place_name_reads_it_as_its_people_do(name, full, initials):
    assert pinyin_of(name) == (full, initials)


@pytest.mark.parametrize(
    ("text", "full", "initials"),
    [
        ("", "", ""),
        (" ·—\t\x00", "", ""),
        ("24小时", "24xiaoshi", "24xs"),
        ("ＡＴＭ 厅", "atmting", "atmt"),
        ("Kē qiáo", "keqiao", "keqiao"),
        ("㐃", "㐃", "㐃"),
    ],
)
def test_pinyin_of_odd_text_keeps_letters_and_digits_alone(text, full, initials):
    assert pinyin_of(text) == (full, initials)


def test_a_known_word_is_read_before_a_name_that_begins_inside_it():
    assert pinyin_of("快乐成长")[0] == "kuailechengzhang"


@pytest.mark.parametrize(("name", "reading"), sorted(NAME_READINGS.items()))
def test_name_table_has_one_plain_syllable_for_each_character(name, reading):
    assert syllables_of(name) == tuple(reading.split())
    assert len(reading.split()) == len(name)
    assert re.fullmatch(r"[a-z ]+", reading)


def test_character_table_changes_what_the_dictionary_says():
    changed = {c: lazy_pinyin(c)[0] for c in NAME_CHARACTER_READINGS}

    assert all(NAME_CHARACTER_READINGS[c] != reading for c, reading in changed.items())


@given(CHINESE)
def test_every_chinese_character_gives_one_syllable(text):
    assert len(syllables_of(text)) == len(fold(text).replace(" ", ""))


@given(CHINESE.filter(lambda text: len(text) == 1))
def test_a_lone_character_outside_the_table_is_read_as_in_the_dictionary(character):
    reading = lazy_pinyin(character)[0]
    typed = {"lve": "lue", "nve": "nue"}.get(reading, reading)

    assert syllables_of(character) == (NAME_CHARACTER_READINGS.get(character, typed),)


@given(st.text(max_size=30))
def test_folding_is_idempotent_and_leaves_only_words_and_spaces(text):
    folded = fold(text)

    assert fold(folded) == folded
    assert all(c == " " or c.isalnum() for c in folded)


def test_importing_the_module_does_not_load_the_dictionary():
    program = "import sys, nuanxin.algorithms.pinyin; sys.exit('pypinyin' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
