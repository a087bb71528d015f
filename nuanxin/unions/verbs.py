"""How the acts of this room are said in the audit trail."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "union.approved": _("union approved"),
    "union.changed": _("union changed"),
    "union.dissolved": _("union dissolved"),
    "union.election_held": _("election held"),
    "union.entered": _("union entered"),
    "union.founding_begun": _("founding of a union begun"),
    "union.meeting_recorded": _("meeting recorded"),
    "union.merged": _("union merged into another"),
    "union.step_ticked": _("founding step ticked"),
    "union.step_unticked": _("founding step unticked"),
}
