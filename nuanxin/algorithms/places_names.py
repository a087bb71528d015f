"""Distinct names, and how well each of them fits one typed word."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from nuanxin.algorithms.places_suffixes import (
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
    spellings,
    without_division_end,
)

Codes = npt.NDArray[np.uint8]
_Matches = tuple[npt.NDArray[np.intp], Codes]

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
        texts = [name_text(name) for name in names]
        offsets = _offsets([len(text.chars) + 1 for text in texts])
        cores = [text.core if may else 0 for text, may in zip(texts, is_division, strict=True)]
        whole = np.array([len(text.chars) for text in texts], dtype=np.uint16)
        core = np.array(cores, dtype=np.uint16)
        chars = _joined(text.chars for text in texts)
        letters = _joined(text.letters for text in texts)
        sizes = b"".join(text.sizes + b"\1" for text in texts)
        positions = _offsets(np.frombuffer(sizes, dtype=np.uint8))
        packed = _packed_endings(texts)
        del texts
        return cls(
            count=len(names),
            chars=_Form(SuffixArray.build(chars, packed, offsets), whole, core),
            letters=_Form(
                SuffixArray.build(letters, packed, offsets, positions),
                (positions[offsets + whole] - positions[offsets]).astype(np.uint16),
                (positions[offsets + core] - positions[offsets]).astype(np.uint16),
            ),
            initials=_Form(
                SuffixArray.build(_picked(letters, positions), _word_starts(packed), offsets),
                whole,
                core,
            ),
        )

    def codes(self, word: str) -> Codes:
        """Return how well each name fits one word.

        Parameters
        ----------
        word
            A folded word, not empty.

        Returns
        -------
        np.ndarray
            Shape (count,), uint8, the smaller the better, ``NO_MATCH`` where nothing fits. A single
            character is not taken for initials.

        Notes
        -----
        Cost: a few binary searches, then time in proportion to the endings that begin with the word.
        """
        codes = np.full(self.count, NO_MATCH, dtype=np.uint8)
        # from the worst to the best, each overwriting the one before
        if len(word) > 1 and not is_chinese(word):
            found = self.initials.endings.find(initials(word))
            _write(codes, INITIALS, [_matches(self.initials, found)])
        self._write_other_division(codes, word)
        _write(codes, LITERAL, self._literal(word))
        return codes

    def codes_by_sound(self, word: str) -> Codes:
        """Return how well each name sounds like one word.

        Parameters
        ----------
        word
            A folded word, not empty.

        Returns
        -------
        np.ndarray
            As of ``codes``, all from ``FUZZY`` upwards: names whose pinyin has the word's, where sounds
            that are easily confused count as equal. A single character sounds like nothing.
        """
        codes = np.full(self.count, NO_MATCH, dtype=np.uint8)
        if len(word) > 1:
            found = self.letters.endings.find_spellings(spellings(spelled(word)))
            _write(codes, FUZZY, [_matches(self.letters, stretch) for stretch in found])
        return codes

    def _literal(self, word: str) -> list[_Matches]:
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


def _matches(form: _Form, stretch: Stretch) -> _Matches:
    """Return the names a stretch belongs to and the level of each match."""
    # whole words of the machine, as indexing would convert them to at every use
    names: npt.NDArray[np.intp] = np.right_shift(stretch.endings, TEXT_SHIFT, dtype=np.intp)
    levels = _LEVEL_OF_LOW_BYTE[stretch.endings.astype(np.uint8)]
    at_start = np.flatnonzero(levels == PREFIX)
    first = names[at_start]
    is_whole = (form.whole[first] == stretch.size) | (form.core[first] == stretch.size)
    levels[at_start[is_whole]] = EXACT
    return names, levels


def _write(codes: Codes, base: int, matches: list[_Matches]) -> None:
    for names, _ in matches:
        codes[names] = base + ANYWHERE
    for level in reversed(range(ANYWHERE)):
        for names, levels in matches:
            codes[names[levels == level]] = base + level


def _packed_endings(texts: list[NameText]) -> UInt32Array:
    sizes = np.array([len(text.chars) for text in texts], dtype=np.int64)
    first = np.cumsum(sizes) - sizes
    indices = np.arange(sizes.sum()) - np.repeat(first, sizes)
    numbered = np.repeat(np.arange(len(texts)) << TEXT_SHIFT, sizes)
    packed: UInt32Array = (numbered | indices).astype(np.uint32)
    starts = np.frombuffer(b"".join(text.word_starts for text in texts), dtype=np.uint8)
    packed[np.repeat(first, [len(text.word_starts) for text in texts]) + starts] |= WORD_START
    return packed


def _word_starts(packed: UInt32Array) -> UInt32Array:
    return packed[_LEVEL_OF_LOW_BYTE[packed.astype(np.uint8)] < ANYWHERE]


def _picked(text: str, positions: UInt32Array) -> str:
    """Return the characters of an ASCII text at some positions."""
    return np.frombuffer(text.encode(), dtype=np.uint8)[positions].tobytes().decode()


def _joined(parts: Iterable[str]) -> str:
    return "".join(part + TERMINATOR for part in parts)


def _offsets(sizes: npt.ArrayLike) -> UInt32Array:
    ends = np.cumsum(sizes, dtype=np.uint32)
    return np.append(np.uint32(0), ends[:-1]).astype(np.uint32)
