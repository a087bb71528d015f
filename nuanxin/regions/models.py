import datetime as dt
from itertools import pairwise

from django.db import models
from django.db.models.functions import Left, Length
from django.db.models.lookups import Exact
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from nuanxin.core.storage import ReferenceModel
from nuanxin.regions.enums import CODE_LENGTHS, CalendarDayKind, Level

FIRST_CALENDAR_YEAR = 2008  # the holidays of earlier years followed another law
LAST_CALENDAR_YEAR = 2099  # the lunar calendar is computed up to here


def _level_condition(level: Level, parent_level: Level | None) -> models.Q:
    own = models.Q(level=level) & models.Q(Exact(Length("code"), CODE_LENGTHS[level]))
    if parent_level is None:
        return own & models.Q(parent__isnull=True)
    # NULL would let a CHECK pass, so the parent is asked for by name
    prefix = Left("code", CODE_LENGTHS[parent_level])
    return own & models.Q(parent__isnull=False) & models.Q(Exact(models.F("parent"), prefix))


def _levels_condition() -> models.Q:
    levels = list(Level)
    condition = _level_condition(levels[0], None)
    for parent_level, level in pairwise(levels):
        condition |= _level_condition(level, parent_level)
    return condition


class DivisionQuerySet(models.QuerySet["Division"]):
    def valid_on(self, on: dt.date) -> "DivisionQuerySet":
        started = models.Q(valid_from__isnull=True) | models.Q(valid_from__lte=on)
        lasting = models.Q(valid_to__isnull=True) | models.Q(valid_to__gt=on)
        return self.filter(started & lasting)

    def under(self, code: str) -> "DivisionQuerySet":
        """Keep a division and everything below it; the empty code is the whole country."""
        # a range of digits uses the index of the key on every database; LIKE would not
        return self.filter(code__gte=code, code__lte=code.ljust(CODE_LENGTHS[Level.TOWN], "9"))


class Division(ReferenceModel):
    """An administrative division; a code keeps its row when the unit is abolished."""

    code = models.CharField(_("code"), max_length=9, primary_key=True)
    name = models.CharField(_("name"), max_length=60)
    level = models.CharField(_("level"), max_length=8, choices=Level)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("belongs to"),
        on_delete=models.PROTECT,
        related_name="children",
        null=True,
        blank=True,
    )
    name_pinyin = models.CharField(_("pinyin"), max_length=200)
    initials = models.CharField(_("initials"), max_length=60)
    seat_lat_wgs84 = models.FloatField(_("latitude of the seat"), null=True, blank=True)
    seat_lon_wgs84 = models.FloatField(_("longitude of the seat"), null=True, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid until before"), null=True, blank=True)

    objects = DivisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("division")
        verbose_name_plural = _("divisions")
        ordering = ["code"]
        indexes = [models.Index(fields=["level", "code"])]
        constraints = [
            models.CheckConstraint(
                condition=_levels_condition(), name="%(app_label)s_%(class)s_code_level_parent"
            ),
            models.CheckConstraint(
                condition=~models.Q(name=""), name="%(app_label)s_%(class)s_named"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_from__isnull=True)
                | models.Q(valid_to__isnull=True)
                | models.Q(valid_from__lt=models.F("valid_to")),
                name="%(app_label)s_%(class)s_valid_from_before_to",
            ),
            models.CheckConstraint(
                condition=models.Q(seat_lat_wgs84__isnull=True, seat_lon_wgs84__isnull=True)
                | models.Q(
                    seat_lat_wgs84__isnull=False,
                    seat_lon_wgs84__isnull=False,
                    seat_lat_wgs84__range=(-90, 90),
                    seat_lon_wgs84__range=(-180, 180),
                ),
                name="%(app_label)s_%(class)s_seat_whole_and_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class DivisionSuccession(ReferenceModel):
    """Ground that passed from one division to another on a day."""

    id = models.UUIDField(primary_key=True, editable=False)
    predecessor = models.ForeignKey(
        Division,
        verbose_name=_("from"),
        on_delete=models.PROTECT,
        related_name="successions_out",
    )
    successor = models.ForeignKey(
        Division, verbose_name=_("to"), on_delete=models.PROTECT, related_name="successions_in"
    )
    effective_on = models.DateField(_("effective on"))
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("succession of divisions")
        verbose_name_plural = _("successions of divisions")
        ordering = ["effective_on", "predecessor_id", "successor_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["predecessor", "successor", "effective_on"],
                name="%(app_label)s_%(class)s_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(predecessor=models.F("successor")),
                name="%(app_label)s_%(class)s_two_divisions",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor_id} → {self.successor_id} ({self.effective_on})"


class CalendarNotice(ReferenceModel):
    """The yearly notice that fixes holidays and make-up workdays; no row, no certainty."""

    year = models.PositiveSmallIntegerField(_("year"), primary_key=True)
    document_number = models.CharField(_("document number"), max_length=60, blank=True)
    published_on = models.DateField(_("published on"))
    title = models.CharField(_("title"), max_length=120)

    class Meta:
        verbose_name = _("holiday notice")
        verbose_name_plural = _("holiday notices")
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(year__range=(FIRST_CALENDAR_YEAR, LAST_CALENDAR_YEAR)),
                name="%(app_label)s_%(class)s_year_known_to_the_calendar",
            ),
            models.CheckConstraint(
                condition=~models.Q(title=""), name="%(app_label)s_%(class)s_titled"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.document_number or self.title}"


class CalendarDay(ReferenceModel):
    """A date that is not what its weekday says, or that somebody confirmed by hand."""

    date = models.DateField(_("date"), primary_key=True)
    kind = models.CharField(_("kind of day"), max_length=8, choices=CalendarDayKind)
    name_zh = models.CharField(_("name in Chinese"), max_length=60, blank=True)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    notice = models.ForeignKey(
        CalendarNotice,
        verbose_name=_("notice"),
        on_delete=models.PROTECT,
        related_name="days",
        null=True,
        blank=True,
    )

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ["date"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=CalendarDayKind.values),
                name="%(app_label)s_%(class)s_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=[CalendarDayKind.WORKDAY, CalendarDayKind.REST])
                | (~models.Q(name_zh="") & ~models.Q(name_en="")),
                name="%(app_label)s_%(class)s_holidays_named",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"

    @property
    def name(self) -> str:
        """The day's name in the reader's language; its kind when it has none."""
        is_chinese = (get_language() or "zh").startswith("zh")
        own = self.name_zh if is_chinese else self.name_en
        return own or str(CalendarDayKind(self.kind).label)
