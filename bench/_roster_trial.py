"""One import of many people on a database of its own, with somebody else writing meanwhile."""

import argparse
import csv
import datetime as dt
import io
import json
import os
import random
import resource
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any, Final

import django
import xlsxwriter

HEADS: Final = (
    "序号",
    "姓名",
    "身份证号码",
    "手机号码",
    "所属工会",
    "职业类型",
    "平台企业",
    "入会时间",
    "会员证号",
)
UNIONS: Final = 86
_SURNAMES: Final = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
_GROUPS: Final = ("外卖骑手", "快递员", "网约车司机", "货车司机", "家政服务员")
_CHUNK: Final = 5_000
_FLOORS, _FLOORS_S = 3, 120.0


def main() -> None:
    """Import, and print the figures as one line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--form", choices=("csv", "xlsx"), required=True)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.base"
    django.setup()
    print(json.dumps(_trial(options.rows, options.form)))  # noqa: T201  the answer


def _trial(count: int, form: str) -> dict[str, Any]:
    from django.core.management import call_command

    from bench._import_trial import _Writer

    call_command("migrate", verbosity=0)
    call_command("import_divisions", under="3305", verbosity=0)
    call_command("seed_catalogues", stdout=io.StringIO())
    union = _enter_unions()
    content = _csv(count) if form == "csv" else _xlsx(count)
    with _Writer() as writer:
        began_s = _own_s()
        figures = _import(content, f"roster.{form}", union)
        import_cpu_s = _own_s() - began_s
    floor_s, floor_cpu_s = _floor()
    again = _import(content, f"roster.{form}", union)
    own_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child_kb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {
        **figures,
        "floor_s": round(floor_s, 1),
        "vs_copy_floor": round(floor_s / (figures["read_s"] + figures["write_s"]), 3),
        **_cpu_figures(import_cpu_s, floor_cpu_s),
        "second_run_writes": again["applied"],
        "second_run_s": again["read_s"],
        "peak_mb": round(max(own_kb, child_kb) / 1024),
        "longest_writer_wait_s": round(max(writer.waits_s), 3),
    }


def _enter_unions() -> Any:
    from nuanxin.demo import playing
    from nuanxin.regions.models import Division
    from nuanxin.unions.enums import UnionKind
    from nuanxin.unions.services import enter_union

    division = Division.objects.get(pk="330502")
    top = enter_union(
        code="WX",
        name="吴兴区总工会",
        kind=UnionKind.FEDERATION,
        division=division,
        by=playing.ACTOR,
    )
    for number in range(UNIONS):
        enter_union(
            code=f"WX{number:03d}", name=f"第{number}联合工会", kind=UnionKind.JOINT, division=division,
            parent=top, by=playing.ACTOR,
        )  # fmt: skip
    return top


def _rows(count: int) -> Iterator[tuple[str, ...]]:
    """Yield invented people: order code 000, phones with 0000 in the middle."""
    from nuanxin.algorithms.resident_ids import check_character

    chance, first = random.Random(7), dt.date(1965, 1, 1)
    for n in range(count):
        born = first + dt.timedelta(days=n % 14_000)
        first17 = f"{330_000 + n // 14_000:06d}{born:%Y%m%d}000"
        name = chance.choice(_SURNAMES) + chr(0x4E00 + chance.randrange(3000))
        name += chr(0x4E00 + chance.randrange(3000)) if n % 5 else ""
        phone = f"1{30 + n % 70}0000{n // 70 % 10_000:04d}"
        joined = first + dt.timedelta(days=18_000 + n % 3_000)
        yield (
            str(n + 1), name, first17 + check_character(first17), phone, f"第{n % UNIONS}联合工会",
            _GROUPS[n % 5], f"平台{n % 7}", joined.isoformat(), f"WX{n:08d}",
        )  # fmt: skip


def _csv(count: int) -> bytes:
    sink = io.StringIO()
    writer = csv.writer(sink)
    writer.writerow(HEADS)
    writer.writerows(_rows(count))
    return sink.getvalue().encode("gb18030")


def _xlsx(count: int) -> bytes:
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True, "constant_memory": True}) as book:
        sheet = book.add_worksheet("花名册")
        sheet.write_row(0, 0, HEADS)
        for number, row in enumerate(_rows(count), start=1):
            sheet.write_row(number, 0, row)
    return sink.getvalue()


def _import(content: bytes, name: str, union: Any) -> dict[str, Any]:
    from nuanxin.demo import playing
    from nuanxin.sheets import services, working

    began = time.monotonic()
    batch = services.bring_sheet(
        content=content, name=name, kind="member", source=union.code, source_label=union.name,
        scope_path=union.path, by=playing.ACTOR,
    )  # fmt: skip
    working.work_off()
    read_s = time.monotonic() - began
    batch.refresh_from_db()
    if batch.state != "preview" or batch.rejected_count or batch.suspect_count:
        msg = f"{batch.state} {batch.refusal} {batch.rejected_count} rejected"
        raise RuntimeError(msg)
    services.confirm(batch=batch, is_whole=True, by=playing.ACTOR)
    working.work_off()
    took_s = time.monotonic() - began
    batch.refresh_from_db()
    count = batch.applied_count + batch.same_count
    return {
        "rows": count,
        "applied": batch.applied_count,
        "read_s": round(read_s, 1),
        "write_s": round(took_s - read_s, 1),
        "rows_per_s": round(count / took_s),
    }


def _own_s() -> float:
    """Return the processor time that this process and those it has waited for have taken."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _cpu_figures(import_s: float, floor_s: float) -> dict[str, Any]:
    """Return what does not depend on who else is on the machine; a server's share is not ours to see."""
    from django.db import connection

    if connection.vendor != "sqlite":
        return {}
    cpu_s = {"cpu_s": round(import_s, 1), "floor_cpu_s": round(floor_s, 1)}
    return cpu_s | {"cpu_vs_copy_floor": round(floor_s / import_s, 3)}


