"""What is told at doors, and who keeps them; `stations.models` hands them on."""

import datetime as dt
import uuid
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from nuanxin.accounts.models import User
from nuanxin.core.actors import Actor
from nuanxin.core.scopes import reach, reaches_all
from nuanxin.core.storage import LocalModel, ReferenceModel, RootModel
from nuanxin.stations.enums import (
    Discount,
    EvidenceKind,
    FaultKind,
    FaultState,
    Outcome,
    Place,
    Source,
)

WORTH_RANGE = (0, 1)


class Told(RootModel):
    """Where a stranger's word came from: keyed fingerprints, never an address or a position."""

    device_key = models.CharField(_("device"), max_length=32, blank=True)
    origin_key = models.CharField(_("address and browser"), max_length=32, blank=True)
    network_key = models.CharField(_("address"), max_length=32, blank=True)
    place = models.CharField(_("place"), max_length=12, choices=Place.choices, blank=True)
    worth = models.FloatField(
        _("worth"), default=1.0, help_text=_("How much of a whole word this is, 0 to 1.")
    )
    discount = models.CharField(
        _("counts for less"), max_length=16, choices=Discount.choices, blank=True
    )

    class Meta:
        abstract = True


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, actor: Actor) -> Self:
        """Return what was told of the stations inside an actor's scopes."""
        return self.filter(reach(actor, "station__union__path"))

    def between(self, since: dt.datetime, until: dt.datetime) -> Self:
        """Return what was seen later than one moment and not later than another."""
        return self.filter(at__gt=since, at__lte=until)


