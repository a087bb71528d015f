from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class UnionKind(models.TextChoices):
    FEDERATION = "federation", _("federation of trade unions")
    SECTORAL = "sectoral", _("sectoral union federation")
    JOINT = "joint", _("joint union")
    SINGLE = "single", _("single-employer union")


class UnionState(models.TextChoices):
    PREPARING = "preparing", pgettext_lazy("union", "in preparation")
    ACTIVE = "active", pgettext_lazy("union", "active")
    MERGED = "merged", pgettext_lazy("union", "merged into another")
    DISSOLVED = "dissolved", pgettext_lazy("union", "dissolved")


class MeetingKind(models.TextChoices):
    CONGRESS = "congress", _("members' congress")
    COMMITTEE = "committee", _("committee meeting")
    ACTIVITY = "activity", _("activity")
