"""What a union does while it lives: it elects, and it meets."""

import datetime as dt
from typing import Final, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from nuanxin.core import audit
from nuanxin.core.actors import Actor
from nuanxin.core.errors import Invalid
from nuanxin.core.ids import computed_id
from nuanxin.unions import policies
from nuanxin.unions.enums import MeetingKind
from nuanxin.unions.models import Election, Meeting, Union
from nuanxin.unions.services import hold, refuse_ended, refuse_future

TERMS_YEARS: Final = (3, 5)
Row = TypeVar("Row", Election, Meeting)


@transaction.atomic
def hold_election(
    *,
    union: Union,
    held_on: dt.date,
    term_years: int,
    chair_name: str,
    by: Actor,
    note: str = "",
) -> Election:
    """Write down an election; the latest one says when the term ends.

    Parameters
    ----------
    union
        Active or in preparation.
    held_on
        The day; a union has one election a day, and the same day again corrects it.
    term_years
        3 or 5.
    chair_name
        Who was elected to the chair.
    by
        Who acts; needs officer rights over the union.
    note
        Anything to remember.

    Returns
    -------
    Election
        The same again writes nothing. A term that begins on 29 February ends on the 28th where the
        year has no such day.

    Raises
    ------
    NotAllowed
        When the actor's scope does not reach the union.
    Conflict
        When the union has ended.
    Invalid
        When the day has not come, the term has other years, or nobody has the chair.

    Notes
    -----
    Five queries at most and one audit row; earlier elections stay.
    """
    policies.can_keep_union(by, union).enforce()
    held = hold(union)
    refuse_ended(held)
    refuse_future(held_on)
    _check_election(term_years, chair_name)
    term_ends_on = _years_later(held_on, term_years)
    election, is_written = _write(
        Election(
            id=computed_id("election", held.code, held_on.isoformat()),
            union=held,
            held_on=held_on,
            term_years=term_years,
            term_ends_on=term_ends_on,
            chair_name=chair_name.strip(),
            note=note,
            entered_by=by.actor_key,
        )
    )
    if not is_written:
        return election
    if not Election.objects.filter(union=held, held_on__gt=held_on).exists():
        Union.objects.filter(pk=held.pk).update(term_ends_on=term_ends_on)
        union.term_ends_on = term_ends_on
    audit.record(
        by=by,
        verb="union.election_held",
        subject=held,
        scope_path=held.path,
        data={"held_on": held_on.isoformat(), "term_ends_on": term_ends_on.isoformat()},
    )
    return election


@transaction.atomic
def record_meeting(
    *,
    union: Union,
    held_on: dt.date,
    kind: MeetingKind,
    attended_count: int,
    by: Actor,
    note: str = "",
) -> Meeting:
    """Write down a meeting.

    Parameters
    ----------
    union
        Active or in preparation.
    held_on, kind, note
        Which meeting it was: the same again corrects how many came.
    attended_count
        How many came, 0 or more.
    by
        Who acts; needs officer rights over the union.

    Returns
    -------
    Meeting
        The same again with the same number writes nothing.

    Raises
    ------
    NotAllowed
        When the actor's scope does not reach the union.
    Conflict
        When the union has ended.
    Invalid
        When the day has not come, or fewer than nobody came.

    Notes
    -----
    Three queries and one audit row.
    """
    policies.can_keep_union(by, union).enforce()
    held = hold(union)
    refuse_ended(held)
    refuse_future(held_on)
    if attended_count < 0:
        raise Invalid(_("No fewer than nobody can come."), code="attended_negative")
    meeting, is_written = _write(
        Meeting(
            id=computed_id("meeting", held.code, held_on.isoformat(), kind, note),
            union=held,
            held_on=held_on,
            kind=kind,
            attended_count=attended_count,
            note=note,
            entered_by=by.actor_key,
        )
    )
    if is_written:
        audit.record(
            by=by,
            verb="union.meeting_recorded",
            subject=held,
            scope_path=held.path,
            data={"held_on": held_on.isoformat(), "kind": kind, "attended_count": attended_count},
        )
    return meeting


def _check_election(term_years: int, chair_name: str) -> None:
    if term_years not in TERMS_YEARS:
        raise Invalid(_("A term has three years or five."), code="term_years")
    if not chair_name.strip():
        raise Invalid(_("Say who was elected to the chair."), code="chair_missing")


def _write(row: Row) -> tuple[Row, bool]:
    """Save a row unless it stands as it is told, whoever told it first."""
    model = type(row)
    known: Row | None = model.objects.filter(pk=row.pk).first()
    told = [f.attname for f in model._meta.concrete_fields if f.name != "entered_by"]
    if known is not None and all(getattr(known, name) == getattr(row, name) for name in told):
        return known, False
    row.save(force_insert=known is None, force_update=known is not None)
    return row, True


def _years_later(day: dt.date, years: int) -> dt.date:
    year = day.year + years
    try:
        return day.replace(year=year)
    except ValueError:  # 29 February
        return day.replace(year=year, day=28)
