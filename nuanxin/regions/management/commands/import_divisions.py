from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from nuanxin.core.actors import SystemActor
from nuanxin.regions.imports import import_divisions


class Command(BaseCommand):
    """Store the administrative divisions of the data folder; repeating it is harmless."""

    help = "Store administrative divisions, county seats and successions; repeating it is harmless."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the folder to read and the part of the country to store."""
        parser.add_argument("--folder", type=Path, default=settings.ROOT / "data")
        parser.add_argument("--under", default="", help="only this division, e.g. 33 for Zhejiang")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, and say what changed."""
        counts = import_divisions(
            options["folder"], by=SystemActor("import_divisions"), under=options["under"]
        )
        self.stdout.write(
            f"divisions: {counts.created} created, {counts.changed} changed, "
            f"{counts.unchanged} unchanged"
        )
