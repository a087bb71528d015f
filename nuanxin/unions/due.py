"""What waits for the office of a union: elections, and foundings under way."""

import datetime as dt
from typing import Final

from django.utils.translation import gettext_lazy as _

from nuanxin.core import clock, due
from nuanxin.core.actors import Actor
from nuanxin.core.due import DOERS, RowKind
from nuanxin.core.scopes import reach
from nuanxin.unions.enums import UnionState
from nuanxin.unions.models import Union, UnionQuerySet

# an election is called weeks ahead: whoever hears of it in the last week is late
AHEAD: Final = dt.timedelta(days=30)


def terms(actor: Actor, now: dt.datetime) -> UnionQuerySet:
    """Return the active unions whose term has ended, or will within a month."""
    until = clock.civil_date(now) + AHEAD
    near = Union.objects.active().filter(reach(actor, "path", roles=DOERS))
    return near.filter(term_ends_on__lte=until)


def foundings(actor: Actor, now: dt.datetime) -> UnionQuerySet:
    """Return the unions whose founding is under way."""
    near = Union.objects.filter(reach(actor, "path", roles=DOERS))
    return near.filter(state=UnionState.PREPARING)


def register() -> None:
    """Make these kinds of work known."""
    kinds = (
        RowKind("unions.terms", _("elections: the term ends"), "unions_union", terms, "term_ends_on", is_deadline=True),
        RowKind("unions.foundings", _("unions being founded"), "unions_union", foundings, "preparing_since"),
    )  # fmt: skip
    for kind in kinds:
        due.register_rows(kind)
