"""A register of invented people on a database of its own, and officers who look for them."""

import argparse
import io
import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import django
import numpy as np

COUNTIES, UNIONS_EACH = 10, 86
_CHUNK: Final = 5_000


def main() -> None:
    """Fill, ask, and print the figures as one line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--workers", type=int, required=True)
    parser.add_argument("--queries", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.base"
    django.setup()
    _fill(options.workers)
    print(json.dumps(_ask(options.workers, options.queries, options.seed)))  # noqa: T201  the answer


def _fill(count: int) -> None:
    from django.core.management import call_command
    from django.db import connection, transaction

    from nuanxin.core import bulk, clock
    from nuanxin.workers import import_ahead
    from nuanxin.workers import import_writing as writing
    from nuanxin.workers.documents import Document
    from nuanxin.workers.enums import DocumentKind
    from nuanxin.workers.models import Membership, Worker
    from nuanxin.workers.row_ids import membership_digits
    from nuanxin.workers.sealer import Sealer

    call_command("migrate", verbosity=0)
    call_command("import_divisions", under="3305", verbosity=0, stdout=io.StringIO())
    unions, sealer, now = _enter_unions(), Sealer(), clock.now()
    people = _people(count)
    for start in range(0, count, _CHUNK):
        workers, memberships = [], []
        for n in range(start, min(start + _CHUNK, count)):
            name, number, phone = next(people)
            document = Document(DocumentKind.RESIDENT, number)
            key = document.worker_id
            said = {"document": [document.kind.value, number], "name": name, "phone": phone}
            workers.append((*import_ahead.new_worker(sealer, str(key), said).columns, now, None))
            memberships.append(
                (membership_digits(str(key), 1), key, 1, unions[n % len(unions)].pk, "active", "import",
                 now.date(), "", now.date(), "", None, "", now, "system:bench")
            )  # fmt: skip
        with transaction.atomic():
            bulk.insert(Worker, writing._WORKER, workers)
            bulk.insert(Membership, writing._MEMBERSHIP, memberships)
        print(f"{start + len(workers)} workers", file=sys.stderr, end="\r")  # noqa: T201  progress
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _enter_unions() -> list[Any]:
    from nuanxin.demo import playing
    from nuanxin.regions.models import Division
    from nuanxin.unions.enums import UnionKind
    from nuanxin.unions.services import enter_union

    division, by = Division.objects.get(pk="330502"), playing.ACTOR
    top = enter_union(code="T", name="市总", kind=UnionKind.FEDERATION, division=division, by=by)
    found = []
    for county in range(COUNTIES):
        above = enter_union(
            code=f"C{county}", name=f"{county}县总", kind=UnionKind.FEDERATION, division=division,
            parent=top, by=by,
        )  # fmt: skip
        found += [
            enter_union(
                code=f"C{county}U{n:02d}", name=f"{county}-{n}工会", kind=UnionKind.JOINT, division=division,
                parent=above, by=by,
            )
            for n in range(UNIONS_EACH)
        ]  # fmt: skip
    return found


def _people(count: int) -> Iterator[tuple[str, str, str]]:
    from bench._roster_trial import _rows

    for row in _rows(count):
        yield row[1], row[2], row[3]


def _ask(count: int, queries: int, seed: int) -> dict[str, Any]:
    from nuanxin.core.actors import Role, Scope
    from nuanxin.demo.playing import ACTOR
    from nuanxin.workers.selectors import find_workers

    chance = random.Random(seed)
    wanted = sorted(chance.sample(range(count), queries))
    chosen = set(wanted)
    people = {n: row for n, row in enumerate(_people(count)) if n in chosen}
    kinds = list(_TEXTS)
    took_ms: dict[str, list[float]] = {kind: [] for kind in kinds}
    cpu_ms: list[float] = []
    found = asked = 0
    for number, n in enumerate(wanted):
        union = n % (COUNTIES * UNIONS_EACH)
        path = ["", f"T/C{union // UNIONS_EACH}/", f"T/C{union // UNIONS_EACH}/C{union // UNIONS_EACH}U{union % UNIONS_EACH:02d}/"][number // len(kinds) % 3]  # fmt: skip
        actor = _Officer(ACTOR.actor_key, "officer", (Scope(Role.OFFICER, path),))
        kind = kinds[number % len(kinds)]
        text = _TEXTS[kind](people[n])
        began, began_cpu = time.perf_counter(), time.process_time()
        rows = find_workers(actor, text)
        took_ms[kind].append(1_000 * (time.perf_counter() - began))
        cpu_ms.append(1_000 * (time.process_time() - began_cpu))
        if kind in ("document", "phone"):
            asked += 1
            found += any(row.name == people[n][0] for row in rows)
    all_ms = np.concatenate([np.array(each) for each in took_ms.values()])
    figures: dict[str, Any] = {
        "p50_ms": round(float(np.percentile(all_ms, 50)), 2),
        "p99_ms": round(float(np.percentile(all_ms, 99)), 2),
        "cpu_p99_ms": round(float(np.percentile(cpu_ms, 99)), 2),
        "found_share": round(found / max(asked, 1), 3),
    }
    for kind, each in took_ms.items():
        figures[f"p99_ms_{kind}"] = round(float(np.percentile(each, 99)), 2)
    return figures


class _Officer:
    """An officer of a part of the tree."""

    def __init__(self, actor_key: str, actor_label: str, scopes: tuple[Any, ...]) -> None:
        self.actor_key, self.actor_label, self.scopes = actor_key, actor_label, scopes


def _pinyin(person: tuple[str, str, str], part: int) -> str:
    from nuanxin.algorithms.pinyin_people import person_pinyin

    return person_pinyin(person[0])[part]


_TEXTS: Final[dict[str, Callable[[tuple[str, str, str]], str]]] = {
    "document": lambda person: person[1],
    "phone": lambda person: person[2],
    # of the phone: invented cards end in 000 and one of eleven characters
    "tail": lambda person: person[2][-4:],
    "name": lambda person: person[0],
    "surname": lambda person: person[0][0],
    "pinyin": lambda person: _pinyin(person, 0),
    "syllable": lambda person: _pinyin(person, 0)[:3],
    "initials": lambda person: _pinyin(person, 1),
}


if __name__ == "__main__":
    main()
