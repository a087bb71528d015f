"""What people are asked to agree to; `accounts.models` hands it on."""

import datetime as dt
import hashlib
from typing import Self

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from nuanxin.accounts.enums import ConsentPurpose
from nuanxin.core.storage import ReferenceModel


class ConsentTextQuerySet(models.QuerySet["ConsentText"]):
    def current(self, on: dt.date) -> Self:
        """Return the latest version of each purpose that is in force on a day."""
        in_force = self.filter(effective_on__lte=on)
        later = in_force.filter(
            purpose=models.OuterRef("purpose"), version__gt=models.OuterRef("version")
        )
        return in_force.exclude(models.Exists(later))


class ConsentText(ReferenceModel):
    """One version of what a person agrees to for one purpose; its words never change."""

    id = models.UUIDField(primary_key=True, editable=False)
    purpose = models.CharField(_("purpose"), max_length=24, choices=ConsentPurpose.choices)
    version = models.PositiveSmallIntegerField(_("version"))
    title_zh = models.CharField(_("title (Chinese)"), max_length=40)
    title_en = models.CharField(_("title (English)"), max_length=80)
    body_zh = models.TextField(_("text (Chinese)"))
    body_en = models.TextField(_("text (English)"))
    is_required = models.BooleanField(_("without it there is no membership"), default=False)
    effective_on = models.DateField(_("in force from"))
    rank = models.PositiveSmallIntegerField(_("order"), default=100)

    objects = ConsentTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent text")
        verbose_name_plural = _("consent texts")
        ordering = ["rank", "purpose", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "version"], name="%(app_label)s_%(class)s_version_once"
            ),
            models.UniqueConstraint(
                fields=["purpose", "effective_on"], name="%(app_label)s_%(class)s_one_each_day"
            ),
            models.CheckConstraint(
                condition=models.Q(version__gte=1), name="%(app_label)s_%(class)s_version_from_1"
            ),
            models.CheckConstraint(
                condition=models.Q(purpose__in=ConsentPurpose.values),
                name="%(app_label)s_%(class)s_known_purpose",
            ),
            models.CheckConstraint(
                condition=~models.Q(body_zh="") & ~models.Q(body_en=""),
                name="%(app_label)s_%(class)s_both_languages",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.version}"

    @property
    def title(self) -> str:
        """The title in the language of whoever reads."""
        return self.title_en if get_language() == "en" else self.title_zh

    @property
    def body(self) -> str:
        """The text in the language of whoever reads."""
        return self.body_en if get_language() == "en" else self.body_zh

    @property
    def digest(self) -> str:
        """SHA-256 over the words in both languages: what stands beside a consent to prove them."""
        words = (self.title_zh, self.body_zh, self.title_en, self.body_en)
        return hashlib.sha256("\x1f".join(words).encode()).hexdigest()
