"""A sorted array of name endings, in which everything that begins with a prefix is one stretch."""

import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

UInt32Array = npt.NDArray[np.uint32]
UInt64Array = npt.NDArray[np.uint64]

TERMINATOR: Final = "\0"
"""Closes each name in the joined text; sorts before every other character."""

WORD_START: Final = 0x80
INDEX_MASK: Final = 0x7F
TEXT_SHIFT: Final = 8
"""An ending is one number: name << 8 | starts a word << 7 | index of its first character."""

_MOST_STEPS: Final = 400
_BITS_OF_KEY: Final = 63


@dataclass(frozen=True, slots=True)
class Stretch:
    """Endings that begin with one prefix."""

    endings: UInt32Array
    size: int
    """Length of the prefix, in characters of the joined text."""


@dataclass(frozen=True, slots=True)
class SuffixArray:
    """The endings of all names, sorted by their text."""

    text: str
    """All names, each closed by ``TERMINATOR``."""
    endings: UInt32Array
    """Packed endings, shape (n_endings,), in the order of their text."""
    name_offsets: UInt32Array
    """Character number of each name's first character, shape (n_names,)."""
    positions: UInt32Array | None
    """Where each character begins in ``text``, shape (n_characters,); None when at its number."""

    @classmethod
    def build(
        cls,
        text: str,
        endings: UInt32Array,
        name_offsets: UInt32Array,
        positions: UInt32Array | None = None,
    ) -> "SuffixArray":
        """Sort the endings.

        Parameters
        ----------
        text, name_offsets, positions
            As the attributes.
        endings
            Packed endings in any order.

        Returns
        -------
        SuffixArray
            Endings of equal text stand in no particular order.
        """
        starts = name_offsets[endings >> TEXT_SHIFT] + (endings & INDEX_MASK)
        if positions is not None:
            starts = positions[starts]
        return cls(text, endings[_sorted_order(text, starts)], name_offsets, positions)

    def find(self, prefix: str) -> Stretch:
        """Return the endings that begin with a prefix.

        Parameters
        ----------
        prefix
            Not empty, without ``TERMINATOR``.

        Returns
        -------
        Stretch
            A view, possibly empty. Cost: two binary searches.
        """
        low, high = self._narrowed(prefix, 0, len(self.endings))
        return Stretch(self.endings[low:high], len(prefix))

    def find_spellings(self, pieces: list[tuple[str, ...]]) -> list[Stretch]:
        """Return the endings that begin with any choice of the pieces' alternatives.

        Parameters
        ----------
        pieces
            Alternatives for each successive part of the prefix.

        Returns
        -------
        list of Stretch
            One for each choice that occurs. Choices are followed depth first and given up where no
            ending is left; after 400 binary searches the rest is dropped.
        """
        stretches: list[Stretch] = []
        open_choices = [("", 0, 0, len(self.endings))]
        for _ in range(_MOST_STEPS):
            if not open_choices:
                break
            prefix, depth, low, high = open_choices.pop()
            low, high = self._narrowed(prefix, low, high)
            if low < high and depth == len(pieces):
                stretches.append(Stretch(self.endings[low:high], len(prefix)))
            elif low < high:
                choices = [(prefix + piece, depth + 1, low, high) for piece in pieces[depth]]
                open_choices.extend(reversed(choices))
        return stretches

    def _narrowed(self, prefix: str, low: int, high: int) -> tuple[int, int]:
        piece = self._piece_reader(len(prefix))
        low = bisect_left(self.endings, prefix, low, high, key=piece)
        return low, bisect_right(self.endings, prefix, low, high, key=piece)

    def _piece_reader(self, size: int) -> Callable[[np.uint32], str]:
        text, offsets, positions = self.text, self.name_offsets, self.positions

        def piece(ending: np.uint32) -> str:
            packed = int(ending)
            start = int(offsets[packed >> TEXT_SHIFT]) + (packed & INDEX_MASK)
            if positions is not None:
                start = int(positions[start])
            return text[start : start + size]

        return piece


def _sorted_order(text: str, starts: UInt32Array) -> npt.NDArray[np.intp]:
    """Sort endings by several characters packed into one integer, then the ties by the next ones."""
    codes, bits = _dense_codes(text)
    keys = _packed_keys(codes, bits, starts)
    order = np.argsort(keys)
    keys, slots = keys[order], np.arange(len(order))
    groups = np.zeros(len(order), dtype=np.int64)
    depth = 0
    while len(slots):
        groups, is_open = _open_ties(keys, groups, last_character=(1 << bits) - 1)
        slots, groups = slots[is_open], groups[is_open]
        depth += _BITS_OF_KEY // bits
        rows = order[slots]
        keys = _packed_keys(codes, bits, starts[rows] + depth)
        by_key = np.lexsort((keys, groups))
        order[slots], keys = rows[by_key], keys[by_key]
    return order


def _open_ties(
    keys: UInt64Array, groups: npt.NDArray[np.int64], *, last_character: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return the runs of equal keys within the old groups, numbered, and which ties are undecided."""
    is_new = np.ones(len(keys), dtype=bool)
    is_new[1:] = (keys[1:] != keys[:-1]) | (groups[1:] != groups[:-1])
    is_alone = is_new & np.append(is_new[1:], True)
    # a key that ends in the terminator holds the whole ending: such a tie stays one
    return np.cumsum(is_new), ~is_alone & (keys & np.uint64(last_character) != 0)


def _dense_codes(text: str) -> tuple[npt.NDArray[np.unsignedinteger], int]:
    """Return a text as numbers in the order of its characters, the terminator 0, and their bits."""
    points = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    is_used = np.zeros(sys.maxunicode + 1, dtype=bool)
    is_used[points] = True
    is_used[ord(TERMINATOR)] = True
    ranks = np.cumsum(is_used, dtype=np.uint32) - np.uint32(1)
    bits = max(int(ranks[-1]).bit_length(), 1)
    codes = ranks.astype(np.min_scalar_type(int(ranks[-1])))[points]
    # what lies past the end reads as terminators
    return np.append(codes, np.zeros(2 * _BITS_OF_KEY, dtype=codes.dtype)), bits


def _packed_keys(codes: UInt32Array, bits: int, starts: UInt32Array) -> UInt64Array:
    keys = np.zeros(len(starts), dtype=np.uint64)
    is_inside = np.ones(len(starts), dtype=bool)
    for step in range(_BITS_OF_KEY // bits):
        code = codes[starts + np.uint32(step)]
        is_inside &= code > 0
        keys <<= np.uint64(bits)
        keys |= code * is_inside
    return keys
