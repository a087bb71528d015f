"""Spell the names of people in toneless pinyin, with surnames as their bearers read them.

Character by character: the word lists that help with places do harm in names of people. A character's
syllable is looked up once; after that a name costs a microsecond.
"""

from typing import Final

from nuanxin.algorithms.pinyin import fold

# surnames with another reading than the character's usual one
SURNAMES: Final[dict[str, str]] = {
    "万俟": "mo qi", "尉迟": "yu chi", "长孙": "zhang sun", "单于": "chan yu", "澹台": "tan tai",
    "宰父": "zai fu", "令狐": "ling hu", "乐正": "yue zheng",
    "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "区": "ou", "查": "zha", "任": "ren", "华": "hua",
    "盖": "ge", "朴": "piao", "翟": "zhai", "乐": "yue", "员": "yun", "尉": "wei", "秘": "bi", "折": "she",
    "缪": "miao", "宓": "mi", "繁": "po", "逄": "pang", "种": "chong", "覃": "qin", "召": "shao", "那": "na",
    "黑": "he", "洗": "xian", "冼": "xian", "卜": "bu", "车": "che", "石": "shi", "沈": "shen", "祭": "zhai",
    "晟": "cheng", "隗": "wei", "褚": "chu", "葛": "ge", "幺": "yao", "撒": "sa", "贾": "jia", "曲": "qu",
    "应": "ying", "宁": "ning", "燕": "yan", "纪": "ji", "过": "guo", "哈": "ha", "阚": "kan", "柏": "bai",
    "郇": "xun", "郄": "qie", "麹": "qu", "牟": "mou", "厘": "xi", "佴": "nai", "呙": "guo", "谌": "chen",
    "俱": "ju", "訾": "zi", "缴": "jiao", "会": "gui", "尹": "yin", "泌": "bi", "重": "chong", "降": "jiang",
}  # fmt: skip
_COMPOUND: Final = frozenset(name for name in SURNAMES if len(name) > 1)


def person_pinyin(name: str) -> tuple[str, str]:
    """Return the full pinyin and the initials of a person's name, both without spaces.

    Parameters
    ----------
    name
        As on the card; dots and spaces inside are passed over, letters stay letters.

    Returns
    -------
    full, initials : tuple of str
        ``("shanxiongxin", "sxx")`` for 单雄信; both empty for an empty name.

    Notes
    -----
    Characters without a known reading stand for themselves, so that they are found as typed.
    """
    folded = name if name.isalpha() and not name.isascii() else fold(name).replace(" ", "")
    surname = folded[:2] if folded[:2] in _COMPOUND else folded[:1]
    syllables = SURNAMES[surname].split() if surname in SURNAMES else []
    syllables += [_SYLLABLES[char] for char in folded[len(syllables) :]]
    return "".join(syllables), "".join([syllable[0] for syllable in syllables])


class _Syllables(dict[str, str]):
    """The usual reading of each character, looked up when it is first met."""

    def __missing__(self, char: str) -> str:
        from pypinyin import lazy_pinyin

        spelled = lazy_pinyin(char)[0] if not char.isascii() else char
        self[char] = fold(spelled).replace(" ", "") or char
        return self[char]


# 卜 is mostly met in names from the languages of Xinjiang
_SYLLABLES: Final = _Syllables({"卜": "bu"})
