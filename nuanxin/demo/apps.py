from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DemoConfig(AppConfig):
    name = "nuanxin.demo"
    label = "demo"
    verbose_name = _("Demo")

    def ready(self) -> None:
        """Let the demo's keepers and riders go on for as long as the site runs."""
        from nuanxin.core import ticking
        from nuanxin.demo import acting, ceremony

        ticking.register("demo.act", acting.act, every_s=60)
        ticking.register("demo.ceremony", ceremony.go_on, every_s=60)
