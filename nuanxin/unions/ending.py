"""How a union ends: merged into another, or dissolved; nothing is left without a home."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nuanxin.core import audit
from nuanxin.core.actors import Actor
from nuanxin.core.errors import Conflict, Invalid
from nuanxin.unions import homing, policies
from nuanxin.unions.enums import UnionState
from nuanxin.unions.homing import Unhomed
from nuanxin.unions.models import Union
from nuanxin.unions.services import hold, hold_active, refuse_ended, refuse_future


@transaction.atomic
def dissolve_union(*, union: Union, on: dt.date, reason: str, by: Actor) -> Union:
    """Dissolve a union in which nothing is at home any more, or give up one in preparation.

    Parameters
    ----------
    union
        Active or in preparation.
    on
        The day.
    reason
        Why, in words.
    by
        Who acts; needs officer rights over the upper union.

    Returns
    -------
    Union
        Dissolved.

    Raises
    ------
    NotAllowed
        When the actor's scope does not reach the upper union.
    Conflict
        When the union has ended already; with the code ``unhomed`` when a room still homes
        something in it, or a union below it lives: the text says what and how many.
    Invalid
        When the day has not come or lies before the union began, or there is no reason.

    Notes
    -----
    Three queries, those of the registered rooms, and one audit row; holds the union.
    """
    policies.can_decide_on_union(by, union).enforce()
    held = hold(union)
    refuse_ended(held)
    if not reason.strip():
        raise Invalid(_("Say why."), code="reason_missing")
    _check_day(held, on)
    _refuse_unhomed([*_living_below(held), *homing.unhomed_in(held)])
    _end(held, UnionState.DISSOLVED, on=on, reason=reason, by=by)
    audit.record(by=by, verb="union.dissolved", subject=held, scope_path=held.path)
    return held


@transaction.atomic
def merge_union(*, union: Union, into: Union, on: dt.date, by: Actor, reason: str = "") -> Union:
    """Merge a union into another; everything at home in it moves over.

    Parameters
    ----------
    union
        Active, without a living union below it.
    into
        Active, another one of the same tree.
    on
        The day.
    by
        Who acts; needs officer rights over the upper union, and over ``into``.
    reason
        Why, in words.

    Returns
    -------
    Union
        Merged; its successor is ``into``.

    Raises
    ------
    NotAllowed
        When the actor's scope does not reach the upper union or ``into``.
    Conflict
        When one of the two is not active; with the code ``unhomed`` when a union below lives, or a
        room has left something behind: the text says what and how many.
    Invalid
        When the two are one or of different trees, the day has not come or lies before the union
        was founded.

    Notes
    -----
    Four queries, those of the registered rooms, and one audit row; holds both unions. All or
    nothing: when a room fails to move, nothing is moved.
    """
    policies.can_decide_on_union(by, union).enforce()
    policies.can_keep_union(by, into).enforce()
    if union.pk == into.pk:
        raise Invalid(_("A union is not merged into itself."), code="merged_into_itself")
    if union.root_code != into.root_code:
        raise Invalid(_("The two unions stand in different trees."), code="other_tree")
    held, target = _hold_both(union, into)
    _check_day(held, on)
    _refuse_unhomed(_living_below(held))
    moved = homing.move_all(held, target, by)
    _refuse_unhomed(homing.unhomed_in(held))
    held.successor = target
    _end(held, UnionState.MERGED, on=on, reason=reason, by=by)
    audit.record(
        by=by,
        verb="union.merged",
        subject=held,
        scope_path=held.path,
        data={"into": target.code, "moved": moved},
    )
    return held


def _hold_both(union: Union, into: Union) -> tuple[Union, Union]:
    """Hold two unions, the higher one first, as whoever founds below one does."""
    first, second = sorted((union, into), key=lambda each: each.path)
    held = {each.pk: each for each in (hold_active(first), hold_active(second))}
    return held[union.pk], held[into.pk]


def _check_day(union: Union, on: dt.date) -> None:
    refuse_future(on)
    began_on = union.founded_on or union.preparing_since
    if began_on and on < began_on:
        raise Invalid(_("The union had not begun by then."), code="before_founding")


def _living_below(union: Union) -> list[Unhomed]:
    count = Union.objects.subtree_of(union).unended().exclude(pk=union.pk).count()
    return [Unhomed("unions", gettext_lazy("unions below"), count)] if count else []


def _refuse_unhomed(left: list[Unhomed]) -> None:
    if left:
        what = _(", ").join(str(each) for each in left)
        raise Conflict(_("First find another home for: %(what)s.") % {"what": what}, code="unhomed")


def _end(union: Union, state: UnionState, *, on: dt.date, reason: str, by: Actor) -> None:
    union.state, union.ended_on = state, on
    union.end_reason, union.ended_by = reason.strip(), by.actor_key
    union.save(update_fields=["state", "ended_on", "end_reason", "ended_by", "successor"])
