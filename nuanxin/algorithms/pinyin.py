"""Spell Chinese place names in toneless pinyin, one syllable for each character.

The general dictionary reads a good many place names wrongly (会稽 as *hui ji*, 莲都 as *lian dou*,
长丰 as *zhang feng*): it knows words, and takes the first reading of a character for the rest. Two
small tables therefore come before it: whole names, and characters which have another usual reading
inside a name. The dictionary takes some 60 MB of memory and a third of a second to load, so it is loaded
when the first Chinese character is spelled, never by importing this module.
"""

import re
import unicodedata
from functools import cache
from itertools import chain
from operator import add
from typing import Final

# Whole names; several are read rightly by today's dictionary and stand here so that they stay right.
NAME_READINGS: Final[dict[str, str]] = {
    "台州": "tai zhou",
    "天台": "tian tai",
    "乐清": "yue qing",
    "乐成": "yue cheng",
    "南乐": "nan le",
    "民乐": "min le",
    "丽水": "li shui",
    "莲都": "lian du",
    "鄞州": "yin zhou",
    "嵊州": "sheng zhou",
    "嵊泗": "sheng si",
    "剡溪": "shan xi",
    "衢州": "qu zhou",
    "缙云": "jin yun",
    "洞头": "dong tou",
    "会稽": "kuai ji",
    "甪堰": "lu yan",
    "转塘": "zhuan tang",
    "调元": "tiao yuan",
    "重庆": "chong qing",
    "重固": "chong gu",
    "厦门": "xia men",
    "崧厦": "song xia",
    "六安": "lu an",
    "六合": "lu he",
    "涡阳": "guo yang",
    "歙县": "she xian",
    "黟县": "yi xian",
    "亳州": "bo zhou",
    "蚌山": "beng shan",
    "蚌埠": "beng bu",
    "枞阳": "zong yang",
    "铅山": "yan shan",
    "单县": "shan xian",
    "莘县": "shen xian",
    "莘庄": "xin zhuang",
    "东阿": "dong e",
    "平阿": "ping e",
    "闵行": "min hang",
    "行唐": "xing tang",
    "盱眙": "xu yi",
    "邗江": "han jiang",
    "甪直": "lu zhi",
    "尉氏": "wei shi",
    "尉犁": "yu li",
    "浚县": "xun xian",
    "泌阳": "bi yang",
    "渑池": "mian chi",
    "中牟": "zhong mu",
    "牟平": "mu ping",
    "洪洞": "hong tong",
    "繁峙": "fan shi",
    "长子县": "zhang zi xian",
    "乐亭": "lao ting",
    "蔚县": "yu xian",
    "井陉": "jing xing",
    "蠡县": "li xian",
    "任丘": "ren qiu",
    "大城县": "dai cheng xian",
    "珲春": "hun chun",
    "穆棱": "mu ling",
    "绥棱": "sui ling",
    "什邡": "shi fang",
    "犍为": "qian wei",
    "筠连": "jun lian",
    "郫都": "pi du",
    "荥经": "ying jing",
    "荥阳": "xing yang",
    "黄陂": "huang pi",
    "监利": "jian li",
    "耒阳": "lei yang",
    "番禺": "pan yu",
    "朝阳": "chao yang",
    "马尾": "ma wei",
    "漯河": "luo he",
    "召陵": "shao ling",
    "丹棱": "dan ling",
    "崆峒": "kong tong",
    "宕昌": "tan chang",
    "伽师": "jia shi",
    "龙圩": "long xu",
    "红寺堡": "hong si bu",
    "万柏林": "wan bai lin",
    "梁弄": "liang nong",
    "大埔": "da bu",
    "黄埔": "huang pu",
    "东莞": "dong guan",
    "覃塘": "qin tang",
    "吴堡": "wu bu",
    "柞水": "zha shui",
    "西藏": "xi zang",
    "藏族": "zang zu",
    "龟兹": "qiu ci",
    "阿房宫": "e pang gong",
    "大厦": "da sha",
}

# What a character is usually read as in a name when no longer word decides.
NAME_CHARACTER_READINGS: Final[dict[str, str]] = {
    "都": "du",
    "长": "chang",
    "弄": "long",
    "泊": "bo",
    "重": "chong",
    "行": "hang",
    "什": "shi",
    "勒": "le",
    "曾": "zeng",
    "佛": "fo",
    "卜": "bu",
    "峤": "qiao",
    "湫": "qiu",
    "阚": "kan",
}

