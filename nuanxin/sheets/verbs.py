"""How the acts of this room are said in the audit trail."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "sheet.uploaded": _("sheet uploaded"),
    "sheet.confirmed": _("import confirmed"),
    "sheet.applied": _("import applied"),
    "sheet.undone": _("import undone"),
    "sheet.undo_asked": _("undoing an import asked for"),
    "sheet.discarded": _("import put aside"),
}
