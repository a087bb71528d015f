from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from nuanxin.accounts.consents import load_texts
from nuanxin.core.actors import SystemActor
from nuanxin.core.errors import DomainError


class Command(BaseCommand):
    """``manage.py seed_consents``; the second run changes nothing."""

    help = "Enter the consent texts of data/consents.json that are not known yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the file, for a site with texts of its own."""
        parser.add_argument("--file", type=Path, default=settings.CONSENTS_PATH)

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say how many versions are new."""
        try:
            count = load_texts(path=options["file"], by=SystemActor("seed_consents"))
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"consent texts: {count} new versions")
