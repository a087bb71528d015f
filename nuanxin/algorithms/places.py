"""Find places by a typed text: in Chinese, in pinyin, by initials, or mixed.

Every distinct name is kept as characters, as pinyin and as initials, and of each form the endings that
begin at a character are sorted (a suffix array). All names that hold a word are then one stretch, found
by binary search however common the word is; what remains is arithmetic on arrays in proportion to the
stretch. Postings of n-grams would have to intersect long lists for the same common words, and a plain
scan of the joined text meets hundreds of thousands of hits one by one. Entries stand in the order
of their rank, so that the best of the many that fit equally well are simply the first.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from nuanxin.algorithms.geo import EARTH_RADIUS_M, unit_xyz
from nuanxin.algorithms.pinyin import fold
from nuanxin.algorithms.places_names import FUZZY, INITIALS, NO_MATCH, Codes, NameIndex
from nuanxin.algorithms.places_text import (
    MOST_WORDS,
    query_words,
    spelled,
    without_division_end,
    words_in,
)

Point = tuple[float, float]


class PlaceKind(StrEnum):
    """What a place is, in the order in which equally good matches are shown."""

    DIVISION = "division"
    TOWN = "town"
    STREET = "street"
    HOST = "host"
    STATION = "station"


class MatchKind(IntEnum):
    """Why a place was found, the best first."""

    EXACT = 0
    """The whole name, or the name of a division without its last word."""
    PREFIX = 1
    """The beginning of the name, or a division under another last word: 柯桥县 for 柯桥区."""
    WORD_START = 2
    SUBSTRING = 3
    INITIALS = 4
    FUZZY = 5
    """A spelling that sounds alike; given only when nothing else fits."""


class PlaceEntry(NamedTuple):
    """A place that can be found."""

    kind: str
    """A value of ``PlaceKind``."""
    key: str
    """Code or other stable key."""
    name: str
    context: str
    """What holds it, e.g. 绍兴市 or 绍兴市柯桥区."""
    lat: float
    """Degrees, WGS 84; NaN when unknown."""
    lon: float
    weight: float = 0.0
    """The greater comes first among places of one kind that match equally well."""


@dataclass(frozen=True, slots=True)
class PlaceHit:
    """A place that was found, and why."""

    kind: PlaceKind
    key: str
    name: str
    context: str
    lat: float
    lon: float
    match: MatchKind


_KINDS: Final = tuple(PlaceKind)
_RANKS: Final = {kind.value: rank for rank, kind in enumerate(PlaceKind)}
_RINGS: Final = 16
_RADIUS_KM: Final = np.float32(EARTH_RADIUS_M / 1000)


class _Strings:
    """A column of strings in one piece, a third of the memory of a list."""

    def __init__(self, strings: Sequence[str]) -> None:
        self._text = "".join(strings)
        self._ends = np.cumsum([len(string) for string in strings], dtype=np.uint32)

    def __getitem__(self, row: int) -> str:
        start = int(self._ends[row - 1]) if row else 0
        return self._text[start : int(self._ends[row])]


@dataclass(frozen=True, slots=True)
class _Contexts:
    """What holds the entries: each context is a few names of the name index."""

    strings: _Strings
    names: npt.NDArray[np.int64]
    """Names of all contexts, one after another."""
    starts: npt.NDArray[np.int64]
    """Where the names of each context begin, shape (n_contexts,)."""

    def codes(self, names: Codes) -> Codes:
        """Return how well each context fits; it is enough that a word occurs in it."""
        best = np.minimum.reduceat(names[self.names], self.starts)
        return np.where(best < INITIALS, 0, best).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class PlaceIndex:
    """Places found by name; immutable, safe to share between threads. Made by ``build``."""

    _names: NameIndex
    _contexts: _Contexts
    _context_words: frozenset[str]
    _keys: _Strings
    _labels: _Strings
    _name_of: npt.NDArray[np.intp]
    _context_of: npt.NDArray[np.intp]
    _kind_of: npt.NDArray[np.uint8]
    _points_deg: npt.NDArray[np.float64]
    _xyz: npt.NDArray[np.float32]

    @classmethod
    def build(cls, entries: Iterable[PlaceEntry]) -> "PlaceIndex":
        """Index some places.

        Parameters
        ----------
        entries
            Places in any order; ``weight`` must not be NaN.

        Returns
        -------
        PlaceIndex
            Immutable; changed places need a new one.

        Raises
        ------
        ValueError
            When a kind is not one of ``PlaceKind``.

        Notes
        -----
        Some 40 µs for each distinct name, most of it for pinyin, and about 300 bytes for each entry.
        """
        ranked = sorted(entries, key=_rank)
        contexts = list(dict.fromkeys(entry.context for entry in ranked))
        # an empty context is the empty name, which nothing fits
        words_of = [words_in(context) or [""] for context in contexts]
        words = dict.fromkeys(word for held in words_of for word in held)
        # a site without any place still has an index: of the empty name, which nothing fits
        names = list(dict.fromkeys([*words, *(entry.name for entry in ranked)])) or [""]
        number = {name: row for row, name in enumerate(names)}
        divisions = {entry.name for entry in ranked if entry.kind in _KINDS[:2]} | words.keys()
        context_number = {context: row for row, context in enumerate(contexts)}
        sizes = np.array([len(held) for held in words_of], dtype=np.int64)
        points_deg = np.array([(e.lat, e.lon) for e in ranked], dtype=np.float64).reshape(-1, 2)
        return cls(
            _names=NameIndex.build(names, [name in divisions for name in names]),
            _contexts=_Contexts(
                strings=_Strings(contexts),
                names=np.array([number[w] for held in words_of for w in held], dtype=np.int64),
                starts=np.cumsum(sizes) - sizes,
            ),
            _context_words=frozenset(_ways_to_write(words)),
            _keys=_Strings([entry.key for entry in ranked]),
            _labels=_Strings(names),
            _name_of=np.array([number[entry.name] for entry in ranked], dtype=np.intp),
            _context_of=np.array([context_number[e.context] for e in ranked], dtype=np.intp),
            _kind_of=np.array([_RANKS[entry.kind] for entry in ranked], dtype=np.uint8),
            _points_deg=points_deg,
            _xyz=unit_xyz(*points_deg.T).astype(np.float32),
        )

    def __len__(self) -> int:
        """Return the number of entries."""
        return len(self._name_of)

    def search(self, text: str, *, near: Point | None = None, limit: int = 8) -> list[PlaceHit]:
        """Return the places a typed text may mean.

        Parameters
        ----------
        text
            What was typed: words in Chinese characters, pinyin, initials or a mix, in any case and
            width. Of several words each has to fit the name or the context of a place, and at least one
            the name; 绍兴柯桥 is also read as 绍兴 柯桥, and "ke qiao" as "keqiao". Characters after the
            64th, and words after the sixth, are ignored.
        near
            A point (lat, lon), degrees, WGS 84, in whose neighbourhood places come first; its
            coordinates must be finite.
        limit
            At most so many, at least 1.

        Returns
        -------
        list of PlaceHit
            By match (the worst of the words; among initials whole names first, then beginnings), kind,
            with ``near`` the distance in rings that end at 1, 3, 7, 15 … km, weight, length of the name,
            key. Empty when the text has no letter, digit or Chinese character, or nothing fits.

        Raises
        ------
        ValueError
            When ``limit`` is below 1 or ``near`` is not finite.
        """
        if limit < 1 or (near is not None and not all(map(math.isfinite, near))):
            msg = f"a limit is at least 1 and a point finite, not {limit}, {near}"
            raise ValueError(msg)
        readings = self._readings(query_words(text))
        if not readings:
            return []
        codes = self._entry_codes(readings)
        return [self._hit(row, int(codes[row])) for row in self._best(codes, near, limit)]

    def _readings(self, words: tuple[str, ...]) -> list[tuple[str, ...]]:
        """Return the ways to part a query into words: as typed, as one word, after known contexts."""
        joined = "".join(words)
        parted = [words, (joined,), self._parted(joined)]
        return list(dict.fromkeys(parted)) if joined else []

    def _parted(self, word: str) -> tuple[str, ...]:
        parts: list[str] = []
        while len(parts) < MOST_WORDS - 1:
            ends = range(len(word) - 2, 1, -1)
            size = next((end for end in ends if word[:end] in self._context_words), 0)
            if not size:
                break
            parts.append(word[:size])
            word = word[size:]
        return (*parts, word)

    def _entry_codes(self, readings: list[tuple[str, ...]]) -> Codes:
        """Return how well each entry fits the best reading; by sound only when none fits at all."""
        words = {word for reading in readings for word in reading}
        fits = {word: self._names.codes(word) for word in words}
        codes = self._best_reading(readings, fits)
        if not np.any(codes < NO_MATCH):
            for word, fit in fits.items():
                np.minimum(fit, self._names.codes_by_sound(word), out=fit)
            codes = self._best_reading(readings, fits)
        return codes

    def _best_reading(self, readings: list[tuple[str, ...]], fits: dict[str, Codes]) -> Codes:
        best, *others = (self._reading_codes([fits[w] for w in reading]) for reading in readings)
        for codes in others:
            np.minimum(best, codes, out=best)
        return best

    def _reading_codes(self, fits: list[Codes]) -> Codes:
        """Return how well each entry fits one reading: all of its words, one of them by name."""
        best = fits[0].take(self._name_of)
        if len(fits) == 1:
            return best
        worst = np.minimum(best, self._contexts.codes(fits[0]).take(self._context_of))
        for fit in fits[1:]:
            by_name = fit.take(self._name_of)
            by_context = self._contexts.codes(fit).take(self._context_of)
            np.minimum(best, by_name, out=best)
            np.minimum(by_name, by_context, out=by_name)
            np.maximum(worst, by_name, out=worst)
        return np.maximum(best, worst)

    def _best(self, codes: Codes, near: Point | None, limit: int) -> list[int]:
        rows: list[int] = []
        for code in np.flatnonzero(np.bincount(codes, minlength=NO_MATCH + 1)[:NO_MATCH]):
            found = np.flatnonzero(codes == code)
            if near is not None:
                found = found[np.argsort(self._kind_and_ring(found, near), kind="stable")]
            rows.extend(found[: limit - len(rows)].tolist())
            if len(rows) == limit:
                break
        return rows

    def _kind_and_ring(self, rows: npt.NDArray[np.intp], near: Point) -> npt.NDArray[np.uint8]:
        apart = self._xyz.take(rows, axis=0) - unit_xyz(*near).astype(np.float32)
        distance_km = _RADIUS_KM * np.sqrt(np.einsum("ij,ij->i", apart, apart))
        # the exponent of two: 1 below 1 km, 2 below 3 km, 3 below 7 km …; NaN would have none
        distance_km[np.isnan(distance_km)] = 2 * _RADIUS_KM
        ring = np.frexp(distance_km + 1)[1]
        both: npt.NDArray[np.uint8] = (self._kind_of[rows] * _RINGS + ring).astype(np.uint8)
        return both

    def _hit(self, row: int, code: int) -> PlaceHit:
        lat, lon = self._points_deg[row].tolist()
        return PlaceHit(
            kind=_KINDS[self._kind_of[row]],
            key=self._keys[row],
            name=self._labels[int(self._name_of[row])],
            context=self._contexts.strings[int(self._context_of[row])],
            lat=lat,
            lon=lon,
            match=_match_kind(code),
        )


def _rank(entry: PlaceEntry) -> tuple[int, float, int, str]:
    rank = _RANKS.get(entry.kind)
    if rank is None:
        msg = f"{entry.kind!r} is not a kind of place"
        raise ValueError(msg)
    return rank, -entry.weight, len(entry.name), entry.key


def _ways_to_write(words: Iterable[str]) -> Iterable[str]:
    """Yield the names of contexts, whole and short, in characters and in pinyin."""
    for word in words:
        for way in (fold(word), without_division_end(word)):
            if len(way) > 1:
                yield from (way, spelled(way))


def _match_kind(code: int) -> MatchKind:
    if code >= FUZZY:
        return MatchKind.FUZZY
    return MatchKind.INITIALS if code >= INITIALS else MatchKind(code)
