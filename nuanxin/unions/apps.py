from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UnionsConfig(AppConfig):
    name = "nuanxin.unions"
    label = "unions"
    verbose_name = _("Unions")
