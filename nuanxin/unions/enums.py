from django.db import models
from django.utils.translation import gettext_lazy as _


class UnionKind(models.TextChoices):
    FEDERATION = "federation", _("federation of trade unions")
    SECTORAL = "sectoral", _("sectoral union federation")
    JOINT = "joint", _("joint union")
    SINGLE = "single", _("single-employer union")
