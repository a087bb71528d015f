"""Bring the checklist of foundings up to date from ``data/catalogue``: its lines, and members enough."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from nuanxin.core import audit
from nuanxin.core.actors import SystemActor
from nuanxin.core.catalogue_files import rows_of, store
from nuanxin.unions.models import FoundingItem, FoundingThreshold

_FLAGS = ("is_required", "is_of_upper", "counts_members")


class Command(BaseCommand):
    """``manage.py seed_founding``; the second run changes nothing."""

    help = "Bring the checklist of union foundings up to date from data/catalogue."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Write each table in one statement."""
        items = rows_of("founding_items")
        store(FoundingItem, [row | {flag: row[flag] == "1" for flag in _FLAGS} for row in items])
        store(FoundingThreshold, rows_of("founding_thresholds"))
        audit.record(
            by=SystemActor("seed_founding"),
            verb="catalogue.stored",
            subject_type="catalogue",
            subject_key="founding",
        )
