"""The unchanging half of the finder's rows, kept without what stations share or all repeat."""

import copy
import re
from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

# A station's own values, and between them what many stations share: brand and host, amenities.
# Inside JSON strings every quotation mark is escaped, so these names are found where they stand.
_FIELDS: Final = re.compile(
    rb'\{"id":"(?P<id>[^"]*)","code":"(?P<code>[^"]*)","name":"(?P<name>.*?)",'
    rb'(?P<host>"brand":.*?"address":")(?P<address>.*?)"'
    rb'(?P<amenities>,"floor":.*?"lat":)(?P<lat>[^,]*),"lon":(?P<lon>[^,]*),',
    re.DOTALL,
)
_ROW: Final = b'{"id":"%b","code":"%b","name":"%b",%b%b"%b%b,"lon":%b,'
_BETWEEN: Final = b"\0"  # JSON holds no control character


class StaticRows:
    """Texts by index, of which only the differences are kept.

    Parameters
    ----------
    texts
        One for each station, shape (n,). One of another form than the finder's rows is kept whole.
    """

    def __init__(self, texts: Sequence[bytes]) -> None:
        shared: dict[bytes, int] = {}
        own = bytearray()
        self._ends = array("I", [0])
        self._host, self._amenities = array("i"), array("i")
        for text in texts:
            match = _FIELDS.fullmatch(text)
            host = amenities = -1
            if match:
                names = ("id", "code", "name", "address", "lat", "lon")
                own += _BETWEEN.join(match.group(*names))
                host, amenities = (
                    shared.setdefault(match[name], len(shared)) for name in ("host", "amenities")
                )
            else:
                own += text
            self._ends.append(len(own))
            self._host.append(host)
            self._amenities.append(amenities)
        self._own, self._shared = bytes(own), list(shared)
        self._other: Mapping[int, bytes] = {}

    def __len__(self) -> int:
        return len(self._host)

    def __getitem__(self, index: int) -> bytes:
        return self.texts((index,))[0]

    def texts(self, indices: Iterable[int]) -> list[bytes]:
        """Return some texts, in the order given."""
        held, ends, shared = self._own, self._ends, self._shared
        hosts, amenities = self._host, self._amenities
        made = []
        for index in indices:
            own, host = held[ends[index] : ends[index + 1]], hosts[index]
            if host < 0:
                made.append(self._other.get(index, own))
                continue
            key, code, name, address, lat, lon = own.split(_BETWEEN)
            made.append(
                _ROW % (key, code, name, shared[host], address, shared[amenities[index]], lat, lon)
            )
        return made

    def patched(self, texts: Mapping[int, bytes]) -> "StaticRows":
        """Return rows of which some are others, kept whole; these stay as they are."""
        differing = {index: text for index, text in texts.items() if self[index] != text}
        if not differing:
            return self
        more = copy.copy(self)
        more._other = {**self._other, **differing}
        more._host = self._host[:]
        for index in differing:
            more._host[index] = -1
        return more

    @property
    def nbytes(self) -> int:
        """Memory held, bytes; 41 for a bytes object's own and its place in the list."""
        shared = sum(len(part) + 41 for part in self._shared)
        arrays = (self._ends, self._host, self._amenities)
        others = sum(
            len(text) + 141 for text in self._other.values()
        )  # and an entry of the mapping
        own = len(self._own) + sum(len(part) * part.itemsize for part in arrays)
        return own + shared + others
