"""Fifty planted numbers and telephones are nowhere in clear: file, log of the file, backup, logs, pages."""

import io
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from tests.stations.test_import_kills import ROOT
from tests.workers.people import name_of, number_of, phone_of
from tests.workers.planted_program import PEOPLE

PLANTED = [text for n in range(PEOPLE) for text in (number_of(n), phone_of(n))]


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """A site that was killed at work: its database, the log of it, what it wrote, and what it answered."""
    root: Path = tmp_path_factory.mktemp("site")
    (root / "pages").mkdir()
    known = {
        "DJANGO_SETTINGS_MODULE": "config.settings.base",
        "DATABASE_URL": f"sqlite:///{root / 'site.sqlite3'}",
        "NUANXIN_VAR": str(root / "var"),
        "NUANXIN_HOSTS": "testserver",
        "NUANXIN_SECOND_FACTOR": "0",
        "PYTHONPATH": str(ROOT),
        "PATH": "/usr/bin:/bin",
    }
    command = [sys.executable, "-m", "tests.workers.planted_program", str(root / "pages")]
    with (root / "everything.log").open("wb") as log:
        done = subprocess.run(command, cwd=ROOT, env=known, stdout=log, stderr=log, check=False)
    assert done.returncode == -9, (root / "everything.log").read_text("utf-8")[-3000:]
    return root


def planted_in(content: bytes) -> list[str]:
    """Return which of the planted texts stand in a file, packed or not."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"".join(book.read(name) for name in book.namelist())
    # as text and as the database might pack digits
    return [text for text in PLANTED if text.encode() in content]


def test_database_its_log_and_a_backup_hold_no_number(site):
    database = site / "site.sqlite3"
    log = database.with_name("site.sqlite3-wal")
    before = database.read_bytes() + log.read_bytes()
    assert len(log.read_bytes()) > 100_000, "the process died with work in the log"
    with (
        closing(sqlite3.connect(database)) as source,
        closing(sqlite3.connect(site / "backup.sqlite3")) as backup,
    ):
        source.backup(backup)

    assert planted_in(before) == []
    assert planted_in((site / "backup.sqlite3").read_bytes()) == []
    # names stand in clear, to be searched: what is there is found
    assert sum(name_of(n).encode() in before for n in range(PEOPLE)) == PEOPLE


def test_nothing_that_the_site_wrote_holds_a_number(site):
    files = [path for path in site.rglob("*") if path.is_file() and "pages" not in path.parts]

    assert len(files) >= 3
    assert [path.name for path in files if planted_in(path.read_bytes())] == []
    assert "worker.revealed" not in (site / "everything.log").read_text("utf-8")


def test_pages_and_exports_of_the_wrong_scope_and_of_errors_hold_no_number(site):
    pages = {path.name: path.read_bytes() for path in sorted((site / "pages").iterdir())}
    shown = {name for name, content in pages.items() if planted_in(content)}

    assert shown == {"right-reveal.html", "right-export.csv"}
    assert len(pages) >= 28
    assert len(planted_in(pages["right-export.csv"])) > PEOPLE
    # the near ones are pages, not accidents
    assert all(len(pages[f"near-page-{n}.html"]) > 5_000 for n in range(7))
    assert name_of(7).encode() in pages["near-page-0.html"]
    # nor a name where nobody of theirs is
    far = [content for name, content in pages.items() if name.startswith(("far", "stranger"))]
    assert not any(name_of(n).encode() in content for n in range(PEOPLE) for content in far)


def test_unsealed_number_would_be_found(site):
    assert planted_in(b"x" + number_of(3).encode() + b"y") == [number_of(3)]
