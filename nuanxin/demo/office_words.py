"""How a union office writes down what a station is: words, hours as people say them, Chinese datums.

Written apart from the importer on purpose: nothing here is shared with the code that reads it again.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from nuanxin.demo.named import Row

HOST_KINDS: Final = {
    "bank": "银行网点", "telecom": "通信营业厅", "petrol": "加油站", "post": "邮政网点",
    "community": "社区", "shop": "商超", "pharmacy": "药店", "park": "公园", "government": "机关单位",
}  # fmt: skip
FACILITIES: Final = {
    "seats": "桌椅", "water": "热水", "charging": "充电", "microwave": "微波炉", "ac": "空调",
    "first_aid": "药箱", "toilet": "厕所", "umbrella": "雨具", "wifi": "无线网", "fridge": "冰箱",
    "battery_swap": "换电", "books": "书报", "tv": "电视", "bp_meter": "血压仪", "tools": "修车工具",
    "heating": "取暖", "aed": "自动体外除颤仪",
}  # fmt: skip
GROUPS: Final = {
    "riders": "外卖", "couriers": "快递", "ride_hailing": "网约车", "truck": "货车", "taxi": "出租车",
    "sanitation": "环卫", "city_management": "城管", "auxiliary_police": "辅警", "domestic": "家政",
}  # fmt: skip
_BRANDS: Final = {
    "gonghui": "工会驿站", "huigong": "惠工小站", "xinxiang": "新享驿站", "aixin": "爱心驿站",
    "aixingangwan": "爱心港湾",
}  # fmt: skip
_TIERS: Final = {"basic": "基本型", "benchmark": "标杆型", "smart": "24小时智能化"}
_ACCESS: Final = {
    "open": "直接进入",
    "button": "按门铃",
    "scan": "扫码进入",
    "register": "登记进入",
}
_LIFECYCLE: Final = {"accepted": "已验收"}
_DAYS: Final = {"Mo-Fr": "周一至周五", "Mo-Su": "每天", "WD": "工作日", "Sa": "周六"}
_SPAN: Final = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
_SEASON: Final = re.compile(r"(\w{3}) (\d\d)-(\w{3}) (\d\d) (.+)")
_MONTHS: Final = {"Apr": 4, "May": 5, "Sep": 9, "Oct": 10}


def _halves(hour: int) -> str:
    return ("上午", "中午", "下午", "晚上")[(hour >= 12) + (hour > 12) + (hour > 18)]


def _plain(span: tuple[int, int, int, int]) -> str:
    return "{}:{:02d}-{}:{:02d}".format(*span)


def _dashed(span: tuple[int, int, int, int]) -> str:
    return "{:02d}：{:02d}—{:02d}：{:02d}".format(*span)


def _wide(span: tuple[int, int, int, int]) -> str:
    return _plain(span).translate(str.maketrans("0123456789:-", "０１２３４５６７８９：－"))


def _spoken(span: tuple[int, int, int, int]) -> str:
    def moment(hour: int, minute: int) -> str:
        return f"{hour}点{minute}分" if minute else f"{hour}点"

    return f"{moment(*span[:2])}至{moment(*span[2:])}"


def _by_halves(span: tuple[int, int, int, int]) -> str:
    def moment(hour: int, minute: int) -> str:
        return f"{_halves(hour)}{hour if hour <= 12 else hour - 12}:{minute:02d}"

    # midnight has no half of the day
    return _plain(span) if span[2] == 24 else f"{moment(*span[:2])}至{moment(*span[2:])}"


@dataclass(frozen=True, slots=True)
class Hand:
    """How one office writes hours: a span, what stands between two, what means round the clock."""

    span: Callable[[tuple[int, int, int, int]], str] = _plain
    between: str = "、"
    always: str = "24小时"


HANDS: Final = (
    Hand(),
    Hand(_dashed, "，", "全天24小时"),
    Hand(_spoken, "，", "24小时营业"),
    Hand(_wide, "、", "２４小时"),
    Hand(_by_halves, "，", "24小时开放"),
    Hand(_plain, "; ", "0:00-24:00"),
)


def hours_in_words(osm: str, hand: Hand) -> str:
    """Return the demo's few patterns of hours as an office would write them.

    Raises
    ------
    ValueError
        For a text the demo does not draw.
    """
    if osm in ("", "24/7"):
        return osm and hand.always
    rules = osm.split("; ")
    is_off = rules[-1] == "PH off"
    if is_off:
        rules.pop()
    words = "；".join(_rule(rule, hand) for rule in rules)
    return f"{words}（法定节假日休息）" if is_off else words


def _rule(rule: str, hand: Hand) -> str:
    if season := _SEASON.fullmatch(rule):
        first, first_day, last, last_day, rest = season.groups()
        dates = f"{_MONTHS[first]}月{int(first_day)}日至{_MONTHS[last]}月{int(last_day)}日"
        return f"{dates} {_spans(rest, hand)}"
    days, _, spans = rule.partition(" ")
    if days not in _DAYS:
        msg = f"no words for the hours {rule}"
        raise ValueError(msg)
    return f"{_DAYS[days]}{_spans(spans, hand)}"


def _spans(text: str, hand: Hand) -> str:
    spans = [tuple(map(int, span)) for span in _SPAN.findall(text)]
    if len(spans) != text.count(",") + 1:
        msg = f"no words for the spans {text}"
        raise ValueError(msg)
    return hand.between.join(hand.span((a, b, c, d)) for a, b, c, d in spans)


def in_words(row: Row, names: Mapping[str, str], hand: Hand) -> Row:
    """Return a generated station under Chinese headings, as an office keeps it.

    Parameters
    ----------
    row
        A row of `province.generate`.
    names
        Names of divisions and unions by their codes.
    hand
        How this office writes hours.
    """
    return {
        "站点编号": row["code"],
        "站点名称": row["name"],
        "所属区县": names[row["division"][:6]],
        "乡镇街道": names[row["division"]],
        "详细地址": row["address"],
        "道路": row.get("street", ""),
        "站点品牌": _BRANDS[row["brand"]],
        "所属工会": names[row["union"]],
        "共建单位": row.get("host", ""),
        "单位类型": HOST_KINDS.get(row.get("host_kind", ""), ""),
        "网点名称": row.get("outlet", ""),
        "网点营业时间": hours_in_words(row.get("outlet_staffed_hours", ""), hand),
        "开放时间": hours_in_words(row.get("staffed_hours", ""), hand),
        "无人值守时间": hours_in_words(row.get("self_service_hours", ""), hand),
        "站点等级": _TIERS[row["tier"]],
        "建设状态": _LIFECYCLE[row["lifecycle"]],
        "验收日期": row["accepted_on"],
        "楼层": row.get("floor", ""),
        "楼层数": row.get("floors_count", ""),
        "使用面积（㎡）": row.get("area_m2", ""),
        "入口位置": row.get("entrance", ""),
        "停车": row.get("parking", ""),
        "进入方式": _ACCESS[row["access"]],
        "站长": row.get("manager_name", ""),
        "联系电话": row.get("manager_phone", ""),
        "经度": row["lon"],
        "纬度": row["lat"],
        "设施": _listed(row.get("facilities", ""), FACILITIES),
        "服务对象": _listed(row.get("groups", ""), GROUPS),
    }


def _listed(codes: str, words: Mapping[str, str]) -> str:
    return "、".join(words[code] for code in codes.split(";") if code)


_A_M: Final = 6378245.0
_E2: Final = 0.00669342162296594323
_BD: Final = math.pi * 3000.0 / 180.0


def to_gcj02(lat: float, lon: float) -> tuple[float, float]:
    """Return a WGS 84 point as Chinese maps draw it (GCJ-02), degrees."""
    x, y = lon - 105.0, lat - 35.0
    root, waves = math.sqrt(abs(x)), 20 * (math.sin(6 * x * math.pi) + math.sin(2 * x * math.pi))
    d_lat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves * 2 / 3
    d_lat += (20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)) * 2 / 3
    d_lat += (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y * math.pi / 30)) * 2 / 3
    d_lon = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves * 2 / 3
    d_lon += (20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi)) * 2 / 3
    d_lon += (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)) * 2 / 3
    radians = math.radians(lat)
    magic = 1 - _E2 * math.sin(radians) ** 2
    d_lat = math.degrees(d_lat * magic * math.sqrt(magic) / (_A_M * (1 - _E2)))
    d_lon = math.degrees(d_lon * math.sqrt(magic) / (_A_M * math.cos(radians)))
    return lat + d_lat, lon + d_lon


def to_bd09(lat: float, lon: float) -> tuple[float, float]:
    """Return a WGS 84 point as Baidu draws it (BD-09), degrees."""
    lat, lon = to_gcj02(lat, lon)
    radius = math.hypot(lon, lat) + 0.00002 * math.sin(lat * _BD)
    angle = math.atan2(lat, lon) + 0.000003 * math.cos(lon * _BD)
    return radius * math.sin(angle) + 0.006, radius * math.cos(angle) + 0.0065


def in_degrees_minutes(value: str) -> str:
    """Return a decimal angle as degrees, minutes and seconds: ``120°29′25.80″``."""
    hundredths = round(float(value) * 360_000)
    degrees, rest = divmod(hundredths, 360_000)
    minutes, rest = divmod(rest, 6_000)
    return f"{degrees}°{minutes:02d}′{rest // 100:02d}.{rest % 100:02d}″"
