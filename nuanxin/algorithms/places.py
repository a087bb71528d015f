"""Places by a typed text: in Chinese, in pinyin, by initials, or mixed.

Every form of every name stands on one line of one long text, and a query is a plain `str.find` in
it: the search runs at memory speed in C, a text of 200,000 names is a few megabytes, and neither a
short word nor a common one costs more than a stop after enough hits.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nuanxin.algorithms.pinyin import pinyin_of

MAX_TEXT = 64
_ENOUGH = 400
_KIND_RANK = {"division": 0, "town": 1, "street": 2, "host": 3, "station": 4}
_SUFFIX = re.compile(r"(?<=..)(?:省|市|区|县|街道|镇|乡)$")


@dataclass(frozen=True, slots=True)
class PlaceEntry:
    """A place that can be found.

    Parameters
    ----------
    kind
        division, town, street, host or station.
    key
        Code or other stable key.
    name, context
        What it is called, and what holds it, e.g. 绍兴市.
    lat, lon
        Degrees, WGS 84.
    weight
        The greater comes first among equals.
    """

    kind: str
    key: str
    name: str
    context: str
    lat: float
    lon: float
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class PlaceHit:
    """A place that was found, and how: 0 exact, 1 beginning, 2 inside; pinyin 3 more, initials 6."""

    kind: str
    key: str
    name: str
    context: str
    lat: float
    lon: float
    match: int


class _Lines:
    """One form of all names, one name a line."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.text = "\n" + "\n".join(lines) + "\n"
        self.starts: list[int] = []
        at = 1
        for line in lines:
            self.starts.append(at)
            at += len(line) + 1

    def find(self, word: str) -> Iterator[tuple[int, int]]:
        """Yield (line, match) of enough lines: whole lines, then beginnings, then the rest."""
        for match, pattern in enumerate((f"\n{word}\n", f"\n{word}", word)):
            at, left = self.text.find(pattern), _ENOUGH
            while at >= 0 and left:
                line = bisect_right(self.starts, at + (match < 2)) - 1
                yield line, match
                # on to the next line: one hit a line is enough
                at = self.text.find(pattern, self.text.index("\n", at + 1))
                left -= 1


class PlaceIndex:
    """Places found by name, pinyin or initials; build with `build`."""

    def __init__(self, entries: list[PlaceEntry]) -> None:
        self._entries = entries
        names = [folded(entry.name) for entry in entries]
        spelled = {name: pinyin_of(name) for name in set(names)}
        self._forms = [
            _Lines(names),
            _Lines([spelled[name][0] for name in names]),
            _Lines([spelled[name][1] for name in names]),
        ]
        self._names, self._spelled = names, spelled

    @classmethod
    def build(cls, entries: Sequence[PlaceEntry]) -> "PlaceIndex":
        """Return an index of some places; seconds for 200,000."""
        return cls(list(entries))

    def __len__(self) -> int:
        return len(self._entries)

    def search(self, text: str, *, limit: int = 8) -> list[PlaceHit]:
        """Return the places a typed text may mean.

        Parameters
        ----------
        text
            Words in any script; every word has to fit the name or its context. Longer texts are
            cut at 64 characters.
        limit
            At most so many.

        Returns
        -------
        list of PlaceHit
            By match, kind (divisions first), weight, shorter names, key. Empty for an empty text.

        Notes
        -----
        Of a word that fits very many names the first 400 of each form and match are looked at.
        """
        words = folded(text[:MAX_TEXT]).split()
        if not words:
            return []
        found = self._fitting(words)
        if not found and len(words) == 1 and not words[0].isascii():
            found = self._split(words[0])
        order = sorted(found, key=lambda index: self._order(index, found[index]))
        return [self._hit(index, found[index]) for index in order[:limit]]

    def _fitting(self, words: list[str]) -> dict[int, int]:
        """Return the best match of each entry whose name or context fits every word."""
        # the last word is the most particular: 绍兴 柯桥
        found = self._named(words[-1])
        for word in words[:-1]:
            found = {index: match for index, match in found.items() if self._is_in(word, index)}
        return found

    def _named(self, word: str) -> dict[int, int]:
        found: dict[int, int] = {}
        for form, lines in enumerate(self._forms):
            if form and not word.isascii():
                break
            for index, match in lines.find(word):
                found[index] = min(found.get(index, 99), match + 3 * form)
        if not word.isascii() and (short := _SUFFIX.sub("", word)) != word and not found:
            return self._named(short)
        return found

    def _split(self, word: str) -> dict[int, int]:
        """Read 绍兴柯桥 as a context and a name, at the first place where both are known."""
        for cut in range(len(word) - 1, 0, -1):
            if found := self._fitting([word[:cut], word[cut:]]):
                return found
        return {}

    def _is_in(self, word: str, index: int) -> bool:
        entry = self._entries[index]
        context = folded(entry.context)
        texts = (
            self._names[index],
            *self._spelled[self._names[index]],
            context,
            *pinyin_of(context),
        )
        return any(word in text for text in texts)

    def _order(self, index: int, match: int) -> tuple[int, int, float, int, str]:
        entry = self._entries[index]
        return match, _KIND_RANK.get(entry.kind, 9), -entry.weight, len(entry.name), entry.key

    def _hit(self, index: int, match: int) -> PlaceHit:
        entry = self._entries[index]
        return PlaceHit(
            entry.kind, entry.key, entry.name, entry.context, entry.lat, entry.lon, match
        )


def folded(text: str) -> str:
    """Return a text in the one form in which it is compared: NFKC, lower case, no odd characters."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    kept = "".join(char if unicodedata.category(char)[0] in "LNM" else " " for char in plain)
    return " ".join(kept.split())
