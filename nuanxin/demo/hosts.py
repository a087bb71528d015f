"""The hosts of the demo: who owns the doors, and which hours they post. No real company is meant."""

import random
from dataclasses import dataclass
from typing import Final

Weighted = tuple[tuple[str, float], ...]

_OFFICE: Final[Weighted] = (
    ("WD 08:30-17:30", 4),
    ("WD 08:30-12:00,14:30-18:00", 4),
    ("WD 09:00-17:00", 3),
    ("Mo-Fr 08:30-17:30; Sa 09:00-12:00; PH off", 2),
    ("WD 08:30-17:00", 2),
)
_DAILY: Final[Weighted] = (
    ("Mo-Su 08:00-18:00", 4),
    ("Mo-Su 08:30-12:00,14:30-18:00", 2),
    ("Mo-Su 09:00-17:00", 3),
    ("Mo-Su 08:30-17:30", 3),
    ("Mo-Su 08:30-17:30; PH off", 1),
    ("May 01-Sep 30 07:00-19:00; Oct 01-Apr 30 08:00-17:30", 1),
)
_EXTENDED: Final[Weighted] = (
    ("Mo-Su 08:00-22:00", 3),
    ("Mo-Su 06:30-23:00", 2),
    ("Mo-Su 07:00-21:30", 2),
    ("Mo-Su 06:00-24:00", 1),
)
ROUND_THE_CLOCK: Final = "24/7"
UNPOSTED_SHARE: Final = 0.035


@dataclass(frozen=True, slots=True)
class HostType:
    """A kind of host.

    Parameters
    ----------
    kind
        Value of the stations' ``HostKind``; empty for a station the union built itself.
    share
        Share of all doors.
    names
        Names of the hosts, without the mark of the demo.
    door
        Name of an outlet; ``{town}``, ``{street}`` and ``{host}`` are filled in.
    round_the_clock, extended
        Share of its doors that never close, and that stay open until late.
    daytime
        Hours of the others, weighted.
    """

    kind: str
    share: float
    names: tuple[str, ...]
    door: str
    round_the_clock: float
    extended: float
    daytime: Weighted


HOSTS: Final = (
    HostType(
        "bank", 0.25, ("农商银行", "城市银行", "村镇银行"), "{host}{street}支行", 0.08, 0.0, _OFFICE
    ),
    HostType(
        "telecom",
        0.17,
        ("通信", "宽带", "有线电视"),
        "{host}{street}营业厅",
        0.03,
        0.12,
        _DAILY,
    ),
    HostType("petrol", 0.12, ("能源", "石油"), "{host}{street}加油站", 0.25, 0.35, _DAILY),
    HostType("post", 0.12, ("邮政",), "{town}{street}邮政支局", 0.02, 0.0, _OFFICE),
    HostType(
        "community", 0.17, ("社区服务", "党群服务"), "{town}{street}{host}中心", 0.06, 0.0, _OFFICE
    ),
    HostType("shop", 0.07, ("便利店", "超市"), "{host}{street}店", 0.20, 0.45, _DAILY),
    HostType("pharmacy", 0.04, ("大药房",), "{host}{street}店", 0.10, 0.30, _DAILY),
    HostType("park", 0.03, ("园林管理",), "{town}{street}公园管理房", 0.0, 0.30, _DAILY),
    HostType("", 0.03, ("",), "{town}{street}户外劳动者驿站", 0.40, 0.20, _DAILY),
)
_SHARES: Final = [host.share for host in HOSTS]


def draw_host(rng: random.Random) -> HostType:
    """Return a kind of host by its share."""
    return rng.choices(HOSTS, _SHARES)[0]


def draw_hours(host: HostType, rng: random.Random) -> tuple[str, str]:
    """Return the staffed and the self-service hours that a door posts; both empty for none."""
    if rng.random() < UNPOSTED_SHARE:
        return "", ""
    draw = rng.random()
    if draw < host.round_the_clock:
        return _weighted(host.daytime, rng), ROUND_THE_CLOCK
    late = draw < host.round_the_clock + host.extended
    return _weighted(_EXTENDED if late else host.daytime, rng), ""


def _weighted(choices: Weighted, rng: random.Random) -> str:
    texts, weights = zip(*choices, strict=True)
    return str(rng.choices(texts, weights)[0])
