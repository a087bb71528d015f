"""Wuxing's unions of new forms of employment and their members, as five offices send them.

86 unions, of which 65 stand in one employer and 21 are joint, with 11,961 members: the figures of the
page. Everybody is invented: identity numbers have the order code 000, which no card has, and phones the
middle 0000.
"""

import csv
import datetime as dt
import io
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import xlsxwriter

from nuanxin.algorithms.resident_ids import check_character

COUNTY: Final = "330502"
SINGLE, JOINT, MEMBERS = 65, 21, 11_961
_SEED: Final = 20240612
_NOTE: Final = "注：本表为演示数据，工会、人员均为虚构。"
_SURNAMES: Final = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"  # fmt: skip
_GIVEN: Final = "伟强磊军洋勇艳杰涛明超秀兰霞平刚桂英华玉梅萍红鹏辉建国丽静敏娟飞波斌宇浩凯健俊帆雪倩梦婷晨阳嘉怡子轩欣悦文博思远志远海燕春来福生根宝林木水火金土山川河"  # fmt: skip
_SECTORS: Final = (("外卖", "外卖骑手"), ("快递", "快递员"), ("网约车", "网约车司机"))
_PLATFORMS: Final = {"外卖骑手": ("甲外卖", "乙外卖"), "快递员": ("丙快递", "丁快递", "戊快递"), "网约车司机": ("己出行",), "货车司机": ("庚货运",), "家政服务员": ("辛家政",)}  # fmt: skip
_TRADES: Final = ("配送服务", "快递服务", "网约车服务", "货运代理", "家政服务")
_TRADE_GROUPS: Final = ("外卖骑手", "快递员", "网约车司机", "货车司机", "家政服务员")
_HEADS: Final = ("序号", "姓名", "身份证号码", "手机号码", "所属工会", "职业类型", "平台企业", "入会时间", "会员证号")  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewUnion:
    """A union of the demo: code, name, kind, and the kind of work of its members."""

    code: str
    name: str
    kind: str
    group: str


@dataclass(frozen=True, slots=True)
class Roster:
    """A file as it arrives: what it lists, and who sends it."""

    name: str
    kind: str
    content: bytes


def unions(towns: Sequence[str]) -> list[NewUnion]:
    """Return the unions below the county: sectoral and town ones that are joint, then single ones.

    Parameters
    ----------
    towns
        Names of the county's towns and streets, in any order that is always the same.
    """
    joint = [(f"吴兴区{sector}行业联合工会", group) for sector, group in _SECTORS]
    places = [*towns, *(f"第{n}园区" for n in range(1, JOINT))]
    joint += [(f"{place}新就业形态劳动者联合工会", "") for place in places[: JOINT - len(joint)]]
    found = [
        NewUnion(f"u{COUNTY}J{n:02d}", name, "联合工会", group)
        for n, (name, group) in enumerate(joint, start=1)
    ]
    for n in range(1, SINGLE + 1):
        trade = n % len(_TRADES)
        name = f"湖州演示{n:02d}号{_TRADES[trade]}有限公司工会"
        found.append(NewUnion(f"u{COUNTY}S{n:02d}", name, "单独建会", _TRADE_GROUPS[trade]))
    return found


def rosters(found: Sequence[NewUnion], count: int = MEMBERS) -> list[Roster]:
    """Return the files in which unions and members arrive, the unions first.

    Parameters
    ----------
    found
        As ``unions`` returns them.
    count
        Members, 25 for each union at least.

    Returns
    -------
    list of Roster
        Their usable rows name so many different people; others come twice, are unreadable or have left.
    """
    chance = random.Random(_SEED)
    people = [person(n, union, chance) for n, union in enumerate(_homes(found, count, chance))]
    joint = [row for row in people if "联合工会" in row["所属工会"]]
    single = [row for row in people if "联合工会" not in row["所属工会"]]
    riders = [row for row in joint if "外卖行业" in row["所属工会"]]
    others = [row for row in joint if "外卖行业" not in row["所属工会"]]
    half = len(single) // 2
    return [
        Roster("吴兴区新业态工会组织台账.xlsx", "union", _union_book(found)),
        Roster("外卖行业联合工会会员花名册.xlsx", "member", _titled_book(riders, chance)),
        Roster("联合工会会员信息.csv", "member", _export(others, chance)),
        Roster("单建工会会员采集表（上）.xlsx", "member", _grouped_book(single[:half])),
        Roster(
            "单建工会会员采集表（下）.csv",
            "member",
            _typed_csv(single[half:] + others[:20], chance),
        ),
    ]


def _homes(found: Sequence[NewUnion], count: int, chance: random.Random) -> list[NewUnion]:
    """Return the union of each member: joint ones are large, single ones have 25 members at least."""
    weights = [12.0 if union.kind == "联合工会" else 1.0 + chance.random() for union in found]
    homes = [union for union in found for _n in range(25)]
    return homes + chance.choices(found, weights, k=count - len(homes))