_LONGEST_WORD: Final = 4  # longer entries of the dictionary are proverbs, not parts of a name
_U_UMLAUT: Final = "u\u0308"
_U_AS_TYPED: Final = {"lve": "lue", "nve": "nue"}  # only here ü and u cannot be confused
_MARKS: Final = re.compile("[\u0300-\u036f]+")
_SEPARATORS: Final = re.compile(r"[\W_]")
_HAN: Final = re.compile(r"[\u3007\u3400-\u9fff\U00020000-\U0003ffff]+")


def fold(text: str) -> str:
    """Return ``text`` as names and queries are compared: half-width, lower case, without accents.

    Parameters
    ----------
    text
        Any text. ``ü`` becomes ``v``, as pinyin keyboards write it.

    Returns
    -------
    str
        The folded text; every character that is neither a letter, a digit nor a Chinese character
        (spaces, punctuation, control characters) has become one space.
    """
    lowered = unicodedata.normalize("NFKC", text).lower()
    if not lowered.isascii() and not unicodedata.is_normalized("NFD", lowered):
        split = unicodedata.normalize("NFD", lowered).replace(_U_UMLAUT, "v")
        lowered = unicodedata.normalize("NFC", _MARKS.sub("", split))
    return _SEPARATORS.sub(" ", lowered)


def syllables_of(text: str) -> tuple[str, ...]:
    """Return the toneless pinyin of each letter, digit and Chinese character of ``text``.

    Parameters
    ----------
    text
        Any text, usually the name of a place.

    Returns
    -------
    tuple of str
        One item for each character that ``fold`` keeps, in order: a Chinese character gives its
        syllable in lower case (``ü`` as ``v``), any other character itself. A Chinese character that
        has no known reading gives itself.
    """
    return folded_syllables(fold(text).replace(" ", ""))


def folded_syllables(folded: str) -> tuple[str, ...]:
    """Return the toneless pinyin of each character of a text that is folded already.

    Parameters
    ----------
    folded
        What ``fold`` returned, without its spaces.

    Returns
    -------
    tuple of str
        One item for each character, as of ``syllables_of``.
    """
    if folded.isascii():
        return tuple(folded)
    words_from = _words_by_beginning()
    syllables = [_READINGS[character][0] for character in folded]
    position = 0
    # most pairs of characters begin no word, so this loop seldom has anything to do
    for start, pair in enumerate(map(add, folded, folded[1:])):
        if start >= position and pair in words_from:
            for word in words_from[pair]:
                if folded.startswith(word, start):
                    position = start + len(word)
                    syllables[start:position] = _READINGS[word]
                    break
    return tuple(syllables)


def pinyin_of(text: str) -> tuple[str, str]:
    """Return the full pinyin and the initials of a name, both without spaces.

    Parameters
    ----------
    text
        Any text, usually the name of a place.

    Returns
    -------
    full, initials : tuple of str
        ``("keqiaoqu", "kqq")`` for 柯桥区, ``("24xiaoshi", "24xs")`` for 24小时; both empty when
        nothing of ``text`` is a letter, a digit or a Chinese character.
    """
    syllables = syllables_of(text)
    return "".join(syllables), "".join(syllable[0] for syllable in syllables)


class _Readings(dict[str, tuple[str, ...]]):
    """Syllables of words and characters, spelled when first asked for; as many as there are."""

    def __missing__(self, word: str) -> tuple[str, ...]:
        from pypinyin import lazy_pinyin

        known = NAME_READINGS.get(word) or NAME_CHARACTER_READINGS.get(word)
        is_chinese = _HAN.fullmatch(word) is not None
        syllables = known.split() if known else lazy_pinyin(word) if is_chinese else [word]
        self[word] = tuple(_U_AS_TYPED.get(syllable, syllable) for syllable in syllables)
        return self[word]


_READINGS: Final = _Readings()


@cache
def _words_by_beginning() -> dict[str, tuple[str, ...]]:
    """Return the known words by their first two characters: names first, longer before shorter."""
    from pypinyin.constants import PHRASES_DICT

    lists: dict[str, list[str]] = {}
    phrases = sorted(
        (word for word in PHRASES_DICT if 2 <= len(word) <= _LONGEST_WORD), key=_brevity
    )
    for word in chain(sorted(NAME_READINGS, key=_brevity), phrases):
        lists.setdefault(word[:2], []).append(word)
    return {beginning: tuple(words) for beginning, words in lists.items()}


def _brevity(word: str) -> int:
    return -len(word)
