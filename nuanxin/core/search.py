"""Names found by their sound: a column that always holds the pinyin and initials of others."""

from functools import lru_cache
from typing import Any

from django.db import models

from nuanxin.algorithms.pinyin import pinyin_of

SEARCH_LENGTH = 900
_CACHED = 16_384


def search_text(*names: str) -> str:
    """Return what some names are searched by: for each its full pinyin and its initials.

    Parameters
    ----------
    names
        As stored; empty ones are left out.

    Returns
    -------
    str
        Lower case, separated by spaces, at most ``SEARCH_LENGTH`` characters:
        ``"keqiaoqu kqq"`` for 柯桥区.
    """
    return " ".join(filter(None, map(_sounds, names)))[:SEARCH_LENGTH]


class SearchTextField(models.CharField[str, str]):
    """A column computed from others of its row, whoever writes the row: a form, an import, a test.

    Like a generated column, it is never assigned: reading the attribute computes it, so that single
    and bulk writes store what the row says at that moment. A write that names its columns
    (``update_fields``, ``QuerySet.update``) must name this one beside its sources.

    Parameters
    ----------
    sources
        Names of the columns it is computed from.
    """

    def __init__(self, *args: Any, sources: tuple[str, ...] = (), **options: Any) -> None:
        fixed: dict[str, Any] = {
            "max_length": SEARCH_LENGTH,
            "blank": True,
            "default": "",
            "editable": False,
        }
        super().__init__(*args, **fixed | options)
        self.sources = tuple(sources)

    def deconstruct(self) -> Any:
        """Name the sources in migrations too."""
        name, path, args, options = super().deconstruct()
        return name, path, args, options | {"sources": self.sources}

    def contribute_to_class(
        self, cls: type[models.Model], name: str, private_only: bool = False
    ) -> None:
        """Put the computed attribute in the place of the stored one."""
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, name, _Computed(name, self.sources))


class _Computed:
    """The attribute: what is loaded or assigned is noted, what is read is computed."""

    def __init__(self, name: str, sources: tuple[str, ...]) -> None:
        self.name, self.sources = name, sources

    def __get__(self, instance: models.Model | None, owner: type[models.Model]) -> Any:
        if instance is None:
            return self
        return search_text(*(str(getattr(instance, source)) for source in self.sources))

    def __set__(self, instance: models.Model, value: object) -> None:
        instance.__dict__[self.name] = value  # so that Django does not take it for deferred


@lru_cache(maxsize=_CACHED)
def _sounds(name: str) -> str:
    full, initials = pinyin_of(name)
    return full if full == initials else f"{full} {initials}"
