from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SheetsConfig(AppConfig):
    name = "nuanxin.sheets"
    label = "sheets"
    verbose_name = _("Sheets")

    def ready(self) -> None:
        """Make known what the worker and the clock do for imports."""
        from nuanxin.core import audit_words, bulk_acts, jobs, seals, ticking
        from nuanxin.sheets import due, forgetting, touched, verbs, working

        jobs.register("sheets.import", working.work)
        ticking.register("sheets.forget", forgetting.forget, every_s=3600)
        due.register()
        audit_words.name(verbs.VERBS)
        bulk_acts.keep_elsewhere("sheet.applied", touched.written_by)
        bulk_acts.keep_elsewhere("sheet.undone", touched.taken_back_by)
        seals.register("sheets.ImportFile", "content_sealed", field="content")
        for model in ("sheets.ImportRow", "sheets.JournalEntry"):
            seals.register(model, "payload_sealed", field="payload", key=("batch_id", "number"))
        seals.register(
            "sheets.ImportPart", "payload_sealed", field="payload", key=("batch_id", "first")
        )
