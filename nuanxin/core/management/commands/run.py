"""Run a whole site: server, worker and tick."""

import os
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from nuanxin.core.checks import confirmed_rows_last
from nuanxin.core.health import missing_migrations
from nuanxin.core.looping import stop_on_signals
from nuanxin.core.processes import TICK, WEB, WORKER
from nuanxin.core.supervising import Child, Supervisor

# what a server process does beside answering
FINDER = "finder"


class Command(BaseCommand):
    """``manage.py run``; on SQLite everything lives in one server process."""

    help = "Serve the site and keep its worker and its tick running."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take where to listen."""
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--threads", type=int, default=3, help="threads of each server process")
        parser.add_argument("--certificate", help="certificate of the server, PEM; with --key")
        parser.add_argument("--key", help="private key of the certificate, PEM")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse a database that is unsafe or not of this release; supervise until stopped."""
        self._refuse_unsafe()
        children = children_of(
            host=options["host"],
            port=options["port"],
            threads=options["threads"],
            tls=(options["certificate"], options["key"]) if options["certificate"] else None,
        )
        connection.close()
        status = Supervisor(children, tell=self._tell).run(stop_on_signals())
        if status:
            sys.exit(status)

    def _refuse_unsafe(self) -> None:
        found: list[CheckMessage] = confirmed_rows_last()
        for message in found:
            self._tell(f"{message.id}: {message.msg}")
        if any(isinstance(message, Error) for message in found):
            msg = "the site does not start on a database that can lose what it confirmed"
            raise CommandError(msg)
        if missing := missing_migrations():
            msg = f"{missing} migrations are missing: run manage.py migrate first"
            raise CommandError(msg)

    def _tell(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def children_of(
    *, host: str, port: int, threads: int, tls: tuple[str, str] | None = None
) -> list[Child]:
    """Return the processes of this site.

    Parameters
    ----------
    host, port
        Where the server listens.
    threads
        Threads of each server process.
    tls
        Files of certificate and key, when the server speaks HTTPS itself.

    Returns
    -------
    list of Child
        One on SQLite, whose writers must not wait for one another across processes; server, worker
        and tick elsewhere.
    """
    is_one_process = connection.vendor == "sqlite"
    beside = (FINDER, WEB, WORKER, TICK) if is_one_process else (FINDER, WEB)
    server = Child(
        WEB,
        [
            str(Path(sys.executable).with_name("granian")),
            *("--interface", "wsgi", "--host", host, "--port", str(port)),
            *("--workers", str(1 if is_one_process else settings.WEB_WORKERS)),
            *("--blocking-threads", str(threads), "--no-access-log", "--log-level", "warning"),
            # one that is killed is replaced while the others answer
            *("--respawn-failed-workers", "--workers-kill-timeout", "15"),
            *(("--ssl-certificate", tls[0], "--ssl-keyfile", tls[1]) if tls else ()),
            settings.SERVER_APPLICATION,
        ],
        os.environ | {"NUANXIN_BACKGROUND": ",".join(beside)},
    )
    if is_one_process:
        return [server]
    manage = [sys.executable, str(settings.ROOT / "manage.py")]
    return [
        server,
        Child(WORKER, [*manage, "worker"], dict(os.environ)),
        Child(TICK, [*manage, "tick", "--loop"], dict(os.environ)),
    ]
