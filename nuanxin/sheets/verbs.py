"""How the acts of this room are said in the audit trail."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "sheet.uploaded": _("sheet uploaded"),
    "sheet.confirmed": _("import confirmed"),
    "sheet.applied": _("import applied"),
    "sheet.row_undone": _("row of an import undone"),
    "sheet.rolled_back": _("failed import taken back"),
    "sheet.undone": _("import undone"),
    "sheet.undo_asked": _("undoing an import asked for"),
    "sheet.discarded": _("import put aside"),
}
