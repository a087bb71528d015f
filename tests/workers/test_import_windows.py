"""A member list is written by key, a window at a time, and goes on inside of a window where it was stopped.

What needs no look at the tables may be computed by a second process, with the same outcome.
"""

import pytest

from nuanxin.core import companions
from nuanxin.core.crypto import SealBroken
from nuanxin.sheets import applying, pacing, sealed_rows, services, staging, windows, working
from nuanxin.sheets.models import ImportBatch, ImportPart, ImportRow, JournalEntry
from nuanxin.sheets.pacing import Pace
from nuanxin.workers import sealer
from nuanxin.workers.models import Worker
from tests.workers.roster_world import (
    apply,
    bring,
    dump,
    import_at_once,
    make_world,
    person,
    roster,
    undo,
)

pytestmark = pytest.mark.django_db
PEOPLE, WINDOW, PIECE = 20, 7, 3


@pytest.fixture
def world(monkeypatch):
    import_at_once(monkeypatch)
    monkeypatch.setattr(windows, "ROWS", WINDOW)
    monkeypatch.setattr(applying, "Pace", lambda: Pace(PIECE))
    monkeypatch.setattr(pacing, "_LEAST", PIECE)
    monkeypatch.setattr(pacing, "_MOST", PIECE)
    return make_world()


def confirmed(world):
    batch = bring(world, roster(*(person(n, group="骑手") for n in range(1, PEOPLE + 1))))
    services.confirm(batch=batch, by=world.officer)
    return batch


def turn(pieces):
    """Let the worker write some pieces, then end as one does that is told to stop."""
    left = iter([True] * pieces)
    working.work("here", lambda: next(left, False))


def written(batch):
    return list(batch.journal.order_by("pk").values_list("key", "number"))


def test_rows_of_a_window_are_written_by_key(world):
    batch = confirmed(world)

    working.work_off()

    lines = written(batch)
    for start in range(0, PEOPLE, WINDOW):
        window = lines[start : start + WINDOW]
        assert window == sorted(window)
        assert {number for _key, number in window} == set(
            range(start + 1, min(start + WINDOW, PEOPLE) + 1)
        )


@pytest.mark.parametrize("pieces", [1, 2, 3])
def test_list_stopped_inside_of_a_window_goes_on_there(world, pieces):
    batch = confirmed(world)
    turn(pieces)
    batch.refresh_from_db()
    assert (batch.state, batch.applied_count) == ("applying", min(pieces * PIECE, WINDOW))
    assert bool(batch.applied_mark) == (pieces * PIECE < WINDOW)

    while ImportBatch.objects.at_work().exists():
        turn(1)

    batch.refresh_from_db()
    assert (batch.state, batch.applied_count, batch.applied_through) == ("applied", PEOPLE, PEOPLE)
    assert Worker.objects.count() == PEOPLE
    assert sorted(number for _key, number in written(batch)) == list(range(1, PEOPLE + 1))


def test_list_stopped_by_a_version_that_knew_no_windows_goes_on(world):
    batch = confirmed(world)
    gone = batch.rows.filter(number__lte=5)
    ImportBatch.objects.filter(pk=batch.pk).update(applied_through=5)

    working.work_off()

    keys = set(gone.values_list("key", flat=True))
    assert {key for key, _number in written(batch)} == {
        row.key for row in ImportRow.objects.exclude(key__in=keys)
    }


def test_list_undone_half_way_and_whole_leaves_nothing(world):
    before = dump()
    batch = confirmed(world)
    working.work_off()
    batch.refresh_from_db()

    undo(world, batch)

    assert dump() == before


@pytest.fixture
def apart(monkeypatch):
    """Let a companion read and prepare whatever the size; count them."""
    monkeypatch.setattr(staging, "_BIG_BYTES", 0)
    monkeypatch.setattr(applying, "_BIG", 0)
    monkeypatch.setattr(companions, "_PATIENCE_S", 60.0)
    for module in (staging, applying):
        monkeypatch.setattr(module, "can_be_apart", lambda: True)
    made, real = [], companions._start

    def counted(theirs):
        made.append(theirs)
        return real(theirs)

    monkeypatch.setattr(companions, "_start", counted)
    return made


def test_list_prepared_by_a_companion_says_what_one_prepared_here_does(
    world, apart, monkeypatch, caplog
):
    people = [person(n, group="骑手", platform="甲平台", joined="2021-6") for n in range(1, 13)]
    moved = [person(n, union=world.couriers.name, no=f"K{n}") for n in range(10, 16)]
    lists = [roster(*people), roster(*moved, person(1, name="改名"), person(2, id="1"))]

    found = []
    for is_apart in (True, False):
        if not is_apart:
            for module in (staging, applying):
                monkeypatch.setattr(module, "can_be_apart", lambda: False)
        batches = [apply(world, bring(world, content)) for content in lists]
        found.append((dump(), [counts(batch) for batch in batches]))
        for batch in reversed(batches):
            undo(world, batch)

    assert len(apart) == 4
    assert "did not start" not in caplog.text
    assert found[0] == found[1]
    assert len(found[0][0][0]) == 15
    assert found[0][1][1]["rejected_count"] == 1


def counts(batch):
    names = ("new", "changed", "same", "suspect", "rejected", "applied")
    return {f"{name}_count": getattr(batch, f"{name}_count") for name in names}


def test_list_whose_seal_is_broken_stops_with_its_name_also_apart(world, apart):
    batch = confirmed(world)
    part = batch.parts.get()
    part.payload_sealed = bytes(part.payload_sealed)[:-1] + b"!"
    part.save()

    working.work("here", lambda: True)

    batch.refresh_from_db()
    assert (batch.state, batch.trouble, batch.applied_count) == ("applying", SealBroken.__name__, 0)
    assert not Worker.objects.exists()


@pytest.mark.parametrize(
    ("named", "model"),
    [
        (sealed_rows.PART, ImportPart),
        (sealed_rows.ROW, ImportRow),
        (sealed_rows.ENTRY, JournalEntry),
        (sealer.TABLE, Worker),
    ],
)
def test_seals_made_without_tables_name_the_table_they_are_for(named, model):
    assert named == model._meta.db_table
