"""The unchanging half of the finder's rows, as bytes that share what many stations share."""

from collections.abc import Sequence
from itertools import pairwise
from struct import Struct

# Brand and host, and the amenities, repeat from station to station; the rest is its own. A text
# without these names is kept whole.
_CUTS = (b',"brand":', b',"address":', b',"access":', b',"lat":')
_PIECES = Struct("<6I")  # where its own begins, three lengths of its own, two shared numbers


class StaticRows:
    """Texts by index, cut into what is a station's own and what it shares.

    Parameters
    ----------
    texts
        One for each station, shape (n,).
    """

    def __init__(self, texts: Sequence[bytes]) -> None:
        shared: dict[bytes, int] = {}
        own = bytearray()
        pieces = bytearray(_PIECES.size * len(texts))
        for index, text in enumerate(texts):
            cut = _cut(text)
            numbers = [shared.setdefault(part, len(shared)) for part in cut[1::2]]
            lengths = [len(part) for part in cut[::2]]
            _PIECES.pack_into(pieces, index * _PIECES.size, len(own), *lengths, *numbers)
            own += b"".join(cut[::2])
        self._own = bytes(own)
        self._shared = list(shared)
        self._pieces = bytes(pieces)

    def __len__(self) -> int:
        return len(self._pieces) // _PIECES.size

    def __getitem__(self, index: int) -> bytes:
        start, first, second, third, one, two = _PIECES.unpack_from(
            self._pieces, index * _PIECES.size
        )
        own, shared = self._own, self._shared
        if not second + third:
            return own[start : start + first]
        first += start
        second += first
        return b"".join(
            (
                own[start:first],
                shared[one],
                own[first:second],
                shared[two],
                own[second : second + third],
            )
        )

    @property
    def nbytes(self) -> int:
        """Memory held, bytes; 41 for a bytes object's own and its place in the list."""
        shared = sum(len(part) + 41 for part in self._shared)
        return len(self._own) + shared + len(self._pieces)


def _cut(text: bytes) -> list[bytes]:
    ends = [0, *(text.find(name) for name in _CUTS), len(text)]
    if sorted(ends) != ends or -1 in ends:
        return [text, b"", b"", b"", b""]
    return [text[a:b] for a, b in pairwise(ends)]
