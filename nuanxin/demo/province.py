"""A generated province: real divisions, invented doors. Everything follows from the seed."""

import random
from collections.abc import Sequence
from typing import Final

from nuanxin.demo.hosts import ROUND_THE_CLOCK, HostType, draw_host, draw_hours
from nuanxin.demo.named import Row, named_rows
from nuanxin.demo.towns import Street, Town, lay_out

STATIONS_COUNT: Final = 12_000
NANHU: Final = "330402"
_NANHU_COUNT = 156
_NANHU_SHARE = _NANHU_COUNT / STATIONS_COUNT
_TIERS: Final = ("basic", "benchmark", "smart")
_BRANDS: Final = ("gonghui", "aixin", "aixingangwan")
_COUNTY_BRANDS: Final = {NANHU: "huigong", "330502": "xinxiang"}
_AREAS_M2: Final = (8, 12, 15, 20, 25, 30, 40, 60, 90)
_SURNAMES: Final = "王李张刘陈杨黄赵周吴徐孙"
_FACILITIES: Final = {
    "seats": 0.98, "water": 0.97, "charging": 0.92, "microwave": 0.70, "ac": 0.78, "first_aid": 0.59,
    "toilet": 0.42, "umbrella": 0.35, "wifi": 0.40, "fridge": 0.25, "battery_swap": 0.011,
    "books": 0.25, "tv": 0.12, "bp_meter": 0.07, "tools": 0.12, "heating": 0.20, "aed": 0.03,
}  # fmt: skip
_WELCOMED: Final = ("riders", "couriers", "sanitation")
_ALSO_WELCOMED: Final = {
    "ride_hailing": 0.35, "taxi": 0.3, "city_management": 0.2, "auxiliary_police": 0.2,
    "truck": 0.15, "domestic": 0.1,
}  # fmt: skip
__all__ = ["NANHU", "STATIONS_COUNT", "Row", "Town", "generate", "station_code"]


def generate(towns: Sequence[Town], *, seed: int = 2024, count: int = STATIONS_COUNT) -> list[Row]:
    """Return the province's stations, in the words of our own columns.

    Parameters
    ----------
    towns
        Towns by code.
    seed
        Everything drawn follows from it.
    count
        Stations in all, the named ones included; Nanhu keeps its share of the full province.

    Returns
    -------
    list of dict
        The named stations first, then by town; numbers and outlets are
        distinct.
    """
    rng = random.Random(seed)
    streets = lay_out(towns, seed=seed)
    named = list(named_rows(towns))
    outlets = {(row.get("host", ""), row.get("outlet", "")) for row in named}
    chosen = _chosen(towns, count - len(named), rng)
    rows = [_door(town, rng.choice(streets[town.code]), outlets, rng) for town in chosen]
    _tell_apart(rows)
    serial: dict[str, int] = {}
    for row in (*named, *rows):
        county = row["division"][:6]
        serial[county] = serial.get(county, 0) + 1
        row["code"] = station_code(county, row["tier"], serial[county])
    return [*named, *rows]


def station_code(county: str, tier: str, serial: int) -> str:
    """Return county (6), tier (1), serial number (4) and a Luhn check digit.

    References
    ----------
    .. [1] ISO/IEC 7812-1, annex B (Luhn formula).
    """
    digits = f"{county}{_TIERS.index(tier) + 1}{serial:04d}"
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return f"{digits}{-total % 10}"


def _chosen(towns: Sequence[Town], count: int, rng: random.Random) -> list[Town]:
    """Return the town of each door, by code: Nanhu's share, the others by their crowd."""
    nanhu = [town for town in towns if town.county == NANHU]
    others = [town for town in towns if town.county != NANHU]
    in_nanhu = round(count * _NANHU_SHARE) if nanhu and others else count if nanhu else 0
    chosen = [nanhu[i % len(nanhu)] for i in range(in_nanhu)]
    if others and count > in_nanhu:
        chosen += rng.choices(others, [town.crowd for town in others], k=count - in_nanhu)
    return sorted(chosen, key=lambda town: town.code)


