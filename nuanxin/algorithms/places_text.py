"""Take names and typed queries apart for the search of places.

A name is kept as its characters without spaces or punctuation, one syllable of pinyin for each. Chinese
does not mark words; a *word* begins here at the start, after a space or a sign, where Latin letters meet
Chinese characters, and after the character that closes the name of a division or a road (市, 区, 路 …).
"""

import re
from itertools import accumulate
from typing import Final, NamedTuple

from nuanxin.algorithms.pinyin import fold, folded_syllables

LONGEST_QUERY: Final = 64
"""Characters of a query that are read; the rest is ignored."""

MOST_WORDS: Final = 6
"""Words of a query that are read; the rest is ignored."""

LONGEST_NAME: Final = 127
"""Characters of a name that can be found; the rest is shown but not searched."""

_WORD: Final = re.compile(
    r"[a-z0-9]+|[^\sa-z0-9]+?(?:[省市区县旗镇乡村路街道巷弄号]+|(?=[a-z0-9\s])|$)"
)
_DIVISION_END: Final = re.compile(
    r"(?<=[^a-z0-9]{2})(?:自治区|自治州|自治县|自治旗|地区|新区|林区|街道|[省市区县旗盟镇乡])$"
    r"|(?<=[a-z]{4})(?:sheng|shi|qu|xian|qi|jiedao|zhen|xiang)$"
)
_APOSTROPHES: Final = re.compile("['’ʼ`]")
_HAN_ONLY: Final = re.compile(r"[^a-z0-9]+")
_SOUND: Final = re.compile("[zcs]h|ng|[zcsnluv]|[^zcsnluv]+")
_ALSO_HEARD: Final = {
    **{sound: (sound, sound[0]) for sound in ("zh", "ch", "sh", "ng")},
    **{sound: (sound, sound + "h") for sound in "zcs"},
    "n": ("n", "ng", "l"),
    "l": ("l", "n"),
    "u": ("u", "v"),
    "v": ("v", "u"),
}


class NameText(NamedTuple):
    """A name as it is searched."""

    chars: str
    """Its letters, digits and Chinese characters, folded; at most ``LONGEST_NAME``."""
    letters: str
    """Their pinyin: ASCII letters and digits, ``?`` for a character that cannot be spelled."""
    sizes: bytes
    """Letters of each character, at least 1."""
    word_starts: bytes
    """Indices into ``chars``, ascending; without 0, which is the start of the name."""
    core: int
    """Characters of the name without the word for what it is: 2 of 柯桥区."""


def name_text(name: str) -> NameText:
    """Take a name apart.

    Parameters
    ----------
    name
        The name as it is shown.

    Returns
    -------
    NameText
        Its searchable form; without characters when the name has no letter, digit or Chinese one.
    """
    words = words_in(name)
    chars = "".join(words)[:LONGEST_NAME]
    syllables = folded_syllables(chars)
    letters = "".join(syllables)
    if not letters.isascii():
        syllables = tuple(syllable if syllable.isascii() else "?" for syllable in syllables)
        letters = "".join(syllables)
    starts = bytes(end for end in accumulate(map(len, words)) if end < len(chars))
    core = len(without_division_end(chars) or chars)
    return NameText(chars, letters, bytes(map(len, syllables)), starts, core)


def words_in(name: str) -> list[str]:
    """Return the words of a name, folded, in order; joined they are its searchable characters.

    Parameters
    ----------
    name
        The name as it is shown.

    Returns
    -------
    list of str
        ``["绍兴市", "柯桥区", "金柯桥大道"]`` for 绍兴市柯桥区金柯桥大道.
    """
    return _WORD.findall(fold(name))


def query_words(text: str) -> tuple[str, ...]:
    """Return the words of a query as the rider separated them.

    Parameters
    ----------
    text
        What was typed, however odd. Only the first ``LONGEST_QUERY`` characters count.

    Returns
    -------
    tuple of str
        At most ``MOST_WORDS`` folded words, none empty; ``xi'an`` is one word.
    """
    # folding may lengthen: one Arabic ligature becomes eighteen letters
    folded = fold(_APOSTROPHES.sub("", text[:LONGEST_QUERY]))[:LONGEST_QUERY]
    return tuple(folded.split()[:MOST_WORDS])


def without_division_end(word: str) -> str:
    """Return a word without the trailing word for a kind of division.

    Parameters
    ----------
    word
        A folded word, in Chinese characters or pinyin.

    Returns
    -------
    str
        ``柯桥`` for 柯桥区, ``keqiao`` for keqiaoxian; empty when there is none to take away, or when
        fewer than two characters or four letters would be left.
    """
    shorter = _DIVISION_END.sub("", word)
    return "" if shorter == word else shorter


def is_chinese(word: str) -> bool:
    """Say whether a folded word has neither Latin letters nor digits."""
    return _HAN_ONLY.fullmatch(word) is not None


def spelled(word: str) -> str:
    """Return the letters of a folded word, Chinese characters in pinyin."""
    return "".join(folded_syllables(word))


def initials(word: str) -> str:
    """Return the first letters of a folded word's characters; Latin letters stand for themselves."""
    return "".join(syllable[0] for syllable in folded_syllables(word))


def spellings(letters: str) -> list[tuple[str, ...]]:
    """Return what a rider may mean who does not tell certain sounds apart.

    Parameters
    ----------
    letters
        Pinyin without spaces.

    Returns
    -------
    list of tuple of str
        Pieces in order, each with its alternatives, the typed one first: z/zh, c/ch, s/sh, n/ng, l/n,
        u/ü. Every choice of one alternative for each piece is a spelling.
    """
    return [_ALSO_HEARD.get(sound, (sound,)) for sound in _SOUND.findall(letters)]
