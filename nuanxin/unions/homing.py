"""Rooms above that home something in a union: what an ended union would leave without a home."""

from collections.abc import Callable
from dataclasses import dataclass

from nuanxin.core.actors import Actor
from nuanxin.core.errors import Text
from nuanxin.unions.models import Union

Count = Callable[[Union], int]
Move = Callable[[Union, Union, Actor], int]


@dataclass(frozen=True, slots=True)
class Home:
    """What one room homes in unions.

    Parameters
    ----------
    name
        Stable word: ``"stations"``.
    label
        How it is called in a refusal.
    count_unhomed
        Takes a union, returns how many would lose their home with it.
    move
        Takes the union that ends, the one that takes in, and who acts; returns how many it moved.
        It runs inside the transaction of the merger: whatever it raises undoes all of it.
    """

    name: str
    label: Text
    count_unhomed: Count
    move: Move


@dataclass(frozen=True, slots=True)
class Unhomed:
    """Something that keeps a union from ending, and how many there are."""

    name: str
    label: Text
    count: int

    def __str__(self) -> str:
        return f"{self.label} {self.count}"


_homes: dict[str, Home] = {}


def register(name: str, label: Text, count_unhomed: Count, move: Move) -> Home:
    """Make known what a room homes in unions; a room calls this in its ``AppConfig.ready``.

    Parameters
    ----------
    name, label, count_unhomed, move
        See `Home`.

    Returns
    -------
    Home
        The registered home.

    Raises
    ------
    ValueError
        When another room has the name; the same again is harmless, ``ready`` may be called twice.
    """
    home = Home(name, label, count_unhomed, move)
    if _homes.setdefault(name, home) != home:
        msg = f"something else is homed in unions as {name}"
        raise ValueError(msg)
    return home


def registered() -> tuple[Home, ...]:
    """Return what is known, in the order in which it was registered."""
    return tuple(_homes.values())


def unhomed_in(union: Union) -> list[Unhomed]:
    """Return what would lose its home with a union.

    Parameters
    ----------
    union
        The union that is to end.

    Returns
    -------
    list of Unhomed
        In the order of registration, without what counts nothing. As many queries as the rooms ask.
    """
    counted = (Unhomed(home.name, home.label, home.count_unhomed(union)) for home in registered())
    return [left for left in counted if left.count]


def move_all(union: Union, into: Union, by: Actor) -> dict[str, int]:
    """Let every room move what it homes from one union into another.

    Returns
    -------
    dict
        How many each room moved, by name. As many queries as the rooms ask.
    """
    return {home.name: home.move(union, into, by) for home in registered()}
