"""Send the messages that are due."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from nuanxin.core import clock, outbox
from nuanxin.core.looping import stop_on_signals, worker_loop
from nuanxin.core.processes import instance_id


class Command(BaseCommand):
    """``manage.py worker``; ``--once`` sends what is due now and ends."""

    help = "Send the messages that are due."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the wish to stop early."""
        parser.add_argument("--once", action="store_true", help="send what is due now and end")
        parser.add_argument("--limit", type=int, default=1000, help="the most messages of --once")

    def handle(self, *args: Any, **options: Any) -> None:
        """Send; once, also say how many."""
        if not options["once"]:
            worker_loop(stop_on_signals())
            return
        done = outbox.deliver_due(clock.now(), options["limit"], holder=instance_id())
        self.stdout.write(f"{done.sent_count} sent, {done.failed_count} failed")
