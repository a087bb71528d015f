from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from nuanxin.core.actors import SystemActor
from nuanxin.regions.imports import import_calendar


class Command(BaseCommand):
    """Publish the holiday notices of the data folder; repeating it is harmless."""

    help = "Publish the holiday notices of the data folder; repeating it is harmless."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the folder to read."""
        parser.add_argument("--folder", type=Path, default=settings.ROOT / "data")

    def handle(self, *args: Any, **options: Any) -> None:
        """Publish, and say how many notices there are."""
        count = import_calendar(options["folder"], by=SystemActor("import_calendar"))
        self.stdout.write(f"calendar: {count} notices")
