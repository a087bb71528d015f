"""The words every station is described with; `stations.models` hands them on."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from nuanxin.core.catalogue import Named
from nuanxin.core.storage import ReferenceModel
from nuanxin.regions.models import Division


class Brand(Named):
    class Meta(Named.Meta):
        verbose_name = _("brand")
        verbose_name_plural = _("brands")


class Facility(Named):
    """One entry of the catalogue; ``bit`` is its place in the finder's mask and never reused."""

    is_basic = models.BooleanField(_("one of the nine basics"), default=False)
    is_filter = models.BooleanField(_("offered as a filter"), default=False)
    bit = models.PositiveSmallIntegerField(_("bit"), unique=True)

    class Meta(Named.Meta):
        verbose_name = _("facility")
        verbose_name_plural = _("facilities")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(bit__lt=64), name="%(app_label)s_%(class)s_bit_below_64"
            )
        ]


class WelcomedGroup(Named):
    """A group a station welcomes by name: riders, couriers, cleaners."""

    bit = models.PositiveSmallIntegerField(_("bit"), unique=True)

    class Meta(Named.Meta):
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(bit__lt=32), name="%(app_label)s_%(class)s_bit_below_32"
            )
        ]


class Standard(Named):
    """A list of requirements a province sets, e.g. Zhejiang's eight: data, not code."""

    division = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, verbose_name=_("division")
    )

    class Meta(Named.Meta):
        verbose_name = _("standard")
        verbose_name_plural = _("standards")


class StandardItem(ReferenceModel):
    id = models.UUIDField(primary_key=True, editable=False)
    standard = models.ForeignKey(
        Standard, models.CASCADE, related_name="items", verbose_name=_("standard")
    )
    code = models.SlugField(_("code"), max_length=24)
    name_zh = models.CharField(_("name (Chinese)"), max_length=60)
    name_en = models.CharField(_("name (English)"), max_length=90)
    rank = models.PositiveSmallIntegerField(_("order"))

    class Meta:
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        ordering = ["standard_id", "rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["standard", "code"], name="%(app_label)s_%(class)s_once"
            )
        ]

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name_zh
