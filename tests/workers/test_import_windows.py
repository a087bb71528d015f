"""A member list is written by key, a window at a time, and goes on inside of a window where it was stopped."""

import pytest

from nuanxin.sheets import applying, pacing, services, windows, working
from nuanxin.sheets.models import ImportBatch, ImportRow
from nuanxin.sheets.pacing import Pace
from nuanxin.workers.models import Worker
from tests.workers.roster_world import bring, dump, import_at_once, make_world, person, roster, undo

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
