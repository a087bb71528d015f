"""Fill the database with the demo province; the second run only brings the evidence up to date."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from nuanxin.core import clock
from nuanxin.demo import ceremony, enrolling, members, people, playing, province, sending
from nuanxin.stations.models import Station
from nuanxin.workers.models import Worker


class Command(BaseCommand):
    """``manage.py seed_demo``: each step says what it did and how many seconds it took."""

    help = "Fill the database with the demo province and bring its evidence up to this minute."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the numbers of stations and members, for a small demo."""
        parser.add_argument("--stations", type=int, default=province.STATIONS_COUNT)
        parser.add_argument("--members", type=int, default=members.MEMBERS)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the steps in order; what stands already is left alone."""
        if not Station.objects.exists():
            self._fill(options["stations"])
        count = options["members"]
        if count and not Worker.objects.exists():
            self._step("members", lambda: enrolling.send_in(by=playing.ACTOR, count=count))
        self._step("consent texts", lambda: call_command("seed_consents", verbosity=0))
        if count:
            self._step("ceremony", lambda: ceremony.begin(by=playing.ACTOR))
        password = Path(settings.VAR) / "keys" / "demo_password"
        self._step("people", lambda: people.enter_people(by=playing.ACTOR, password_path=password))
        self._step("keepers", lambda: people.name_keepers(by=playing.ACTOR))
        if Station.objects.listed().filter(record__isnull=True).exists():
            self._step("records", lambda: playing.write_records(now_s=clock.now_s()))
        self._step("closures", lambda: playing.file_closures(now=clock.now()))
        self._step("evidence", lambda: playing.catch_up(clock.now()))
        self.stdout.write(f"the people's password stands in {password}")

    def _fill(self, count: int) -> None:
        self._step("divisions", lambda: call_command("import_divisions", under=people.PROVINCE))
        self._step("calendar", lambda: call_command("import_calendar"))
        self._step("catalogues", lambda: call_command("seed_catalogues"))
        self._step("unions", lambda: people.enter_unions(by=playing.ACTOR))
        self._step("stations", lambda: sending.send_in(by=playing.ACTOR, count=count))

    def _step(self, title: str, act: Callable[[], object]) -> None:
        began = time.monotonic()
        done = act()
        count = f" {done}," if isinstance(done, int) else ""
        self.stdout.write(f"{title}:{count} {time.monotonic() - began:.1f} s")
