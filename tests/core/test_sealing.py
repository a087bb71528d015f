"""The audit chain: an act that is edited, dropped, swapped or cut off is told by its number."""

import datetime as dt
import hashlib
import io
import re
import uuid

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction

from nuanxin.core import audit, clock, sealing
from nuanxin.core.actors import SystemActor
from nuanxin.core.models import AuditEvent, AuditSeal
from nuanxin.core.sealing import Fault

pytestmark = pytest.mark.django_db
BY = SystemActor("test")
COUNT = 12
NOBODYS = uuid.UUID(int=0)


def act(number):
    with transaction.atomic():
        return audit.record(
            by=BY,
            verb="test.done",
            subject_type="thing",
            subject_key=str(number),
            scope_path="/zj/",
            data={"was": number, "is": [number, "新", None]},
        )


@pytest.fixture
def chain(clock):
    """Save acts, seal them, and return them by number."""
    for number in range(1, COUNT + 1):
        act(number)
    assert sealing.seal(clock_now()) == COUNT
    seals = AuditSeal.objects.order_by("seq")
    events = AuditEvent.objects.in_bulk([row.event_id for row in seals])
    return {row.seq: events[row.event_id] for row in seals}


def clock_now():
    return clock.now()


def faults(*kept):
    return list(sealing.verify(list(kept)))


def test_chain_that_nobody_touched_holds(chain):
    kept = sealing.head()

    assert (kept.seq, faults(kept)) == (COUNT, [])


@pytest.mark.parametrize("seq", [1, 2, COUNT // 2, COUNT])
@pytest.mark.parametrize(
    "change",
    [
        {"verb": "test.undone"},
        {"actor_label": "somebody"},
        {"actor_key": "user:9"},
        {"object_key": "0"},
        {"object_type": "other"},
        {"scope_path": "/"},
        {"data": {}},
        {"at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_edited_act_is_told_by_its_number(chain, seq, change):
    AuditEvent.objects.filter(pk=chain[seq].pk).update(**change)

    assert faults() == [Fault(seq, "altered")]


@pytest.mark.parametrize("seq", [1, COUNT // 2, COUNT])
def test_dropped_act_is_told_by_its_number(chain, seq):
    AuditEvent.objects.filter(pk=chain[seq].pk).delete()

    assert faults() == [Fault(seq, "missing")]


@pytest.mark.parametrize("seq", [1, COUNT // 2])
def test_act_dropped_with_its_seal_leaves_a_gap(chain, seq):
    AuditEvent.objects.filter(pk=chain[seq].pk).delete()
    AuditSeal.objects.filter(seq=seq).delete()

    assert Fault(seq, "gap") in faults()


def test_swapped_acts_are_told(chain):
    one, other = AuditSeal.objects.filter(seq__in=(3, 4)).order_by("seq")
    AuditSeal.objects.filter(seq=3).update(event_id=NOBODYS)
    AuditSeal.objects.filter(seq=4).update(event_id=one.event_id)
    AuditSeal.objects.filter(seq=3).update(event_id=other.event_id)

    assert {fault.seq for fault in faults()} == {3, 4}


def test_chain_cannot_be_written_anew_without_the_key(chain):
    """Whoever holds the database alone computes plain digests: they do not fit."""
    AuditEvent.objects.filter(pk=chain[5].pk).update(verb="test.undone")
    before = AuditSeal.objects.get(seq=4).digest
    for seal in AuditSeal.objects.filter(seq__gte=5).order_by("seq"):
        before = hashlib.sha256(f"{before}{seal.event_id}".encode()).hexdigest()
        AuditSeal.objects.filter(seq=seal.seq).update(digest=before)

    assert len(faults()) == COUNT - 4


def test_end_that_is_cut_off_is_seen_with_a_kept_head_alone(chain):
    kept = sealing.head()
    AuditEvent.objects.filter(pk__in=[chain[COUNT].pk, chain[COUNT - 1].pk]).delete()
    AuditSeal.objects.filter(seq__gte=COUNT - 1).delete()

    assert faults() == [], "the control: without a head nobody sees it"
    assert faults(kept) == [Fault(COUNT, "cut")]


def test_end_that_is_cut_off_and_grown_anew_is_seen(chain):
    kept = sealing.head()
    AuditEvent.objects.filter(pk=chain[COUNT].pk).delete()
    AuditSeal.objects.filter(seq=COUNT).delete()
    act(99)
    sealing.seal(clock_now())

    assert faults() == []
    assert faults(kept) == [Fault(COUNT, "cut")]
    # the head of the chain that was grown anew is kept too, and hides nothing
    assert faults(kept, sealing.head()) == [Fault(COUNT, "cut")]


def test_chain_goes_on_where_it_stopped(chain):
    for number in range(3):
        act(100 + number)

    assert sealing.seal(clock_now()) == 3
    assert sealing.head().seq == COUNT + 3
    assert faults() == []


def test_many_acts_are_sealed_in_pieces(chain, monkeypatch):
    monkeypatch.setattr(sealing, "_PIECE", 4)
    for number in range(10):
        act(200 + number)

    assert sealing.seal(clock_now()) == 10
    assert faults() == []


def test_sealer_of_an_idle_site_writes_nothing(chain, writes_of):
    assert writes_of(lambda: sealing.seal(clock_now())) == []


def test_act_committed_long_after_its_moment_is_sealed_in_the_night(chain, clock):
    late = act(300)
    AuditEvent.objects.filter(pk=late.pk).update(at=clock_now() - dt.timedelta(hours=2))

    assert sealing.seal(clock_now()) == 0
    assert sealing.seal_late(clock_now()) == 1
    assert faults() == []


def test_sealer_that_stands_still_is_missed(chain, clock):
    assert sealing.check(clock_now()).is_ok
    act(400)
    assert sealing.check(clock_now()).is_ok, "it may wait for a moment"
    clock.stop_at("2026-03-10T10:05:00")

    part = sealing.check(clock_now())

    assert not part.is_ok
    assert part.detail["oldest_unsealed_s"] == 300


def test_head_is_kept_outside_once_for_each_move(chain, settings, tmp_path):
    settings.AUDIT_ANCHOR = str(tmp_path / "heads")
    now = clock_now()

    assert [sealing.anchor(now), sealing.anchor(now)] == [1, 0]
    act(500)
    sealing.seal(now)
    assert sealing.anchor(now) == 1

    heads = sealing.anchored_heads(tmp_path / "heads")
    assert [kept.seq for kept in heads] == [COUNT, COUNT + 1]
    assert faults(*heads) == []


def test_command_tells_each_fault_and_fails(chain, settings, tmp_path):
    settings.AUDIT_ANCHOR = str(tmp_path / "heads")
    sealing.anchor(clock_now())
    out, err = io.StringIO(), io.StringIO()
    call_command("verify_audit", stdout=out, stderr=err, anchor=settings.AUDIT_ANCHOR)
    assert re.search(rf"head {COUNT}:[0-9a-f]{{64}}, 1 kept outside", out.getvalue())

    AuditEvent.objects.filter(pk=chain[7].pk).update(verb="test.undone")

    with pytest.raises(CommandError, match="1 places"):
        call_command("verify_audit", stdout=out, stderr=err)
    assert "7: altered" in err.getvalue()


@pytest.mark.parametrize("text", ["", "7", "7:ab", "x:" + "0" * 64, "-1:" + "0" * 64])
def test_text_that_is_no_head_is_refused(text):
    with pytest.raises(CommandError, match="head"):
        call_command("verify_audit", head=[text], stdout=io.StringIO(), stderr=io.StringIO())
