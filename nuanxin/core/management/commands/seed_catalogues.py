"""Bring the catalogues of all rooms up to date from ``data/catalogue``."""

from typing import Any

from django.core.management.base import BaseCommand

from nuanxin.core.catalogue import seed_all


class Command(BaseCommand):
    """``manage.py seed_catalogues``; the second run changes nothing."""

    help = "Bring the words that are data up to date: brands, facilities, groups, standards."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write each catalogue."""
        self.stdout.write(", ".join(seed_all()))
