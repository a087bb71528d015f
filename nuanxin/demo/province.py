"""A generated province: real divisions, invented doors. Everything follows from the seed."""

import csv
import io
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nuanxin.stations.import_rows import COLUMNS

STATIONS_COUNT = 12_000
NANHU, KEQIAO, WUXING = "330402", "330603", "330502"
_NANHU_COUNT = 156
_HOSTS = {
    "bank": ["工商银行", "农业银行", "农商银行", "建设银行"],
    "telecom": ["电信营业厅", "移动营业厅", "联通营业厅"],
    "petrol": ["石化加油站", "石油加油站"],
    "post": ["邮政支局"],
    "community": ["社区服务中心", "党群服务中心"],
    "shop": ["便利店", "超市"],
    "pharmacy": ["大药房"],
    "park": ["公园管理房"],
}
_WEIGHTS = [26, 18, 12, 12, 17, 8, 4, 3]
_STREETS = [
    "人民路",
    "解放路",
    "中山路",
    "建设路",
    "新华路",
    "学院路",
    "滨江路",
    "工业路",
    "文化路",
    "环城北路",
    "环城南路",
    "东湖路",
    "兴业路",
    "迎宾大道",
    "望江街",
]
_OFFICE = [
    "WD 08:30-17:30",
    "WD 08:30-12:00,14:30-18:00",
    "WD 09:00-17:00",
    "Mo-Fr 08:30-17:30; Sa 09:00-12:00; PH off",
]
_DAILY = [
    "Mo-Su 08:00-18:00",
    "Mo-Su 08:30-12:00,14:30-18:00",
    "Mo-Su 09:00-17:00",
    "Mo-Su 07:30-20:00",
]
_LATE = ["Mo-Su 08:00-22:00", "Mo-Su 06:30-23:00"]
_GROUPS = [
    "riders",
    "couriers",
    "ride_hailing",
    "truck",
    "taxi",
    "sanitation",
    "city_management",
    "auxiliary_police",
    "domestic",
]
_SURNAMES = "王李张刘陈杨黄赵周吴徐孙"
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Town:
    """A town with the seat of its county: where doors can stand."""

    code: str
    name: str
    county: str
    lat: float
    lon: float


def generate(towns: Sequence[Town], *, seed: int = 2024, count: int = STATIONS_COUNT) -> list[Row]:
    """Return the rows of the importer's CSV.

    Parameters
    ----------
    towns
        Towns by code; stations fall on counties evenly by their number of towns.
    seed
        Everything drawn follows from it.
    count
        Stations in all, the named ones included.

    Returns
    -------
    list of dict
        Columns of the importer; numbers are distinct.
    """
    rng = random.Random(seed)
    centres = {town.code: _centre(town, seed) for town in towns}
    nanhu = [town for town in towns if town.county == NANHU]
    chosen = [nanhu[i % len(nanhu)] for i in range(_NANHU_COUNT)] if nanhu else []
    others = [town for town in towns if town.county != NANHU]
    named = list(_named(towns))
    chosen += rng.choices(others, k=max(0, count - len(chosen) - len(named))) if others else []
    serial: dict[str, int] = {}
    rows = [_door(town, centres[town.code], rng) for town in sorted(chosen, key=lambda t: t.code)]
    for row in (*named, *rows):
        county = row["division"][:6]
        serial[county] = serial.get(county, 0) + 1
        row["code"] = station_code(county, row["tier"], serial[county])
    return [*named, *rows]


def station_code(county: str, tier: str, serial: int) -> str:
    """Return county (6), tier (1), serial number (4) and a Luhn check digit."""
    digits = f"{county}{['basic', 'benchmark', 'smart'].index(tier) + 1}{serial:04d}"
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return f"{digits}{-total % 10}"


