from django.db import models
from django.utils.translation import gettext_lazy as _


class BatchState(models.TextChoices):
    """Where a file stands on its way into the tables."""

    READING = "reading", _("being read")
    REFUSED = "refused", _("not readable")
    PREVIEW = "preview", _("waiting for your word")
    APPLYING = "applying", _("being applied")
    APPLIED = "applied", _("applied")
    UNDOING = "undoing", _("being undone")
    UNDONE = "undone", _("undone")
    DISCARDED = "discarded", _("put aside")


class Fate(models.TextChoices):
    """What applying a row would do."""

    NEW = "new", _("new")
    CHANGED = "changed", _("changed")
    SAME = "same", _("the same")
    SUSPECT = "suspect", _("doubtful")
    REJECTED = "rejected", _("not usable")


class RowState(models.TextChoices):
    """What is to become of a row; how far those that wait are written, the batch knows."""

    WAITING = "waiting", _("waiting")
    LEFT = "left", _("left out")


class EntryState(models.TextChoices):
    """What became of a line of the journal."""

    STANDS = "stands", _("stands")
    UNDONE = "undone", _("undone")
    KEPT = "kept", _("changed since, kept")
