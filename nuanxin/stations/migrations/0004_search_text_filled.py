from django.db import migrations

from nuanxin.core.filling import fill_search_text


def fill(apps, schema_editor):
    for name in ("Host", "Outlet", "Station"):
        fill_search_text(apps.get_model("stations", name))


class Migration(migrations.Migration):
    atomic = False  # each step stands by itself; after an interruption the rest is filled

    dependencies = [("stations", "0004_hours_and_search")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
