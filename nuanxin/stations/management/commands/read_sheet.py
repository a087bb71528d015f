"""Show what a sheet holds: ``manage.py read_sheet KIND FILE``."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from nuanxin.sheets import engine, guarded, wire
from nuanxin.sheets.errors import SheetRefused
from nuanxin.sheets.readings import Reading

_REFUSED = 2


class Command(BaseCommand):
    """``manage.py read_sheet KIND FILE``: needs no database and writes nothing."""

    help = "Read a sheet and print what would be taken, what not, and why."
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what the command takes."""
        parser.add_argument("kind", choices=sorted(engine.KINDS))
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--required", help="Fields without which a record is rejected, parted by commas."
        )
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, print, and end with 2 when the file is refused."""
        path: Path = options["file"]
        required = options["required"]
        try:
            content = path.read_bytes()
        except OSError as error:
            message = f"{path}: {error.strerror}"
            raise CommandError(message) from error
        try:
            reading = guarded.read_guarded(
                content,
                name=path.name,
                kind=options["kind"],
                required=required.split(",") if required else None,
            )
        except SheetRefused as refusal:
            self._refuse(refusal, as_json=options["json"])
        else:
            self._show(reading, as_json=options["json"])

    def _show(self, reading: Reading, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(wire.reading_as_json(reading), ensure_ascii=False))
            return
        self.stdout.write(
            f"accepted {len(reading.accepted)}, rejected {len(reading.rejected)}, "
            f"skipped {len(reading.skipped)}"
        )
        for record in reading.rejected:
            place = record.place
            self.stdout.write(f"{place.sheet} {place.row}{place.block} {record.reason}")

    def _refuse(self, refusal: SheetRefused, *, as_json: bool) -> None:
        told = {"refused": {"code": refusal.code, "message": str(refusal)}}
        self.stdout.write(json.dumps(told, ensure_ascii=False) if as_json else str(refusal))
        sys.exit(_REFUSED)
