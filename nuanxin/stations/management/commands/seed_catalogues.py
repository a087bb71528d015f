"""Bring the catalogues up to date from ``data/catalogue``: brands, facilities, groups, standards."""

import csv
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import models, transaction

from nuanxin.core import audit
from nuanxin.core.actors import SystemActor
from nuanxin.core.ids import computed_id
from nuanxin.stations.models import Brand, Facility, Standard, StandardItem, WelcomedGroup


class Command(BaseCommand):
    """``manage.py seed_catalogues``; the second run changes nothing."""

    help = "Bring brands, facilities, groups and standards up to date from data/catalogue."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Write each catalogue in one statement."""
        _store(Brand, _rows("brands"))
        _store(Facility, [_flags(row) for row in _rows("facilities")])
        _store(WelcomedGroup, _rows("groups"))
        _store(Standard, [_division(row) for row in _rows("standards")])
        items = [
            {"id": computed_id("standard_item", r["standard"], r["code"]), **_owner(r)}
            for r in _rows("standard_items")
        ]
        _store(StandardItem, items)
        audit.record(
            by=SystemActor("seed_catalogues"),
            verb="catalogue.stored",
            subject_type="catalogue",
            subject_key="all",
        )


def _rows(name: str) -> list[dict[str, Any]]:
    path = Path(settings.CATALOGUE_PATH) / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _flags(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "is_basic": row["is_basic"] == "1", "is_filter": row["is_filter"] == "1"}


def _division(row: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in row.items() if key != "division"}
    return {**kept, "division_id": row["division"] or None}


def _owner(row: dict[str, Any]) -> dict[str, Any]:
    return {"standard_id": row["standard"], **{k: v for k, v in row.items() if k != "standard"}}


def _store(model: type[models.Model], rows: list[dict[str, Any]]) -> None:
    fields = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    model._default_manager.bulk_create(
        [model(**row) for row in rows],
        update_conflicts=True,
        unique_fields=[model._meta.pk.name],
        update_fields=fields,
    )
