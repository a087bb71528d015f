"""How the acts of this room are said in the audit trail."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "keys.rotated": _("sealed anew with the present key"),
    "message.enqueued": _("message written"),
}
