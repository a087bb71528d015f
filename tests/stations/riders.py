"""Riders at the doors of the street, each with a phone and a network of their own."""

import itertools
from typing import Any

from nuanxin.core import clock, devices
from nuanxin.stations.enums import Place
from tests.conftest import StrictClient
from tests.stations.page_world import sign_of

_NUMBERS = itertools.count(1)
DAY_S = 86_400


def phone(*, age_s: int = DAY_S, **options: Any) -> StrictClient:
    """Return a client with a token of some age, as a browser has that came before."""
    number = next(_NUMBERS)
    client = StrictClient(
        headers={"user-agent": f"Phone {number}"},
        REMOTE_ADDR=f"203.0.113.{number % 250}",
        **options,
    )
    token = devices.Token(f"phone{number}", clock.now_s() - age_s)
    client.cookies[devices.COOKIE] = token.signed()
    return client


def outside(code: str = "KQ001") -> str:
    """Return the address behind the sign at a door."""
    return f"/d/{code}/{sign_of(code, Place.DOOR_CODE)}/"


def inside(code: str = "KQ001") -> str:
    """Return the address behind the sign inside."""
    return f"/i/{code}/{sign_of(code, Place.INSIDE_CODE)}/"


def answer(client: StrictClient, what: str, *, code: str = "KQ001", place: Place | None = Place.DOOR_CODE, **more: str) -> Any:  # fmt: skip
    """Post an answer: ``in``, ``shut`` or ``look``."""
    sign = {"sign": sign_of(code, place)} if place else {}
    return client.post(f"/s/{code}/answer/", {"answer": what, **sign, **more})
