"""Roles lent for a while; `accounts.models` hands the table on."""

import datetime as dt
import uuid
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from nuanxin.core import clock
from nuanxin.core.actors import Actor
from nuanxin.core.scopes import reach
from nuanxin.core.storage import ReferenceModel


def user_key(actor: Actor) -> uuid.UUID | None:
    """Return the key of the user who acts; None for a program and for a worker."""
    kind, _colon, key = actor.actor_key.partition(":")
    return uuid.UUID(key) if kind == "user" else None


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def visible_to(self, actor: Actor) -> Self:
        """Return what was lent over unions inside an actor's scopes, and what they lent or were lent."""
        within = self.model.objects.filter(reach(actor, "grant__union__path")).order_by()
        return self.filter(models.Q(pk__in=within.values("pk")) | _of(actor))

    def of(self, actor: Actor) -> Self:
        """Return what an actor has lent or was lent."""
        return self.filter(_of(actor))

    def unended(self) -> Self:
        """Return what nobody has ended; its days may lie ahead or behind."""
        return self.filter(ended_at__isnull=True)

    def in_force_on(self, day: dt.date) -> Self:
        """Return what gives rights on a day: while the role itself stands, and its holder's account."""
        within = self.unended().filter(starts_on__lte=day, ends_on__gte=day)
        return within.filter(grant__ended_at__isnull=True, grant__user__is_active=True)


def _of(actor: Actor) -> models.Q:
    key = user_key(actor)
    return models.Q(grant__user=key) | models.Q(to_user=key) if key else models.Q(pk__in=[])


class Delegation(ReferenceModel):
    """An officer's role in the hands of a colleague for some days; it goes no further from there."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    grant = models.ForeignKey(
        "accounts.Grant", models.CASCADE, related_name="delegations", verbose_name=_("role")
    )
    to_user = models.ForeignKey(
        "accounts.User", models.CASCADE, related_name="delegations", verbose_name=_("handed to")
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=120, blank=True)
    given_at = models.DateTimeField(_("handed over at"))
    given_by = models.CharField(_("handed over by"), max_length=80)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_by = models.CharField(_("ended by"), max_length=80, blank=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("role handed over")
        verbose_name_plural = _("roles handed over")
        ordering = ["-starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="%(app_label)s_%(class)s_in_order",
            ),
            models.CheckConstraint(
                condition=~models.Q(given_by=""), name="%(app_label)s_%(class)s_given_by_somebody"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, ended_by="")
                | (models.Q(ended_at__isnull=False) & ~models.Q(ended_by="")),
                name="%(app_label)s_%(class)s_ended_when_and_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grant.user} → {self.to_user}"

    @property
    def is_in_force(self) -> bool:
        """Whether it gives rights today."""
        is_kept = self.ended_at is None and self.grant.ended_at is None
        return (
            is_kept
            and self.grant.user.is_active
            and self.starts_on <= clock.civil_date() <= self.ends_on
        )

    @property
    def is_over(self) -> bool:
        """Whether it never gives rights any more."""
        is_ended = self.ended_at is not None or self.grant.ended_at is not None
        return is_ended or self.ends_on < clock.civil_date()
