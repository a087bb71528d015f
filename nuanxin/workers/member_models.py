"""Memberships and their transfers; `workers.models` hands them on."""

import datetime as dt
from typing import Final, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from nuanxin.core.actors import Actor
from nuanxin.core.scopes import reach
from nuanxin.core.storage import ShardedModel
from nuanxin.unions.models import Union
from nuanxin.workers.enums import Channel, EndReason, MembershipState, TransferState
from nuanxin.workers.joining_models import Ceremony

OPEN: Final = (MembershipState.APPLIED, MembershipState.VERIFIED, MembershipState.APPROVED)
HELD: Final = (MembershipState.ACTIVE, MembershipState.RETAINED)
PRESENT: Final = OPEN + HELD


class MembershipQuerySet(models.QuerySet["Membership"]):
    def visible_to(self, actor: Actor) -> Self:
        """Return the memberships of unions inside an actor's scopes."""
        return self.filter(reach(actor, "union__path"))

    def present(self) -> Self:
        """Return what has not ended: applications and memberships."""
        return self.filter(state__in=PRESENT)

    def held(self) -> Self:
        """Return memberships in force; one for a worker."""
        return self.filter(state__in=HELD)

    def waiting(self) -> Self:
        """Return applications for which the union has something to do."""
        return self.filter(state__in=OPEN)

    def on(self, day: dt.date) -> Self:
        """Return the memberships that stood on a day, as it is known now."""
        return self.filter(active_on__lte=day).filter(
            models.Q(ended_on__isnull=True) | models.Q(ended_on__gt=day)
        )


class Membership(ShardedModel):
    """A worker in a union, or on the way in; what is over stays as history.

    ``n`` counts the memberships of a worker, and the id is computed from both: whoever writes the same
    one twice meets the same key.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    worker = models.ForeignKey(
        "workers.Worker", models.CASCADE, related_name="memberships", verbose_name=_("worker")
    )
    n = models.PositiveSmallIntegerField(_("number"))
    union = models.ForeignKey(
        Union, models.PROTECT, related_name="memberships", verbose_name=_("union")
    )
    state = models.CharField(_("state"), max_length=10, choices=MembershipState.choices)
    channel = models.CharField(_("how they came"), max_length=10, choices=Channel.choices)
    ceremony = models.ForeignKey(
        Ceremony,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        db_index=False,
        verbose_name=_("ceremony"),
    )
    applied_on = models.DateField(_("applied on"))
    joined = models.CharField(
        _("joined"),
        max_length=10,
        blank=True,
        help_text=_("As exactly as it is known: a year, a month or a day."),
    )
    active_on = models.DateField(_("member since"), null=True, blank=True)
    member_no = models.CharField(_("number of the member's card"), max_length=32, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    end_reason = models.CharField(
        _("why it ended"), max_length=12, choices=EndReason.choices, blank=True
    )
    state_at = models.DateTimeField(_("in this state since"))
    state_by = models.CharField(_("by"), max_length=80)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["worker_id", "n"]
        indexes = [
            models.Index(fields=["union", "state"], name="workers_membership_union_state"),
            models.Index(
                fields=["ceremony", "state"],
                condition=models.Q(ceremony__isnull=False),
                name="workers_membership_ceremony",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["worker", "n"], name="%(app_label)s_%(class)s_number_once"
            ),
            models.UniqueConstraint(
                fields=["worker"],
                condition=models.Q(state__in=HELD),
                name="%(app_label)s_%(class)s_one_held",
            ),
            models.UniqueConstraint(
                fields=["worker", "union"],
                condition=models.Q(state__in=PRESENT),
                name="%(app_label)s_%(class)s_one_present_in_a_union",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=MembershipState.values),
                name="%(app_label)s_%(class)s_known_state",
            ),
            models.CheckConstraint(
                condition=models.Q(state=MembershipState.ENDED, ended_on__isnull=False)
                & ~models.Q(end_reason="")
                | ~models.Q(state=MembershipState.ENDED)
                & models.Q(ended_on__isnull=True, end_reason=""),
                name="%(app_label)s_%(class)s_ended_when_and_why",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=HELD) | models.Q(active_on__isnull=False),
                name="%(app_label)s_%(class)s_held_since",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.worker} · {self.union}"

    @property
    def is_present(self) -> bool:
        """Whether it has not ended."""
        return self.state in PRESENT

    @property
    def is_held(self) -> bool:
        """Whether it is in force: the worker is a member."""
        return self.state in HELD


class TransferQuerySet(models.QuerySet["Transfer"]):
    def visible_to(self, actor: Actor) -> Self:
        """Return the transfers from and to unions inside an actor's scopes."""
        return self.filter(reach(actor, "from_union__path") | reach(actor, "to_union__path"))

    def open(self) -> Self:
        """Return the transfers that wait for an answer."""
        return self.filter(state=TransferState.OPEN)


