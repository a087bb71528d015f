"""Words that are data: a table of them, and bringing it up to date from a file of this repository."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from nuanxin.core import audit
from nuanxin.core.actors import SystemActor
from nuanxin.core.storage import ReferenceModel


class Named(ReferenceModel):
    """A word of a catalogue, in both languages."""

    code = models.SlugField(_("code"), max_length=24, primary_key=True)
    name_zh = models.CharField(_("name (Chinese)"), max_length=40)
    name_en = models.CharField(_("name (English)"), max_length=60)
    rank = models.PositiveSmallIntegerField(_("order"), default=100)

    class Meta:
        abstract = True
        ordering = ["rank", "code"]

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name_zh


def rows_of(name: str) -> list[dict[str, Any]]:
    """Return the rows of a file of ``data/catalogue``, in its order, as texts by column."""
    path = Path(settings.CATALOGUE_PATH) / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def store(model: type[models.Model], rows: list[dict[str, Any]]) -> None:
    """Write the rows of a catalogue; those with a known key are brought up to date. One statement."""
    fields = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    model._default_manager.bulk_create(
        [model(**row) for row in rows],
        update_conflicts=True,
        unique_fields=[model._meta.pk.name],
        update_fields=fields,
    )


def register(name: str, seed: Callable[[], None]) -> None:
    """Make known how a room brings its catalogues up to date; it calls this in ``AppConfig.ready``."""
    _seeds[name] = seed


def seed_all() -> list[str]:
    """Bring every catalogue up to date and return which ones there are, in order of registration.

    Notes
    -----
    One transaction with one audit row; a second call writes the same words again.
    """
    with transaction.atomic():
        for seed in _seeds.values():
            seed()
        audit.record(
            by=SystemActor("seed_catalogues"),
            verb="catalogue.stored",
            subject_type="catalogue",
            subject_key="all",
        )
    return list(_seeds)


_seeds: Final[dict[str, Callable[[], None]]] = {}
