from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from nuanxin.core.actors import Actor
from nuanxin.core.scopes import reach
from nuanxin.core.search import SearchTextField
from nuanxin.core.storage import LocalModel, ReferenceModel
from nuanxin.regions.models import Division
from nuanxin.stations.catalogue_models import Brand as Brand
from nuanxin.stations.catalogue_models import Facility as Facility
from nuanxin.stations.catalogue_models import Standard as Standard
from nuanxin.stations.catalogue_models import StandardItem as StandardItem
from nuanxin.stations.catalogue_models import WelcomedGroup as WelcomedGroup
from nuanxin.stations.door_models import DeskDevice as DeskDevice
from nuanxin.stations.door_models import Evidence as Evidence
from nuanxin.stations.door_models import Fault as Fault
from nuanxin.stations.door_models import Keeping as Keeping
from nuanxin.stations.door_models import Reminder as Reminder
from nuanxin.stations.enums import (
    Access,
    Condition,
    Datum,
    EvidenceKind,
    HostKind,
    Lifecycle,
    Tier,
)
from nuanxin.stations.photo_models import StationPhoto as StationPhoto
from nuanxin.stations.plan_models import HOURS_LENGTH as HOURS_LENGTH
from nuanxin.stations.plan_models import Closure as Closure
from nuanxin.stations.plan_models import DatedException as DatedException
from nuanxin.unions.models import Union


class WithHours(ReferenceModel):
    """Posted hours as OSM text with ``WD`` and ``PH``; empty means not posted here."""

    staffed_hours = models.CharField(_("staffed hours"), max_length=HOURS_LENGTH, blank=True)
    self_service_hours = models.CharField(
        _("self-service hours"), max_length=HOURS_LENGTH, blank=True
    )

    class Meta:
        abstract = True


