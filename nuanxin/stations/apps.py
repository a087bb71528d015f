import datetime as dt

from django.apps import AppConfig
from django.core.checks import register as register_check
from django.utils.translation import gettext_lazy as _


class StationsConfig(AppConfig):
    name = "nuanxin.stations"
    label = "stations"
    verbose_name = _("Stations")

    def ready(self) -> None:
        """Make known what the clock brings about here, and how the finder does."""
        from nuanxin.core import audit_words, catalogue, health, ticking
        from nuanxin.sheets import kinds
        from nuanxin.stations import (
            catalogue_seeds,
            changes,
            due,
            forgetting,
            imports,
            map_source,
            rehoming,
            reminders,
            snapshots,
            verbs,
        )
        from nuanxin.unions import homing

        due.register()
        ticking.register("stations.plan_reminders", reminders.plan, every_s=900)
        ticking.register("stations.send_reminders", reminders.send, every_s=60)
        ticking.register("stations.trim_reminders", reminders.trim, daily_at=dt.time(3, 25))
        ticking.register("stations.trim_changes", changes.trim, every_s=3600)
        ticking.register("stations.forget_marks", forgetting.forget_marks, daily_at=dt.time(3, 30))
        health.register("finder", snapshots.check, is_vital=True)
        audit_words.name(verbs.VERBS)
        catalogue.register("stations", catalogue_seeds.seed)
        register_check(map_source.lawful_map, "nuanxin")
        kinds.register(imports.StationImport())
        homing.register(
            "stations", _("stations"), rehoming.stations_at_home, rehoming.move_stations
        )
