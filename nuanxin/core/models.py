import uuid
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from nuanxin.core.actors import Actor
from nuanxin.core.process_models import Heartbeat as Heartbeat
from nuanxin.core.process_models import Lease as Lease
from nuanxin.core.process_models import OutboxMessage as OutboxMessage
from nuanxin.core.process_models import TimedRule as TimedRule
from nuanxin.core.scopes import reach
from nuanxin.core.storage import LocalModel


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def visible_to(self, actor: Actor) -> Self:
        """Return the acts inside an actor's scopes; acts without a union take the whole tree."""
        return self.filter(reach(actor, "scope_path"))


class AuditEvent(LocalModel):
    """One act: written in the transaction of the act, sealed into the chain later."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(_("at"), db_index=True)
    actor_key = models.CharField(_("actor"), max_length=80, db_index=True)
    actor_label = models.CharField(_("actor's name"), max_length=120)
    verb = models.CharField(_("act"), max_length=60)
    object_type = models.CharField(_("kind of object"), max_length=60)
    object_key = models.CharField(_("object"), max_length=80)
    scope_path = models.CharField(_("union path"), max_length=300, blank=True)
    data = models.JSONField(_("details"), default=dict)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering = ["-at", "id"]
        indexes = [models.Index(fields=["object_type", "object_key"])]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(actor_key="") & ~models.Q(verb=""),
                name="%(app_label)s_%(class)s_who_and_what",
            )
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_label} {self.verb} {self.object_key}"


class AuditSeal(LocalModel):
    """The place of an act in the chain, and the digest of everything up to it; see `core.sealing`.

    No foreign key: the seal of an act that was removed behind our back stays, and tells of it.
    """

    seq = models.BigIntegerField(_("number"), primary_key=True)
    event_id = models.UUIDField(_("audit event"), unique=True)
    digest = models.CharField(_("digest"), max_length=64)

    class Meta:
        verbose_name = _("seal of an act")
        verbose_name_plural = _("seals of acts")
        ordering = ["seq"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(seq__gte=1), name="%(app_label)s_%(class)s_counts_from_one"
            )
        ]

    def __str__(self) -> str:
        return str(self.seq)


class AuditLeaf(LocalModel):
    """One row of a bulk act: what was what before and after; the act keeps the root over all of them.

    No foreign key: what is taken away behind our back is missed by the root, which is sealed.
    """

    id = models.BigAutoField(primary_key=True)
    event_id = models.UUIDField(_("audit event"))
    number = models.PositiveIntegerField(_("number"))
    object_key = models.CharField(_("object"), max_length=80)
    before = models.CharField(_("before"), max_length=40, blank=True)
    after = models.CharField(_("after"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("row of a bulk act")
        verbose_name_plural = _("rows of bulk acts")
        ordering = ["event_id", "number"]
        indexes = [models.Index(fields=["object_key"], name="core_auditleaf_object")]
        constraints = [
            models.UniqueConstraint(
                fields=["event_id", "number"], name="%(app_label)s_%(class)s_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.object_key}: {self.before} → {self.after}"
