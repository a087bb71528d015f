"""Read opening hours as people write them; one JSON object a line in and out, or one text."""

import argparse
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from nuanxin.algorithms.hours_text import read_hours_text


class Command(BaseCommand):
    """``manage.py parse_hours TEXT`` or ``manage.py parse_hours --json < lines``."""

    help = "Read opening hours as people write them, in Chinese or English, into the hours syntax."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the text and the form of the answer."""
        parser.add_argument("text", nargs="?", help="the hours, as written")
        parser.add_argument(
            "--json",
            action="store_true",
            help='read {"id", "text"} a line from standard input, answer one object a line',
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Answer every line in its place, or the one text in words."""
        if options["json"]:
            for number, line in enumerate(sys.stdin.buffer, start=1):
                self.stdout.write(json.dumps(_answer(number, line)))
                self.stdout.flush()
        elif options["text"] is None:
            msg = "give a text, or --json with lines on standard input"
            raise CommandError(msg)
        else:
            self._print(options["text"])

    def _print(self, text: str) -> None:
        reading = read_hours_text(text)
        self.stdout.write(" ".join(filter(None, (reading.outcome, reading.osm))))
        for alternative in reading.alternatives:
            self.stdout.write(f"  perhaps {alternative}")
        for reason in reading.reasons:
            self.stdout.write(f"  because of {reason}")


def _answer(number: int, line: bytes) -> dict[str, Any]:
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError):
        return _error(number, None, "is no JSON object")
    if not isinstance(asked, dict):
        return _error(number, None, "is no JSON object")
    if not isinstance(asked.get("text"), str):
        return _error(number, asked.get("id"), 'has no "text"')
    reading = read_hours_text(asked["text"])
    return {
        "id": asked.get("id"),
        "outcome": reading.outcome,
        "osm": reading.osm,
        "alternatives": reading.alternatives,
        "reasons": reading.reasons,
    }


def _error(number: int, key: Any, fault: str) -> dict[str, Any]:
    return {
        "id": key,
        "outcome": "error",
        "osm": None,
        "alternatives": [],
        "error": f"line {number} {fault}",
    }
