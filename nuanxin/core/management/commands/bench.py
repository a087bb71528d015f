"""Run one benchmark of the ``bench`` folder and print its figures."""

import argparse
import importlib
import json
import pkgutil
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """``manage.py bench NAME [--json] [--set key=value …]``."""

    help = "Run one benchmark; figures on standard output, progress on standard error."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the name, the output form and the options handed to the benchmark."""
        parser.add_argument("name", choices=_names())
        parser.add_argument(
            "--json", action="store_true", help="exactly one JSON object on one line"
        )
        parser.add_argument("--seed", type=int, help="seed of the first world or query")
        parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import the benchmark, run it with standard output kept clean, print the result."""
        run = importlib.import_module(f"bench.{options['name']}").run
        chosen = dict(_pair(text) for text in options["set"])
        if options["seed"] is not None:
            chosen["seed"] = options["seed"]
        real_stdout, sys.stdout = sys.stdout, sys.stderr
        try:
            figures = run(**chosen)
        finally:
            sys.stdout = real_stdout
        if options["json"]:
            self.stdout.write(json.dumps(figures, ensure_ascii=False))
        else:
            for name, value in figures.items():
                self.stdout.write(f"{name:>28}  {value}")


def _names() -> list[str]:
    package = importlib.import_module("bench")
    return sorted(
        m.name for m in pkgutil.iter_modules(package.__path__) if not m.name.startswith("_")
    )


def _pair(text: str) -> tuple[str, Any]:
    key, separator, value = text.partition("=")
    if not separator:
        msg = f"--set takes KEY=VALUE, not {text!r}"
        raise CommandError(msg)
    try:
        return key, json.loads(value)
    except ValueError:
        return key, value