def person(n: int, union: NewUnion, chance: random.Random) -> dict[str, str]:
    """Return the row of invented person ``n``: no two have a number or a phone in common."""
    born = dt.date(1968, 1, 1) + dt.timedelta(days=n * 7919 % 13_500)
    first17 = f"{_REGIONS[n // 13_500 % len(_REGIONS)]}{born:%Y%m%d}000"
    given = "".join(chance.choice(_GIVEN) for _n in range(1 if n % 4 == 0 else 2))
    group = union.group or chance.choice(_TRADE_GROUPS)
    joined = dt.date(2019, 1, 1) + dt.timedelta(days=chance.randrange(1990))
    return dict(
        zip(
            _HEADS,
            (
                "", chance.choice(_SURNAMES) + given, first17 + check_character(first17),
                f"1{30 + n % 70}0000{n // 70:04d}", union.name, group, chance.choice(_PLATFORMS[group]),
                joined.isoformat(), f"YS{n:06d}",
            ),
            strict=True,
        )
    )  # fmt: skip


_REGIONS: Final = ("330502", "341822", "411525", "522401")


def _union_book(found: Sequence[NewUnion]) -> bytes:
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True}) as book:
        sheet = book.add_worksheet("工会组织")
        sheet.merge_range(0, 0, 0, 4, "吴兴区新就业形态工会组织台账")
        sheet.write_row(1, 0, ("序号", "工会编码", "工会名称", "建会形式", "是否新就业形态"))
        for n, union in enumerate(found, start=1):
            sheet.write_row(n + 1, 0, (n, union.code, union.name, union.kind, "是"))
        sheet.write(len(found) + 3, 0, _NOTE)
    return sink.getvalue()


def _titled_book(rows: Sequence[dict[str, str]], chance: random.Random) -> bytes:
    """Write a book with merged titles, spaces inside names, a total, and numbers that Excel has spoilt."""
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True}) as book:
        sheet = book.add_worksheet("花名册")
        sheet.merge_range(0, 0, 0, 8, "吴兴区外卖行业联合工会会员花名册")
        sheet.merge_range(1, 0, 1, 8, "填报单位：吴兴区外卖行业联合工会　　填报日期：2024年6月")
        sheet.write_row(2, 0, _HEADS)
        for n, row in enumerate(rows, start=1):
            name = row["姓名"]
            spaced = " ".join(name) if len(name) == 2 and chance.random() < 0.5 else name
            sheet.write_row(n + 2, 0, (n, spaced, *list(row.values())[2:]))
        last = len(rows) + 3
        spoilt = (("赵失准", 4.10184199001e17), ("钱失准", 3.30502198505e17))
        for n, (name, number) in enumerate(spoilt):
            sheet.write_row(
                last + n, 0, (last + n, name, number, f"130000099{n:02d}", rows[0]["所属工会"])
            )
        sheet.write_row(last + 2, 0, ("合　计", f"{len(rows) + 2}人"))
        sheet.write(last + 3, 0, _NOTE)
    return sink.getvalue()


def _export(rows: Sequence[dict[str, str]], chance: random.Random) -> bytes:
    """Write what an old system exports: GB 18030, formulas around numbers, a row for who has left."""
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerow((*_HEADS, "会籍状态"))
    for n, row in enumerate(rows, start=1):
        number = f'="{row["身份证号码"]}"' if chance.random() < 0.3 else row["身份证号码"]
        writer.writerow((n, row["姓名"], number, *list(row.values())[3:], "已入会"))
    gone = person(MEMBERS + 7, NewUnion("", rows[0]["所属工会"], "", ""), chance)
    writer.writerow((len(rows) + 1, *list(gone.values())[1:], "已退会"))
    writer.writerow(("合计", f"{len(rows) + 1}"))
    return sink.getvalue().encode("gb18030")


def _grouped_book(rows: Sequence[dict[str, str]]) -> bytes:
    """Write a book whose headings stand in two rows under groups, with examples below."""
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True}) as book:
        sheet = book.add_worksheet("采集表")
        sheet.merge_range(0, 0, 0, 8, "会员实名制信息采集表")
        sheet.merge_range(1, 0, 2, 0, "序号")
        sheet.merge_range(1, 1, 1, 3, "个人信息")
        sheet.merge_range(1, 4, 1, 8, "工会信息")
        sheet.write_row(2, 1, _HEADS[1:])
        sheet.write_row(3, 0, ("示例", "张三", "110101199003070000", "13800138000"))
        for n, row in enumerate(rows, start=1):
            sheet.write_row(n + 3, 0, (n, *list(row.values())[1:]))
        sheet.write(len(rows) + 5, 0, _NOTE)
    return sink.getvalue()


def _typed_csv(rows: Sequence[dict[str, str]], chance: random.Random) -> bytes:
    """Write a list typed by hand: country codes, dashes, small x, full-width digits, days in Chinese."""
    sink = io.StringIO()
    writer = csv.writer(sink)
    writer.writerow(_HEADS)
    for n, row in enumerate(rows, start=1):
        values: list[Any] = [n, *list(row.values())[1:]]
        values[2] = values[2].replace("X", "x") if n % 2 else values[2]
        values[3] = f"+86 {values[3][:3]}-{values[3][3:7]}-{values[3][7:]}" if n % 3 else values[3]
        if n % 50 == 0:
            values[2] = values[2].translate(_WIDE)
        day = dt.date.fromisoformat(values[7])
        values[7] = chance.choice(
            (values[7], f"{day:%Y/%m/%d}", f"{day.year}年{day.month}月{day.day}日")
        )
        writer.writerow(values)
    return sink.getvalue().encode("utf-8-sig")


_WIDE: Final = str.maketrans("0123456789", "０１２３４５６７８９")
