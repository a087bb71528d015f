"""Photos of stations; `stations.models` hands them on."""

from typing import Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from nuanxin.core.actors import Actor
from nuanxin.core.scopes import reach
from nuanxin.core.storage import ReferenceModel
from nuanxin.stations.enums import PhotoKind


class StationPhotoQuerySet(models.QuerySet["StationPhoto"]):
    def visible_to(self, actor: Actor) -> Self:
        """Return the photos of the stations inside an actor's scopes."""
        return self.filter(reach(actor, "station__union__path"))


class StationPhoto(ReferenceModel):
    """A picture, re-encoded on arrival: nothing of the camera's notes is kept."""

    id = models.UUIDField(primary_key=True, editable=False)
    station = models.ForeignKey(
        "stations.Station", models.CASCADE, related_name="photos", verbose_name=_("station")
    )
    kind = models.CharField(_("shows"), max_length=10, choices=PhotoKind.choices)
    caption = models.CharField(_("caption"), max_length=80, blank=True)
    taken_on = models.DateField(_("taken on"), null=True, blank=True)
    digest = models.CharField(
        _("fingerprint"), max_length=64, help_text=_("SHA-256 of the file as it was given.")
    )
    width_px = models.PositiveSmallIntegerField(_("width"))
    height_px = models.PositiveSmallIntegerField(_("height"))
    added_at = models.DateTimeField(_("added at"))
    added_by = models.CharField(_("added by"), max_length=80)

    objects = StationPhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo of a station")
        verbose_name_plural = _("photos of stations")
        ordering = ["station_id", "kind", "-added_at", "id"]
        indexes = [models.Index(fields=["digest"])]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "digest"], name="%(app_label)s_%(class)s_once"
            ),
            models.CheckConstraint(
                condition=models.Q(width_px__gt=0, height_px__gt=0),
                name="%(app_label)s_%(class)s_has_size",
            ),
        ]

    def __str__(self) -> str:
        return self.caption or str(PhotoKind(self.kind).label)

    @property
    def href(self) -> str:
        # not get_absolute_url: the office's redirect by that name asks nobody's scope
        return reverse("stations:station_photo", args=(self.digest,))
