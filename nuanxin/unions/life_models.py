"""How a union comes to be and what it does; `unions.models` hands these tables on."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from nuanxin.core.storage import ReferenceModel
from nuanxin.unions.enums import MeetingKind, UnionKind


class FoundingItem(ReferenceModel):
    """One line of the checklist of a founding: data, not code."""

    code = models.SlugField(_("code"), max_length=24, primary_key=True)
    name_zh = models.CharField(_("name (Chinese)"), max_length=60)
    name_en = models.CharField(_("name (English)"), max_length=90)
    rank = models.PositiveSmallIntegerField(_("order"))
    is_required = models.BooleanField(_("required"), default=True)
    is_of_upper = models.BooleanField(
        _("for the upper union"),
        default=False,
        help_text=_("Only whoever has rights over the upper union ticks it."),
    )
    counts_members = models.BooleanField(
        _("counts members"),
        default=False,
        help_text=_("Ticked with a number of members, which reaches the threshold of the kind."),
    )

    class Meta:
        verbose_name = _("founding step")
        verbose_name_plural = _("founding steps")
        ordering = ["rank", "code"]

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name_zh


class FoundingThreshold(ReferenceModel):
    """How many members a union of a kind takes; a kind without a row takes none of its own."""

    kind = models.CharField(_("kind"), max_length=12, primary_key=True, choices=UnionKind.choices)
    members_least = models.PositiveIntegerField(_("members at least"))

    class Meta:
        verbose_name = _("founding threshold")
        verbose_name_plural = _("founding thresholds")
        ordering = ["kind"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=UnionKind.values),
                name="%(app_label)s_%(class)s_known_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.members_least}"


class FoundingStep(ReferenceModel):
    """A line of the checklist that is done for one union."""

    id = models.UUIDField(primary_key=True, editable=False)
    union = models.ForeignKey(
        "unions.Union", models.PROTECT, related_name="founding_steps", verbose_name=_("union")
    )
    item = models.ForeignKey(
        FoundingItem, models.PROTECT, related_name="+", verbose_name=_("founding step")
    )
    done_on = models.DateField(_("done on"))
    members_count = models.PositiveIntegerField(_("number of members"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    done_by = models.CharField(_("ticked by"), max_length=80)

    class Meta:
        verbose_name = _("founding step done")
        verbose_name_plural = _("founding steps done")
        ordering = ["union_id", "item_id"]
        constraints = [
            models.UniqueConstraint(fields=["union", "item"], name="%(app_label)s_%(class)s_once"),
            models.CheckConstraint(
                condition=~models.Q(done_by=""), name="%(app_label)s_%(class)s_done_by_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.done_on}"


class Election(ReferenceModel):
    """An election of a union's committee: with it a term begins."""

    id = models.UUIDField(primary_key=True, editable=False)
    union = models.ForeignKey(
        "unions.Union", models.PROTECT, related_name="elections", verbose_name=_("union")
    )
    held_on = models.DateField(_("held on"))
    term_years = models.PositiveSmallIntegerField(_("years of the term"), choices=[(3, 3), (5, 5)])
    term_ends_on = models.DateField(_("term ends on"))
    chair_name = models.CharField(_("chair"), max_length=40)
    note = models.CharField(_("note"), max_length=200, blank=True)
    entered_by = models.CharField(_("entered by"), max_length=80)

    class Meta:
        verbose_name = _("election")
        verbose_name_plural = _("elections")
        ordering = ["union_id", "-held_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["union", "held_on"], name="%(app_label)s_%(class)s_once_a_day"
            ),
            models.CheckConstraint(
                condition=models.Q(term_years__in=[3, 5]),
                name="%(app_label)s_%(class)s_term_of_three_or_five",
            ),
            models.CheckConstraint(
                condition=models.Q(term_ends_on__gt=models.F("held_on")),
                name="%(app_label)s_%(class)s_term_ends_later",
            ),
            models.CheckConstraint(
                condition=~models.Q(chair_name=""), name="%(app_label)s_%(class)s_has_a_chair"
            ),
            models.CheckConstraint(
                condition=~models.Q(entered_by=""),
                name="%(app_label)s_%(class)s_entered_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.held_on} {self.chair_name}"


class Meeting(ReferenceModel):
    """Something a union held: a sign of life."""

    id = models.UUIDField(primary_key=True, editable=False)
    union = models.ForeignKey(
        "unions.Union", models.PROTECT, related_name="meetings", verbose_name=_("union")
    )
    held_on = models.DateField(_("held on"))
    kind = models.CharField(_("kind"), max_length=10, choices=MeetingKind.choices)
    attended_count = models.PositiveIntegerField(_("attended"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    entered_by = models.CharField(_("entered by"), max_length=80)

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ["union_id", "-held_on", "id"]
        indexes = [models.Index(fields=["union", "held_on"], name="unions_meeting_by_day")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=MeetingKind.values),
                name="%(app_label)s_%(class)s_known_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(attended_count__gte=0),
                name="%(app_label)s_%(class)s_attended_not_negative",
            ),
            models.CheckConstraint(
                condition=~models.Q(entered_by=""),
                name="%(app_label)s_%(class)s_entered_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.held_on} {self.get_kind_display()}"
