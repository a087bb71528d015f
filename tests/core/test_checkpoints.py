"""Checkpoints beside the work: commits copy nothing, the log stays short, and the connection is left as it was."""

from pathlib import Path

import pytest
from django.db import connection, transaction

from nuanxin.core import checkpoints
from nuanxin.core.checkpoints import Checkpoints
from nuanxin.core.ids import computed_id
from nuanxin.core.models import AuditSeal

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def on_sqlite(shared_database):
    if connection.vendor != "sqlite":
        pytest.skip("the log is SQLite's")


def log_bytes():
    return Path(f"{connection.settings_dict['NAME']}-wal").stat().st_size


def pages():
    with connection.cursor() as cursor:
        return cursor.execute("PRAGMA wal_autocheckpoint").fetchone()[0]


def write(start, count):
    rows = [
        AuditSeal(seq=n, event_id=computed_id("event", str(n)), digest=f"{n:064x}")
        for n in range(start, start + count)
    ]
    with transaction.atomic():
        AuditSeal.objects.bulk_create(rows)


def test_commits_copy_nothing_meanwhile_and_do_again_afterwards():
    before = pages()

    with Checkpoints():
        during = pages()

    assert (during, pages()) == (0, before)
    assert before > 0


def test_connection_is_left_as_it_was_after_an_error():
    before = pages()

    with pytest.raises(RuntimeError), Checkpoints():
        raise RuntimeError

    assert pages() == before


def test_log_that_was_copied_is_begun_anew(monkeypatch):
    monkeypatch.setattr(checkpoints, "_LEAST", 1)
    monkeypatch.setattr(checkpoints, "_MOST", 1)

    with Checkpoints() as beside:
        for round_ in range(1, 9):
            beside.wait()
            write(round_ * 1_000, 500)
            beside.begin()
        beside.wait()
        with_copies = log_bytes()
    with Checkpoints():
        for round_ in range(11, 19):
            write(round_ * 1_000, 500)
        without = log_bytes()

    assert AuditSeal.objects.count() == 8_000
    assert with_copies < without / 2