class Evidence(Told):
    """One thing seen at a door: when, by whom, and how much it counted. Never changed but for its outcome."""

    id = models.UUIDField(primary_key=True, editable=False)
    station = models.ForeignKey(
        "stations.Station", models.CASCADE, related_name="evidence", verbose_name=_("station")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=EvidenceKind.choices)
    at = models.DateTimeField(_("at"))
    source = models.CharField(_("told by"), max_length=8, choices=Source.choices)
    actor_key = models.CharField(_("actor"), max_length=80, blank=True)
    outcome = models.CharField(
        _("outcome"), max_length=12, choices=Outcome.choices, default=Outcome.WAITING
    )
    contested_at = models.DateTimeField(_("contested by the keeper at"), null=True, blank=True)
    photo_digest = models.CharField(_("fingerprint of the photo"), max_length=64, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("word at a door")
        verbose_name_plural = _("words at doors")
        ordering = ["-at", "id"]
        indexes = [
            models.Index(fields=["station", "at"]),
            models.Index(fields=["device_key", "at"]),
            models.Index(fields=["at"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(worth__range=WORTH_RANGE),
                name="%(app_label)s_%(class)s_worth_range",
            ),
            models.CheckConstraint(
                condition=~models.Q(source=Source.RIDER) | models.Q(actor_key=""),
                name="%(app_label)s_%(class)s_riders_unnamed",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome__in=Outcome.values),
                name="%(app_label)s_%(class)s_known_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"


class FaultQuerySet(models.QuerySet["Fault"]):
    def visible_to(self, actor: Actor) -> Self:
        """Return the faults of the stations inside an actor's scopes."""
        return self.filter(reach(actor, "station__union__path"))

    def pending(self) -> Self:
        """Return faults that nobody has ended."""
        return self.filter(state__in=[FaultState.REPORTED, FaultState.ACCEPTED])


class Fault(Told):
    """Something at a station that does not work, told by somebody who wanted to use it."""

    id = models.UUIDField(primary_key=True, editable=False)
    station = models.ForeignKey(
        "stations.Station", models.CASCADE, related_name="faults", verbose_name=_("station")
    )
    facility = models.ForeignKey("stations.Facility", models.PROTECT, verbose_name=_("facility"))
    kind = models.CharField(_("what is wrong"), max_length=8, choices=FaultKind.choices)
    at = models.DateTimeField(_("at"))
    state = models.CharField(
        _("state"), max_length=8, choices=FaultState.choices, default=FaultState.REPORTED
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_by = models.CharField(_("ended by"), max_length=80, blank=True)

    objects = FaultQuerySet.as_manager()

    class Meta:
        verbose_name = _("fault")
        verbose_name_plural = _("faults")
        ordering = ["-at", "id"]
        indexes = [models.Index(fields=["station", "at"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(worth__range=WORTH_RANGE),
                name="%(app_label)s_%(class)s_worth_range",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[FaultState.REPORTED, FaultState.ACCEPTED],
                    ended_at__isnull=True,
                    ended_by="",
                )
                | (
                    models.Q(
                        state__in=[FaultState.MENDED, FaultState.REFUSED], ended_at__isnull=False
                    )
                    & ~models.Q(ended_by="")
                ),
                name="%(app_label)s_%(class)s_ended_when_and_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.facility_id} {self.get_kind_display()}"


class KeepingQuerySet(models.QuerySet["Keeping"]):
    def in_force(self, moment: dt.datetime) -> Self:
        """Return who keeps what at a moment."""
        begun = self.filter(since__lte=moment, ended_at__isnull=True)
        return begun.filter(models.Q(until__isnull=True) | models.Q(until__gt=moment))

    def visible_to(self, actor: Actor) -> Self:
        """Return who keeps stations inside an actor's scopes, or hosts with an outlet there."""
        if reaches_all(actor):
            return self.all()
        own = reach(actor, "station__union__path")
        of_hosts = reach(actor, "host__outlets__stations__union__path")
        # a host has many outlets: asked apart, so that none of its keepers comes twice
        within = Keeping.objects.filter(own | of_hosts).order_by()
        return self.filter(pk__in=within.values("pk"))

    def of_station(self, station: models.Model) -> Self:
        """Return keepings that reach a station: its own, and those of its host."""
        return self.filter(
            models.Q(station=station) | models.Q(host__outlets__stations=station)
        ).distinct()


class Keeping(ReferenceModel):
    """Somebody keeps a station, or all outlets of a host; a substitute does so until a moment."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="keepings", verbose_name=_("user"))
    station = models.ForeignKey(
        "stations.Station",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="keepings",
        verbose_name=_("station"),
    )
    host = models.ForeignKey(
        "stations.Host",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="keepings",
        verbose_name=_("host"),
    )
    is_substitute = models.BooleanField(_("substitute"), default=False)
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)
    named_by = models.CharField(_("named by"), max_length=80)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_by = models.CharField(_("ended by"), max_length=80, blank=True)

    objects = KeepingQuerySet.as_manager()

    class Meta:
        verbose_name = _("keeper of a station")
        verbose_name_plural = _("keepers of stations")
        ordering = ["user_id", "since", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(station__isnull=False, host__isnull=True)
                | models.Q(station__isnull=True, host__isnull=False),
                name="%(app_label)s_%(class)s_station_or_host",
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gt=models.F("since")),
                name="%(app_label)s_%(class)s_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(is_substitute=False) | models.Q(until__isnull=False),
                name="%(app_label)s_%(class)s_substitutes_end",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, ended_by="")
                | (models.Q(ended_at__isnull=False) & ~models.Q(ended_by="")),
                name="%(app_label)s_%(class)s_ended_when_and_by",
            ),
            # one row for each: with both columns in one constraint, its empty one would void it
            models.UniqueConstraint(
                fields=["user", "station"],
                condition=models.Q(ended_at__isnull=True, until__isnull=True),
                name="%(app_label)s_%(class)s_station_once_in_force",
            ),
            models.UniqueConstraint(
                fields=["user", "host"],
                condition=models.Q(ended_at__isnull=True, until__isnull=True),
                name="%(app_label)s_%(class)s_host_once_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.station_id or self.host_id}"


class DeskDevice(LocalModel):
    """A device on which a keeper's desk was opened: its word at that keeper's doors counts nothing."""

    id = models.UUIDField(primary_key=True, editable=False)
    user = models.ForeignKey(
        User, models.CASCADE, related_name="desk_devices", verbose_name=_("user")
    )
    device_key = models.CharField(_("device"), max_length=32, db_index=True)
    origin_key = models.CharField(_("address and browser"), max_length=32, blank=True)
    network_key = models.CharField(_("address"), max_length=32, blank=True)
    seen_at = models.DateTimeField(_("last seen at"))

    class Meta:
        verbose_name = _("device of a keeper")
        verbose_name_plural = _("devices of keepers")
        ordering = ["user_id", "-seen_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "device_key"], name="%(app_label)s_%(class)s_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.seen_at:%Y-%m-%d}"


class Reminder(LocalModel):
    """Ten minutes after the posted opening: has the keeper opened? Done once, whoever ticks."""

    id = models.UUIDField(primary_key=True, editable=False)
    station = models.ForeignKey(
        "stations.Station", models.CASCADE, related_name="reminders", verbose_name=_("station")
    )
    due_at = models.DateTimeField(_("due at"))
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    is_sent = models.BooleanField(_("sent"), default=False)

    class Meta:
        verbose_name = _("reminder to a keeper")
        verbose_name_plural = _("reminders to keepers")
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(done_at__isnull=True),
                name="stations_reminder_pending",
            )
        ]

    def __str__(self) -> str:
        return f"{self.station_id} {self.due_at:%Y-%m-%d %H:%M}"
