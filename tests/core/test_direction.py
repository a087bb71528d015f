"""Foreign keys follow the one direction of dependence of the rooms."""

import tomllib
from collections.abc import Iterable
from pathlib import Path

from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from nuanxin.accounts.models import User
from nuanxin.core.storage import LocalModel, ReferenceModel
from nuanxin.stations.models import Station

ROOT = Path(__file__).resolve().parents[2]


def _heights() -> dict[str, int]:
    """Return how high each room stands, from the layers import-linter enforces."""
    options = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = options["tool"]["importlinter"]["contracts"]
    layers = next(c["layers"] for c in contracts if c.get("containers") == ["nuanxin"])
    return {
        room.strip(" ()"): height
        for height, layer in enumerate(reversed(layers))
        for room in layer.split("|")
    }


def wrong_foreign_keys(tables: Iterable[type[models.Model]]) -> list[str]:
    heights = _heights()
    return sorted(
        f"{model._meta.label}.{field.name}"
        for model in tables
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey)
        if (here := model._meta.app_label) != (there := field.related_model._meta.app_label)
        if there in heights and heights.get(here, -1) <= heights[there]
    )


def test_foreign_keys_point_down():
    own = [model for model in apps.get_models() if model.__module__.startswith("nuanxin.")]

    assert wrong_foreign_keys(own) == []
    assert {model._meta.app_label for model in own} <= set(_heights())


@isolate_apps("nuanxin.core")
def test_foreign_key_upwards_or_sideways_is_found():
    class Upwards(LocalModel):
        station = models.ForeignKey(Station, models.CASCADE, related_name="+")

        class Meta:
            app_label = "unions"

    class Sideways(ReferenceModel):
        station = models.ForeignKey(Station, models.CASCADE, related_name="+")

        class Meta:
            app_label = "workers"

    class Downwards(ReferenceModel):
        user = models.ForeignKey(User, models.CASCADE, related_name="+")

        class Meta:
            app_label = "stations"

    found = wrong_foreign_keys([Upwards, Sideways, Downwards])

    assert found == ["unions.Upwards.station", "workers.Sideways.station"]
