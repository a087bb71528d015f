from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from nuanxin.core.actors import Actor, Role
from nuanxin.core.scopes import OFFICE_READERS, reach
from nuanxin.core.search import SearchTextField
from nuanxin.core.storage import ReferenceModel
from nuanxin.regions.models import Division
from nuanxin.unions.enums import UnionKind

_VISIBLE_TO = OFFICE_READERS | {Role.KEEPER}


class UnionQuerySet(models.QuerySet["Union"]):
    def visible_to(self, actor: Actor) -> Self:
        """Return the unions inside the actor's scopes."""
        return self.filter(reach(actor, "path", roles=_VISIBLE_TO))

    def subtree_of(self, union: "Union") -> Self:
        """Return a union and everything below it."""
        return self.filter(path__startswith=union.path)


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
        ]

    def __str__(self) -> str:
        return self.name
