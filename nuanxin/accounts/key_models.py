"""What somebody signs in with beside a password; `accounts.models` hands it on."""

import uuid
from typing import Final

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from nuanxin.core.storage import LocalModel, ReferenceModel

PHONE_CODE_TRIES: Final = 5


class AttemptCount(LocalModel):
    """Tries at one secret in the present window; who tries stands here as a fingerprint alone."""

    key = models.CharField(_("fingerprint"), max_length=64, primary_key=True)
    purpose = models.CharField(_("secret"), max_length=24)
    # a day's text messages are counted here too, and a small integer ends at 32 767
    tries_count = models.PositiveIntegerField(_("tries"), default=0)
    ends_at = models.DateTimeField(_("forgotten at"), db_index=True)

    class Meta:
        verbose_name = _("tries at a secret")
        verbose_name_plural = _("tries at secrets")

    def __str__(self) -> str:
        return f"{self.purpose} {self.tries_count}"


class PhoneCode(LocalModel):
    """A code that was sent to a telephone; telephone, session and code stand here as fingerprints.

    The key is the fingerprint of telephone, purpose and session: a newer code takes the row of the
    one before, and a code that was used has no row any more.
    """

    key = models.CharField(_("fingerprint"), max_length=64, primary_key=True)
    code_index = models.CharField(_("sent code, fingerprint"), max_length=64)
    tries_count = models.PositiveSmallIntegerField(_("tries"), default=0)
    expires_at = models.DateTimeField(_("valid until"), db_index=True)

    class Meta:
        verbose_name = _("telephone code")
        verbose_name_plural = _("telephone codes")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(tries_count__lte=PHONE_CODE_TRIES),
                name="%(app_label)s_%(class)s_five_tries",
            ),
            models.CheckConstraint(
                condition=~models.Q(key="") & ~models.Q(code_index=""),
                name="%(app_label)s_%(class)s_has_fingerprints",
            ),
        ]

    def __str__(self) -> str:
        return self.key[:8]


class SecondFactor(LocalModel):
    """The authenticator of one member of staff; local, for it is written at every sign-in."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        primary_key=True,
        related_name="second_factor",
        verbose_name=_("user"),
    )
    secret_sealed = models.TextField(_("secret, sealed"))
    last_step = models.BigIntegerField(_("last time step used"))
    enrolled_at = models.DateTimeField(_("enrolled at"))

    class Meta:
        verbose_name = _("second factor")
        verbose_name_plural = _("second factors")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(secret_sealed=""),
                name="%(app_label)s_%(class)s_has_secret",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class RecoveryCode(LocalModel):
    """A code that stands in for a lost authenticator, once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="recovery_codes",
        verbose_name=_("user"),
    )
    code_index = models.CharField(_("code, fingerprint"), max_length=64)
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)

    class Meta:
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "code_index"], name="%(app_label)s_%(class)s_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class KeeperKey(ReferenceModel):
    """A keeper's personal link and PIN. The link is signed, not stored: its version is."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        primary_key=True,
        related_name="keeper_key",
        verbose_name=_("user"),
    )
    link_version = models.PositiveIntegerField(_("version of the link"), default=1)
    issued_at = models.DateTimeField(_("issued at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    pin_hash = models.CharField(_("PIN, hashed"), max_length=128, blank=True)
    pin_set_at = models.DateTimeField(_("PIN chosen at"), null=True, blank=True)

    class Meta:
        verbose_name = _("desk link")
        verbose_name_plural = _("desk links")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pin_hash="", pin_set_at__isnull=True)
                | (~models.Q(pin_hash="") & models.Q(pin_set_at__isnull=False)),
                name="%(app_label)s_%(class)s_pin_and_when",
            ),
            models.CheckConstraint(
                condition=models.Q(revoked_at__isnull=True) | models.Q(pin_hash=""),
                name="%(app_label)s_%(class)s_revoked_without_pin",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
