"""Changes of divisions and of the calendar; each act is one transaction with one audit row."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db import models, transaction
from django.utils.translation import gettext as _

from nuanxin.algorithms.calendars import is_plausible
from nuanxin.core import audit
from nuanxin.core.actors import Actor
from nuanxin.core.errors import Invalid
from nuanxin.regions import policies
from nuanxin.regions.enums import CalendarDayKind
from nuanxin.regions.models import (
    FIRST_CALENDAR_YEAR,
    LAST_CALENDAR_YEAR,
    CalendarDay,
    CalendarNotice,
    Division,
    DivisionSuccession,
)

_Row = TypeVar("_Row", bound=models.Model)
_CHUNK = 5_000  # rows of one INSERT round; the whole is still one transaction


@dataclass(frozen=True, slots=True)
class DayOfNotice:
    """One date that a notice moves.

    Parameters
    ----------
    date
        The date.
    kind
        What it becomes.
    name_zh, name_en
        The holiday, or what the working day makes up for.
    """

    date: dt.date
    kind: CalendarDayKind
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class StoredCounts:
    """What an idempotent store did.

    Parameters
    ----------
    created, changed, unchanged
        Number of rows of each fate.
    """

    created: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: "StoredCounts") -> "StoredCounts":
        return StoredCounts(
            self.created + other.created,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
        )

    @property
    def has_effect(self) -> bool:
        """Whether anything was written."""
        return bool(self.created or self.changed)


@transaction.atomic
def set_calendar_day(
    *,
    date: dt.date,
    kind: CalendarDayKind,
    by: Actor,
    name_zh: str = "",
    name_en: str = "",
) -> CalendarDay:
    """Set what one date is, confirmed, without waiting for a notice or against it.

    Parameters
    ----------
    date
        The date.
    kind
        What it is; a make-up day and a day of rest fall on a weekend, a working day does not.
    by
        Who acts.
    name_zh, name_en
        Needed for holidays and make-up days.

    Returns
    -------
    CalendarDay
        The saved row, no longer tied to a notice.

    Raises
    ------
    NotAllowed
        When the actor may not edit the calendar.
    Invalid
        When the kind does not fit the weekday, or a name is missing.

    Notes
    -----
    At most three queries and one audit row; setting the same again writes nothing.
    """
    policies.can_edit_calendar(by).enforce()
    _check_day(DayOfNotice(date, kind, name_zh, name_en))
    day = CalendarDay.objects.filter(pk=date).first() or CalendarDay(date=date)
    before = day.kind
    if (before, day.name_zh, day.name_en) == (kind, name_zh, name_en):
        return day
    day.kind, day.name_zh, day.name_en, day.notice = kind, name_zh, name_en, None
    day.save()
    audit.record(by=by, verb="calendar.day_set", subject=day, data={"kind": kind, "before": before})
    return day


@transaction.atomic
def publish_calendar_notice(
    *,
    year: int,
    published_on: dt.date,
    title: str,
    days: Collection[DayOfNotice],
    by: Actor,
    document_number: str = "",
) -> CalendarNotice:
    """Record a year's holiday notice, or its correction, with the days it moves.

    Parameters
    ----------
    year
        The year of the notice; 2008 to 2099.
    published_on
        Day of publication.
    title
        Title of the notice.
    days
        Every date the notice moves, in any order; may reach into the December before. They replace
        the notice's former days. A new or amended notice overrules days set by hand before it; the
        same notice again leaves the days alone that were set by hand since.
    by
        Who acts.
    document_number
        Number of the document; empty when unknown.

    Returns
    -------
    CalendarNotice
        The saved row. From now on the year is confirmed.

    Raises
    ------
    NotAllowed
        When the actor may not edit the calendar.
    Invalid
        When there is no day, a date stands twice or belongs to another year, a kind does not fit its
        weekday, a name is missing, or the year is out of range.

    Notes
    -----
    Seven queries at most, whatever the number of days, and one audit row; four queries, and no row
    touched, when the same is published again.
    """
    policies.can_edit_calendar(by).enforce()
    _check_notice(year, title, days)
    notice = CalendarNotice(
        year=year, document_number=document_number, published_on=published_on, title=title
    )
    is_amended = _store([notice], CalendarNotice.objects.filter(pk=year)).has_effect
    counts, withdrawn = _store_notice_days(notice, days, is_amended=is_amended)
    if is_amended or counts.has_effect or withdrawn:
        _record_notice(notice, days, counts, withdrawn, by)
    return notice


@transaction.atomic
def store_divisions(
    *,
    divisions: Sequence[Division],
    successions: Sequence[DivisionSuccession],
    by: Actor,
) -> StoredCounts:
    """Create or update divisions and their successions; none is ever removed.

    Parameters
    ----------
    divisions
        Unsaved rows with every column filled, in any order; a parent is among them or stored.
    successions
        Unsaved rows with their computed id.
    by
        Who acts.

    Returns
    -------
    StoredCounts
        Divisions and successions together.

    Raises
    ------
    NotAllowed
        When the actor may not write divisions.
    IntegrityError
        When a row breaks a constraint of the tables; nothing is written.

    Notes
    -----
    One transaction and one audit row: two reads of the stored rows and a write for each 5,000 new or
    changed ones. Storing the same again writes nothing.
    """
    policies.can_store_divisions(by).enforce()
    codes = [division.code for division in divisions]
    stored = Division.objects.filter(code__range=(min(codes, default=""), max(codes, default="")))
    counts = _store(sorted(divisions, key=_parents_first), stored)
    counts += _store(successions, DivisionSuccession.objects.all())
    if counts.has_effect:
        audit.record(
            by=by,
            verb="divisions.stored",
            subject_type=Division._meta.label_lower,
            subject_key=f"{len(divisions)} divisions, {len(successions)} successions",
            data={"created": counts.created, "changed": counts.changed},
        )
    return counts


def _parents_first(division: Division) -> tuple[int, str]:
    return len(division.code), division.code


def _store(rows: Sequence[_Row], stored: models.QuerySet[_Row]) -> StoredCounts:
    """Write the rows that are new or differ from the stored ones, and count all three fates."""
    columns = [field.attname for field in stored.model._meta.concrete_fields]
    before = {values[0]: values[1:] for values in stored.values_list("pk", *columns)}
    created = [row for row in rows if row.pk not in before]
    changed = [
        row
        for row in rows
        if row.pk in before and before[row.pk] != tuple(getattr(row, name) for name in columns)
    ]
    key, *others = (field.name for field in stored.model._meta.concrete_fields)
    stored.bulk_create(created, batch_size=_CHUNK)
    stored.bulk_create(
        changed,
        batch_size=_CHUNK,
        update_conflicts=True,
        unique_fields=[key],
        update_fields=others,
    )
    return StoredCounts(len(created), len(changed), len(rows) - len(created) - len(changed))


def _store_notice_days(
    notice: CalendarNotice, days: Collection[DayOfNotice], *, is_amended: bool
) -> tuple[StoredCounts, int]:
    """Replace the days of a notice; return what was stored, and how many days it no longer moves."""
    dates = [day.date for day in days]
    withdrawn, _by_model = (
        CalendarDay.objects.filter(notice=notice).exclude(date__in=dates).delete()
    )
    stored = CalendarDay.objects.filter(date__in=dates)
    set_by_hand = set() if is_amended else set(_dates_set_by_hand(stored))
    rows = [_day_row(day, notice) for day in days if day.date not in set_by_hand]
    return _store(rows, stored), withdrawn


def _record_notice(
    notice: CalendarNotice,
    days: Collection[DayOfNotice],
    counts: StoredCounts,
    withdrawn: int,
    by: Actor,
) -> None:
    audit.record(
        by=by,
        verb="calendar.notice_published",
        subject=notice,
        data={
            "document_number": notice.document_number,
            "days": len(days),
            "created": counts.created,
            "changed": counts.changed,
            "withdrawn": withdrawn,
        },
    )


def _dates_set_by_hand(days: models.QuerySet[CalendarDay]) -> models.QuerySet[CalendarDay, dt.date]:
    return days.filter(notice__isnull=True).values_list("date", flat=True)


def _day_row(day: DayOfNotice, notice: CalendarNotice) -> CalendarDay:
    return CalendarDay(
        date=day.date, kind=day.kind, name_zh=day.name_zh, name_en=day.name_en, notice=notice
    )


def _check_day(day: DayOfNotice) -> None:
    if not is_plausible(day.date, day.kind.day_kind):
        raise Invalid(
            _("%(date)s cannot be a %(kind)s.") % {"date": day.date, "kind": day.kind.label},
            code="kind_against_weekday",
        )
    is_named = bool(day.name_zh and day.name_en)
    if day.kind in (CalendarDayKind.HOLIDAY, CalendarDayKind.MAKEUP) and not is_named:
        raise Invalid(_("Name the day in Chinese and in English."), code="day_unnamed")


def _check_notice(year: int, title: str, days: Collection[DayOfNotice]) -> None:
    if not FIRST_CALENDAR_YEAR <= year <= LAST_CALENDAR_YEAR:
        raise Invalid(_("The calendar does not reach this year."), code="year_out_of_range")
    if not title or not days:
        raise Invalid(_("A notice has a title and moves at least one day."), code="notice_empty")
    dates = [day.date for day in days]
    if len(set(dates)) < len(dates):
        raise Invalid(_("A date stands twice in the notice."), code="date_twice")
    first = dt.date(year - 1, 12, 1)
    if not all(first <= date <= dt.date(year, 12, 31) for date in dates):
        raise Invalid(_("A date belongs to another year."), code="date_of_other_year")
    for day in days:
        _check_day(day)
