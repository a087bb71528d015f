"""The act of an import carries a root over the things it touched, and what is done to its journal shows."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command

from nuanxin.core import bulk_acts, clock
from nuanxin.core.errors import NotFound
from nuanxin.core.models import AuditEvent
from nuanxin.sheets import forgetting, undoing
from nuanxin.sheets.models import JournalEntry
from nuanxin.workers import leaving
from nuanxin.workers.models import Worker
from tests.workers.joining_world import oneself
from tests.workers.people import document, phone_of
from tests.workers.roster_world import (
    apply,
    bring,
    import_at_once,
    make_world,
    person,
    roster,
    undo,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(monkeypatch):
    import_at_once(monkeypatch)
    return make_world()


def applied(world, *rows):
    batch = apply(world, bring(world, roster(*rows)))
    return batch, AuditEvent.objects.get(verb="sheet.applied", object_key=str(batch.pk))


def test_each_member_of_a_list_is_proved_by_the_act_of_the_import(world):
    applied(world, person(1), person(2))
    _batch, event = applied(world, person(1, phone=phone_of(9)), person(2), person(3))

    assert event.data["count"] == 2
    changed, new = (str(document(n).worker_id) for n in (1, 3))
    for key, before in ((changed, "standing"), (new, "")):
        proof = bulk_acts.proof_of(event, key)
        assert proof.leaf == (key, before, "written")
        assert proof.holds(event.data["merkle_root"])
    with pytest.raises(NotFound):
        bulk_acts.proof_of(event, str(document(2).worker_id))


def test_taking_back_has_a_root_of_its_own_and_leaves_the_first_whole(world):
    batch, event = applied(world, *map(person, range(1, 6)))
    undoing.undo_row(batch=batch, sheet_row=4, by=world.officer)

    undo(world, batch)

    undone = AuditEvent.objects.get(verb="sheet.undone")
    assert [leaf.after for leaf in bulk_acts.leaves_of(undone)] == [""] * 5
    assert undone.data["merkle_root"] != event.data["merkle_root"]
    assert list(bulk_acts.torn()) == []


def another(entry):
    JournalEntry.objects.filter(pk=entry.pk).update(key=str(document(9).worker_id))


def changed(entry):
    JournalEntry.objects.filter(pk=entry.pk).update(is_new=False)


def added(entry):
    entry.pk, entry.number = None, 99
    entry.save(force_insert=True)


@pytest.mark.parametrize("meddle", [JournalEntry.delete, another, changed, added])
def test_whoever_meddles_with_a_journal_is_seen(world, meddle, capsys):
    _batch, event = applied(world, *map(person, range(1, 4)))
    call_command("verify_audit", anchor="")

    meddle(JournalEntry.objects.get(key=str(document(2).worker_id)))

    assert list(bulk_acts.torn()) == [event]
    with pytest.raises(CommandError, match="bulk acts"):
        call_command("verify_audit", anchor="")


def test_worker_who_is_erased_leaves_a_line_that_says_nothing_and_the_root_holds(world):
    batch, _event = applied(world, person(1), person(2))
    worker = Worker.objects.get(pk=document(1).worker_id)

    leaving.erase(worker=worker, by=oneself(worker))

    line = JournalEntry.objects.get(key=str(worker.pk))
    assert (line.label, line.payload_sealed, line.told_before) == ("", "", "")
    assert list(bulk_acts.torn()) == []
    assert undo(world, batch).undone_count == 1
    assert list(bulk_acts.torn()) == []


def test_journal_that_was_dropped_in_its_time_is_no_fault(world, monkeypatch):
    _batch, event = applied(world, person(1))
    later = clock.now() + dt.timedelta(days=30, minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)

    forgetting.forget(later)

    assert not JournalEntry.objects.exists()
    assert list(bulk_acts.torn()) == []
    assert bulk_acts.leaves_of(event) == []
