"""How many members there are on a day: in all, by form of employment, by group and by county.

Figures count people and not rows: a person whose two rows were merged is one.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from nuanxin.core.actors import Actor
from nuanxin.core.errors import Text
from nuanxin.core.scopes import reach, reaches_all
from nuanxin.regions.models import Division
from nuanxin.unions.models import Union
from nuanxin.workers.models import (
    Membership,
    MembershipQuerySet,
    Occupation,
    OccupationQuerySet,
    WorkerAlias,
    WorkerGroup,
)

_PEOPLE: Final = Count("worker_id", distinct=True)
COUNTY: Final = 6  # places of a county's code; a union of a city or a town has fewer or more
NEW, OTHER, UNKNOWN = "new", "other", "unknown"
FORMS: Final = {
    NEW: _("new forms of employment"),
    OTHER: _("other work"),
    UNKNOWN: _("occupation not known"),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """How many people fall under one heading.

    Parameters
    ----------
    key
        What the list of members is filtered by to show their rows.
    label
        The heading.
    people_count
        How many.
    """

    key: str
    label: Text
    people_count: int


@dataclass(frozen=True, slots=True)
class MemberStatistics:
    """The members on one day.

    Parameters
    ----------
    on
        The day.
    people_count
        All of them, each once.
    by_form
        Every member once: whoever does any work of a new form is counted there.
    by_group
        A member of several groups once in each, so that the sum may exceed all.
    by_county
        By the place of the union; every member once, as nobody is a member of two unions.
    """

    on: dt.date
    people_count: int
    by_form: tuple[Figure, ...]
    by_group: tuple[Figure, ...]
    by_county: tuple[Figure, ...]


def members_on(actor: Actor, on: dt.date) -> MembershipQuerySet:
    """Return the memberships inside an actor's scopes that stood on a day, one for a person.

    Parameters
    ----------
    actor
        Who asks.
    on
        The day. What is known of it now counts: whoever was entered later with an earlier day is in,
        and members who moved with a union that was merged stand in the union they moved to.

    Returns
    -------
    MembershipQuerySet
        In no order. Of two rows that turned out to be one person, the membership of the row that is
        kept stands for both. No query yet.
    """
    rows = standing_on(Membership.objects.all(), on)
    if reaches_all(actor):
        return rows
    return rows.filter(union__in=Union.objects.filter(reach(actor, "path")).order_by().values("pk"))


def standing_on(rows: MembershipQuerySet, on: dt.date) -> MembershipQuerySet:
    """Keep the memberships that stood on a day, one for a person; see `members_on`."""
    kept = WorkerAlias.objects.filter(
        Exists(Membership.objects.on(on).filter(worker=OuterRef("survivor_id"))),
        worker=OuterRef("worker_id"),
    )
    return rows.on(on).exclude(Exists(kept))


def member_statistics(actor: Actor, *, on: dt.date) -> MemberStatistics:
    """Count the members inside an actor's scopes on a day.

    Parameters
    ----------
    actor
        Who asks.
    on
        The day; see `members_on`.

    Returns
    -------
    MemberStatistics
        Headings without anybody are left out. Groups in the order of the catalogue, counties by code.

    Notes
    -----
    Six queries, whatever the number of members; each is counted in the database, over the memberships
    of the unions in reach.
    """
    members = members_on(actor, on)
    people_count = members.aggregate(people=_PEOPLE)["people"]
    at_work = Occupation.objects.on(on).filter(worker__in=members.order_by().values("worker"))
    return MemberStatistics(
        on,
        people_count,
        _by_form(at_work, people_count),
        _by_group(at_work),
        _by_county(members),
    )


def with_form(rows: QuerySet[Membership], form: str, on: dt.date) -> QuerySet[Membership]:
    """Keep the memberships of whoever did work of a form on a day: one of ``FORMS``."""
    known, new = _working(on), _working(on).filter(group__is_new_form=True)
    if form == NEW:
        return rows.filter(Exists(new))
    if form == OTHER:
        return rows.filter(Exists(known), ~Exists(new))
    return rows.filter(~Exists(known))


def with_group(rows: QuerySet[Membership], group: str, on: dt.date) -> QuerySet[Membership]:
    """Keep the memberships of whoever belonged to a group on a day."""
    return rows.filter(Exists(_working(on).filter(group=group)))


def with_county(rows: QuerySet[Membership], code: str) -> QuerySet[Membership]:
    """Keep the memberships of unions of a county and its towns; of a wider code its own unions alone."""
    own = Q(union__division=code)
    return rows.filter(
        own | Q(union__division__code__startswith=code) if len(code) == COUNTY else own
    )


def counties_of(actor: Actor) -> list[tuple[str, str]]:
    """Return code and name of the counties of the unions in reach, by code. One query."""
    codes = Union.objects.visible_to(actor).order_by().values(county=Left("division_id", COUNTY))
    return list(Division.objects.filter(pk__in=codes).order_by("code").values_list("code", "name"))


def _working(on: dt.date) -> QuerySet[Occupation]:
    return Occupation.objects.on(on).filter(worker=OuterRef("worker"))


def _by_form(at_work: OccupationQuerySet, people_count: int) -> tuple[Figure, ...]:
    new = Count("worker_id", distinct=True, filter=Q(group__is_new_form=True))
    counted = at_work.aggregate(known=_PEOPLE, new=new)
    counts = {
        NEW: counted["new"],
        OTHER: counted["known"] - counted["new"],
        UNKNOWN: people_count - counted["known"],
    }
    return tuple(Figure(key, FORMS[key], count) for key, count in counts.items() if count)


def _by_group(at_work: OccupationQuerySet) -> tuple[Figure, ...]:
    counts = dict(at_work.order_by().values_list("group").annotate(people=_PEOPLE))
    groups = WorkerGroup.objects.filter(pk__in=counts).order_by("rank", "code")
    return tuple(Figure(group.pk, str(group), counts[group.pk]) for group in groups)


def _by_county(members: MembershipQuerySet) -> tuple[Figure, ...]:
    rows = members.order_by().values_list(Left("union__division_id", COUNTY))
    counts = dict(rows.annotate(people=_PEOPLE))
    names = Division.objects.filter(pk__in=counts).order_by("code").values_list("code", "name")
    return tuple(Figure(code, name, counts[code]) for code, name in names)
