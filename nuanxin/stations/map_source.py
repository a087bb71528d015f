"""Where the pictures of the map come from, and whether they may be shown.

A map shown to the public in China carries the number of its official review (Map Management
Regulations, State Council decree 664, articles 15 and 37): without one there is no map here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from django.apps.config import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error

from nuanxin.algorithms.datums import Datum

_REVIEW_NUMBER: Final = re.compile(
    r"(?:审图号[:：]?\s*)?(?:GS[\u4e00-\u9fff]?|[\u4e00-\u9fff]S)\s*[(（]\d{4}[)）]\s*\d{1,5}\s*号"
)
_PLACES: Final = ("{z}", "{x}", "{y}")


@dataclass(frozen=True, slots=True)
class MapSource:
    """A lawful source of map pictures.

    Parameters
    ----------
    layers
        Address templates, the lowest first.
    subdomains
        Characters that ``{s}`` stands for.
    credit
        Whom the map names, with the number of the review.
    datum
        In which the pictures are drawn.
    """

    layers: tuple[str, ...]
    subdomains: str
    credit: str
    datum: Datum

    @property
    def origins(self) -> list[str]:
        """Every origin a picture may come from."""
        hosts = (
            urlsplit(layer.replace("{s}", letter)).netloc
            for layer in self.layers
            for letter in self.subdomains or "0"
        )
        return [f"https://{host}" for host in dict.fromkeys(hosts)]


def map_source() -> MapSource | None:
    """Return the configured source; None when there is none, or it may not be shown."""
    if not settings.MAP_TILES or lawful_map():
        return None
    number = settings.MAP_REVIEW_NUMBER
    shown = number if number.startswith("审图号") else f"审图号：{number}"
    return MapSource(
        layers=tuple(settings.MAP_TILES),
        subdomains=settings.MAP_SUBDOMAINS,
        credit=f"{settings.MAP_CREDIT} {shown}",
        datum=Datum(settings.MAP_DATUM),
    )


def lawful_map(
    app_configs: Sequence[AppConfig] | None = None, **options: Any
) -> list[CheckMessage]:
    """Report why a configured tile source may not be shown.

    Returns
    -------
    list of CheckMessage
        E003 no number of an official review, E004 an address template that a page cannot use,
        E005 no credit; nothing without a tile source. No query.
    """
    if not settings.MAP_TILES:
        return []
    found: list[CheckMessage] = []
    if not _REVIEW_NUMBER.fullmatch(settings.MAP_REVIEW_NUMBER):
        hint = "Set NUANXIN_MAP_REVIEW_NUMBER to the 审图号 of the source, or leave out the tiles."
        told = "A public map needs the number of its official review (审图号)."
        found.append(Error(told, hint=hint, id="nuanxin.E003"))
    found += [_unusable(layer) for layer in settings.MAP_TILES if not _is_usable(layer)]
    if not settings.MAP_CREDIT:
        hint = "Set NUANXIN_MAP_CREDIT."
        found.append(Error("The map names nobody as its source.", hint=hint, id="nuanxin.E005"))
    return found


def _is_usable(layer: str) -> bool:
    address = urlsplit(layer)
    return address.scheme == "https" and bool(address.netloc) and all(p in layer for p in _PLACES)


def _unusable(layer: str) -> CheckMessage:
    # a key may stand in the template: its host is enough to know it by
    host = urlsplit(layer).netloc or "?"
    hint = "It begins with https:// and holds {z}, {x} and {y}."
    return Error(f"The tile source of {host} is no template.", hint=hint, id="nuanxin.E004")
