"""One trial of the change feed on the database that the environment names: fill, serve, write, watch."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from bench._demo import ROOT, free_port, granian, wait_for

LATEST_S = 10.0
POLL_S = 0.01
_MOST_CODES = 20
_STATUS = "/api/v1/stations/status?codes="


class Change(NamedTuple):
    """What the writer told of one change."""

    code: str
    reason: str
    committed_at: float
    seq: int


class Watch:
    """Asks one server for every change that it has not shown yet.

    Parameters
    ----------
    address
        Of the server, without a slash at its end.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.seen_s: dict[str, float] = {}
        self._pending: dict[str, Change] = {}
        self._is_over = False
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def add(self, change: Change) -> None:
        """Look out for a change."""
        self._pending[change.code] = change

    def finish(self) -> dict[str, float]:
        """Wait for the last changes; return the seconds from commit to sight, by station."""
        until = time.time() + LATEST_S
        while self._pending and time.time() < until:
            time.sleep(POLL_S)
        self._is_over = True
        self._thread.join()
        if self._pending:
            msg = f"{self.address} never showed {list(self._pending.values())}"
            raise RuntimeError(msg)
        return self.seen_s

    def _look(self) -> None:
        while not self._is_over:
            asked = list(self._pending)[:_MOST_CODES]
            if asked:
                self._take(_asked(self.address + _STATUS + ",".join(asked)))
            time.sleep(POLL_S)

    def _take(self, rows: list[dict[str, Any]]) -> None:
        now = time.time()
        for row in rows:
            change = self._pending[row["code"]]
            if row["reason"]["kind"] == change.reason:
                self.seen_s[change.code] = now - change.committed_at
                del self._pending[change.code]


def _asked(address: str) -> list[dict[str, Any]]:
    with urllib.request.urlopen(address, timeout=LATEST_S) as answer:  # noqa: S310  loopback
        rows: list[dict[str, Any]] = json.load(answer)["data"]["stations"]
    return rows


def main() -> None:
    """Run the trial that the command line asks for; one line of JSON on standard output."""
    parser = argparse.ArgumentParser()
    for name in ("seed", "stations", "changes", "processes", "writers"):
        parser.add_argument(f"--{name}", type=int, required=True)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        variables = os.environ | {"NUANXIN_VAR": folder, "NUANXIN_DEMO": "1"}
        _manage(variables, "migrate", "--verbosity", "0")
        _manage(variables, "seed_demo", "--members", "0", "--stations", str(asked.stations))
        variables["NUANXIN_DEMO"] = "0"  # served and written to as in production
        ports = [free_port() for _ in range(asked.processes)]
        for port in ports:
            stack.enter_context(granian(port, variables))
        watches = [Watch(f"http://127.0.0.1:{port}") for port in ports]
        for watch in watches:
            wait_for(f"{watch.address}{_STATUS}none")
        changes = _written(asked, variables, watches)
        seen = [watch.finish() for watch in watches]
    print(json.dumps(_figures(changes, seen)))  # noqa: T201  read by the bench


def _manage(variables: dict[str, str], *command: str) -> None:
    subprocess.run(  # noqa: S603  our own commands
        [sys.executable, str(ROOT / "manage.py"), *command],
        env=variables,
        stdout=sys.stderr,
        check=True,
    )


def _written(
    asked: argparse.Namespace, variables: dict[str, str], watches: list[Watch]
) -> list[Change]:
    """Run the writer and tell every watch of each change as it is committed."""
    command = [sys.executable, "-m", "bench._feed_writer", "--seed", str(asked.seed)]
    command += ["--changes", str(asked.changes), "--threads", str(asked.writers)]
    changes = []
    with subprocess.Popen(  # noqa: S603  our own module
        command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None  # noqa: S101  asked for above
        for line in writer.stdout:
            changes.append(Change(**json.loads(line)))
            for watch in watches:
                watch.add(changes[-1])
    if writer.returncode or len(changes) != asked.changes:
        msg = f"the writer ended with {writer.returncode} after {len(changes)} changes"
        raise RuntimeError(msg)
    return changes


def _figures(changes: list[Change], seen: list[dict[str, float]]) -> dict[str, Any]:
    latest, out_of_order = 0, 0
    for change in sorted(changes, key=lambda change: change.committed_at):
        out_of_order += change.seq < latest
        latest = max(latest, change.seq)
    return {
        "seen_s": [one for by_code in seen for one in by_code.values()],
        "out_of_order": out_of_order,
    }


if __name__ == "__main__":
    if not Path(sys.executable).with_name("granian").exists():
        sys.exit("granian is missing beside the Python that runs this")
    main()
