import datetime as dt
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from nuanxin.core.actors import Actor, Role
from nuanxin.core.scopes import OFFICE_READERS, reach
from nuanxin.core.search import SearchTextField
from nuanxin.core.storage import ReferenceModel
from nuanxin.regions.models import Division
from nuanxin.unions.enums import UnionKind, UnionState
from nuanxin.unions.life_models import Election as Election
from nuanxin.unions.life_models import FoundingItem as FoundingItem
from nuanxin.unions.life_models import FoundingStep as FoundingStep
from nuanxin.unions.life_models import FoundingThreshold as FoundingThreshold
from nuanxin.unions.life_models import Meeting as Meeting

_ENDED = (UnionState.MERGED, UnionState.DISSOLVED)
_FOUNDED = (UnionState.ACTIVE, UnionState.MERGED)  # what was given up in preparation is dissolved
_VISIBLE_TO = OFFICE_READERS | {Role.KEEPER}


class UnionQuerySet(models.QuerySet["Union"]):
    def visible_to(self, actor: Actor) -> Self:
        """Return the unions inside the actor's scopes."""
        return self.filter(reach(actor, "path", roles=_VISIBLE_TO))

    def subtree_of(self, union: "Union") -> Self:
        """Return a union and everything below it."""
        return self.filter(path__startswith=union.path)

    def active(self) -> Self:
        """Return the unions that work: neither in preparation nor ended."""
        return self.filter(state=UnionState.ACTIVE)

    def unended(self) -> Self:
        """Return the unions that work or are in preparation."""
        return self.filter(ended_on__isnull=True)

    def living_on(self, day: dt.date) -> Self:
        """Return the unions that were founded by a day and had not ended by then.

        The register does not know the day of every founding: who was entered as founded counts.
        """
        is_entered = models.Q(founded_on__isnull=True, preparing_since__isnull=True)
        return self.filter(
            is_entered | models.Q(founded_on__lte=day),
            models.Q(ended_on__isnull=True) | models.Q(ended_on__gt=day),
        )


class Union(ReferenceModel):
    """A union organisation in the one tree; rights reach down along ``path``."""

    id = models.UUIDField(primary_key=True, editable=False)
    code = models.CharField(
        _("code"),
        max_length=32,
        unique=True,
        help_text=_("Organisation number in the real-name base."),
    )
    uscc = models.CharField(
        _("unified social credit code"), max_length=18, null=True, blank=True, unique=True
    )
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=UnionKind.choices)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("upper union"),
    )
    path = models.CharField(
        _("path"),
        max_length=300,
        unique=True,
        editable=False,
        help_text=_("Codes from the root down, each followed by a slash."),
    )
    division = models.ForeignKey(
        Division, models.PROTECT, related_name="unions", verbose_name=_("division")
    )
    state = models.CharField(
        _("state"), max_length=10, choices=UnionState.choices, default=UnionState.ACTIVE
    )
    is_new_form = models.BooleanField(
        _("new forms of employment"),
        default=False,
        help_text=_("A union of riders, couriers, drivers and others who work by platforms."),
    )
    preparing_since = models.DateField(
        _("in preparation since"),
        null=True,
        blank=True,
        help_text=_("Empty when the register brought the union as founded."),
    )
    founded_on = models.DateField(_("founded on"), null=True, blank=True)
    term_ends_on = models.DateField(_("term ends on"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    ended_by = models.CharField(_("ended by"), max_length=80, blank=True)
    end_reason = models.CharField(_("reason of the end"), max_length=200, blank=True)
    successor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("merged into"),
    )
    search_text = SearchTextField(_("pinyin"), sources=("name",))

    objects = UnionQuerySet.as_manager()

    class Meta:
        verbose_name = _("union")
        verbose_name_plural = _("unions")
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(path__endswith="/"),
                name="%(app_label)s_%(class)s_path_ends_with_slash",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=UnionKind.values),
                name="%(app_label)s_%(class)s_known_kind",
            ),
            models.CheckConstraint(
                # 8 = union in the first place of the code: another body's code is a mistake
                condition=models.Q(uscc__isnull=True) | models.Q(uscc__startswith="81"),
                name="%(app_label)s_%(class)s_uscc_of_a_union",
            ),
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("id")),
                name="%(app_label)s_%(class)s_not_its_own_parent",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=UnionState.values),
                name="%(app_label)s_%(class)s_known_state",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=_ENDED, ended_on__isnull=False, ended_by__gt="")
                | (
                    ~models.Q(state__in=_ENDED)
                    & models.Q(ended_on__isnull=True, ended_by="", end_reason="")
                ),
                name="%(app_label)s_%(class)s_ended_when_and_by",
            ),
            models.CheckConstraint(
                condition=models.Q(state=UnionState.MERGED, successor__isnull=False)
                | (~models.Q(state=UnionState.MERGED) & models.Q(successor__isnull=True)),
                name="%(app_label)s_%(class)s_merged_into_one",
            ),
            models.CheckConstraint(
                condition=models.Q(successor__isnull=True) | ~models.Q(successor=models.F("id")),
                name="%(app_label)s_%(class)s_not_its_own_successor",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=UnionState.PREPARING)
                | models.Q(preparing_since__isnull=False, founded_on__isnull=True),
                name="%(app_label)s_%(class)s_in_preparation_not_founded",
            ),
            models.CheckConstraint(
                condition=models.Q(founded_on__isnull=True)
                | models.Q(preparing_since__isnull=True)
                | models.Q(founded_on__gte=models.F("preparing_since")),
                name="%(app_label)s_%(class)s_founded_after_preparation",
            ),
            models.CheckConstraint(
                # what prepared and works now has a day from which it did
                condition=~models.Q(state__in=_FOUNDED)
                | models.Q(preparing_since__isnull=True)
                | models.Q(founded_on__isnull=False),
                name="%(app_label)s_%(class)s_prepared_then_founded",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_on__isnull=True)
                | models.Q(founded_on__isnull=True)
                | models.Q(ended_on__gte=models.F("founded_on")),
                name="%(app_label)s_%(class)s_ends_after_its_beginning",
            ),
        ]

    def __str__(self) -> str:
        # wherever an ended union is named, it is named as such
        return f"{self.name} ({self.get_state_display()})" if self.is_ended else self.name

    @property
    def is_ended(self) -> bool:
        return self.state in _ENDED

    @property
    def is_active(self) -> bool:
        return self.state == UnionState.ACTIVE

    @property
    def parent_path(self) -> str:
        """The path of the upper union; empty for the root."""
        return self.path.removesuffix(f"{self.code}/")

    @property
    def root_code(self) -> str:
        """The code of the union at the top of this one's tree."""
        return self.path.partition("/")[0]
