"""``manage.py read_sheet`` prints one object and needs no database."""

import io
import json

import pytest
from django.core.management import call_command

from tests.sheets import books


def _run(path, *options):
    out = io.StringIO()
    call_command("read_sheet", "station", str(path), "--json", *options, stdout=out)
    return json.loads(out.getvalue())


def test_read_sheet_prints_every_fate(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(books.STATIONS)

    told = _run(path)

    assert told["accepted"][0]["fields"]["name"] == "甲驿站"
    assert [row["kind"] for row in told["skipped"]] == ["header"]


def test_read_sheet_takes_required_fields(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(books.delimited([books.STATION, ("东区", "甲站", "1号", "")]))

    told = _run(path, "--required", "name,phone")

    assert told["rejected"][0]["reason"] == "phone_missing"


def test_read_sheet_refused_file_ends_with_two(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"%PDF-1.7")
    out = io.StringIO()

    with pytest.raises(SystemExit) as caught:
        call_command("read_sheet", "station", str(path), "--json", stdout=out)

    assert caught.value.code == 2
    assert json.loads(out.getvalue())["refused"]["code"] == "not_a_sheet"
