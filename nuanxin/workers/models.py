"""The real-name register: who a worker is, what they do, and which rows are the same person."""

import datetime as dt
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from nuanxin.core.actors import Actor, Role
from nuanxin.core.catalogue import Named
from nuanxin.core.scopes import OFFICE_READERS, reach, reaches_all
from nuanxin.core.search import PersonInitialsField, PersonPinyinField
from nuanxin.core.storage import RootModel, ShardedModel
from nuanxin.workers.enums import DocumentKind, MergeReason, MergeState
from nuanxin.workers.joining_models import Ceremony as Ceremony
from nuanxin.workers.joining_models import Consent as Consent
from nuanxin.workers.member_models import HELD as HELD
from nuanxin.workers.member_models import OPEN as OPEN
from nuanxin.workers.member_models import Membership as Membership
from nuanxin.workers.member_models import MembershipQuerySet as MembershipQuerySet
from nuanxin.workers.member_models import Transfer as Transfer

READERS = OFFICE_READERS
_NAME_LENGTH = 60


class WorkerQuerySet(models.QuerySet["Worker"]):
    def visible_to(self, actor: Actor) -> Self:
        """Return the workers with an application or a membership inside an actor's scopes."""
        if reaches_all(actor, roles=READERS | {Role.SYSTEM}):
            return self.all()
        present = Membership.objects.present().filter(
            reach(actor, "union__path", roles=READERS), worker=models.OuterRef("pk")
        )
        return self.filter(models.Exists(present))


class Worker(RootModel):
    """A natural person, member or not. The id is a keyed hash of the document, so nobody stands twice.

    Numbers are sealed; beside them stand fingerprints by which they are found. ``erased_at`` leaves the
    bare row: what the worker has had once, they cannot have once more.
    """

    id = models.UUIDField(_("code of the entry"), primary_key=True, editable=False)
    document_kind = models.CharField(
        _("kind of document"), max_length=10, choices=DocumentKind.choices
    )
    document_sealed = models.TextField(_("number of the document, sealed"), blank=True)
    document_tail = models.BigIntegerField(_("end of the number, fingerprint"), null=True)
    name = models.CharField(_("full name"), max_length=_NAME_LENGTH, blank=True)
    pinyin = PersonPinyinField(_("pinyin"), sources=("name",))
    initials = PersonInitialsField(_("initials"), sources=("name",))
    phone_sealed = models.TextField(_("phone, sealed"), blank=True)
    phone_index = models.BigIntegerField(_("phone, fingerprint"), null=True, blank=True)
    phone_tail = models.BigIntegerField(_("end of the phone, fingerprint"), null=True, blank=True)
    entered_at = models.DateTimeField(_("entered at"))
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)

    objects = WorkerQuerySet.as_manager()

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["document_tail"], name="workers_worker_document_tail"),
            models.Index(fields=["phone_index"], name="workers_worker_phone"),
            models.Index(fields=["phone_tail"], name="workers_worker_phone_tail"),
            models.Index(
                fields=["pinyin"], opclasses=["varchar_pattern_ops"], name="workers_worker_pinyin"
            ),
            models.Index(
                fields=["initials", "pinyin"],
                opclasses=["varchar_pattern_ops", "varchar_pattern_ops"],
                name="workers_worker_initials",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(document_kind__in=DocumentKind.values),
                name="%(app_label)s_%(class)s_known_document",
            ),
            models.CheckConstraint(
                condition=models.Q(erased_at__isnull=True, document_tail__isnull=False)
                & ~models.Q(document_sealed="")
                & ~models.Q(name="")
                | models.Q(
                    erased_at__isnull=False,
                    document_tail__isnull=True,
                    document_sealed="",
                    name="",
                    phone_sealed="",
                ),
                name="%(app_label)s_%(class)s_whole_or_erased",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    phone_sealed="", phone_index__isnull=True, phone_tail__isnull=True
                )
                | models.Q(phone_index__isnull=False, phone_tail__isnull=False)
                & ~models.Q(phone_sealed=""),
                name="%(app_label)s_%(class)s_phone_sealed_with_index",
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(_("erased"))

    @property
    def actor_key(self) -> str:
        """Return the key under which the worker acts for themselves."""
        return f"worker:{self.pk}"


class WorkerGroup(Named):
    """What kind of work: delivery riders, truck drivers; data, with the words lists use for it."""

    is_new_form = models.BooleanField(_("new form of employment"), default=False)
    is_outdoor = models.BooleanField(_("works outdoors"), default=False)
    words = models.TextField(_("other words"), blank=True, help_text=_("Separated by |."))

    class Meta(Named.Meta):
        verbose_name = _("group of workers")
        verbose_name_plural = _("groups of workers")


class OccupationQuerySet(models.QuerySet["Occupation"]):
    def on(self, day: dt.date) -> Self:
        """Return the occupations that are not over by a day."""
        return self.filter(
            models.Q(until_on__isnull=True) | models.Q(until_on__gt=day),
            models.Q(since_on__isnull=True) | models.Q(since_on__lte=day),
        )


