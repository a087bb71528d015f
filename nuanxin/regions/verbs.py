"""How the acts of this room are said in the audit trail."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "calendar.day_set": _("day of the calendar set"),
    "calendar.notice_published": _("holiday notice published"),
    "divisions.stored": _("divisions stored"),
}
