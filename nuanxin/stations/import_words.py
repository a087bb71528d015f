"""Words of offices for words of the catalogues: names as data, resolved without guessing."""

import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from nuanxin.stations.enums import Access, HostKind, Lifecycle, Tier
from nuanxin.stations.models import Brand, Facility, WelcomedGroup


def plain(text: str) -> str:
    """Return a text as words are compared: without white space, half-width, lower case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


class Words:
    """One catalogue: every name of a word leads to its code."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        self._codes: dict[str, str] = {}
        for code, name in names:
            self._codes.setdefault(plain(name), code)

    def code(self, text: str) -> str | None:
        """Return the code of a word; None for one nobody has written down."""
        return self._codes.get(plain(text))


class Catalogues:
    """All catalogues as they stand, with the words of offices beside their own names."""

    def __init__(self) -> None:
        synonyms = _synonyms()
        self.facilities = _catalogue(synonyms["facilities"], _named(Facility))
        self.groups = _catalogue(synonyms["groups"], _named(WelcomedGroup))
        self.brands = _catalogue({}, _named(Brand))
        self.host_kinds = _catalogue(synonyms["host_kinds"], _labelled(HostKind))
        self.tiers = _catalogue(synonyms["tiers"], _labelled(Tier))
        self.lifecycles = _catalogue(synonyms["lifecycles"], _labelled(Lifecycle))
        self.accesses = _catalogue(synonyms["accesses"], _labelled(Access))


def _catalogue(synonyms: Mapping[str, list[str]], own: list[tuple[str, str]]) -> Words:
    known = {code for code, _name in own}
    others = [(code, name) for code, names in synonyms.items() if code in known for name in names]
    return Words([*own, *others])


def _named(model: type[Brand | Facility | WelcomedGroup]) -> list[tuple[str, str]]:
    rows = model._default_manager.order_by("rank", "code").values_list("code", "name_zh", "name_en")
    return [(code, name) for code, zh, en in rows for name in (code, zh, en)]


def _labelled(
    choices: type[Access] | type[HostKind] | type[Lifecycle] | type[Tier],
) -> list[tuple[str, str]]:
    return [(value, name) for value, label in choices.choices for name in (value, str(label))]


@cache
def _synonyms() -> dict[str, dict[str, list[str]]]:
    path = Path(__file__).with_name("import_words.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))
