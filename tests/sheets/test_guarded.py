"""Files of strangers: each is refused with a reason, and none harms the server."""

import io
import json
import struct
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from nuanxin.sheets import packages
from nuanxin.sheets.errors import SheetRefused
from nuanxin.sheets.guarded import read_guarded
from nuanxin.sheets.unreadable import Unreadable
from tests.sheets import books

SHEET = "xl/worksheets/sheet1.xml"


def test_guarded_honest_workbook_reads_as_in_process():
    reading = read_guarded(books.STATIONS, name="x.xlsx", kind="station")

    assert [record.fields["name"] for record in reading.accepted] == ["甲驿站"]
    assert [column.field for column in reading.columns] == ["district", "name", "address", "phone"]


def _bomb():
    return books.repacked(books.STATIONS, xl__worksheets__sheet9_xml=b"") and books.package(
        books.parts(books.STATIONS) | {"xl/media/a.bin": bytes(120 * 2**20)}
    )


def _lying():
    """A part that declares ten bytes and holds many more."""
    content = bytearray(books.package(books.parts(books.STATIONS) | {"xl/x.xml": b" " * 400_000}))
    honest = struct.pack("<I", 400_000)
    while honest in content:
        at = content.index(honest)
        content[at : at + 4] = struct.pack("<I", 10)
    return bytes(content)


def _with_sheet(xml):
    return books.package(books.parts(books.STATIONS) | {SHEET: xml})


def _duplicated():
    stream = io.BytesIO(books.STATIONS)
    with zipfile.ZipFile(stream, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(SHEET, b"<worksheet/>")
    return stream.getvalue()


def _encrypted_entry():
    content = bytearray(books.STATIONS)
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    return bytes(content)


def _typed():
    original = books.parts(books.STATIONS)[SHEET]
    declared = original.replace(
        b"<worksheet", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet', 1
    )
    return _with_sheet(declared)


def _wide():
    row = ["区县", "站点名称", "地址", *[f"列{n}" for n in range(240)]]
    return books.xlsx([row, ["东区", "甲站", "1号", *range(240)]])


def _long_cell():
    return books.delimited([books.STATION, ("东区", "甲站", "长" * 40_000, "")])


def _links():
    relation = b'<Relationships><Relationship Id="rId1" Type="x" Target="http://a.example/b.xlsx" TargetMode="External"/></Relationships>'
    return books.package(
        books.parts(books.STATIONS) | {"xl/externalLinks/externalLink1.xml": relation}
    )


HOSTILE = {
    "bomb": (_bomb, "bomb"),
    "lying header": (_lying, "bomb"),
    "macros": (
        lambda: books.package(books.parts(books.STATIONS) | {"xl/vbaProject.bin": b"x"}),
        "macros",
    ),
    "external links": (_links, "external_links"),
    "document type": (_typed, "external_entities"),
    "truncated": (lambda: books.STATIONS[: len(books.STATIONS) // 2], "damaged"),
    "cut inside": (lambda: books.STATIONS[:900] + books.STATIONS[1100:], "damaged"),
    "path traversal": (
        lambda: books.package(books.parts(books.STATIONS) | {"../../etc/x": b""}),
        "unsafe_entries",
    ),
    "duplicate entries": (_duplicated, "duplicate_entries"),
    "encrypted entry": (_encrypted_entry, "password"),
    "encrypted package": (lambda: books.ole("EncryptionInfo", "EncryptedPackage"), "password"),
    "old macros": (lambda: books.ole("Workbook", "_VBA_PROJECT"), "macros"),
    "damaged xls": (lambda: books.ole("Workbook"), "damaged"),
    "too wide": (_wide, "too_many_columns"),
    "cell too long": (_long_cell, "cell_too_long"),
    "astray quotation mark": (
        lambda: "站点名称,地址\n".encode() + b'"a,b\n' + b"c,d\n" * 100,
        "quote_unclosed",
    ),
    "Word": (
        lambda: books.package({"[Content_Types].xml": b"", "word/document.xml": b""}),
        "not_a_sheet",
    ),
    "old Word": (lambda: books.ole("WordDocument"), "not_a_sheet"),
    "archive": (lambda: books.package({"a.txt": b"a"}), "not_a_sheet"),
    "PDF": (lambda: b"%PDF-1.7 ...", "not_a_sheet"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n0000", "not_a_sheet"),
    "binary": (lambda: bytes(range(256)) * 4, "not_a_sheet"),
    "web page": (lambda: b"<!doctype html><p>hello</p>", "not_a_sheet"),
    "other JSON": (lambda: b'{"a": 1}', "not_a_sheet"),
    "empty": (lambda: b" \n", "empty"),
    "no headings": (lambda: books.xlsx([["a", "b"], ["c", "d"]]), "no_header"),
    "neither encoding": (
        lambda: "站点名称,地址\n甲,乙".encode("gb18030") + b"\xff\xff\n",
        "encoding_unknown",
    ),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_guarded_hostile_file_is_refused_with_its_reason(what):
    build, code = HOSTILE[what]

    with pytest.raises(SheetRefused) as caught:
        read_guarded(build(), name="名单.xlsx", kind="station")

    assert caught.value.code == code
    assert str(caught.value)
    assert "%(" not in str(caught.value)


def test_package_bomb_is_told_by_its_header_alone():
    content = _bomb()
    began = time.perf_counter()

    with pytest.raises(Unreadable):
        packages.check(content)

    assert time.perf_counter() - began < 0.05


def test_package_honest_large_sheet_passes():
    cells = b"".join(b'<c r="A%d" t="s"><v>7</v></c>' % n for n in range(200_000))

    package = packages.check(books.package(books.parts(books.STATIONS) | {SHEET: cells}))

    assert package.kind == "xlsx"


def test_guarded_other_thing_is_named():
    with pytest.raises(SheetRefused) as caught:
        read_guarded(b"%PDF-1.7", name="名单.xlsx", kind="station")

    assert "PDF" in str(caught.value)


def test_guarded_wrong_suffix_of_a_sheet_is_read():
    text = books.delimited([books.STATION, ("东区", "甲驿站", "东路1号", "")])

    reading = read_guarded(text, name="照片.jpg", kind="station")

    assert len(reading.accepted) == 1


@pytest.mark.slow
def test_guarded_hungry_file_is_stopped():
    rows = [books.STATION, *[("东区", f"站{n}", f"{n}号", "") for n in range(60_000)]]

    with pytest.raises(SheetRefused) as caught:
        read_guarded(books.delimited(rows), name="x", kind="station", memory_bytes=64 << 20)

    assert caught.value.code == "too_much_memory"


def test_guarded_slow_file_is_stopped():
    rows = [books.STATION, *[("东区", f"站{n}", f"{n}号", "") for n in range(30_000)]]

    with pytest.raises(SheetRefused) as caught:
        read_guarded(books.delimited(rows), name="x", kind="station", wall_s=0.2)

    assert caught.value.code == "too_slow"


def test_child_has_no_django():
    root = Path(__file__).parents[2]
    code = (
        "import sys; from nuanxin.sheets import child, engine, wire; "
        "print(sorted({n.split('.')[0] for n in sys.modules} & {'django', 'numpy', 'openpyxl'}))"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, check=True)

    assert json.loads(done.stdout.decode().replace("'", '"')) == []


def test_guarded_unknown_kind_is_a_programmers_error():
    with pytest.raises(ValueError, match="wish"):
        read_guarded(b"", name="x", kind="wish")
