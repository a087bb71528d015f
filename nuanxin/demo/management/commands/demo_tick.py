"""Bring the demo's evidence up to this minute, once or every minute."""

import time
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandParser

from nuanxin.core import clock
from nuanxin.demo import playing

EVERY_S: Final = 60


class Command(BaseCommand):
    """``manage.py demo_tick``; ``--loop`` goes on until it is stopped."""

    help = "Play the demo's keepers and riders up to this minute."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the wish to go on."""
        parser.add_argument("--loop", action="store_true", help="tick every minute")

    def handle(self, *args: Any, **options: Any) -> None:
        """Tick, and say how many stations changed."""
        while True:
            began = time.monotonic()
            changed = playing.tick(clock.now())
            self.stdout.write(f"{changed} stations changed, {time.monotonic() - began:.1f} s")
            if not options["loop"]:
                return
            time.sleep(max(0.0, EVERY_S - (time.monotonic() - began)))
