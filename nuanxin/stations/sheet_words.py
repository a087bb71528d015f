"""The words of a station's row in an office's own sheet; in Chinese whatever the reader's language."""

from dataclasses import replace
from functools import lru_cache
from typing import Final

from nuanxin.algorithms.hours import canonical, parse_hours
from nuanxin.algorithms.hours_format import format_rules
from nuanxin.algorithms.hours_rules import WeekdayRange
from nuanxin.algorithms.hours_text import read_hours_text
from nuanxin.stations.enums import Access, HostKind, Lifecycle, Tier

HOST_KINDS: Final[dict[str, str]] = {
    HostKind.BANK: "银行网点",
    HostKind.POST: "邮政网点",
    HostKind.TELECOM: "通信营业厅",
    HostKind.PETROL: "加油站",
    HostKind.SHOP: "商超",
    HostKind.PHARMACY: "药店",
    HostKind.COMMUNITY: "社区",
    HostKind.GOVERNMENT: "机关单位",
    HostKind.UNION: "工会",
    HostKind.PARK: "公园",
}
TIERS: Final[dict[str, str]] = {
    Tier.BASIC: "基本型",
    Tier.BENCHMARK: "标杆型",
    Tier.SMART: "24小时智能化",
}
LIFECYCLES: Final[dict[str, str]] = {
    Lifecycle.PROPOSED: "拟建",
    Lifecycle.BUILDING: "在建",
    Lifecycle.ACCEPTED: "已验收",
    Lifecycle.SUSPENDED: "停用",
    Lifecycle.DELISTED: "退出",
}
ACCESSES: Final[dict[str, str]] = {
    Access.OPEN: "直接进入",
    Access.BUTTON: "按门铃",
    Access.SCAN: "扫码进入",
    Access.REGISTER: "登记进入",
}
DATUM: Final = "WGS84"
NOTHING: Final = "无"
"""Says that there is nothing: an empty cell below a filled one may mean the same as above."""

_EVERY_DAY: Final = (WeekdayRange(0, 6),)


@lru_cache(maxsize=8192)
def hours_in_sheet(text: str) -> str:
    """Return hours so that whoever reads the sheet again understands the same.

    Parameters
    ----------
    text
        Hours as stored; empty for none.

    Returns
    -------
    str
        Canonical OSM text. Where that would be taken for prose, as in ``Apr-Sep 08:00-18:00``, the
        first rule names every weekday.
    """
    if not text:
        return ""
    hours = parse_hours(text)
    plain = canonical(hours)
    if read_hours_text(plain).osm == plain:
        return plain
    return format_rules(
        replace(rule, weekdays=_EVERY_DAY) if not (rule.weekdays or rule.classes) else rule
        for rule in hours.rules
    )
