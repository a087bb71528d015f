"""Rows and journals are sealed: a list may name people. What stands in clear is sealed on the way."""

import json

from django.db import migrations, models

from nuanxin.core import crypto

_PIECE = 500


def seal(apps, schema_editor):
    """Seal what earlier imports have left, some hundred rows at a time; it is dropped after thirty days."""
    for name, first, second in (("ImportRow", "values", "diff"), ("JournalEntry", "before", "after")):
        model, keys = apps.get_model("sheets", name), crypto.provider()
        for row in _rows(model.objects.exclude(**{second: ""})):
            payload = json.dumps([_loaded(getattr(row, first)), _loaded(getattr(row, second))], ensure_ascii=False)
            place = crypto.Place(model._meta.db_table, f"{row.batch_id}:{row.number}", "payload")
            model.objects.filter(pk=row.pk).update(payload_sealed=keys.seal(payload, place))


def unseal(apps, schema_editor):
    for name, first, second in (("ImportRow", "values", "diff"), ("JournalEntry", "before", "after")):
        model, keys = apps.get_model("sheets", name), crypto.provider()
        for row in _rows(model.objects.exclude(payload_sealed="")):
            place = crypto.Place(model._meta.db_table, f"{row.batch_id}:{row.number}", "payload")
            texts = [json.dumps(part, ensure_ascii=False) if part is not None else "" for part in json.loads(keys.unseal(row.payload_sealed, place))]
            model.objects.filter(pk=row.pk).update(**{first: texts[0], second: texts[1]})


def _rows(rows):
    last = 0
    while piece := list(rows.filter(pk__gt=last).order_by("pk")[:_PIECE]):
        yield from piece
        last = piece[-1].pk


def _loaded(text):
    return json.loads(text) if text else None


class Migration(migrations.Migration):

    dependencies = [
        ('sheets', '0001_imports'),
    ]

    operations = [
        migrations.AddField('importbatch', 'is_whole', models.BooleanField(default=False, verbose_name='all rows or none')),
        migrations.AddField('importbatch', 'note_counts', models.JSONField(default=dict, verbose_name='rows by what is to be said of them')),
        migrations.AddField('importrow', 'payload_sealed', models.TextField(blank=True, default='', verbose_name='what the row says and would change, sealed'), preserve_default=False),
        migrations.AddField('journalentry', 'payload_sealed', models.TextField(blank=True, default='', verbose_name='before and after, sealed'), preserve_default=False),
        migrations.RunPython(seal, unseal),
        migrations.AlterField('importrow', 'state', models.CharField(choices=[('waiting', 'waiting'), ('left', 'left out')], default='waiting', max_length=10, verbose_name='state')),
        migrations.RemoveField('importrow', 'values'),
        migrations.RemoveField('importrow', 'diff'),
        migrations.RemoveField('journalentry', 'before'),
        migrations.RemoveField('journalentry', 'after'),
    ]
