"""Typed places in an index of 200,000 stations and all divisions: time of a query, of the build, memory.

The divisions are the recorded ones; stations, hosts and streets are drawn, named as such places are.
Queries come in equal parts from everything a rider may type, the unkind ones among them.
"""

import csv
import gzip
import random
import string
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nuanxin.algorithms.pinyin import pinyin_of
from nuanxin.algorithms.places import PlaceEntry, PlaceIndex, PlaceKind

DIVISIONS = Path(__file__).resolve().parents[1] / "data" / "divisions.csv.gz"
_NEAR = (30.08, 120.49)
_COMMON = "路站街道区市县镇乡村大小新中东西南北山水工会驿营业厅支行店一人民"
_ROAD_WORDS = "金银解放人民中山建设文化胜利和平迎宾滨江环城东西南北柯桥龙凤光明新华学院兴业长乐"
_ROAD_ENDS = ("路", "大道", "街", "东路", "西路", "南路", "北路", "巷")
_BRANDS = [
    "中国移动",
    "中国电信",
    "中国联通",
    "中广有线",
    "工商银行",
    "农业银行",
    "建设银行",
    "邮政储蓄",
    "中国石化",
    "中国石油",
    "顺丰速运",
    "中通快递",
    "圆通速递",
    "国家电网",
    "农商银行",
    "美团外卖",
    "饿了么",
    "菜鸟驿站",
    "新华书店",
    "供销超市",
]
_OUTLETS = ["营业厅", "支行", "网点", "加油站", "分店", "服务中心", "营业部", "便利店"]
_HOUSES = ["工会驿站", "爱心港湾", "惠工小站", "新享驿站", "户外劳动者服务站", "暖心驿站"]


def run(
    *, seed: int = 0, stations: int = 200_000, streets: int = 30_000, hosts: int = 20_000
) -> dict[str, Any]:
    """Build the index once and ask it some 2,600 distinct queries.

    Parameters
    ----------
    seed
        Seed of the drawn names and queries.
    stations, streets, hosts
        Entries to draw besides the divisions.

    Returns
    -------
    dict
        ``p50_ms``, ``p99_ms``, ``max_ms`` (CPU of the thread for one query), ``slowest`` (that query),
        ``times_faster_than_scan`` (a peer that asks for less: `in` over all names as written),
        ``found_share`` (queries with an answer), ``build_s`` (wall), ``build_cpu_s``, ``index_mb``,
        ``queries``, ``entries``.
    """
    rng = random.Random(seed)
    entries = _entries(rng, stations=stations, streets=streets, hosts=hosts)
    began, began_cpu = time.monotonic(), time.thread_time()
    index = PlaceIndex.build(entries)
    build_s, build_cpu_s = time.monotonic() - began, time.thread_time() - began_cpu
    queries = _queries(rng, entries)
    timed = [_timed(index, query, near) for query, near in queries]
    spent_ms = np.array([spent for spent, _ in timed])
    return {
        "p50_ms": round(float(np.percentile(spent_ms, 50)), 2),
        "p99_ms": round(float(np.percentile(spent_ms, 99)), 2),
        "max_ms": round(float(spent_ms.max()), 2),
        "times_faster_than_scan": round(_scan_ms(entries, queries) / float(np.median(spent_ms)), 1),
        "slowest": queries[int(spent_ms.argmax())][0],
        "found_share": round(sum(found for _, found in timed) / len(timed), 3),
        "build_s": round(build_s, 1),
        "build_cpu_s": round(build_cpu_s, 1),
        "index_mb": round(_bytes_held(index, set()) / 1e6),
        "queries": len(queries),
        "entries": len(index),
        "seed": seed,
    }


def _scan_ms(
    entries: list[PlaceEntry], queries: list[tuple[str, tuple[float, float] | None]]
) -> float:
    """Return the median CPU of looking for a text in every name, milliseconds."""
    names = [entry.name for entry in entries]
    spent = []
    for query, _near_point in queries[::50]:
        began = time.thread_time()
        _found = [name for name in names if query in name]
        spent.append((time.thread_time() - began) * 1000)
    return float(np.median(spent))


def _timed(index: PlaceIndex, query: str, near: tuple[float, float] | None) -> tuple[float, bool]:
    began = time.thread_time()
    hits = index.search(query, near=near)
    return (time.thread_time() - began) * 1000, bool(hits)


def _entries(rng: random.Random, *, stations: int, streets: int, hosts: int) -> list[PlaceEntry]:
    divisions = list(_divisions(rng))
    towns = [entry for entry in divisions if entry.kind == PlaceKind.TOWN]
    roads = [_within(rng, PlaceKind.STREET, n, _road(rng), towns) for n in range(streets)]
    halls = [_within(rng, PlaceKind.HOST, n, _hall(rng, towns), towns) for n in range(hosts)]
    houses = [
        _within(rng, PlaceKind.STATION, n, _house(rng, towns, roads), towns)
        for n in range(stations)
    ]
    return divisions + roads + halls + houses


