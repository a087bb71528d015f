"""Distinct names, and how well each of them fits one typed word."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from nuanxin.algorithms.places_suffixes import (
    INDEX_MASK,
    TERMINATOR,
    TEXT_SHIFT,
    WORD_START,
    Stretch,
    SuffixArray,
    UInt32Array,
)
from nuanxin.algorithms.places_text import (
    NameText,
    initials,
    is_chinese,
    name_text,
    spelled,
    spelling_of,
    spellings,
    without_division_end,
)

Codes = npt.NDArray[np.uint8]

EXACT: Final = 0
PREFIX: Final = 1
ANYWHERE: Final = 3
LITERAL: Final = 0
INITIALS: Final = 4
FUZZY: Final = 8
NO_MATCH: Final = 255
"""A code is one of the bases (literal, initials, fuzzy) plus the level: whole 0, prefix 1, start of a
word 2, anywhere 3; the smaller the better. Initials are sought at the starts of words only."""

_LEVEL_OF_LOW_BYTE: Final = np.array(
    [PREFIX if low == 0 else 2 if low & WORD_START else ANYWHERE for low in range(256)],
    dtype=np.uint8,
)


@dataclass(frozen=True, slots=True)
class _Form:
    """One way of writing all names: their endings, and the lengths that make a match whole."""

    endings: SuffixArray
    whole: npt.NDArray[np.uint16]
    core: npt.NDArray[np.uint16]
    """Length without the word for a kind of division; 0 for a name that is no division's."""


@dataclass(frozen=True, slots=True)
class NameIndex:
    """Distinct names in three forms: characters, letters of their pinyin, initials."""

    count: int
    chars: _Form
    letters: _Form
    initials: _Form

    @classmethod
    def build(cls, names: Sequence[str], is_division: Sequence[bool]) -> "NameIndex":
        """Take names apart and sort their endings.

        Parameters
        ----------
        names
            Distinct names.
        is_division
            Same length: whether the name may be given without its last word, 柯桥 for 柯桥区.

        Returns
        -------
        NameIndex
            Codes come in the order of ``names``.
        """
        spell = cache(spelling_of)
        texts = [name_text(name, spell=spell) for name in names]
        offsets = _offsets([len(text.chars) + 1 for text in texts])
        packed = _packed_endings(texts)
        is_word = (packed & WORD_START != 0) | (packed & INDEX_MASK == 0)
        cores = [text.core if may else 0 for text, may in zip(texts, is_division, strict=True)]
        whole = np.array([len(text.chars) for text in texts], dtype=np.uint16)
        core = np.array(cores, dtype=np.uint16)
        chars = _joined(text.chars for text in texts)
        firsts = _joined(text.spelling.initials for text in texts)
        return cls(
            count=len(names),
            chars=_Form(SuffixArray.build(chars, packed, offsets), whole, core),
            letters=_letters_form(texts, cores, packed, offsets),
            initials=_Form(SuffixArray.build(firsts, packed[is_word], offsets), whole, core),
        )

    def codes(self, word: str, *, with_fuzzy: bool) -> Codes:
        """Return how well each name fits one word.

        Parameters
        ----------
        word
            A folded word, not empty.
        with_fuzzy
            Whether sounds that are easily confused, and Chinese characters of the same sound, count.

        Returns
        -------
        np.ndarray
            Shape (count,), uint8, the smaller the better, ``NO_MATCH`` where nothing fits.

        Notes
        -----
        Cost: a few binary searches, then time in proportion to the endings that begin with the word.
        """
        codes = np.full(self.count, NO_MATCH, dtype=np.uint8)
        letters = spelled(word)
        # from the worst to the best, each overwriting the one before
        if with_fuzzy and len(letters) > 1:
            found = self.letters.endings.find_spellings(spellings(letters))
            _write(codes, FUZZY, [_matches(self.letters, stretch) for stretch in found])
        if len(word) > 1 and not is_chinese(word):
            found_initials = self.initials.endings.find(initials(word))
            _write(codes, INITIALS, [_matches(self.initials, found_initials)])
        self._write_other_division(codes, word)
        _write(codes, LITERAL, self._literal(word))
        return codes

    def _literal(self, word: str) -> list[tuple[UInt32Array, Codes]]:
        matches = []
        if not word.isascii():
            matches.append(_matches(self.chars, self.chars.endings.find(word)))
        if not is_chinese(word):
            found = self.letters.endings.find(spelled(word))
            matches.append(_matches(self.letters, found))
        return matches

    def _write_other_division(self, codes: Codes, word: str) -> None:
        """Let 柯桥县 find 柯桥区, as a prefix does."""
        stem = without_division_end(word)
        if stem:
            for names, levels in self._literal(stem):
                exact = names[levels == EXACT]
                codes[exact[self.chars.core[exact] > 0]] = PREFIX


def _matches(form: _Form, stretch: Stretch) -> tuple[UInt32Array, Codes]:
    """Return the names a stretch belongs to and the level of each match."""
    names: UInt32Array = np.right_shift(stretch.endings, TEXT_SHIFT, dtype=np.uint32)
    levels = _LEVEL_OF_LOW_BYTE[stretch.endings.astype(np.uint8)]
    at_start = np.flatnonzero(levels == PREFIX)
    first = names[at_start]
    is_whole = (form.whole[first] == stretch.size) | (form.core[first] == stretch.size)
    levels[at_start[is_whole]] = EXACT
    return names, levels


def _write(codes: Codes, base: int, matches: list[tuple[UInt32Array, Codes]]) -> None:
    for names, _ in matches:
        codes[names] = base + ANYWHERE
    for level in reversed(range(ANYWHERE)):
        for names, levels in matches:
            codes[names[levels == level]] = base + level


def _letters_form(
    texts: list[NameText], cores: list[int], packed: UInt32Array, offsets: UInt32Array
) -> _Form:
    sizes = b"".join(text.spelling.sizes + b"\1" for text in texts)
    positions = _offsets(np.frombuffer(sizes, dtype=np.uint8))
    last = np.array([len(text.chars) for text in texts], dtype=np.uint32)
    starts = positions[offsets]
    return _Form(
        SuffixArray.build(
            _joined(text.spelling.letters for text in texts), packed, offsets, positions
        ),
        (positions[offsets + last] - starts).astype(np.uint16),
        (positions[offsets + np.array(cores, dtype=np.uint32)] - starts).astype(np.uint16),
    )


def _packed_endings(texts: list[NameText]) -> UInt32Array:
    sizes = np.array([len(text.chars) for text in texts], dtype=np.int64)
    first = np.cumsum(sizes) - sizes
    indices = np.arange(sizes.sum()) - np.repeat(first, sizes)
    numbered = np.repeat(np.arange(len(texts)) << TEXT_SHIFT, sizes)
    packed: UInt32Array = (numbered | indices).astype(np.uint32)
    inner = [(number, start) for number, text in enumerate(texts) for start in text.word_starts]
    numbers, starts = np.array(inner, dtype=np.int64).reshape(-1, 2).T
    packed[first[numbers] + starts] |= WORD_START
    return packed


def _joined(parts: Iterable[str]) -> str:
    return "".join(part + TERMINATOR for part in parts)


def _offsets(sizes: npt.ArrayLike) -> UInt32Array:
    ends = np.cumsum(sizes, dtype=np.uint32)
    return np.append(np.uint32(0), ends[:-1]).astype(np.uint32)