def as_csv(rows: Sequence[Row]) -> bytes:
    """Return rows as the importer reads them."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _centre(town: Town, seed: int) -> tuple[float, float]:
    """Return the middle of a town: the first ones of a county lie close to its seat."""
    rng = random.Random(f"{seed}{town.code}")
    reach_m = rng.uniform(500, 4_000) if int(town.code[6:]) <= 10 else rng.uniform(3_000, 14_000)
    return _moved(town.lat, town.lon, reach_m, rng.uniform(0, 2 * math.pi))


def _moved(lat: float, lon: float, metres: float, angle: float) -> tuple[float, float]:
    per_deg = 111_195.0
    east = math.sin(angle) * metres / per_deg / math.cos(math.radians(lat))
    return lat + math.cos(angle) * metres / per_deg, lon + east


def _door(town: Town, centre: tuple[float, float], rng: random.Random) -> Row:
    street = rng.choice(_STREETS)
    number = rng.randrange(1, 400)
    lat, lon = _moved(*centre, abs(rng.gauss(0, 900)), rng.uniform(0, 2 * math.pi))
    is_nanhu = town.county == NANHU
    row = {
        "division": town.code,
        "brand": "huigong"
        if is_nanhu
        else rng.choice(["gonghui", "gonghui", "aixin", "aixingangwan"]),
        "union": f"u{town.county}",
        "street": street,
        "address": f"{street}{number}号",
        "floor": rng.choice(["一楼", "一楼", "一楼", "二楼"]),
        "area_m2": str(rng.choice([15, 20, 25, 30, 40, 60])),
        "entrance": rng.choice(["进门右手", "进门左手", "正门直接进", "侧门"]),
        "parking": rng.choice(["门口可停电瓶车", "旁边可停电瓶车", ""]),
        "lat": f"{lat:.6f}",
        "lon": f"{lon:.6f}",
        "datum": "wgs84",
        "lifecycle": "accepted",
        "accepted_on": f"2024-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}",
        "manager_name": f"演示·{rng.choice(_SURNAMES)}师傅",
        "manager_phone": "12351",
    }
    row |= _host(town, rng) if rng.random() < 0.97 else {"name": f"{town.name}户外劳动者驿站"}
    return row | _hours(row, rng) | _inside(rng)


def _host(town: Town, rng: random.Random) -> Row:
    kind = rng.choices(list(_HOSTS), _WEIGHTS)[0]
    host = rng.choice(_HOSTS[kind])
    short = town.name.removesuffix("街道").removesuffix("镇").removesuffix("乡")
    outlet = f"{short}{host}{rng.randrange(1, 60)}号网点"
    return {"host": f"演示{host}", "host_kind": kind, "outlet": outlet, "name": f"{short}{host}"}


def _hours(row: Row, rng: random.Random) -> Row:
    """Return hours with the shares of the field: few round the clock, many midday gaps."""
    draw = rng.random()
    prefix = "outlet_" if row.get("outlet") else ""
    if draw < 0.02:
        return {"tier": "basic"}
    if draw < 0.085:
        staffed = rng.choice(_DAILY)
        return {
            f"{prefix}staffed_hours": staffed,
            "self_service_hours": "24/7",
            "tier": "smart",
            "access": "scan",
        } | ({"staffed_hours": staffed} if prefix else {})
    tier = {"tier": "benchmark" if rng.random() < 0.12 else "basic"}
    if draw < 0.195 or row.get("host_kind") in {"petrol", "shop"}:
        return {f"{prefix}staffed_hours": rng.choice(_LATE)} | tier
    is_office = row.get("host_kind") in {"bank", "community", "post"}
    return {f"{prefix}staffed_hours": rng.choice(_OFFICE if is_office else _DAILY)} | tier


def _inside(rng: random.Random) -> Row:
    shares = {
        "seats": 0.98, "water": 0.97, "charging": 0.93, "microwave": 0.72, "ac": 0.9, "first_aid": 0.59,
        "toilet": 0.5, "umbrella": 0.6, "wifi": 0.55, "fridge": 0.3, "battery_swap": 0.011, "books": 0.35,
        "tv": 0.15, "bp_meter": 0.08, "tools": 0.2,
    }  # fmt: skip
    facilities = [code for code, share in shares.items() if rng.random() < share]
    groups = _GROUPS if rng.random() < 0.7 else ["riders", "couriers", "sanitation"]
    return {"facilities": ";".join(facilities), "groups": ";".join(groups)}


def _named(towns: Sequence[Town]) -> Iterator[Row]:
    """Yield the two stations of the newspaper page."""
    shared = {
        "lifecycle": "accepted",
        "accepted_on": "2024-06-12",
        "datum": "wgs84",
        "tier": "benchmark",
        "manager_phone": "12351",
    }
    keqiao = next((t for t in towns if t.county == KEQIAO and "柯桥" in t.name), None)
    if keqiao is not None:
        yield shared | {
            "name": "中广有线城区营业厅", "brand": "gonghui", "division": keqiao.code, "union": f"u{KEQIAO}",
            "host": "中广（绍兴柯桥）有线信息网络有限公司", "host_kind": "telecom", "outlet": "城区营业厅",
            "outlet_staffed_hours": "Mo-Su 08:30-18:00", "address": "金柯桥大道", "street": "金柯桥大道",
            "floor": "一楼", "area_m2": "400", "entrance": "营业厅正门，直接进", "parking": "门口可停电瓶车",
            "lat": "30.078900", "lon": "120.490500", "manager_name": "演示·陈师傅",
            "facilities": "ac;tv;water;charging;microwave;first_aid",
            "groups": "sanitation;city_management;auxiliary_police;taxi;riders;couriers;ride_hailing",
        }  # fmt: skip
    wuxing = next((t for t in towns if t.county == WUXING and "爱山" in t.name), None)
    if wuxing is not None:
        yield shared | {
            "name": "吴兴区新享驿站", "brand": "xinxiang", "division": wuxing.code, "union": f"u{WUXING}",
            "staffed_hours": "Mo-Su 08:30-20:30", "address": "衣裳街历史文化街区", "street": "衣裳街",
            "floor": "一至二楼", "floors_count": "2", "area_m2": "203", "entrance": "街区正门右手",
            "parking": "街口可停电瓶车", "lat": "30.869000", "lon": "120.098000", "manager_name": "演示·沈师傅",
            "facilities": "water;microwave;fridge;bp_meter;first_aid;books;seats;charging",
            "groups": "riders;couriers",
        }  # fmt: skip
