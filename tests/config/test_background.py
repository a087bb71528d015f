"""What a server process does beside answering, and which processes a site has."""

import importlib
import threading

import pytest
from django.core.checks import Error
from django.core.management import CommandError, call_command
from django.db import connection

import config.server
from config import background
from nuanxin.core.management.commands import run


def test_importing_the_server_starts_nothing(monkeypatch):
    monkeypatch.delenv("NUANXIN_BACKGROUND", raising=False)
    before = threading.active_count()

    importlib.reload(config.server)

    assert threading.active_count() == before
    assert callable(config.server.application)


def test_named_works_run_until_the_process_ends(monkeypatch):
    begun, ended = threading.Event(), threading.Event()

    def work(stop: threading.Event) -> None:
        begun.set()
        stop.wait(10)
        ended.set()

    monkeypatch.setattr(background, "WORKS", {"one": work})
    end = background.start(["one"])
    assert begun.wait(10)
    assert not ended.is_set()

    end()
    end()

    assert ended.is_set()


def test_work_nobody_knows_stops_the_start(monkeypatch):
    with pytest.raises(KeyError):
        background.start(["web", "coffee"])
    assert not any(thread.name == "web" for thread in threading.enumerate())


def processes(monkeypatch, settings, vendor, workers=2):
    monkeypatch.setattr(connection, "vendor", vendor)
    settings.WEB_WORKERS = workers
    return {child.name: child for child in run.children_of(host="::1", port=9, threads=3)}


def words(child):
    return " ".join(child.command)


def test_site_on_sqlite_is_one_process(monkeypatch, settings):
    (web,) = processes(monkeypatch, settings, "sqlite").values()

    assert "--workers 1 " in words(web)
    assert set(web.variables["NUANXIN_BACKGROUND"].split(",")) == set(background.WORKS)


def test_site_on_postgresql_has_servers_worker_and_tick(monkeypatch, settings):
    found = processes(monkeypatch, settings, "postgresql")

    assert list(found) == ["web", "worker", "tick"]
    assert "--workers 2 " in words(found["web"])
    assert "--host ::1 --port 9" in words(found["web"])
    assert "--no-access-log" in words(found["web"])
    beside = found["web"].variables["NUANXIN_BACKGROUND"].split(",")
    assert set(beside) < set(background.WORKS)
    assert not {"worker", "tick"} & set(beside)
    assert words(found["worker"]).endswith("manage.py worker")
    assert words(found["tick"]).endswith("manage.py tick --loop")


@pytest.mark.django_db
def test_site_does_not_start_on_a_database_that_loses_rows(monkeypatch):
    unsafe = Error("fsync = off", id="nuanxin.E001")
    monkeypatch.setattr(run, "confirmed_rows_last", lambda: [unsafe])

    with pytest.raises(CommandError, match="can lose what it confirmed"):
        call_command("run")


@pytest.mark.django_db
def test_site_does_not_start_on_tables_of_another_release(monkeypatch):
    monkeypatch.setattr(run, "confirmed_rows_last", list)
    monkeypatch.setattr(run, "missing_migrations", lambda: 2)

    with pytest.raises(CommandError, match="2 migrations are missing"):
        call_command("run")
