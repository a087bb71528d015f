"""One import of many stations on a database file of its own, with somebody else writing meanwhile."""

import argparse
import csv
import io
import json
import os
import resource
import threading
import time
from typing import Any

import django
import xlsxwriter


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

    from nuanxin.demo import people, playing

    call_command("migrate", verbosity=0)
    call_command("import_divisions", under=people.PROVINCE, verbosity=0)
    call_command("seed_catalogues")
    people.enter_unions(by=playing.ACTOR)
    rows = _rows(count)
    content = _csv(rows) if form == "csv" else _xlsx(rows)
    del rows
    with _Writer() as writer:
        figures = _import(content, f"stations.{form}")
    again = _import(content, f"stations.{form}")
    own_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child_kb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {
        **figures,
        "second_run_writes": again["applied"],
        "second_run_s": again["read_s"],
        "peak_mb": round(max(own_kb, child_kb) / 1024),
        "longest_writer_wait_s": round(max(writer.waits_s), 3),
        "writes": len(writer.waits_s),
    }


def _rows(count: int) -> list[dict[str, str]]:
    from nuanxin.demo import office_words, province, sending
    from nuanxin.regions.selectors import current_divisions
    from nuanxin.unions.models import Union

    names = dict(current_divisions(under="33").values_list("code", "name"))
    names |= dict(Union.objects.values_list("code", "name"))
    rows = province.generate(sending._towns(), count=count)
    for number, row in enumerate(rows):
        row["code"] = f"{number:08d}"  # there are not so many numbers of four digits
    return [office_words.in_words(row, names, office_words.HANDS[0]) for row in rows]


def _csv(rows: list[dict[str, str]]) -> bytes:
    sink = io.StringIO()
    writer = csv.DictWriter(sink, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return sink.getvalue().encode("gb18030")


def _xlsx(rows: list[dict[str, str]]) -> bytes:
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True, "constant_memory": True}) as book:
        sheet = book.add_worksheet("站点")
        sheet.write_row(0, 0, list(rows[0]))
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, list(row.values()))
    return sink.getvalue()


def _import(content: bytes, name: str) -> dict[str, Any]:
    from nuanxin.demo import playing
    from nuanxin.sheets import services, working
    from nuanxin.unions.models import Union

    union = Union.objects.get(code="u33")
    began = time.monotonic()
    batch = services.bring_sheet(
        content=content, name=name, kind="station", source=union.code, source_label=union.name,
        scope_path=union.path, options={"datum": "wgs84"}, by=playing.ACTOR,
    )  # fmt: skip
    working.work_off()
    read_s = time.monotonic() - began
    batch.refresh_from_db()
    if batch.state != "preview" or batch.rejected_count:
        msg = f"{batch.state} {batch.refusal} {batch.rejected_count} rejected"
        raise RuntimeError(msg)
    services.take_doubtful(batch=batch, by=playing.ACTOR)
    services.confirm(batch=batch, by=playing.ACTOR)
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


class _Writer:
    """Somebody who writes a row every twentieth of a second, as a rider's word would be."""

    def __init__(self) -> None:
        self.waits_s = [0.0]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._write)

    def __enter__(self) -> "_Writer":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _write(self) -> None:
        from django.db import connection, transaction

        from nuanxin.core import audit
        from nuanxin.demo import playing

        while not self._stop.wait(0.05):
            began = time.monotonic()
            with transaction.atomic():
                audit.record(
                    by=playing.ACTOR, verb="bench.wrote", subject_type="bench", subject_key="x"
                )
            self.waits_s.append(time.monotonic() - began)
        connection.close()


if __name__ == "__main__":
    main()
