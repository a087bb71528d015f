"""What an office has to know of before it happens: doors that will be shut."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from nuanxin.core import due
from nuanxin.core.actors import Actor
from nuanxin.core.due import DOERS, WEEK, RowKind
from nuanxin.core.scopes import reach
from nuanxin.stations.models import Closure
from nuanxin.stations.plan_models import ClosureQuerySet


def closures(actor: Actor, now: dt.datetime) -> ClosureQuerySet:
    """Return the planned closures that begin within a week."""
    near = Closure.objects.filter(reach(actor, "station__union__path", roles=DOERS))
    return near.filter(starts_at__gte=now, starts_at__lte=now + WEEK)


def register() -> None:
    """Make this kind of work known."""
    due.register_rows(
        RowKind("stations.closures", _("planned closures that begin"), "stations_closure", closures, "starts_at", is_deadline=True)
    )  # fmt: skip
