from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegionsConfig(AppConfig):
    """Administrative divisions and the working calendar."""

    name = "nuanxin.regions"
    verbose_name = _("Divisions and calendar")

    def ready(self) -> None:
        """Name the acts of this room."""
        from nuanxin.core import audit_words
        from nuanxin.regions import verbs

        audit_words.name(verbs.VERBS)
