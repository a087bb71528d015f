"""What is planned against the weekly hours; `stations.models` hands it on."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from nuanxin.core.actors import Actor
from nuanxin.core.scopes import reach
from nuanxin.core.storage import ReferenceModel
from nuanxin.stations.enums import ClosureReason

HOURS_LENGTH = 500
"""Characters of posted hours: the longest week of the weekly form has 340."""


class DatedExceptionQuerySet(models.QuerySet["DatedException"]):
    def visible_to(self, actor: Actor) -> Self:
        """Return the other hours of the stations inside an actor's scopes."""
        return self.filter(reach(actor, "station__union__path"))


class DatedException(ReferenceModel):
    """Other hours, or none, from one date to another; stronger than the weekly hours."""

    id = models.UUIDField(primary_key=True, editable=False)
    station = models.ForeignKey(
        "stations.Station", models.CASCADE, related_name="exceptions", verbose_name=_("station")
    )
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))
    hours = models.CharField(_("hours"), max_length=HOURS_LENGTH, help_text=_("OSM text, or off."))

    objects = DatedExceptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("dated exception")
        verbose_name_plural = _("dated exceptions")
        ordering = ["station_id", "first_on"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_on__gte=models.F("first_on")),
                name="%(app_label)s_%(class)s_in_order",
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_on} {self.hours}"


class ClosureQuerySet(models.QuerySet["Closure"]):
    def visible_to(self, actor: Actor) -> Self:
        """Return the planned closures of the stations inside an actor's scopes."""
        return self.filter(reach(actor, "station__union__path"))


class Closure(ReferenceModel):
    """A planned closure, filed before it happens."""

    id = models.UUIDField(primary_key=True, editable=False)
    station = models.ForeignKey(
        "stations.Station", models.CASCADE, related_name="closures", verbose_name=_("station")
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    reason = models.CharField(_("reason"), max_length=10, choices=ClosureReason.choices)
    note = models.CharField(_("note"), max_length=120, blank=True)
    filed_at = models.DateTimeField(_("filed at"))
    filed_by = models.CharField(_("filed by"), max_length=80)

    objects = ClosureQuerySet.as_manager()

    class Meta:
        verbose_name = _("planned closure")
        verbose_name_plural = _("planned closures")
        ordering = ["station_id", "starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="%(app_label)s_%(class)s_in_order",
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"
