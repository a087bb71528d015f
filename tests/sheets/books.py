"""Sheets made in the tests: workbooks, texts and packages, honest and hostile."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter

# invented people: real region code, birthday, order code 000, right check character
IDS = (
    "310113198209170008",
    "500107198906060005",
    "530102199710140001",
    "430104200207260000",
    "500107200502120008",
    "500107199604130009",
    "110105199309200005",
    "330106198305250008",
    "62010220000103000X",
)
Rows = Sequence[Sequence[Any]]
STATION = ("区县", "站点名称", "详细地址", "联系电话")


def xlsx(*sheets: Rows, merges: Iterable[tuple[int, int, int, int]] = (), **names: Any) -> bytes:
    """Return a workbook; merges (top, left, bottom, right from 0) are those of the first sheet."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    titles = names.get("names") or [f"Sheet{n + 1}" for n in range(len(sheets))]
    for number, (title, rows) in enumerate(zip(titles, sheets, strict=True)):
        sheet = book.add_worksheet(title)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                _write(sheet, row, column, cell)
        for top, left, bottom, right in merges if number == 0 else ():
            sheet.merge_range(top, left, bottom, right, rows[top][left])
        for row in names.get("hidden_rows", ()) if number == 0 else ():
            sheet.set_row(row, None, None, {"hidden": True})
        if title in names.get("hidden", ()):
            sheet.hide()
    book.close()
    return stream.getvalue()


def _write(sheet: Any, row: int, column: int, cell: Any) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, str) and not cell.startswith("="):
        sheet.write_string(row, column, cell)
    else:
        sheet.write(row, column, cell)


def delimited(rows: Rows, *, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """Return rows as a delimited text."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    return stream.getvalue().encode(encoding)


def html(rows: Rows, *, encoding: str = "utf-8") -> bytes:
    """Return rows as the table a web export calls a workbook."""

    def cell(value: Any) -> str:
        text = str(value).replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br/>")
        return f"<td>{text}</td>"

    lines = "".join(f"<tr>{''.join(map(cell, row))}</tr>\n" for row in rows)
    return f"<html><body><table>{lines}</table></body></html>".encode(encoding)


def package(entries: dict[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a ZIP package of these parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return stream.getvalue()


def parts(content: bytes) -> dict[str, bytes]:
    """Return the parts of a package."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def repacked(content: bytes, **changes: bytes) -> bytes:
    """Return a workbook with parts put in or replaced; ``__`` in a key stands for ``/``."""
    return package(parts(content) | {key.replace("__", "/"): part for key, part in changes.items()})


def ole(*streams: str) -> bytes:
    """Return what begins like an OLE file and names streams in its directory."""
    names = b"".join(f"{stream}\0".encode("utf-16-le").ljust(128, b"\0") for stream in streams)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1024) + names + bytes(512)


STATIONS = xlsx([STATION, ("东区", "甲驿站", "东路1号", "13800001111")])


def xml_2003(rows: list[Any], *, more: str = "", before: str = "") -> bytes:
    """Return rows as a workbook in XML of 2003; ``more`` stands behind the last row."""
    texts = "".join(
        "<Row>" + "".join(f'<Cell><Data ss:Type="String">{cell}</Data></Cell>' for cell in row) + "</Row>"
        for row in rows
    )  # fmt: skip
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<Workbook xmlns="{space}" xmlns:ss="{space}">'
        f'<Worksheet ss:Name="名册"><Table>{texts}{more}</Table></Worksheet></Workbook>'
    ).encode()
