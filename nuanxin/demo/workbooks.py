"""The demo's stations as twelve offices send them: one file each, each with a trap of its own.

Nothing here is shared with the code that reads the files again; what comes out of the database in the
end is compared with the rows that went in.
"""

import csv
import html
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

import xlsxwriter

from nuanxin.demo.named import Row
from nuanxin.demo.office_words import (
    FACILITIES,
    HANDS,
    Hand,
    in_degrees_minutes,
    in_words,
    to_bd09,
    to_gcj02,
)

_NOTE: Final = "注：本表为演示数据，站点、人员均为虚构。"
_NANHU: Final = "330402"


@dataclass(frozen=True, slots=True)
class Office:
    """One office that sends a file.

    Parameters
    ----------
    under
        Code of the division whose stations it lists; the longest that fits has a station.
    file_name
        As its attachment is called.
    hand
        How it writes hours.
    write
        From rows under Chinese headings to the bytes of the file.
    """

    under: str
    file_name: str
    hand: Hand
    write: Callable[[list[Row]], bytes]


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as it arrives, the code of the union that sends it, and how many stations it lists."""

    name: str
    content: bytes
    union: str
    stations_count: int


def write_all(rows: Iterable[Row], names: Mapping[str, str]) -> list[SentFile]:
    """Return the files in which the stations arrive.

    Parameters
    ----------
    rows
        Rows of `province.generate`.
    names
        Names of divisions and unions by their codes.

    Returns
    -------
    list of SentFile
        One for each office that has a station, in the order of `OFFICES`; every row is in one.
    """
    piles: dict[str, list[Row]] = {}
    for row in rows:
        fits = [office.under for office in OFFICES if row["division"].startswith(office.under)]
        piles.setdefault(max(fits, key=len), []).append(row)
    return [
        _sent(office, piles[office.under], names) for office in OFFICES if office.under in piles
    ]


def _sent(office: Office, pile: list[Row], names: Mapping[str, str]) -> SentFile:
    pile = sorted(pile, key=lambda row: (row["division"], row["code"]))
    content = office.write([in_words(row, names, office.hand) for row in pile])
    return SentFile(office.file_name, content, f"u{office.under}", len(pile))


class _Book:
    """A workbook in memory: a few formats and what is asked of each sheet."""

    def __init__(self) -> None:
        self._bytes = io.BytesIO()
        self.book = xlsxwriter.Workbook(
            self._bytes, {"in_memory": True, "strings_to_formulas": False}
        )
        self.bold = self.book.add_format(
            {"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True, "border": 1}
        )

    def sheet(self, name: str) -> Any:
        return self.book.add_worksheet(name)

    def done(self) -> bytes:
        self.book.close()
        return self._bytes.getvalue()


def _heads(rows: Sequence[Row]) -> list[str]:
    return list(rows[0])


def _titled(rows: list[Row]) -> bytes:
    """Write merged titles above, broken headings, a sum, a note and names below."""
    book = _Book()
    sheet, heads = book.sheet("Sheet1"), _heads(rows)
    width = len(heads) + 1
    sheet.merge_range(0, 0, 0, width, "杭州市户外劳动者服务站点统计表", book.bold)
    sheet.merge_range(
        1, 0, 1, width, "填报单位：杭州市总工会（演示）　　填报日期：2026年10月", book.bold
    )
    columns = ["序号", *heads[:4], "", *heads[4:]]
    breaks = {"站点名称": "站点\n名称", "开放时间": "开放\n时间", "联系电话": "联系电话＊"}
    for column, head in enumerate(columns):
        sheet.write(3, column, breaks.get(head, head), book.bold)
    for number, row in enumerate(rows, start=1):
        cells = list(row.values())
        sheet.write_row(3 + number, 0, [number, *cells[:4], "", *cells[4:]])
    last = 4 + len(rows)
    area = columns.index("使用面积（㎡）")
    sheet.write(last, 0, "合　计")
    total = sum(float(row["使用面积（㎡）"] or 0) for row in rows)
    letter = chr(ord("A") + area)
    sheet.write_formula(last, area, f"=SUM({letter}5:{letter}{last})", None, total)
    sheet.write(last + 1, 0, _NOTE)
    sheet.write(last + 2, 0, "制表人：演示·张三　　审核人：演示·李四")
    return book.done()


def _grouped(rows: list[Row]) -> bytes:
    """Write two rows of headings: what belongs together stands under one, a tick for each facility."""
    book = _Book()
    sheet = book.sheet("站点台账")
    heads = [head for head in _heads(rows) if head != "设施"]
    for column, head in enumerate(heads):
        if head in ("站长", "经度"):
            title = {"站长": "联系方式", "经度": "坐标"}[head]
            sheet.merge_range(1, column, 1, column + 1, title, book.bold)
            sheet.write_row(2, column, heads[column : column + 2], book.bold)
        elif head not in ("联系电话", "纬度"):
            sheet.merge_range(1, column, 2, column, head, book.bold)
    words, first = list(FACILITIES.values()), len(heads)
    sheet.merge_range(0, 0, 0, first + len(words) - 1, "宁波市工会驿站台账（演示）", book.bold)
    sheet.merge_range(1, first, 1, first + len(words) - 1, "设施配置（有打√）", book.bold)
    sheet.write_row(2, first, words, book.bold)
    for number, row in enumerate(rows, start=3):
        has = set(row["设施"].split("、"))
        ticks = ["√" if word in has else "" for word in words]
        sheet.write_row(number, 0, [*(row[head] for head in heads), *ticks])
    return book.done()


def _national_csv(rows: list[Row]) -> bytes:
    """Write GB 18030, with quoted line breaks in two columns and a tab behind long numbers."""
    broken = {"进入方式", "停车"}
    lines = [
        {
            head: f"{cell}\t" if head == "站点编号" else f"{cell}\n" if head in broken else cell
            for head, cell in row.items()
        }
        for row in rows
    ]
    return _csv(lines).encode("gb18030")


def _csv(rows: list[Row], delimiter: str = ",") -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, _heads(rows), delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _ditto(rows: list[Row]) -> bytes:
    """Merge districts down the rows, say a town once and then 同上, put a subtotal after each."""
    book = _Book()
    sheet = book.sheet("嘉兴")
    heads = _heads(rows)
    order = ["所属区县", "乡镇街道", *(h for h in heads if h not in ("所属区县", "乡镇街道"))]
    sheet.write_row(0, 0, order, book.bold)
    at = 1
    for district, group in groupby(rows, key=lambda row: row["所属区县"]):
        pile, said = list(group), ""
        for number, row in enumerate(pile, start=at):
            cells = [row[head] for head in order]
            cells[1] = "同上" if row["乡镇街道"] == said else row["乡镇街道"]
            said = row["乡镇街道"]
            sheet.write_row(number, 0, cells)
        last = at + len(pile) - 1
        if last > at:
            sheet.merge_range(at, 0, last, 0, district, book.bold)
        sheet.write(last + 1, 0, "小计")
        sheet.write(last + 1, order.index("站点名称"), f"{len(pile)}个")
        at = last + 2
    return book.done()


def _baidu(rows: list[Row]) -> bytes:
    """Write points as Baidu draws them, typed as numbers; the headings say so."""
    book = _Book()
    sheet = book.sheet("惠工小站")
    heads = {"经度": "百度经度", "纬度": "百度纬度"}
    sheet.write_row(0, 0, [heads.get(head, head) for head in _heads(rows)], book.bold)
    for number, row in enumerate(rows, start=1):
        lat, lon = to_bd09(float(row["纬度"]), float(row["经度"]))
        cells = row | {"经度": round(lon, 6), "纬度": round(lat, 6)}
        sheet.write_row(number, 0, list(cells.values()))
    return book.done()


def _wide_tsv(rows: list[Row]) -> bytes:
    """Write tabs and UTF-16, as Excel saves “Unicode text”."""
    return _csv(rows, "\t").encode("utf-16")


def _joined(rows: list[Row]) -> bytes:
    """Write a byte order mark, and the point in one column as Gaode shows it, the datum beside it."""
    lines = []
    for row in rows:
        lat, lon = to_gcj02(float(row["纬度"]), float(row["经度"]))
        line = {head: cell for head, cell in row.items() if head not in ("经度", "纬度")}
        lines.append(line | {"坐标": f"{lon:.6f},{lat:.6f}", "坐标系": "高德"})
    return b"\xef\xbb\xbf" + _csv(lines).encode()


def _page(rows: list[Row]) -> bytes:
    """Write a web page that calls itself a spreadsheet."""
    heads = _heads(rows)
    line = "<tr>{}</tr>\n".format
    body = "".join(line("".join(f"<td>{html.escape(c)}</td>" for c in r.values())) for r in rows)
    head = line("".join(f"<th>{html.escape(head)}</th>" for head in heads))
    title = f'<tr><td colspan="{len(heads)}">金华市站点导出（演示）</td></tr>\n'
    meta = '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">'
    return f"<html><head>{meta}</head><body><table border=1>\n{title}{head}{body}</table></body></html>".encode()


def _instructed(rows: list[Row]) -> bytes:
    """Write instructions first, the list second, and hide an old list and the codes behind it."""
    book = _Book()
    told = book.sheet("填表说明")
    told.write_column(
        0, 0, ["填表说明", "1. 站点编号请按文本格式填写。", "2. 开放时间写清工作日和节假日。"]
    )
    sheet = book.sheet("站点信息")
    sheet.write_row(0, 0, _heads(rows), book.bold)
    for number, row in enumerate(rows, start=1):
        sheet.write_row(number, 0, list(row.values()))
    old = book.sheet("2023旧表")
    old.write_row(0, 0, ["站点名称", "详细地址"])
    old.write_row(1, 0, ["早已撤销的站点", "旧街1号"])
    old.hide()
    codes = book.sheet("代码")
    codes.write_column(0, 0, ["基本型", "标杆型", "24小时智能化"])
    codes.very_hidden()
    return book.done()


def _swapped(rows: list[Row]) -> bytes:
    """Write degrees, minutes and seconds, the latitude under the heading of the longitude."""
    book = _Book()
    sheet = book.sheet("舟山")
    sheet.write_row(0, 0, _heads(rows), book.bold)
    for number, row in enumerate(rows, start=1):
        lat, lon = (in_degrees_minutes(row[head]) for head in ("纬度", "经度"))
        sheet.write_row(number, 0, list((row | {"经度": lat, "纬度": lon}).values()))
    return book.done()


def _by_county(rows: list[Row], page: int = 40) -> bytes:
    """Write a sheet for each county, and the headings again after each printed page."""
    book = _Book()
    for county, group in groupby(rows, key=lambda row: row["所属区县"]):
        sheet, heads = book.sheet(county), _heads(rows)
        at = 0
        for number, row in enumerate(group):
            if number % page == 0:
                title = f"{county}站点一览表" + ("（续表）" if number else "")
                sheet.merge_range(at, 0, at, len(heads) - 1, title, book.bold)
                sheet.write_row(at + 1, 0, heads, book.bold)
                at += 2
            sheet.write_row(at, 0, list(row.values()))
            at += 1
    return book.done()


def _geojson(rows: list[Row]) -> bytes:
    """Write what a map office exports: features with properties by Chinese headings."""
    features = [
        {
            "type": "Feature",
            "geometry": {
                "type": "Point",
                "coordinates": [float(row["经度"]), float(row["纬度"])],
            },
            "properties": {k: v for k, v in row.items() if v and k not in ("经度", "纬度")},
        }
        for row in rows
    ]
    whole = {"type": "FeatureCollection", "features": features}
    return json.dumps(whole, ensure_ascii=False).encode()


OFFICES: Final = (
    Office("3301", "杭州市站点统计表.xlsx", HANDS[0], _titled),
    Office("3302", "宁波市工会驿站台账.xlsx", HANDS[1], _grouped),
    Office("3303", "温州市站点.csv", HANDS[2], _national_csv),
    Office("3304", "嘉兴市站点汇总.xlsx", HANDS[3], _ditto),
    Office(_NANHU, "南湖区惠工小站（百度坐标）.xlsx", HANDS[4], _baidu),
    Office("3305", "湖州市站点.txt", HANDS[5], _wide_tsv),
    Office("3306", "绍兴市站点（高德）.csv", HANDS[0], _joined),
    Office("3307", "金华市站点导出.xls", HANDS[1], _page),
    Office("3308", "衢州市站点信息采集表.xlsx", HANDS[2], _instructed),
    Office("3309", "舟山市站点.xlsx", HANDS[0], _swapped),
    Office("3310", "台州市站点一览表.xlsx", HANDS[4], _by_county),
    Office("3311", "丽水市站点.geojson", HANDS[5], _geojson),
)
