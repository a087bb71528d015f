from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from nuanxin.core.storage import LocalModel, ReferenceModel, lint


def test_every_table_keeps_the_path_to_many_machines_open():
    assert lint(apps.get_models(include_auto_created=True)) == []


@isolate_apps("nuanxin.core")
def test_lint_finds_a_table_of_each_kind_that_breaks_a_rule():
    class Undecided(models.Model):
        class Meta:
            app_label = "core"

    class Counted(ReferenceModel):
        number = models.AutoField(primary_key=True)

        class Meta:
            app_label = "core"

    class Kept(ReferenceModel):
        code = models.CharField(primary_key=True, max_length=9)
        others = models.ManyToManyField("self")

        class Meta:
            app_label = "core"

    class Queue(LocalModel):
        kept = models.ForeignKey(Kept, models.CASCADE)

        class Meta:
            app_label = "core"

    class Pointing(ReferenceModel):
        code = models.CharField(primary_key=True, max_length=9)
        queue = models.ForeignKey(Queue, models.CASCADE)

        class Meta:
            app_label = "core"

    tables: list[type[models.Model]] = [
        Undecided,
        Counted,
        Kept,
        Kept.others.through,
        Queue,
        Pointing,
    ]

    assert [finding.rule for finding in lint(tables)] == ["C3", "C4", "C6", "C7", "C0"]
