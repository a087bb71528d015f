"""Bring the catalogues up to date from ``data/catalogue``: brands, facilities, groups, standards."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from nuanxin.core import audit
from nuanxin.core.actors import SystemActor
from nuanxin.core.catalogue_files import rows_of, store
from nuanxin.core.ids import computed_id
from nuanxin.stations.models import Brand, Facility, Standard, StandardItem, WelcomedGroup


class Command(BaseCommand):
    """``manage.py seed_catalogues``; the second run changes nothing."""

    help = "Bring brands, facilities, groups and standards up to date from data/catalogue."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Write each catalogue in one statement."""
        store(Brand, rows_of("brands"))
        store(Facility, [_flags(row) for row in rows_of("facilities")])
        store(WelcomedGroup, rows_of("groups"))
        store(Standard, [_division(row) for row in rows_of("standards")])
        items = [
            {"id": computed_id("standard_item", r["standard"], r["code"]), **_owner(r)}
            for r in rows_of("standard_items")
        ]
        store(StandardItem, items)
        audit.record(
            by=SystemActor("seed_catalogues"),
            verb="catalogue.stored",
            subject_type="catalogue",
            subject_key="all",
        )


def _flags(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "is_basic": row["is_basic"] == "1", "is_filter": row["is_filter"] == "1"}


def _division(row: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in row.items() if key != "division"}
    return {**kept, "division_id": row["division"] or None}


def _owner(row: dict[str, Any]) -> dict[str, Any]:
    return {"standard_id": row["standard"], **{k: v for k, v in row.items() if k != "standard"}}