def _tell_apart(rows: list[Row]) -> None:
    """Let no two doors share name and address: to an office they would be one station."""
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        key = (row["name"], row["address"])
        seen[key] = seen.get(key, 0) + 1
        if seen[key] > 1:
            row["name"] += f"{seen[key]}部"


def _door(town: Town, street: Street, outlets: set[tuple[str, str]], rng: random.Random) -> Row:
    host = draw_host(rng)
    number = rng.randint(1, street.last_number)
    lat, lon = street.door(number, setback_m=rng.uniform(8, 25))
    row = {
        "division": town.code,
        "brand": _brand(town, rng),
        "union": f"u{town.county}",
        "street": street.name,
        "address": f"{town.name}{street.name}{number}号",
        "lat": f"{lat:.6f}",
        "lon": f"{lon:.6f}",
        "datum": "wgs84",
        "lifecycle": "accepted",
        "accepted_on": f"{rng.randint(2021, 2025)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
        "manager_name": f"演示·{rng.choice(_SURNAMES)}师傅",
        "manager_phone": "12351",
    }
    return row | _premises(rng) | _owner(town, street, host, outlets, rng) | _hours(host, rng)


def _brand(town: Town, rng: random.Random) -> str:
    """Return the county's own brand, and now and then the general one; Nanhu has one brand."""
    own = _COUNTY_BRANDS.get(town.county) or _BRANDS[int(town.county) % len(_BRANDS)]
    return own if town.county == NANHU or rng.random() < 0.8 else "gonghui"


def _owner(
    town: Town,
    street: Street,
    host: HostType,
    outlets: set[tuple[str, str]],
    rng: random.Random,
) -> Row:
    name = rng.choice(host.names)
    door = host.door.format(town=town.short, street=street.name, host=name)
    if not host.kind:
        return {"name": door}
    owner, outlet = f"演示{name}", f"{town.name}{door}"
    for branch in range(2, len(outlets) + 3):
        if (owner, outlet) not in outlets:
            break
        # an outlet has one set of hours: two doors never share one
        outlet = f"{town.name}{door}{branch}部"
    outlets.add((owner, outlet))
    return {"name": door, "host": owner, "host_kind": host.kind, "outlet": outlet}


def _hours(host: HostType, rng: random.Random) -> Row:
    """Return hours, and the tier and the way in that go with them.

    A host's hours stand on its outlet and are inherited; a door with hours of its own posts both.
    """
    staffed, self_service = draw_hours(host, rng)
    tier = "benchmark" if rng.random() < 0.12 else "basic"
    access = rng.choices(["open", "button", "register"], [92, 5, 3])[0]
    row = {"tier": tier, "access": access}
    if host.kind:
        row["outlet_staffed_hours"] = staffed
    if self_service == ROUND_THE_CLOCK:
        way = rng.choices(["scan", "button", "open"], [6, 1, 3])[0]
        return row | {
            "staffed_hours": staffed,
            "self_service_hours": self_service,
            "tier": "smart",
            "access": way,
        }
    return row if host.kind else row | {"staffed_hours": staffed}


def _premises(rng: random.Random) -> Row:
    facilities = [code for code, share in _FACILITIES.items() if rng.random() < share]
    also = [code for code, share in _ALSO_WELCOMED.items() if rng.random() < share]
    return {
        "floor": rng.choices(["一楼", "二楼"], [9, 1])[0],
        "area_m2": str(rng.choice(_AREAS_M2)),
        "entrance": rng.choice(["进门右手", "进门左手", "正门直接进", "侧门"]),
        "parking": rng.choice(["门口可停电瓶车", "旁边可停电瓶车", ""]),
        "facilities": ";".join(facilities),
        "groups": ";".join((*_WELCOMED, *also)),
    }
