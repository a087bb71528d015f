"""Go through the chain over the audit trail and tell where it does not hold."""

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from nuanxin.core import bulk_acts, sealing


class Command(BaseCommand):
    """``manage.py verify_audit [--anchor FILE] [--head SEQ:DIGEST]``."""

    help = "Verify the audit chain; exit code 1 and a line for each fault when it does not hold."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare what was kept outside."""
        parser.add_argument("--anchor", default=settings.AUDIT_ANCHOR, help="file of kept heads")
        parser.add_argument("--head", action="append", default=[], help="a head kept elsewhere")

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify, print the head, fail on a fault."""
        try:
            kept = [sealing.read_head(text) for text in options["head"]]
            kept += sealing.anchored_heads(Path(options["anchor"])) if options["anchor"] else []
        except ValueError as error:
            raise CommandError(str(error)) from error
        faults = list(sealing.verify(kept))
        torn = list(bulk_acts.torn())
        for fault in faults:
            self.stderr.write(f"{fault.seq}: {fault.kind}")
        for event in torn:
            self.stderr.write(f"{event.pk}: leaves")
        self.stdout.write(f"head {sealing.head()}, {len(kept)} kept outside")
        if not kept:
            self.stdout.write("without a kept head nobody sees when the end is cut off")
        if faults:
            msg = f"the audit chain does not hold in {len(faults)} places"
            raise CommandError(msg)
        if torn:
            msg = f"the rows of {len(torn)} bulk acts are not those of their roots"
            raise CommandError(msg)
