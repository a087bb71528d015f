"""What rows say is sealed by the hundred; rows staged before keep their own seals and are read as they are."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sheets', '0002_sealed_rows'),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportPart',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('batch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='sheets.importbatch', verbose_name='import')),
                ('first', models.PositiveIntegerField(verbose_name='first row')),
                ('last', models.PositiveIntegerField(verbose_name='last row')),
                ('payload_sealed', models.BinaryField(verbose_name='what the rows say and would change, sealed')),
            ],
            options={
                'verbose_name': 'part of an import',
                'verbose_name_plural': 'parts of imports',
                'ordering': ['batch_id', 'first'],
                'constraints': [
                    models.UniqueConstraint(fields=('batch', 'first'), name='sheets_importpart_first_once'),
                    models.CheckConstraint(condition=models.Q(('last__gte', models.F('first'))), name='sheets_importpart_first_to_last'),
                ],
            },
        ),
        migrations.AddField(
            model_name='importbatch',
            name='window_through',
            field=models.PositiveIntegerField(default=0, verbose_name='being applied up to row'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='applied_mark',
            field=models.CharField(blank=True, default='', max_length=48, verbose_name='applied up to key'),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name='importrow',
            name='batch',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='sheets.importbatch', verbose_name='import'),
        ),
        migrations.AlterField(
            model_name='journalentry',
            name='batch',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='journal', to='sheets.importbatch', verbose_name='import'),
        ),
        migrations.AlterField(
            model_name='journalentry',
            name='key',
            field=models.CharField(max_length=36, verbose_name='key'),
        ),
        migrations.AddIndex(
            model_name='journalentry',
            index=models.Index(condition=models.Q(('is_new', False)), fields=['key'], name='sheets_journal_changed_key'),
        ),
    ]