class Host(ReferenceModel):
    id = models.UUIDField(primary_key=True, editable=False)
    name = models.CharField(_("name"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=HostKind.choices)
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    search_text = SearchTextField(_("pinyin"), sources=("name",))

    class Meta:
        verbose_name = _("host")
        verbose_name_plural = _("hosts")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Outlet(WithHours):
    """A host's premises; its hours are inherited by the station inside."""

    id = models.UUIDField(primary_key=True, editable=False)
    host = models.ForeignKey(Host, models.PROTECT, related_name="outlets", verbose_name=_("host"))
    name = models.CharField(_("name"), max_length=80)
    address = models.CharField(_("address"), max_length=160, blank=True)
    search_text = SearchTextField(_("pinyin"), sources=("name",))

    class Meta:
        verbose_name = _("outlet")
        verbose_name_plural = _("outlets")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class StationQuerySet(models.QuerySet["Station"]):
    def listed(self) -> Self:
        """Return what the public map shows: accepted, with checked coordinates."""
        return self.filter(
            lifecycle=Lifecycle.ACCEPTED,
            coordinates_checked_at__isnull=False,
            lat_wgs84__isnull=False,
        )

    def visible_to(self, actor: Actor) -> Self:
        """Return the stations inside an actor's scopes; one without a union takes the whole tree."""
        return self.filter(reach(actor, "union__path"))


class Station(WithHours):
    id = models.UUIDField(primary_key=True, editable=False)
    code = models.CharField(_("station number"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=80)
    brand = models.ForeignKey(
        Brand, models.PROTECT, related_name="stations", verbose_name=_("brand")
    )
    division = models.ForeignKey(
        Division, models.PROTECT, related_name="stations", verbose_name=_("town")
    )
    union = models.ForeignKey(
        Union,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="stations",
        verbose_name=_("union"),
    )
    outlet = models.ForeignKey(
        Outlet,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="stations",
        verbose_name=_("outlet"),
        help_text=_("Empty for a station the union built itself."),
    )
    tier = models.CharField(_("tier"), max_length=10, choices=Tier.choices, default=Tier.BASIC)
    lifecycle = models.CharField(
        _("lifecycle"), max_length=10, choices=Lifecycle.choices, default=Lifecycle.PROPOSED
    )
    address = models.CharField(_("address"), max_length=160)
    street = models.CharField(_("street"), max_length=40, blank=True, db_index=True)
    floor = models.CharField(_("floor"), max_length=20, blank=True)
    floors_count = models.PositiveSmallIntegerField(_("floors"), default=1)
    area_m2 = models.DecimalField(
        _("floor area (m²)"), max_digits=7, decimal_places=1, null=True, blank=True
    )
    entrance = models.CharField(_("way in"), max_length=120, blank=True)
    parking = models.CharField(_("parking"), max_length=60, blank=True)
    access = models.CharField(
        _("access"), max_length=10, choices=Access.choices, default=Access.OPEN
    )
    manager_name = models.CharField(_("station keeper, as posted"), max_length=40, blank=True)
    manager_phone = models.CharField(_("telephone, as posted"), max_length=20, blank=True)
    lat_wgs84 = models.FloatField(_("latitude (WGS 84)"), null=True, blank=True)
    lon_wgs84 = models.FloatField(_("longitude (WGS 84)"), null=True, blank=True)
    source_datum = models.CharField(_("datum of the source"), max_length=6, choices=Datum.choices)
    source_y = models.CharField(_("latitude as given"), max_length=24, blank=True)
    source_x = models.CharField(_("longitude as given"), max_length=24, blank=True)
    code_version = models.PositiveSmallIntegerField(
        _("version of the door codes"),
        default=1,
        help_text=_("One more voids every printed door code of this station."),
    )
    coordinates_checked_at = models.DateTimeField(
        _("coordinates checked at"), null=True, blank=True
    )
    accepted_on = models.DateField(_("accepted on"), null=True, blank=True)
    search_text = SearchTextField(_("pinyin"), sources=("name", "street"))
    facilities = models.ManyToManyField(
        Facility, through="StationFacility", related_name="stations", verbose_name=_("facilities")
    )
    groups = models.ManyToManyField(
        WelcomedGroup,
        through="StationGroup",
        related_name="stations",
        verbose_name=_("groups welcomed"),
    )

    objects = StationQuerySet.as_manager()

    class Meta:
        verbose_name = _("station")
        verbose_name_plural = _("stations")
        ordering = ["code"]
        indexes = [models.Index(fields=["division", "lifecycle"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(lat_wgs84__isnull=True, lon_wgs84__isnull=True)
                | models.Q(lat_wgs84__range=(3, 54), lon_wgs84__range=(73, 136)),
                name="%(app_label)s_%(class)s_point_in_china",
            ),
            models.CheckConstraint(
                condition=~models.Q(lifecycle=Lifecycle.ACCEPTED)
                | models.Q(accepted_on__isnull=False),
                name="%(app_label)s_%(class)s_accepted_has_date",
            ),
            models.CheckConstraint(
                condition=models.Q(area_m2__isnull=True) | models.Q(area_m2__gt=0),
                name="%(app_label)s_%(class)s_area_positive",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_listed(self) -> bool:
        """Whether `StationQuerySet.listed` has this station; a test holds them equal."""
        has_point = self.lat_wgs84 is not None and self.coordinates_checked_at is not None
        return self.lifecycle == Lifecycle.ACCEPTED and has_point

    @property
    def is_co_built(self) -> bool:
        return self.outlet_id is not None

    @property
    def host_kind(self) -> str | None:
        """Kind of the host; None for a station the union built itself."""
        return self.outlet.host.kind if self.outlet else None

    @property
    def posted_hours(self) -> tuple[str, str]:
        """Own staffed and self-service hours, or those of the outlet when none are posted."""
        if self.staffed_hours or self.self_service_hours or self.outlet is None:
            return self.staffed_hours, self.self_service_hours
        return self.outlet.staffed_hours, self.outlet.self_service_hours


class StationFacility(ReferenceModel):
    id = models.UUIDField(primary_key=True, editable=False)
    station = models.ForeignKey(
        Station, models.CASCADE, related_name="facility_rows", verbose_name=_("station")
    )
    facility = models.ForeignKey(Facility, models.PROTECT, verbose_name=_("facility"))
    condition = models.CharField(
        _("condition"), max_length=10, choices=Condition.choices, default=Condition.WORKING
    )
    expires_on = models.DateField(_("consumables expire on"), null=True, blank=True)

    class Meta:
        verbose_name = _("facility of a station")
        verbose_name_plural = _("facilities of stations")
        ordering = ["station_id", "facility_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "facility"], name="%(app_label)s_%(class)s_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.facility_id)


class StationGroup(ReferenceModel):
    id = models.UUIDField(primary_key=True, editable=False)
    station = models.ForeignKey(
        Station, models.CASCADE, related_name="group_rows", verbose_name=_("station")
    )
    group = models.ForeignKey(WelcomedGroup, models.PROTECT, verbose_name=_("group"))

    class Meta:
        verbose_name = _("group a station welcomes")
        verbose_name_plural = _("groups stations welcome")
        ordering = ["station_id", "group_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "group"], name="%(app_label)s_%(class)s_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.group_id)


class EvidenceLine(ReferenceModel):
    """The folded evidence of one kind at one station: last moment and signed weight."""

    id = models.UUIDField(primary_key=True, editable=False)
    station = models.ForeignKey(
        Station, models.CASCADE, related_name="evidence_lines", verbose_name=_("station")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=EvidenceKind.choices)
    at = models.DateTimeField(_("at"))
    weight = models.FloatField(
        _("weight"), help_text=_("Above zero says open, below zero says shut.")
    )

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["station_id", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["station", "kind"], name="%(app_label)s_%(class)s_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class OpeningRecord(ReferenceModel):
    """Findings of an open door and all findings, by kind of day and two-hour band, in units."""

    station = models.OneToOneField(
        Station, models.CASCADE, primary_key=True, related_name="record", verbose_name=_("station")
    )
    hits = models.BinaryField(_("found open"), max_length=48)
    times = models.BinaryField(_("found at all"), max_length=48)
    shut_until = models.DateTimeField(_("closed by reports until"), null=True, blank=True)
    doubt_until = models.DateTimeField(_("in doubt until"), null=True, blank=True)

    class Meta:
        verbose_name = _("opening record")
        verbose_name_plural = _("opening records")
        ordering = ["station_id"]

    def __str__(self) -> str:
        return str(self.station_id)


class StationChange(LocalModel):
    """The feed by which every process learns that a station changed; no foreign key by design."""

    seq = models.BigAutoField(primary_key=True)
    station = models.ForeignKey(
        Station, models.DO_NOTHING, db_constraint=False, related_name="+", verbose_name=_("station")
    )

    class Meta:
        verbose_name = _("station change")
        verbose_name_plural = _("station changes")
        ordering = ["seq"]

    def __str__(self) -> str:
        return str(self.seq)
