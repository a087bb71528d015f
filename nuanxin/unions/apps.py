from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UnionsConfig(AppConfig):
    name = "nuanxin.unions"
    label = "unions"
    verbose_name = _("Unions")

    def ready(self) -> None:
        """Name the acts of this room, and register its kind of sheet."""
        from nuanxin.core import audit_words, catalogue
        from nuanxin.sheets import kinds
        from nuanxin.unions import catalogue_seeds, due, imports, verbs

        audit_words.name(verbs.VERBS)
        due.register()
        catalogue.register("unions", catalogue_seeds.seed)
        kinds.register(imports.UnionImport())
