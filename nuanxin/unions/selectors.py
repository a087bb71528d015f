import datetime as dt
from dataclasses import dataclass

from django.db.models import Count

from nuanxin.core.actors import Actor
from nuanxin.core.errors import NotFound
from nuanxin.unions.enums import UnionKind
from nuanxin.unions.models import (
    FoundingItem,
    FoundingStep,
    FoundingThreshold,
    Union,
    UnionQuerySet,
)


@dataclass(frozen=True, slots=True)
class ItemProgress:
    """One line of a founding's checklist, and whether it stands.

    Parameters
    ----------
    item
        The line.
    step
        What was ticked; None when nothing was.
    members_least
        Members that the kind of the union takes; None where the line counts none.
    """

    item: FoundingItem
    step: FoundingStep | None
    members_least: int | None = None

    @property
    def is_done(self) -> bool:
        """Whether it is ticked, with members enough: the kind may have been corrected since."""
        return self.step is not None and (self.step.members_count or 0) >= (self.members_least or 0)


@dataclass(frozen=True, slots=True)
class FoundingProgress:
    """The checklist of one founding, in its order."""

    lines: tuple[ItemProgress, ...]

    @property
    def missing(self) -> list[FoundingItem]:
        """The required lines that do not stand."""
        return [line.item for line in self.lines if line.item.is_required and not line.is_done]

    @property
    def done_count(self) -> int:
        """How many lines stand."""
        return sum(line.is_done for line in self.lines)

    @property
    def is_complete(self) -> bool:
        """Whether there is a checklist and nothing required is missing from it."""
        return bool(self.lines) and not self.missing


def unions_visible_to(actor: Actor) -> UnionQuerySet:
    """Return the unions inside the actor's scopes.

    Parameters
    ----------
    actor
        Who asks; anonymous actors see none.

    Returns
    -------
    UnionQuerySet
        By path. One query, one prefix condition for each scope.
    """
    return Union.objects.visible_to(actor).order_by("path")


def union_by_code(code: str) -> Union:
    """Return the union with an organisation number.

    Raises
    ------
    NotFound
        When there is none. One query.
    """
    union = Union.objects.filter(code=code).first()
    if union is None:
        raise NotFound
    return union


def unions_by_kind(
    actor: Actor, root: Union | None = None, *, as_of: dt.date, new_form_only: bool = True
) -> dict[UnionKind, int]:
    """Count the unions that lived at a date, by kind.

    Parameters
    ----------
    actor
        Who asks; only unions inside their scopes count.
    root
        Counts this union and what is below it; None for everything in reach.
    as_of
        The day. A union in preparation does not count, one whose founding day is unknown does, one
        that ended later does too.
    new_form_only
        Leaves out unions that are not of workers in new forms of employment.

    Returns
    -------
    dict
        Only kinds of which there are any, in the order of `UnionKind`. One query.
    """
    unions = Union.objects.visible_to(actor).living_on(as_of)
    if root is not None:
        unions = unions.subtree_of(root)
    if new_form_only:
        unions = unions.filter(is_new_form=True)
    counted = dict(unions.order_by().values_list("kind").annotate(count=Count("pk")))
    return {kind: counted[kind] for kind in UnionKind if kind in counted}


def terms_ending(actor: Actor, *, until_on: dt.date) -> UnionQuerySet:
    """Return the active unions whose term has ended or will have by a date.

    Parameters
    ----------
    actor
        Who asks.
    until_on
        The last day that counts.

    Returns
    -------
    UnionQuerySet
        The most overdue first, then by path. One query.
    """
    unions = Union.objects.visible_to(actor).active().filter(term_ends_on__lte=until_on)
    return unions.order_by("term_ends_on", "path")


def founding_progress(union: Union) -> FoundingProgress:
    """Return the checklist of a founding with what is done of it.

    Parameters
    ----------
    union
        In preparation or founded since.

    Returns
    -------
    FoundingProgress
        Three queries.
    """
    steps = {step.item_id: step for step in FoundingStep.objects.filter(union=union)}
    least = members_least(union.kind)
    return FoundingProgress(
        tuple(
            ItemProgress(item, steps.get(item.pk), least if item.counts_members else None)
            for item in FoundingItem.objects.order_by("rank", "code")
        )
    )


def members_least(kind: str) -> int:
    """Return how many members a union of a kind takes; none for a kind without a threshold. One query."""
    threshold = FoundingThreshold.objects.filter(kind=kind).first()
    return threshold.members_least if threshold else 0