class Occupation(ShardedModel):
    """What a worker does, and for whom: one worker rides for many platforms."""

    id = models.UUIDField(primary_key=True, editable=False)
    worker = models.ForeignKey(
        Worker, models.CASCADE, related_name="occupations", verbose_name=_("worker")
    )
    group = models.ForeignKey(
        WorkerGroup, models.PROTECT, related_name="+", verbose_name=_("group")
    )
    platform = models.CharField(_("platform or employer"), max_length=80, blank=True)
    occupation_code = models.CharField(
        _("code of the occupation"),
        max_length=12,
        blank=True,
        help_text=_("Of the national classification, such as 4-02-07-10."),
    )
    since_on = models.DateField(_("since"), null=True, blank=True)
    until_on = models.DateField(_("until"), null=True, blank=True)

    objects = OccupationQuerySet.as_manager()

    class Meta:
        verbose_name = _("occupation")
        verbose_name_plural = _("occupations")
        ordering = ["worker_id", "since_on", "id"]
        indexes = [models.Index(fields=["platform", "group"], name="workers_occupation_platform")]
        constraints = [
            models.UniqueConstraint(
                fields=["worker", "group", "platform"],
                name="%(app_label)s_%(class)s_once_each",
            ),
            models.CheckConstraint(
                condition=models.Q(since_on__isnull=True)
                | models.Q(until_on__isnull=True)
                | models.Q(until_on__gte=models.F("since_on")),
                name="%(app_label)s_%(class)s_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group_id} {self.platform}".strip()


class WorkerAlias(ShardedModel):
    """A row that turned out to be another row's person: it stays, and points to the survivor."""

    worker = models.OneToOneField(
        Worker, models.CASCADE, primary_key=True, related_name="alias", verbose_name=_("worker")
    )
    # on another machine, perhaps: no constraint of the database can follow it there
    survivor = models.ForeignKey(
        Worker,
        models.PROTECT,
        related_name="aliases",
        db_constraint=False,
        verbose_name=_("the same person"),
    )
    since_at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("other row of a worker")
        verbose_name_plural = _("other rows of workers")
        ordering = ["worker_id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(worker=models.F("survivor")),
                name="%(app_label)s_%(class)s_points_elsewhere",
            )
        ]

    def __str__(self) -> str:
        return f"{self.worker_id} → {self.survivor_id}"


class WorkerMergeQuerySet(models.QuerySet["WorkerMerge"]):
    def visible_to(self, actor: Actor) -> Self:
        """Return the merges of rows inside an actor's scopes, and those they proposed themselves."""
        within = models.Exists(
            Worker.objects.visible_to(actor).filter(pk=models.OuterRef("worker_id"))
        ) | models.Exists(
            Worker.objects.visible_to(actor).filter(pk=models.OuterRef("survivor_id"))
        )
        return self.filter(within)


class WorkerMerge(ShardedModel):
    """A proposal that two rows are one person, for a second person to decide."""

    id = models.UUIDField(primary_key=True, editable=False)
    worker = models.ForeignKey(
        Worker, models.CASCADE, related_name="merges", verbose_name=_("row to be left")
    )
    # no constraint: the survivor may be a row that only approval makes
    survivor = models.ForeignKey(
        Worker,
        models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        verbose_name=_("row to be kept"),
    )
    n = models.PositiveSmallIntegerField(_("number"))
    document_kind = models.CharField(
        _("kind of document"), max_length=10, choices=DocumentKind.choices
    )
    document_sealed = models.TextField(_("number of the document, sealed"))
    reason = models.CharField(_("reason"), max_length=10, choices=MergeReason.choices)
    state = models.CharField(
        _("state"), max_length=10, choices=MergeState.choices, default=MergeState.PROPOSED
    )
    proposed_by = models.CharField(_("proposed by"), max_length=80)
    proposed_label = models.CharField(_("proposed by"), max_length=120)
    proposed_at = models.DateTimeField(_("proposed at"))
    decided_by = models.CharField(_("decided by"), max_length=80, blank=True)
    decided_label = models.CharField(_("decided by"), max_length=120, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    objects = WorkerMergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge of two rows")
        verbose_name_plural = _("merges of rows")
        ordering = ["-proposed_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["worker", "n"], name="%(app_label)s_%(class)s_number_once"
            ),
            models.UniqueConstraint(
                fields=["worker"],
                condition=models.Q(state=MergeState.PROPOSED),
                name="%(app_label)s_%(class)s_one_open",
            ),
            models.CheckConstraint(
                condition=~models.Q(worker=models.F("survivor")),
                name="%(app_label)s_%(class)s_two_rows",
            ),
            models.CheckConstraint(
                condition=~models.Q(proposed_by=models.F("decided_by")),
                name="%(app_label)s_%(class)s_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state=MergeState.PROPOSED, decided_by="", decided_at__isnull=True
                )
                | ~models.Q(state=MergeState.PROPOSED)
                & ~models.Q(decided_by="")
                & models.Q(decided_at__isnull=False),
                name="%(app_label)s_%(class)s_decided_when_and_by",
            ),
        ]

    def __str__(self) -> str:
        return str(self.worker)
