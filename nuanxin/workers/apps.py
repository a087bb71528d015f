from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkersConfig(AppConfig):
    name = "nuanxin.workers"
    label = "workers"
    verbose_name = _("Workers")

    def ready(self) -> None:
        """Name the acts of this room, its sealed columns, and what the clock brings about."""
        from nuanxin.core import audit_words, catalogue, personal, seals, ticking
        from nuanxin.sheets import kinds
        from nuanxin.unions import homing
        from nuanxin.workers import (
            catalogue_seeds,
            due,
            founding_hints,
            imports,
            kept,
            rehoming,
            sealing,
            signs_of_life,
            transfers,
            verbs,
        )

        audit_words.name(verbs.VERBS)
        for table in kept.TABLES:
            personal.register(*table)
        due.register()
        founding_hints.register()
        signs_of_life.register()
        catalogue.register("workers", catalogue_seeds.seed)
        seals.register("workers.Worker", "document_sealed")
        seals.register("workers.Worker", "phone_sealed")
        seals.register("workers.WorkerMerge", "document_sealed")
        for column, source, make in sealing.INDEXES:
            seals.register_index("workers.Worker", column, source=source, make=make)
        homing.register("members", _("members"), rehoming.members_at_home, rehoming.move_members)
        kinds.register(imports.MemberImport())
        ticking.register("workers.expire_transfers", transfers.expire, every_s=3600)
