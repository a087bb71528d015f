"""Killing real processes: nothing is lost, and what is gone is seen."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.db import connection

from nuanxin.core import clock, health, outbox
from nuanxin.core.actors import SystemActor
from nuanxin.core.models import Heartbeat, Lease, OutboxMessage, TimedRule
from tests.factories import GrantFactory

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parents[2]
# a tick with one rule more, which takes as long as it is told
TICK = """
import os, time, django
django.setup()
from nuanxin.core import looping, ticking
from tests.core.provider import Provider
ticking.register("t.slow", lambda now: Provider().send(phone="", text="rule") or 1, every_s=3600)
looping.tick_loop(looping.stop_on_signals())
"""
Start = Callable[..., "subprocess.Popen[bytes]"]


def database_url() -> str:
    options = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{options['NAME']}"
    login = f"{options['USER']}:{options['PASSWORD']}" if options["PASSWORD"] else options["USER"]
    return f"postgres://{login}@{options['HOST']}:{options['PORT']}/{options['NAME']}"


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    file = tmp_path / "notes"
    file.touch()
    return file


@pytest.fixture
def start(shared_database: None, tmp_path: Path, notes: Path) -> Iterator[Start]:
    """Return a function that starts a program of the site on the test's database."""
    running: list[subprocess.Popen[bytes]] = []
    (tmp_path / "static").mkdir()

    def started(*arguments: str, **variables: str) -> "subprocess.Popen[bytes]":
        known = {
            "DJANGO_SETTINGS_MODULE": "config.settings.base",
            "DATABASE_URL": database_url(),
            "NUANXIN_VAR": str(tmp_path),
            "NUANXIN_DEMO": "0",
            "NUANXIN_ENCRYPTION_KEYS": ",".join(site.ENCRYPTION_KEYS),
            "NUANXIN_SMS_BACKEND": "tests.core.provider.Provider",
            "PROVIDER_NOTES": str(notes),
            "PYTHONPATH": str(ROOT),
        }
        with (tmp_path / "output").open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=os.environ | known | variables,
                stdout=output,
                stderr=output,
            )
        running.append(process)
        return process

    yield started
    for process in running:
        if process.poll() is None:
            process.terminate()
            process.wait(60)


def until(is_so: Callable[[], Any], what: str, seconds: float = 60.0) -> None:
    """Wait for something that other processes bring about."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def enqueue(text: str) -> None:
    outbox.enqueue(
        dedupe=text,
        channel="sms",
        address="13800138000",
        text=text,
        due_at=clock.now(),
        by=SystemActor("test"),
    )


def kill(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGKILL)
    process.wait(10)


def gone() -> set[str]:
    """Return the parts that do not work, once the heartbeats of those that are gone are stale."""
    old = clock.now().timestamp() - site.STALE_S - 1
    Heartbeat.objects.update(beat_at=clock.from_epoch_s(int(old)))
    found = health.report(clock.now()).parts
    return {name for name in ("worker", "tick") if not found[name].is_ok}


def test_worker_killed_in_mid_send_loses_nothing_and_is_missed(start, notes):
    enqueue("one")
    worker = start("manage.py", "worker", PROVIDER_TAKES_S="60")
    until(lambda: "begun one" in notes.read_text(), "the worker begins")

    kill(worker)

    assert "worker" in gone()
    assert start("manage.py", "worker", "--once").wait(60) == 0
    assert "sent" not in notes.read_text(), "its hold still stands"
    OutboxMessage.objects.update(leased_until_at=clock.now())  # time passes
    assert start("manage.py", "worker", "--once").wait(60) == 0
    assert notes.read_text().splitlines() == ["begun one", "begun one", "sent one"]
    message = OutboxMessage.objects.get()
    assert message.sent_at is not None
    assert message.tries == 2


def test_tick_killed_in_mid_rule_is_missed_and_another_takes_over(start, notes):
    tick = start("-c", TICK, PROVIDER_TAKES_S="60")
    until(lambda: "begun rule" in notes.read_text(), "the rule begins")
    waiting = start("-c", TICK)
    until(lambda: Heartbeat.objects.count() == 2, "the other tick waits")

    kill(tick)
    assert "tick" in gone()
    now = clock.now()
    TimedRule.objects.filter(name="t.slow").update(held_until_at=now)  # time passes
    Lease.objects.update(expires_at=now)

    until(lambda: "sent rule" in notes.read_text(), "the other tick takes over")
    until(lambda: TimedRule.objects.get(name="t.slow").holder == "", "the rule is settled")
    assert notes.read_text().splitlines() == ["begun rule", "begun rule", "sent rule"]
    waiting.terminate()
    assert waiting.wait(60) == 0
    assert Heartbeat.objects.count() == 1, "who ends well leaves no heartbeat"


# --- a whole site ---


def ask(port: int) -> int:
    """Return the status of an answer; a question that was cut off is asked again, once."""
    for is_last in (False, True):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            if is_last:
                return 0
    return 0


def children(pid: int, words: str) -> list[int]:
    """Return the children of a process whose command holds some words."""
    told = subprocess.run(
        ["ps", "--ppid", str(pid), "-o", "pid=,args="], capture_output=True, text=True, check=False
    )
    return [int(line.split()[0]) for line in told.stdout.splitlines() if re.search(words, line)]


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="several processes: PostgreSQL")
def test_site_of_two_servers_goes_on_when_one_and_its_worker_are_killed(
    start, port, notes, client, settings
):
    settings.STALE_S, settings.WEB_WORKERS = 4, 2
    run = start(
        *("manage.py", "run", "--port", str(port)), NUANXIN_WEB_WORKERS="2", NUANXIN_STALE_S="4"
    )
    until(lambda: health.report(clock.now()).is_ready, "the site runs")
    assert ask(port) == 200
    servers = children(children(run.pid, "granian")[0], "granian")

    enqueue("one")
    until(lambda: "sent one" in notes.read_text(), "the worker sends")
    os.kill(servers[0], signal.SIGKILL)
    os.kill(children(run.pid, "manage.py worker")[0], signal.SIGKILL)
    enqueue("two")
    answers = [ask(port) for _ in range(40)]

    assert answers == [200] * 40
    until(lambda: "sent two" in notes.read_text(), "the next worker sends")
    client.force_login(GrantFactory.create().user)

    def lost() -> list[int]:
        parts = client.get("/readyz").json()["parts"]
        return [parts[name]["lost"] for name in ("web", "worker")]

    until(lambda: lost() == [1, 1], "readyz tells of both")
    until(lambda: health.report(clock.now()).is_ready, "the site is whole again")
    assert notes.read_text().count("sent two") == 1
    run.terminate()
    assert run.wait(60) == 0
    assert ask(port) == 0
