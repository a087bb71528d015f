"""How workers come in by themselves, and what they agree to; `workers.models` hands them on."""

import datetime as dt
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from nuanxin.accounts.enums import ConsentPurpose
from nuanxin.core.actors import Actor
from nuanxin.core.scopes import reach
from nuanxin.core.storage import ReferenceModel, ShardedModel
from nuanxin.unions.models import Union
from nuanxin.workers.enums import Channel


class CeremonyQuerySet(models.QuerySet["Ceremony"]):
    def visible_to(self, actor: Actor) -> Self:
        """Return the ceremonies of unions inside an actor's scopes."""
        return self.filter(reach(actor, "union__path"))

    def open_at(self, moment: dt.datetime) -> Self:
        """Return those at which somebody can join at a moment."""
        return self.filter(closed_at__isnull=True, starts_at__lte=moment, ends_at__gt=moment)


class Ceremony(ReferenceModel):
    """Many join together: a code on the big screen, and how many have come in by it."""

    id = models.UUIDField(primary_key=True, editable=False)
    union = models.ForeignKey(
        Union, models.PROTECT, related_name="ceremonies", verbose_name=_("union")
    )
    title = models.CharField(_("title"), max_length=60)
    code = models.CharField(_("code"), max_length=12, unique=True, editable=False)
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    expected_count = models.PositiveIntegerField(_("people expected"), null=True, blank=True)
    opened_by = models.CharField(_("opened by"), max_length=80)
    opened_label = models.CharField(_("opened by"), max_length=120)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.CharField(_("closed by"), max_length=80, blank=True)

    objects = CeremonyQuerySet.as_manager()

    class Meta:
        verbose_name = _("ceremony")
        verbose_name_plural = _("ceremonies")
        ordering = ["-starts_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="%(app_label)s_%(class)s_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True, closed_by="")
                | models.Q(closed_at__isnull=False) & ~models.Q(closed_by=""),
                name="%(app_label)s_%(class)s_closed_when_and_by",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def is_open_at(self, moment: dt.datetime) -> bool:
        """Return whether somebody can join by it at a moment."""
        return self.closed_at is None and self.starts_at <= moment < self.ends_at


class ConsentQuerySet(models.QuerySet["Consent"]):
    def in_force(self) -> Self:
        """Return what was agreed to and not taken back."""
        return self.filter(withdrawn_at__isnull=True)


class Consent(ShardedModel):
    """One worker agreed to the words of one version for one purpose; perhaps took it back since.

    Never changed but by taking back: other words, or agreeing again, is another row.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    worker = models.ForeignKey(
        "workers.Worker", models.CASCADE, related_name="consents", verbose_name=_("worker")
    )
    purpose = models.CharField(_("purpose"), max_length=24, choices=ConsentPurpose.choices)
    n = models.PositiveSmallIntegerField(_("number"))
    version = models.PositiveSmallIntegerField(_("version"))
    digest = models.CharField(_("fingerprint of the words"), max_length=64)
    channel = models.CharField(_("how it was given"), max_length=10, choices=Channel.choices)
    given_at = models.DateTimeField(_("given at"))
    given_by = models.CharField(_("recorded by"), max_length=80)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_by = models.CharField(_("withdrawn by"), max_length=80, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["worker_id", "purpose", "n"]
        constraints = [
            models.UniqueConstraint(
                fields=["worker", "purpose", "n"], name="%(app_label)s_%(class)s_number_once"
            ),
            models.UniqueConstraint(
                fields=["worker", "purpose"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="%(app_label)s_%(class)s_one_in_force",
            ),
            models.CheckConstraint(
                condition=models.Q(purpose__in=ConsentPurpose.values),
                name="%(app_label)s_%(class)s_known_purpose",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True, withdrawn_by="")
                | models.Q(withdrawn_at__isnull=False) & ~models.Q(withdrawn_by=""),
                name="%(app_label)s_%(class)s_withdrawn_when_and_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.version}"
