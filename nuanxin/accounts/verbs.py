"""How the acts of this room are said in the audit trail."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "consent.texts_loaded": _("consent texts entered"),
    "keeper.link_issued": _("desk link issued"),
    "keeper.link_revoked": _("desk link revoked"),
    "keeper.pin_chosen": _("PIN chosen"),
    "role.delegated": _("role handed over"),
    "role.delegation_ended": _("role taken back"),
    "role.ended": _("role ended"),
    "role.granted": _("role granted"),
    "user.contact_set": _("contact changed"),
    "user.created": _("user entered"),
    "user.invitation_accepted": _("first password chosen"),
    "user.invited": _("user invited"),
    "user.password_changed": _("own password changed"),
    "user.password_reset": _("password reset"),
    "user.recovery_code_used": _("recovery code used"),
    "user.second_factor_enrolled": _("second step set up"),
    "user.second_factor_reset": _("second step reset"),
    "user.signed_in": _("signed in"),
    "user.switched_off": _("user switched off"),
    "user.switched_on": _("user switched on"),
}
