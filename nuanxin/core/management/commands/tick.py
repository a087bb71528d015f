"""Run the timed rules that are due."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from nuanxin.core import clock, ticking
from nuanxin.core.looping import stop_on_signals, tick_loop
from nuanxin.core.processes import instance_id


class Command(BaseCommand):
    """``manage.py tick``; ``--loop`` goes on until it is stopped."""

    help = "Run the timed rules that are due: once, or for as long as this process lives."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the wish to go on."""
        parser.add_argument("--loop", action="store_true", help="go on until stopped")

    def handle(self, *args: Any, **options: Any) -> None:
        """Tick; once, also say what ran, and fail when a rule did."""
        if options["loop"]:
            tick_loop(stop_on_signals())
            return
        ran = ticking.run_due(clock.now(), holder=instance_id())
        for rule in ran:
            self.stdout.write(f"{rule.name}: {rule.error or rule.acts_count}")
        if any(rule.error for rule in ran):
            msg = "a timed rule failed"
            raise CommandError(msg)
