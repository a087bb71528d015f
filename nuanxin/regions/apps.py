from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegionsConfig(AppConfig):
    """Administrative divisions and the working calendar."""

    name = "nuanxin.regions"
    verbose_name = _("Divisions and calendar")
