"""The index of initials goes on with the pinyin: the first of many who fit are read in order."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workers', '0002_joining_oneself'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='worker',
            name='workers_worker_initials',
        ),
        migrations.AddIndex(
            model_name='worker',
            index=models.Index(fields=['initials', 'pinyin'], name='workers_worker_initials', opclasses=['varchar_pattern_ops', 'varchar_pattern_ops']),
        ),
    ]
