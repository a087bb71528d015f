"""Rows by which processes share work: who lives, who leads, what is due, what is to be sent."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from nuanxin.core.storage import LocalModel


class Channel(models.TextChoices):
    """By which way a message leaves."""

    SMS = "sms", _("text message")
    APPRISE = "apprise", _("work chat or e-mail")


class Heartbeat(LocalModel):
    """One running process: it writes here every few seconds, and leaves when it ends."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("kind of process"), max_length=20)
    instance = models.CharField(_("process"), max_length=120)
    started_at = models.DateTimeField(_("started at"))
    beat_at = models.DateTimeField(_("last heartbeat at"), db_index=True)

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "instance"], name="%(app_label)s_%(class)s_one_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.instance}"


class Lease(LocalModel):
    """A task that only one holder does at a time, until its lease runs out."""

    name = models.CharField(_("task"), max_length=40, primary_key=True)
    holder = models.CharField(_("holder"), max_length=120, blank=True)
    expires_at = models.DateTimeField(_("held until"))

    class Meta:
        verbose_name = _("lease")
        verbose_name_plural = _("leases")
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} {self.holder}"


class TimedRule(LocalModel):
    """When a timed rule is due, who runs it just now, and how it ended last."""

    name = models.CharField(_("rule"), max_length=60, primary_key=True)
    due_at = models.DateTimeField(_("due at"))
    holder = models.CharField(_("runs in"), max_length=120, blank=True)
    held_until_at = models.DateTimeField(_("held until"), null=True, blank=True)
    last_ran_at = models.DateTimeField(_("last ran at"), null=True, blank=True)
    last_acts_count = models.PositiveIntegerField(_("acts of the last run"), default=0)
    last_error = models.CharField(_("kind of the last error"), max_length=80, blank=True)
    failing_since_at = models.DateTimeField(_("failing since"), null=True, blank=True)

    class Meta:
        verbose_name = _("timed rule")
        verbose_name_plural = _("timed rules")
        ordering = ["due_at", "name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(holder="", held_until_at__isnull=True)
                | (~models.Q(holder="") & models.Q(held_until_at__isnull=False)),
                name="%(app_label)s_%(class)s_held_by_and_until",
            ),
            models.CheckConstraint(
                condition=models.Q(last_error="", failing_since_at__isnull=True)
                | (~models.Q(last_error="") & models.Q(failing_since_at__isnull=False)),
                name="%(app_label)s_%(class)s_fails_since",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OutboxMessage(LocalModel):
    """One message to somebody outside: written with the act that causes it, sent by the worker."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.CharField(_("way"), max_length=20, choices=Channel.choices)
    address_sealed = models.TextField(_("address, sealed"), blank=True)
    subject_sealed = models.TextField(_("subject, sealed"), blank=True)
    text_sealed = models.TextField(_("text, sealed"), blank=True)
    enqueued_at = models.DateTimeField(_("written at"))
    due_at = models.DateTimeField(_("due at"))
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    lease_holder = models.CharField(_("sent by"), max_length=120, blank=True)
    leased_until_at = models.DateTimeField(_("held until"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    given_up_at = models.DateTimeField(_("given up at"), null=True, blank=True)
    last_error = models.CharField(_("kind of the last error"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("message to send")
        verbose_name_plural = _("messages to send")
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(sent_at__isnull=True, given_up_at__isnull=True),
                name="core_outbox_waiting",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sent_at__isnull=True) | models.Q(given_up_at__isnull=True),
                name="%(app_label)s_%(class)s_sent_or_given_up",
            ),
            models.CheckConstraint(
                condition=models.Q(lease_holder="", leased_until_at__isnull=True)
                | (~models.Q(lease_holder="") & models.Q(leased_until_at__isnull=False)),
                name="%(app_label)s_%(class)s_leased_by_and_until",
            ),
            models.CheckConstraint(
                condition=models.Q(sent_at__isnull=False)
                | models.Q(given_up_at__isnull=False)
                | ~models.Q(address_sealed=""),
                name="%(app_label)s_%(class)s_waits_with_address",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"
