from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "nuanxin.accounts"
    label = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Register the checks, and make our own timed rule known."""
        from nuanxin.accounts import (
            checks,  # noqa: F401  # registers itself
            due,
            imports,
            limits,
            phone_codes,
            rehoming,
            verbs,
        )
        from nuanxin.core import audit_words, seals, ticking
        from nuanxin.sheets import kinds
        from nuanxin.unions import homing

        ticking.register("accounts.sweep_tries", limits.sweep, every_s=3600)
        ticking.register("accounts.sweep_codes", phone_codes.sweep, every_s=3600)
        due.register()
        audit_words.name(verbs.VERBS)
        for model, column in (
            ("accounts.User", "phone_sealed"),
            ("accounts.User", "notice_url_sealed"),
            ("accounts.SecondFactor", "secret_sealed"),
        ):
            seals.register(model, column)
        homing.register("roles", _("roles"), rehoming.roles_at_home, rehoming.end_roles)
        kinds.register(imports.UserImport())