class Transfer(ShardedModel):
    """A membership on its way to another union; both unions answer, in whatever order.

    “一次入会、动态接转”: nobody enters twice. ``needs_release`` is false where the first union has no say,
    because the worker goes to the union of their residence.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    worker = models.ForeignKey(
        "workers.Worker", models.CASCADE, related_name="transfers", verbose_name=_("worker")
    )
    n = models.PositiveSmallIntegerField(_("number"))
    from_union = models.ForeignKey(
        Union, models.PROTECT, related_name="+", verbose_name=_("from the union")
    )
    to_union = models.ForeignKey(
        Union, models.PROTECT, related_name="+", verbose_name=_("to the union")
    )
    state = models.CharField(
        _("state"), max_length=10, choices=TransferState.choices, default=TransferState.OPEN
    )
    needs_release = models.BooleanField(_("the first union answers"), default=True)
    asked_at = models.DateTimeField(_("asked at"))
    asked_by = models.CharField(_("asked by"), max_length=80)
    expires_at = models.DateTimeField(_("expires at"))
    released_at = models.DateTimeField(_("released at"), null=True, blank=True)
    released_by = models.CharField(_("released by"), max_length=80, blank=True)
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    accepted_by = models.CharField(_("accepted by"), max_length=80, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_by = models.CharField(_("ended by"), max_length=80, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = TransferQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        ordering = ["-asked_at", "id"]
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=models.Q(state=TransferState.OPEN),
                name="workers_transfer_expiring",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["worker", "n"], name="%(app_label)s_%(class)s_number_once"
            ),
            models.UniqueConstraint(
                fields=["worker"],
                condition=models.Q(state=TransferState.OPEN),
                name="%(app_label)s_%(class)s_one_open",
            ),
            models.CheckConstraint(
                condition=~models.Q(from_union=models.F("to_union")),
                name="%(app_label)s_%(class)s_goes_elsewhere",
            ),
            models.CheckConstraint(
                condition=models.Q(released_at__isnull=True, released_by="")
                | models.Q(released_at__isnull=False) & ~models.Q(released_by=""),
                name="%(app_label)s_%(class)s_released_when_and_by",
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True, accepted_by="")
                | models.Q(accepted_at__isnull=False) & ~models.Q(accepted_by=""),
                name="%(app_label)s_%(class)s_accepted_when_and_by",
            ),
            models.CheckConstraint(
                condition=models.Q(state=TransferState.OPEN, ended_at__isnull=True, ended_by="")
                | ~models.Q(state=TransferState.OPEN)
                & models.Q(ended_at__isnull=False)
                & ~models.Q(ended_by=""),
                name="%(app_label)s_%(class)s_ended_when_and_by",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=TransferState.DONE)
                | models.Q(accepted_at__isnull=False)
                & (models.Q(released_at__isnull=False) | models.Q(needs_release=False)),
                name="%(app_label)s_%(class)s_done_by_both",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.worker} · {self.from_union} → {self.to_union}"
