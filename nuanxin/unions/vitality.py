"""Signs of life of unions: each room above adds a measure of its own."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from nuanxin.core.errors import Text
from nuanxin.unions.models import Meeting, Union

Reader = Callable[[Sequence[Union], dt.date, dt.date], Mapping[UUID, int]]


@dataclass(frozen=True, slots=True)
class Measure:
    """One way to see that a union lives.

    Parameters
    ----------
    name
        Stable word: ``"meetings"``.
    label
        How it is called on a page.
    reader
        Takes unions and the first and last day, both counted; returns a number for each union's
        key. A union that is left out has none. It asks the same queries for one and for many.
    """

    name: str
    label: Text
    reader: Reader


@dataclass(frozen=True, slots=True)
class Sign:
    """How much of a measure one union has."""

    name: str
    label: Text
    count: int

    def __str__(self) -> str:
        return f"{self.label} {self.count}"


_measures: dict[str, Measure] = {}


def register(name: str, label: Text, reader: Reader) -> Measure:
    """Make a measure known; a room calls this in its ``AppConfig.ready``.

    Parameters
    ----------
    name, label, reader
        See `Measure`.

    Returns
    -------
    Measure
        The registered measure.

    Raises
    ------
    ValueError
        When another measure has the name; the same again is harmless, ``ready`` may be called twice.
    """
    measure = Measure(name, label, reader)
    if _measures.setdefault(name, measure) != measure:
        msg = f"there is another measure {name}"
        raise ValueError(msg)
    return measure


def registered() -> tuple[Measure, ...]:
    """Return the meetings held, then the measures of the rooms above as they were registered."""
    return (MEETINGS, *_measures.values())


def vitality_of(union: Union, since_on: dt.date, until_on: dt.date) -> list[Sign]:
    """Return every measure of one union.

    Parameters
    ----------
    union
        The union itself, without what is below it.
    since_on, until_on
        First and last day, both counted.

    Returns
    -------
    list of Sign
        Meetings held first. One query, and those of the registered readers.
    """
    return vitality_of_each([union], since_on, until_on)[union.pk]


def vitality_of_each(
    unions: Sequence[Union], since_on: dt.date, until_on: dt.date
) -> dict[UUID, list[Sign]]:
    """Return every measure of many unions.

    Parameters
    ----------
    unions
        The unions themselves, without what is below them.
    since_on, until_on
        First and last day, both counted.

    Returns
    -------
    dict
        By union; each list as `vitality_of` has it. The same queries for one union and for many.
    """
    read = [(each, each.reader(unions, since_on, until_on)) for each in registered()]
    return {
        union.pk: [Sign(each.name, each.label, found.get(union.pk, 0)) for each, found in read]
        for union in unions
    }


def _meetings_held(
    unions: Sequence[Union], since_on: dt.date, until_on: dt.date
) -> Mapping[UUID, int]:
    held = Meeting.objects.filter(union__in=unions, held_on__range=(since_on, until_on))
    counted = held.order_by().values_list("union_id").annotate(count=Count("pk"))
    return dict(counted)


MEETINGS = Measure("meetings", _("meetings held"), _meetings_held)
