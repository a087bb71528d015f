from django.db import models
from django.utils.translation import gettext_lazy as _

from nuanxin.core.actors import Role


class GrantedRole(models.TextChoices):
    """The roles that are granted over a union's subtree; the others follow from who one is."""

    KEEPER = Role.KEEPER.value, _("station keeper")
    OFFICER = Role.OFFICER.value, _("union officer")
    AUDITOR = Role.AUDITOR.value, _("auditor")
    ADMIN = Role.ADMIN.value, _("administrator")
