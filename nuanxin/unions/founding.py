"""How a union comes to be: below an upper union, step by step, and approved from above."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from nuanxin.algorithms.uscc import uscc_problem
from nuanxin.core import audit, clock
from nuanxin.core.actors import Actor
from nuanxin.core.errors import Conflict, Invalid
from nuanxin.core.ids import computed_id
from nuanxin.regions.models import Division
from nuanxin.unions import policies, selectors
from nuanxin.unions.enums import UnionKind, UnionState
from nuanxin.unions.models import FoundingItem, FoundingStep, Union
from nuanxin.unions.services import (
    check_credit_code_is_free,
    hold,
    hold_active,
    place_of,
    refuse_ended,
    refuse_future,
)


@transaction.atomic
def found_union(
    *,
    code: str,
    name: str,
    kind: UnionKind,
    division: Division,
    parent: Union,
    by: Actor,
    is_new_form: bool = False,
    since_on: dt.date | None = None,
) -> Union:
    """Begin the founding of a union below another.

    Parameters
    ----------
    code
        Organisation number that the union is to have, letters and digits.
    name, kind, division, is_new_form
        What it is to be.
    parent
        The upper union, active.
    by
        Who acts; needs officer rights over the upper union.
    since_on
        The day on which the preparation began; today when left out.

    Returns
    -------
    Union
        In preparation.

    Raises
    ------
    NotAllowed
        When the actor's scope does not reach the upper union.
    Invalid
        When the code is not letters and digits, or the day has not come.
    Conflict
        When there is a union with this code, or the upper union is not active.

    Notes
    -----
    Four queries and one audit row; holds the upper union until the transaction ends.
    """
    existing, path = place_of(code, parent, by=by)
    if existing is not None:
        raise Conflict(_("There is a union with this code already."), code="union_exists")
    began_on = since_on or clock.civil_date()
    refuse_future(began_on)
    hold_active(parent)
    union = Union.objects.create(
        id=computed_id("union", code),
        code=code,
        path=path,
        name=name,
        kind=kind,
        division=division,
        parent=parent,
        is_new_form=is_new_form,
        state=UnionState.PREPARING,
        preparing_since=began_on,
    )
    audit.record(by=by, verb="union.founding_begun", subject=union, scope_path=path)
    return union


@transaction.atomic
def tick_step(
    *,
    union: Union,
    item: FoundingItem,
    done_on: dt.date,
    by: Actor,
    note: str = "",
    members_count: int | None = None,
) -> FoundingStep:
    """Tick a step of a founding, or correct what was ticked.

    Parameters
    ----------
    union
        In preparation.
    item
        The step.
    done_on
        When it was done.
    by
        Who acts; needs officer rights over the union, for a step of the upper union over that.
    note
        Anything to remember.
    members_count
        For a step that counts members, and only there.

    Returns
    -------
    FoundingStep
        The one row of this step; the same again writes nothing.

    Raises
    ------
    NotAllowed
        When the actor's scope does not reach.
    Conflict
        When the union is not in preparation.
    Invalid
        When the day has not come, or the members are missing or too few.

    Notes
    -----
    Five queries at most and one audit row.
    """
    policies.can_tick(by, union, item).enforce()
    held = _hold_preparing(union)
    refuse_future(done_on)
    values = {"done_on": done_on, "note": note, "members_count": None}
    if item.counts_members:
        values["members_count"] = _members_enough(held, members_count)
    step_id = computed_id("founding_step", held.code, item.pk)
    known = FoundingStep.objects.filter(pk=step_id).first()
    if known is not None and all(getattr(known, name) == value for name, value in values.items()):
        return known
    step = FoundingStep(id=step_id, union=held, item=item, done_by=by.actor_key, **values)
    step.save(force_insert=known is None, force_update=known is not None)
    _record(held, "union.step_ticked", item, by=by)
    return step


@transaction.atomic
def untick_step(*, union: Union, item: FoundingItem, by: Actor) -> None:
    """Take the tick of a step away; one that was never ticked stays so.

    Parameters
    ----------
    union
        In preparation.
    item
        The step.
    by
        Who acts; the same rights as for ticking it.

    Raises
    ------
    NotAllowed
        When the actor's scope does not reach.
    Conflict
        When the union is not in preparation.

    Notes
    -----
    Two queries and, when there was a tick, one audit row.
    """
    policies.can_tick(by, union, item).enforce()
    held = _hold_preparing(union)
    gone, _rows = FoundingStep.objects.filter(union=held, item=item).delete()
    if gone:
        _record(held, "union.step_unticked", item, by=by)


@transaction.atomic
def keep_steps(
    *,
    union: Union,
    items: Collection[FoundingItem],
    done_on: dt.date,
    by: Actor,
    note: str = "",
    members_count: int | None = None,
) -> None:
    """Make a whole checklist stand as it was marked: tick what is new, untick what is gone.

    Parameters
    ----------
    union
        In preparation.
    items
        Every step that is done. Those ticked already keep their day and their note.
    done_on, note, members_count
        Of the steps that are ticked now. A count of members corrects the step that counts them.
    by
        Who acts; needs the rights for each step that changes.

    Raises
    ------
    NotAllowed, Conflict, Invalid
        As `tick_step` and `untick_step`; then nothing is changed.

    Notes
    -----
    Two queries, and those of each step that changes.
    """
    policies.can_keep_union(by, union).enforce()
    _hold_preparing(union)
    steps = FoundingStep.objects.filter(union=union).select_related("item")
    ticked = {step.item_id: step for step in steps}
    wanted = {item.pk: item for item in items}
    for code, step in ticked.items():
        if code not in wanted:
            untick_step(union=union, item=step.item, by=by)
    for code, item in wanted.items():
        if code not in ticked:
            tick_step(
                union=union, item=item, done_on=done_on, by=by, note=note,
                members_count=members_count,
            )  # fmt: skip
        elif item.counts_members and members_count not in (None, ticked[code].members_count):
            tick_step(
                union=union, item=item, done_on=ticked[code].done_on, by=by,
                note=ticked[code].note, members_count=members_count,
            )  # fmt: skip


@transaction.atomic
def approve_union(
    *,
    union: Union,
    uscc: str,
    approved_on: dt.date,
    by: Actor,
    term_ends_on: dt.date | None = None,
) -> Union:
    """Approve a founding: from this day on the union exists.

    Parameters
    ----------
    union
        In preparation, every required step ticked.
    uscc
        The credit code it was given; begins with 81, with its check character.
    approved_on
        The day of founding.
    by
        Who acts; needs officer rights over the upper union.
    term_ends_on
        End of the first term; None for that of the election held.

    Returns
    -------
    Union
        Active.

    Raises
    ------
    NotAllowed
        When the actor's scope does not reach the upper union.
    Conflict
        When the union is not in preparation, the upper union is not active, a required step is
        missing, there is no checklist, or another union has the credit code.
    Invalid
        When the credit code is wrong, the day lies before the preparation or has not come, or the
        term is not told or ends before it begins.

    Notes
    -----
    Seven queries and one audit row; holds the union and the upper one until the transaction ends.
    """
    policies.can_decide_on_union(by, union).enforce()
    if union.parent is not None:
        hold_active(union.parent)
    held = _hold_preparing(union)
    held.uscc = _right_credit_code(uscc)
    check_credit_code_is_free(held.uscc, held.code)
    _check_steps(held)
    held.term_ends_on = term_ends_on or held.term_ends_on
    _check_days(held, approved_on)
    held.state, held.founded_on = UnionState.ACTIVE, approved_on
    held.save(update_fields=["state", "uscc", "founded_on", "term_ends_on"])
    audit.record(by=by, verb="union.approved", subject=held, scope_path=held.path)
    return held


def _hold_preparing(union: Union) -> Union:
    held = hold(union)
    refuse_ended(held)
    if held.state != UnionState.PREPARING:
        raise Conflict(_("This union has been founded already."), code="union_not_preparing")
    return held


def _members_enough(union: Union, count: int | None) -> int:
    if count is None:
        raise Invalid(_("Say how many members there are."), code="members_missing")
    least = selectors.members_least(union.kind)
    if count < least:
        text = _("A union of this kind takes %(least)s members; there are %(count)s.")
        raise Invalid(text % {"least": least, "count": count}, code="too_few_members")
    return count


def _right_credit_code(text: str) -> str:
    code = text.strip().upper()
    if not code.startswith("81") or uscc_problem(code):
        raise Invalid(
            _("The credit code of a union has 18 characters, begins with 81 and ends in its check character."),
            code="uscc_bad",
        )  # fmt: skip
    return code


def _check_steps(union: Union) -> None:
    progress = selectors.founding_progress(union)
    if not progress.lines:
        raise Conflict(_("There is no checklist of foundings yet."), code="checklist_missing")
    if progress.missing:
        what = _(", ").join(str(item) for item in progress.missing)
        raise Conflict(_("Not done yet: %(what)s.") % {"what": what}, code="founding_incomplete")


def _check_days(union: Union, approved_on: dt.date) -> None:
    refuse_future(approved_on)
    if union.preparing_since and approved_on < union.preparing_since:
        raise Invalid(
            _("The approval lies before the preparation began."), code="before_preparation"
        )
    if union.term_ends_on is None:
        raise Invalid(_("Say when the first term ends."), code="term_missing")
    if union.term_ends_on <= approved_on:
        raise Invalid(_("The term ends before the union is founded."), code="term_over")


def _record(union: Union, verb: str, item: FoundingItem, *, by: Actor) -> None:
    audit.record(by=by, verb=verb, subject=union, scope_path=union.path, data={"step": item.pk})
