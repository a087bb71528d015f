"""Where a union of its own could be founded: enough members of one operator in a county's joint unions."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.db.models import Count
from django.utils.translation import gettext as _

from nuanxin.core import clock, due
from nuanxin.core.actors import Actor
from nuanxin.core.due import DOERS, DueItem
from nuanxin.regions.enums import Level
from nuanxin.unions.enums import UnionKind
from nuanxin.unions.models import Union
from nuanxin.unions.selectors import members_least
from nuanxin.workers.models import Membership, Occupation

SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Foundable:
    """An operator with members enough.

    Parameters
    ----------
    platform
        The operator, as the register has it.
    people_count
        Members in force who work for it and stand in no union of a single employer.
    """

    platform: str
    people_count: int


def foundable_under(union: Union, *, on: dt.date) -> list[Foundable]:
    """Return the operators for which a union of their own could be founded below a federation.

    Parameters
    ----------
    union
        The federation; members of the unions below it count.
    on
        The day on which somebody works for an operator.

    Returns
    -------
    list of Foundable
        Those that reach the founding threshold of a union of a single employer and whose name no such
        union below carries; the largest first, then by name. None while the threshold has no row.

    Notes
    -----
    Three queries; time grows with the members below.

    References
    ----------
    .. [1] 工会法 (2021), article 11: an employer with twenty-five members or more sets up a committee of its
       own. The number is data: `data/catalogue/founding_thresholds.csv`.
    """
    least = members_least(UnionKind.SINGLE)
    if not least:
        return []
    members = Membership.objects.held().filter(union__path__startswith=union.path)
    members = members.exclude(union__kind=UnionKind.SINGLE).order_by()
    working = Occupation.objects.on(on).filter(worker__in=members.values("worker"))
    counted = working.exclude(platform="").order_by().values_list("platform")
    rows = counted.annotate(people=Count("worker_id", distinct=True)).filter(people__gte=least)
    single = Union.objects.subtree_of(union).unended().filter(kind=UnionKind.SINGLE)
    names = list(single.values_list("name", flat=True))
    found = [Foundable(*row) for row in rows if not any(row[0] in name for name in names)]
    return sorted(found, key=lambda each: (-each.people_count, each.platform))


def hints(actor: Actor, now: dt.datetime) -> Iterator[DueItem]:
    """Yield a line for the largest operators of the counties whose federation is the actor's own place.

    Whoever stands above the counties is told nothing here: they would wait for the members of all of them.
    """
    paths = {scope.path for scope in actor.scopes if scope.role in DOERS and scope.path}
    own = Union.objects.active().filter(kind=UnionKind.FEDERATION, path__in=paths)
    for union in own.filter(division__level=Level.COUNTY).order_by("path"):
        for each in foundable_under(union, on=clock.civil_date(now))[:SHOWN]:
            sentence = _("a union of their own could be founded: members who work for %(platform)s")
            yield DueItem(
                sentence % {"platform": each.platform},
                each.people_count,
                "admin:unions_union_found_below",
                url_args=(str(union.pk),),
            )


def register() -> None:
    """Make these lines known."""
    due.register("workers.foundable", hints)