def _divisions(rng: random.Random) -> Iterator[PlaceEntry]:
    with gzip.open(DIVISIONS, "rt", encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if not row["valid_to"]]
    names = {row["code"]: row["name"] for row in rows}
    for row in rows:
        code = row["code"]
        kind = PlaceKind.TOWN if row["level"] == "town" else PlaceKind.DIVISION
        context = "".join(names.get(code[:size], "") for size in (4, 6) if size < len(code))
        yield PlaceEntry(kind, code, row["name"], context, *_point(rng), 10.0 - len(code))


def _point(rng: random.Random) -> tuple[float, float]:
    return rng.uniform(20, 45), rng.uniform(100, 125)


def _within(
    rng: random.Random, kind: PlaceKind, number: int, name: str, towns: list[PlaceEntry]
) -> PlaceEntry:
    return PlaceEntry(kind, f"{kind}{number:06}", name, rng.choice(towns).context, *_point(rng))


def _road(rng: random.Random) -> str:
    return "".join(rng.choices(_ROAD_WORDS, k=rng.choice((2, 2, 3)))) + rng.choice(_ROAD_ENDS)


def _hall(rng: random.Random, towns: list[PlaceEntry]) -> str:
    return rng.choice(_BRANDS) + rng.choice(towns).name[:3] + rng.choice(_OUTLETS)


def _house(rng: random.Random, towns: list[PlaceEntry], roads: list[PlaceEntry]) -> str:
    street = rng.choice(roads).name
    return f"{_hall(rng, towns)}（{street}{rng.randrange(1, 400)}号）{rng.choice(_HOUSES)}"


def _queries(
    rng: random.Random, entries: list[PlaceEntry]
) -> list[tuple[str, tuple[float, float] | None]]:
    """Return distinct queries of all sorts, every second one with a position."""
    pairs = [a + b for a in string.ascii_lowercase for b in string.ascii_lowercase]
    queries = [*string.ascii_lowercase, *string.digits, *_COMMON, *pairs]
    queries += [
        " ".join(rng.sample(_COMMON, count)) for count in (2, 3, 4, 5, 6) for _ in range(20)
    ]
    for make in (*_TYPED, *_MISTYPED):
        queries += [make(rng, rng.choice(entries)) for _ in range(140)]
    distinct = list(dict.fromkeys(queries))
    return [(query, _NEAR if n % 2 else None) for n, query in enumerate(distinct)]


def _part(rng: random.Random, text: str) -> str:
    size = rng.randint(min(2, len(text)), min(6, len(text)))
    start = rng.randint(0, len(text) - size)
    return text[start : start + size]


_TYPED: tuple[Callable[[random.Random, PlaceEntry], str], ...] = (
    lambda rng, entry: entry.name,
    lambda rng, entry: entry.name[: rng.randint(1, 5)],
    lambda rng, entry: _part(rng, entry.name),
    lambda rng, entry: pinyin_of(entry.name)[0][: rng.randint(2, 20)],
    lambda rng, entry: pinyin_of(_part(rng, entry.name))[0],
    lambda rng, entry: pinyin_of(entry.name)[1][: rng.randint(2, 5)],
    lambda rng, entry: f"{entry.context[:2]} {_part(rng, entry.name)}",
    lambda rng, entry: f"{entry.context[:2]}{entry.name[:4]}",
    lambda rng, entry: pinyin_of(f"{entry.context[:2]}{entry.name[:3]}")[0].upper(),
    lambda rng, entry: f"{entry.name[:1]}{pinyin_of(entry.name[1:3])[0]}",
)
_MISTYPED: tuple[Callable[[random.Random, PlaceEntry], str], ...] = (
    lambda rng, entry: entry.name.rstrip("区市县") + rng.choice("区市县"),
    lambda rng, entry: pinyin_of(entry.name[:4])[0].replace("h", "").replace("ng", "n"),
    lambda rng, entry: "".join(rng.choices(string.ascii_lowercase, k=rng.randint(3, 30))),
    lambda rng, entry: "zhongshangnanchunlinshi"[: rng.randint(3, 23)] * rng.randint(1, 4),
    lambda rng, entry: "".join(
        chr(rng.randrange(0x4E00, 0x9FA5)) for _ in range(rng.randint(1, 40))
    ),
)


def _bytes_held(thing: object, seen: set[int]) -> int:
    """Return the memory of an index and of all it holds, each object once."""
    if id(thing) in seen:
        return 0
    seen.add(id(thing))
    size = sys.getsizeof(thing)
    if is_dataclass(thing):
        size += sum(_bytes_held(getattr(thing, field.name), seen) for field in fields(thing))
    elif isinstance(thing, frozenset):
        size += sum(_bytes_held(item, seen) for item in thing)
    elif hasattr(thing, "__dict__"):
        size += sum(_bytes_held(value, seen) for value in vars(thing).values())
    return size
