from django.db import models
from django.utils.translation import gettext_lazy as _

from nuanxin.core.actors import Role


class GrantedRole(models.TextChoices):
    """The roles that are granted over a union's subtree; the others follow from who one is."""

    KEEPER = Role.KEEPER.value, _("station keeper")
    OFFICER = Role.OFFICER.value, _("union officer")
    AUDITOR = Role.AUDITOR.value, _("auditor")
    ADMIN = Role.ADMIN.value, _("administrator")


class ConsentPurpose(models.TextChoices):
    """What a person may agree to; each has its own text, and is agreed to by itself."""

    MEMBERSHIP = "membership", _("register of members")
    PHONE_NOTICES = "phone_notices", _("messages to the phone")
    SERVICES = "services", _("services that know my name")
    STATISTICS = "statistics", _("counting without names")
    PHOTO = "photo", _("photos and stories")
