"""Catalogues as files under ``data/catalogue``: read, and stored as the table they are."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models


def rows_of(name: str) -> list[dict[str, Any]]:
    """Return the rows of one file, by column; every value is a text."""
    path = Path(settings.CATALOGUE_PATH) / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def store(model: type[models.Model], rows: Sequence[dict[str, Any]]) -> None:
    """Write the rows of a catalogue in one statement: new ones are entered, the others set right."""
    fields = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    model._default_manager.bulk_create(
        [model(**row) for row in rows],
        update_conflicts=True,
        unique_fields=[model._meta.pk.name],
        update_fields=fields,
    )
