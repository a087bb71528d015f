"""Prepare the demo for the local network: certificate, and what the start script needs to know."""

import io
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from nuanxin.core import clock
from nuanxin.demo import lan


class Command(BaseCommand):
    """``manage.py demo_certificate``; with ``--show`` the address as a QR code instead."""

    help = "Make a certificate for this machine's addresses on the local network and print them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address to show."""
        parser.add_argument("--show", metavar="URL", help="print an address as a QR code")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the certificate and print the addresses, or print a QR code."""
        if url := options["show"]:
            drawn = io.StringIO()
            segno.make(url, error="m").terminal(out=drawn, compact=True)
            self.stdout.write(drawn.getvalue())
            return
        addresses = lan.lan_addresses()
        if not addresses:
            msg = "This machine is on no local network. Join one, or use `make demo`."
            raise CommandError(msg)
        lan.make_certificate(Path(settings.VAR), addresses, now=clock.now())
        for address in addresses:
            self.stdout.write(f"[{address}]" if address.version == 6 else str(address))
