import datetime as dt

from django.apps import AppConfig
from django.core.checks import register as register_check
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "nuanxin.core"
    label = "core"
    verbose_name = _("Audit")

    def ready(self) -> None:
        """Set up the loggers, and make our own timed rules known."""
        from nuanxin.core import (
            among,
            audit_words,
            checks,
            health,
            logs,
            outbox,
            processes,
            sealing,
            seals,
            ticking,
            verbs,
        )

        among.register()
        logs.configure()
        register_check(checks.confirmed_rows_last, "nuanxin", deploy=True)
        ticking.register("core.trim_heartbeats", processes.trim_heartbeats, every_s=3600)
        ticking.register("core.trim_outbox", outbox.trim, daily_at=dt.time(3, 20))
        ticking.register("core.seal_audit", sealing.seal, every_s=5)
        ticking.register("core.seal_late", sealing.seal_late, daily_at=dt.time(3, 40))
        ticking.register("core.anchor_audit", sealing.anchor, every_s=3600)
        health.register("audit_chain", sealing.check)
        audit_words.name(verbs.VERBS)
        for column in ("address_sealed", "subject_sealed", "text_sealed"):
            seals.register("core.OutboxMessage", column)
