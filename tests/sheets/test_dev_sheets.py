"""The five workbooks of stations and members, row by row against what was agreed."""

import json
from pathlib import Path

import pytest

from nuanxin.sheets.reading import read_sheet

DATA = Path(__file__).with_name("data")
SHEETS = [
    ("01_工会会员花名册_合并标题.xlsx", "member"),
    ("02_会员实名制信息采集表_两行表头.xlsx", "member"),
    ("03_新就业形态劳动者入会登记_GBK.csv", "member"),
    ("04_会员导入模板_UTF8BOM.csv", "member"),
    ("05_户外劳动者服务站点台账.xlsx", "station"),
]


@pytest.fixture(params=SHEETS, ids=lambda sheet: sheet[0][:2], scope="module")
def read(request):
    name, kind = request.param
    agreed = json.loads((DATA / f"{name}.expected.json").read_text(encoding="utf-8"))
    content = (DATA / name).read_bytes()
    return agreed, read_sheet(content, name=name, kind=kind, required=agreed["required"])


def test_dev_sheet_every_record_has_its_agreed_fate(read):
    agreed, reading = read

    accepted = {_key(record.place) for record in reading.accepted}
    rejected = {_key(record.place) for record in reading.rejected}

    assert accepted == {_agreed_key(record) for record in agreed["accepted"]}
    assert rejected == {_agreed_key(record) for record in agreed["rejected"]}


def test_dev_sheet_every_field_is_as_agreed(read):
    agreed, reading = read
    found = {_key(record.place): record.fields for record in reading.accepted}

    wrong = [
        (record["row"], name, record["fields"].get(name), found[_agreed_key(record)].get(name))
        for record in agreed["accepted"]
        for name in (*agreed["strict_fields"], *agreed["soft_fields"])
        if not _agrees(name, record, found[_agreed_key(record)].get(name))
    ]

    assert wrong == []


def test_dev_sheet_every_rejection_has_the_agreed_reason(read):
    agreed, reading = read
    found = {_key(record.place): record for record in reading.rejected}

    for record in agreed["rejected"]:
        rejected = found[_agreed_key(record)]
        assert rejected.reason in (record["reason"], *record.get("also_ok", ())), record
        if "dup_of" in record:
            assert rejected.twin_row == record["dup_of"]


def test_dev_sheet_warns_of_what_was_agreed(read):
    agreed, reading = read
    found = {_key(record.place): set(record.warnings) for record in reading.accepted}

    missed = [
        (record["row"], set(record.get("warnings", ())) - found[_agreed_key(record)])
        for record in agreed["accepted"]
        if not set(record.get("warnings", ())) <= found[_agreed_key(record)]
    ]

    assert missed == []


def test_dev_sheet_tells_what_the_other_rows_are(read):
    agreed, reading = read
    found = {(row.place.sheet, row.place.row): row.kind for row in reading.skipped}

    for row in agreed["skipped"]:
        if row["kind"] != "blank":
            assert found[row["sheet"], row["row"]] == row["kind"]


def _agrees(name, record, value):
    wanted = record["fields"].get(name)
    allowed = [wanted, *record.get("alt", {}).get(name, [])]
    if isinstance(wanted, float):
        return value == pytest.approx(wanted, abs=1e-3 if name in ("lat", "lng") else 1e-6)
    return value in allowed


def _key(place):
    return place.sheet, place.row, place.block


def _agreed_key(record):
    return record["sheet"], record["row"], record.get("block", "")
