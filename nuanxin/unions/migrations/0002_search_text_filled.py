from django.db import migrations

from nuanxin.core.filling import fill_search_text


def fill(apps, schema_editor):
    fill_search_text(apps.get_model("unions", "Union"))


class Migration(migrations.Migration):
    atomic = False  # each step stands by itself; after an interruption the rest is filled

    dependencies = [("unions", "0002_search_text")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