def _floor() -> tuple[float, float]:
    """Return the seconds, and those of our processor, of a bare copy of the rows into the same tables and indexes.

    The rows go in the order in which they stand, so that the copy meets the pages as the import did. The
    middle of three, where three take no more than two minutes.
    """
    from django.db import connection

    copied = _floor_sqlite if connection.vendor == "sqlite" else _floor_postgres
    took_s: list[float] = []
    cpu_s: list[float] = []
    while not took_s or (len(took_s) < _FLOORS and sum(took_s) + took_s[0] <= _FLOORS_S):
        began_s = time.process_time()
        took_s.append(copied())
        cpu_s.append(time.process_time() - began_s)
    return median(took_s), median(cpu_s)


def _tables() -> list[str]:
    from nuanxin.workers.models import Membership, Occupation, Worker

    return [model._meta.db_table for model in (Worker, Membership, Occupation)]


def _floor_sqlite() -> float:
    from django.conf import settings
    from django.db import connection

    path = str(settings.DATABASES["default"]["NAME"])
    connection.close()
    source = sqlite3.connect(path)
    with tempfile.TemporaryDirectory(dir=Path(path).parent) as folder:
        target = sqlite3.connect(f"{folder}/floor.sqlite3", isolation_level=None)
        source.backup(target)
        # children first; then the file is as it was before anybody came
        for table in reversed(_tables()):
            target.execute(f'DELETE FROM "{table}"')  # noqa: S608  our own tables
        target.execute("VACUUM")
        target.executescript(settings.DATABASES["default"]["OPTIONS"]["init_command"])
        took_s = 0.0
        for table in _tables():
            cursor = source.execute(f'SELECT * FROM "{table}"')  # noqa: S608  our own tables
            marks = ",".join("?" * len(cursor.description))
            while rows := cursor.fetchmany(_CHUNK):
                began = time.monotonic()
                target.execute("BEGIN IMMEDIATE")
                target.executemany(f'INSERT INTO "{table}" VALUES ({marks})', rows)  # noqa: S608
                target.execute("COMMIT")
                took_s += time.monotonic() - began
        target.close()
    source.close()
    return took_s


def _floor_postgres() -> float:
    from django.db import connection

    took_s = 0.0
    with connection.cursor() as cursor:
        for table in _tables():
            cursor.execute(f'CREATE TABLE "floor_{table}" (LIKE "{table}" INCLUDING ALL)')
        for table in _tables():
            _tie(cursor, table)
        for table in _tables():
            with cursor.copy(f'COPY "{table}" TO STDOUT') as out:
                chunks = [bytes(chunk) for chunk in out]
            began = time.monotonic()
            with cursor.copy(f'COPY "floor_{table}" FROM STDIN') as into:
                for chunk in chunks:
                    into.write(chunk)
            took_s += time.monotonic() - began
        for table in reversed(_tables()):
            cursor.execute(f'DROP TABLE "floor_{table}"')
    return took_s


def _tie(cursor: Any, table: str) -> None:
    """Give a copy of a table the foreign keys of the table, those between the three among the copies."""
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid), confrelid::regclass::text FROM pg_constraint "
        "WHERE contype = 'f' AND conrelid = %s::regclass",
        [table],
    )
    for name, definition, target in cursor.fetchall():
        if target in _tables():
            definition = definition.replace(f"REFERENCES {target}(", f"REFERENCES floor_{target}(")
        cursor.execute(f'ALTER TABLE "floor_{table}" ADD CONSTRAINT "{name}" {definition}')


if __name__ == "__main__":
    main()
