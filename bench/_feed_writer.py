"""The process that writes in the bench of the change feed: real services, at random times.

Prints one line of JSON for each change as soon as it is committed. With several threads and
transactions that stay open for a while, numbers of the feed are committed out of order.
"""

import argparse
import datetime as dt
import json
import os
import random
import threading
import time

import django
from django.db import connection, transaction

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
django.setup()

# ruff: noqa: E402  models need the settings
from nuanxin.algorithms.openness import EvidenceKind
from nuanxin.core import clock
from nuanxin.core.actors import SystemActor
from nuanxin.stations.enums import ClosureReason
from nuanxin.stations.evidence import Finding, record_evidence
from nuanxin.stations.models import Station, StationChange
from nuanxin.stations.services import file_closure

BY = SystemActor("bench")
_TOLD = threading.Lock()
HOLD_S = 0.3
PAUSE_S = 0.5


def main() -> None:
    """Write the changes that the command line asks for."""
    parser = argparse.ArgumentParser()
    for name in ("seed", "changes", "threads"):
        parser.add_argument(f"--{name}", type=int, required=True)
    asked = parser.parse_args()
    rng = random.Random(asked.seed)
    stations = _stations(rng, asked.changes)
    threads = [
        threading.Thread(
            target=_write,
            args=(stations[first :: asked.threads], random.Random(rng.random()), asked.threads > 1),
        )
        for first in range(asked.threads)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _stations(rng: random.Random, count: int) -> list[Station]:
    """Draw stations at which either kind of change is told apart from what was told before."""
    found = (
        Station.objects.listed()
        .select_related("union", "outlet")
        .exclude(evidence_lines__weight__lt=0)
        .exclude(evidence_lines__kind="inside_scan")
        .exclude(closures__isnull=False)
        .exclude(record__shut_until__isnull=False)
        .order_by("code")
    )
    return rng.sample(list(found), count)


def _write(stations: list[Station], rng: random.Random, is_held: bool) -> None:
    for station in stations:
        time.sleep(rng.uniform(0.0, PAUSE_S))
        is_closure = rng.random() < 0.5
        with transaction.atomic():
            if is_closure:
                _close(station)
            else:
                _see(station)
            seq = StationChange.objects.filter(station=station).order_by("-seq")[0].seq
            if is_held:
                time.sleep(rng.uniform(0.0, HOLD_S))
        written = {
            "code": station.code,
            "reason": "closure" if is_closure else "inside_scan",
            "committed_at": time.time(),
            "seq": seq,
        }
        with _TOLD:  # lines of two threads must not run into each other
            print(json.dumps(written), flush=True)  # noqa: T201  read by the bench
    connection.close()


def _close(station: Station) -> None:
    file_closure(
        station=station,
        starts_at=clock.now() - dt.timedelta(minutes=1),
        ends_at=clock.now() + dt.timedelta(hours=1),
        reason=ClosureReason.OTHER,
        by=BY,
    )


def _see(station: Station) -> None:
    finding = Finding(EvidenceKind.INSIDE_SCAN, clock.now())
    record_evidence(station=station, finding=finding, by=BY)


if __name__ == "__main__":
    main()
