"""Seal everything anew with the first of the encryption keys."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand

from nuanxin.core import seals
from nuanxin.core.actors import SystemActor


class Command(BaseCommand):
    """``manage.py rotate_keys [--count]``."""

    help = (
        "Seal anew, with the first encryption key, what older keys have sealed. May be stopped and "
        "run again; the site goes on meanwhile."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the one option."""
        parser.add_argument("--count", action="store_true", help="only count, by key")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate, and say which keys are still needed."""
        if not options["count"]:
            for name, count in seals.rotate(by=SystemActor("keys"), tell=self._tell).items():
                self.stdout.write(f"{name}: {count} sealed anew")
        for name, counts in seals.sealed_by().items():
            told = ", ".join(f"{kid} {count}" for kid, count in sorted(counts.items()))
            self.stdout.write(f"{name}: {told or 'empty'}")

    def _tell(self, column: seals.SealedColumn, looked: int) -> None:
        self.stderr.write(f"{column.model}.{column.column}: {looked}", ending="\r")
