"""How the acts of this room are said in the audit trail."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "union.changed": _("union changed"),
    "union.entered": _("union entered"),
}
