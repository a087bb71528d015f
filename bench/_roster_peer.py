"""A list of members through django-import-export and through our import: the same checks, the same rows.

The peer parses, checks, seals and writes workers, memberships and occupations, a resource for each model, as its
manual has it. It shows nothing before it writes, keeps no journal, takes nothing back, and others wait for it until it has done.
"""

import argparse
import io
import json
import os
import time
from typing import Any
from uuid import UUID

import django


def main() -> None:
    """Import in each way, and print the figures as one line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, required=True)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.base"
    django.setup()
    print(json.dumps(_trial(options.rows)))  # noqa: T201  the answer


def _trial(count: int) -> dict[str, Any]:
    from django.core.management import call_command

    from bench import _roster_trial as roster

    call_command("migrate", verbosity=0)
    call_command("import_divisions", under="3305", verbosity=0, stdout=io.StringIO())
    call_command("seed_catalogues", stdout=io.StringIO())
    union = roster._enter_unions()
    content = roster._csv(count)
    took_s, told = {}, {}
    for name, use_bulk in (("import_export", False), ("import_export_bulk", True)):
        began = time.monotonic()
        _import(content, use_bulk=use_bulk)
        took_s[name] = time.monotonic() - began
        told[name] = _said_and_dropped(count)
    ours = roster._import(content, "roster.csv", union)
    own_s = ours["read_s"] + ours["write_s"]
    told["ours"] = _said_and_dropped(count)
    if len({*map(repr, told.values())}) > 1:
        msg = "the ways have not written the same"
        raise RuntimeError(msg)
    figures = {f"vs_{name}": round(each_s / own_s, 2) for name, each_s in took_s.items()}
    return figures | {f"{name}_s": round(each_s, 1) for name, each_s in took_s.items()} | {"own_s": own_s}  # fmt: skip


def _import(content: bytes, *, use_bulk: bool) -> None:
    from tablib import Dataset

    dataset = Dataset().load(content.decode("gb18030"), format="csv")
    for resource in _resources(use_bulk):
        resource().import_data(dataset, raise_errors=True)


def _resources(use_bulk: bool) -> list[Any]:
    from import_export import fields, resources
    from import_export.widgets import ForeignKeyWidget

    from nuanxin.core import clock
    from nuanxin.sheets.cell_dates import read_date
    from nuanxin.sheets.cell_names import read_name
    from nuanxin.unions.models import Union
    from nuanxin.workers import import_ahead, phones, sealing
    from nuanxin.workers import import_writing as writing
    from nuanxin.workers.documents import document_of
    from nuanxin.workers.enums import Channel, DocumentKind, MembershipState
    from nuanxin.workers.models import Membership, Occupation, Worker
    from nuanxin.workers.row_ids import membership_digits
    from nuanxin.workers.selectors import group_by_word

    groups, now, today = group_by_word(), clock.now(), clock.civil_date()

    def document(row: Any) -> Any:
        return document_of(DocumentKind.RESIDENT, row["身份证号码"], today=today)

    class Workers(resources.ModelResource):  # type: ignore[misc]  # ships no types
        name = fields.Field(attribute="name", column_name="姓名")

        class Meta:
            model = Worker
            fields = ("id", "name")

        def before_import_row(self, row: Any, **_rest: Any) -> None:
            row["id"], row["手机号码"] = document(row).worker_id, phones.phone_of(row["手机号码"])
            name, problem, _warnings = read_name(row["姓名"])
            if problem:
                raise ValueError(problem)
            row["姓名"] = name

        def before_save_instance(self, instance: Any, row: Any, **_rest: Any) -> None:
            sealing.seal_document(instance, document(row))
            sealing.seal_phone(instance, row["手机号码"])
            instance.entered_at = now

    class Memberships(resources.ModelResource):  # type: ignore[misc]
        union = fields.Field(
            attribute="union", column_name="所属工会", widget=ForeignKeyWidget(Union, "name")
        )
        joined = fields.Field(attribute="joined", column_name="入会时间")
        member_no = fields.Field(attribute="member_no", column_name="会员证号")

        class Meta:
            model = Membership
            fields = ("id", "union", "joined", "member_no")

        def before_import_row(self, row: Any, **_rest: Any) -> None:
            row["id"] = UUID(membership_digits(str(document(row).worker_id), 1))
            row["入会时间"] = read_date(row["入会时间"])[0]

        def before_save_instance(self, instance: Any, row: Any, **_rest: Any) -> None:
            instance.worker_id, instance.n = document(row).worker_id, 1
            instance.state, instance.channel = MembershipState.ACTIVE, Channel.IMPORT
            instance.applied_on = today
            instance.active_on = writing.first_day(instance.joined)
            instance.state_at, instance.state_by = now, "system:bench"

    class Occupations(resources.ModelResource):  # type: ignore[misc]
        platform = fields.Field(attribute="platform", column_name="平台企业")

        class Meta:
            model = Occupation
            fields = ("id", "platform")

        def before_import_row(self, row: Any, **_rest: Any) -> None:
            text = f"{groups[row['职业类型']].pk}|{row['平台企业']}"
            worker = str(document(row).worker_id)
            row["id"] = UUID(import_ahead.occupation_columns(worker, text)[0])

        def before_save_instance(self, instance: Any, row: Any, **_rest: Any) -> None:
            instance.worker_id = document(row).worker_id
            instance.group = groups[row["职业类型"]]

    found: list[Any] = [Workers, Memberships, Occupations]
    for resource in found:
        resource._meta.use_bulk = use_bulk
    return found


def _said_and_dropped(count: int) -> list[Any]:
    """Return all that the register says, in clear, and empty it."""
    from nuanxin.workers.models import Membership, Occupation, Worker
    from nuanxin.workers.sealing import opened

    workers = [
        (row.pk, row.name, row.pinyin, row.document_tail, row.phone_index, opened(row, "document_sealed"))
        for row in Worker.objects.order_by("pk")
    ]  # fmt: skip
    columns = ("pk", "worker_id", "union_id", "state", "joined", "active_on", "member_no")
    memberships = list(Membership.objects.order_by("pk").values_list(*columns))
    occupations = list(Occupation.objects.order_by("pk").values_list("pk", "group_id", "platform"))
    if not len(workers) == len(memberships) == len(occupations) == count:
        msg = f"{len(workers)} of {count} written"
        raise RuntimeError(msg)
    Worker.objects.all().delete()
    return [workers, memberships, occupations]


if __name__ == "__main__":
    main()
