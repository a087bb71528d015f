"""One table reads the same out of every container and encoding."""

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nuanxin.sheets import wire
from nuanxin.sheets.cell_dates import read_date
from nuanxin.sheets.cell_names import read_name
from nuanxin.sheets.cell_phones import read_phone
from nuanxin.sheets.errors import SheetRefused
from nuanxin.sheets.reading import read_sheet
from tests.sheets import books

TABLE = [
    ("某区驿站台账", "", "", ""),
    ("区县", "站点名称", "详细地址", "联系电话"),
    ("东区", "甲驿站", "东路1号", "13800001111"),
    ("西区", "乙驿站", "西路2号", "0574-12345678"),
    ("合计", "2", "", ""),
]
CONTAINERS = {
    "xlsx": lambda rows: books.xlsx(rows),
    "csv utf-8": lambda rows: books.delimited(rows),
    "csv bom": lambda rows: books.delimited(rows, encoding="utf-8-sig"),
    "csv gb18030": lambda rows: books.delimited(rows, encoding="gb18030"),
    "tsv utf-16": lambda rows: books.delimited(rows, encoding="utf-16", delimiter="\t"),
    "tsv utf-16 unmarked": lambda rows: books.delimited(rows, encoding="utf-16-le", delimiter="\t"),
    "semicolons": lambda rows: books.delimited(rows, delimiter=";"),
    "html": lambda rows: books.html(rows),
    "html gb18030": lambda rows: books.html(rows, encoding="gb18030"),
    "xml 2003": lambda rows: books.xml_2003(rows),
}


@pytest.mark.parametrize("container", CONTAINERS)
def test_container_same_table_reads_the_same(container):
    reading = read_sheet(CONTAINERS[container](TABLE), name="x", kind="station")

    assert [(r.place.row, r.fields["name"], r.fields["phone"]) for r in reading.accepted] == [
        (3, "甲驿站", "13800001111"),
        (4, "乙驿站", "0574-12345678"),
    ]
    assert [(row.place.row, row.kind) for row in reading.skipped] == [
        (1, "title"),
        (2, "header"),
        (5, "total"),
    ]


_NUMBER = "33050219700101000"
_CELLS = f"""
<Row ss:Index="4"><Cell><Data ss:Type="String">甲一一</Data><Comment><Data>改</Data></Comment></Cell>
  <Cell ss:Index="3"><Data ss:Type="DateTime">2024-05-01T00:00:00.000</Data></Cell></Row>
<Row ss:Hidden="1"><Cell><Data ss:Type="String"><B xmlns="http://www.w3.org/TR/REC-html40">乙</B>二二</Data></Cell>
  <Cell><Data ss:Type="Number">{_NUMBER}0</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">丙三三</Data></Cell><Cell ss:Formula="=A1"/></Row>"""


def test_xml_of_2003_counts_what_it_leaves_out_and_keeps_kinds_of_cells():
    content = books.xml_2003([["姓名", "身份证号", "入会时间"]], more=_CELLS)

    reading = read_sheet(content, name="x.xls", kind="member", required=["name"])

    found = {
        row.place.row: (row.fields["name"], row.fields["join_date"]) for row in reading.accepted
    }
    assert found[4] == ("甲一一", "2024-05-01")
    whys = {row.place.row: row.warnings for row in reading.accepted}
    assert any("id_precision_lost" in why for why in whys[5])
    assert any("formula_no_cache" in why for why in whys[6])
    assert found[5][0] == "乙二二"


@pytest.mark.parametrize(
    ("before", "more", "code"),
    [
        ("<!DOCTYPE a [<!ENTITY b 'c'>]>", "", "external_entities"),
        ("", "<Row", "damaged"),
        ("", '<Row ss:Index="99999999"/>', "damaged"),
        ("", "<Cell><Data>1</Data></Cell>", "damaged"),
        ("", '<Row><Cell><Data ss:Type="Number">x</Data></Cell></Row>', "damaged"),
    ],
)
def test_xml_of_2003_that_is_none_is_refused(before, more, code):
    rows = [["姓名", "身份证号"]] if "Row" in more or before else []
    with pytest.raises(SheetRefused) as caught:
        read_sheet(
            books.xml_2003(rows, before=before, more=more),
            name="x",
            kind="member",
            required=["name"],
        )

    assert caught.value.code == code


def test_xls_under_another_name_is_opened():
    content = (Path(__file__).parent / "data" / "roster.xls").read_bytes()

    reading = read_sheet(content, name="名单.xlsx", kind="member", required=["name", "id_no"])

    assert len(reading.accepted) == 143
    assert len(reading.rejected) == 8


def test_geojson_features_are_records_by_their_number():
    features = [
        {
            "properties": {"name": "甲驿站", "address": "东路1号"},
            "geometry": {"type": "Point", "coordinates": [121.5, 29.8]},
        },
        {"properties": {"name": "乙驿站"}, "geometry": None},
    ]
    content = json.dumps({"type": "FeatureCollection", "features": features}).encode()

    reading = read_sheet(content, name="x", kind="station")

    assert [(r.place.row, r.fields["lng"]) for r in reading.accepted] == [(1, 121.5)]
    assert [(r.place.row, r.reason) for r in reading.rejected] == [(2, "address_missing")]


def test_text_short_and_readable_in_two_ways_needs_a_chinese_heading():
    content = "name,address\n模一,1".encode("gb18030")

    with pytest.raises(SheetRefused) as caught:
        read_sheet(content, name="x", kind="station")

    assert caught.value.code == "encoding_ambiguous"


def test_gb18030_characters_of_private_places_are_published_ones():
    content = (
        "姓名,身份证号,手机号\n陈".encode("gb18030") + b"\xfe\x59," + f"{books.IDS[0]},\n".encode()
    )

    reading = read_sheet(content, name="x", kind="member")

    assert reading.accepted[0].fields["name"] == "陈龴"


def test_reading_survives_the_wire():
    reading = read_sheet(books.xlsx(TABLE), name="x", kind="station")
    told = json.loads(json.dumps(wire.reading_as_json(reading)))

    assert [wire.accepted_from_json(record) for record in told["accepted"]] == reading.accepted
    assert [wire.column_from_json(column) for column in told["columns"]] == reading.columns
    assert [wire.skipped_from_json(row) for row in told["skipped"]] == reading.skipped


@given(
    st.binary(max_size=400), st.sampled_from(["", "PK\x03\x04", "姓名,身份证号\n", "<table>", "{"])
)
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_read_or_refused(content, start):
    with contextlib.suppress(SheetRefused):
        read_sheet(start.encode() + content, name="x", kind="member")


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_workbook_with_any_byte_changed_is_read_or_refused(data):
    content = bytearray(books.STATIONS)
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] = data.draw(st.integers(0, 255))

    with contextlib.suppress(SheetRefused):
        read_sheet(bytes(content), name="x", kind="station")


@given(st.text(max_size=30))
def test_normal_forms_stay_as_they_are(text):
    for read in (read_name, read_date):
        value = read(text)[0]
        assert value is None or read(value)[0] == value
    number = read_phone(text, takes_landline=True).number
    assert number is None or read_phone(number, takes_landline=True).number == number
