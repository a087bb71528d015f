import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db.utils import ConnectionHandler
from pytest_django import DjangoDbBlocker

ROOT = Path(__file__).resolve().parents[2]


def _manage(*arguments: str, tmp_path: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=kept | {"NUANXIN_VAR": str(tmp_path), **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_sqlite_reads_back_what_keeps_a_written_row(tmp_path, django_db_blocker: DjangoDbBlocker):
    options = settings.DATABASES["default"]
    if not options["ENGINE"].endswith("sqlite3"):
        pytest.skip("speaks of SQLite")
    handler = ConnectionHandler({"default": {**options, "NAME": str(tmp_path / "x.sqlite3")}})
    connection = handler["default"]

    try:
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            pragmas = {
                name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            }
    finally:
        with django_db_blocker.unblock():
            connection.close()

    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 20_000,
    }
    assert options["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_deployment_under_tls_passes_djangos_own_check(tmp_path):
    done = _manage(
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        tmp_path=tmp_path,
        NUANXIN_TLS="1",
        NUANXIN_HOSTS="nuanxin.example",
    )

    assert done.returncode == 0, done.stderr


def test_balancer_under_tls_is_answered_without_a_redirect(tmp_path):
    asked = (
        "from django.test import Client; from django.conf import settings;"
        "print([Client(headers={'host': settings.ALLOWED_HOSTS[0]}).get(page).status_code"
        " for page in ('/livez', '/')])"
    )
    done = _manage("shell", "--no-imports", "-c", asked, tmp_path=tmp_path, NUANXIN_TLS="1")

    assert done.stdout.strip().endswith("[200, 301]"), done.stderr


def test_deployment_without_tls_does_not(tmp_path):
    done = _manage("check", "--deploy", "--fail-level", "WARNING", tmp_path=tmp_path)

    assert done.returncode != 0
    assert "security.W" in done.stderr


def test_misspelt_setting_stops_the_start(tmp_path):
    done = _manage("check", tmp_path=tmp_path, NUANXIN_TLS="ture")

    assert done.returncode != 0
    assert "NUANXIN_TLS must be one of" in done.stderr


def test_demo_on_a_public_host_refuses_to_start(tmp_path):
    done = _manage("check", tmp_path=tmp_path, NUANXIN_DEMO="1", NUANXIN_HOSTS="nuanxin.example")

    assert done.returncode != 0
    assert "The demo is refused on nuanxin.example" in done.stderr


def test_demo_on_a_local_network_starts(tmp_path):
    hosts = "192.168.1.7,127.0.0.1,localhost"
    done = _manage("check", tmp_path=tmp_path, NUANXIN_DEMO="1", NUANXIN_HOSTS=hosts)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("demo", "passes"), [("0", False), ("1", True)])
def test_second_factor_is_off_in_the_demo_alone(tmp_path, demo, passes):
    done = _manage("check", tmp_path=tmp_path, NUANXIN_DEMO=demo, NUANXIN_SECOND_FACTOR="no")

    assert (done.returncode == 0) is passes
    assert ("accounts.E001" in done.stderr) is not passes


def test_every_variable_is_described_and_every_description_is_read():
    source = "".join(
        path.read_text(encoding="utf-8")
        for path in (*ROOT.glob("config/**/*.py"), *ROOT.glob("bench/*.py"))
    )
    described = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    read = set(re.findall(r'"(NUANXIN_[A-Z_]+|DATABASE_URL|CHROMIUM)"', source))

    assert read == set(re.findall(r"^\| `([A-Z_]+)`", described, flags=re.MULTILINE))
