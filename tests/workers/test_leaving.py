"""Leaving and erasing: what goes, what stays, and that nothing is found afterwards."""

import json
import sqlite3

import pytest
from django.apps import apps
from django.core import serializers
from django.db import connection

from nuanxin.core import audit, personal
from nuanxin.core.errors import Conflict, NotAllowed, NotFound
from nuanxin.core.models import AuditEvent
from nuanxin.sheets.models import ImportRow, JournalEntry, SourceRecord
from nuanxin.workers import joining, leaving, memberships, merging, own_entry, services
from nuanxin.workers.enums import Channel, EndReason, MembershipState, MergeReason, TransferState
from nuanxin.workers.models import Consent, Membership, Occupation, Transfer, Worker, WorkerGroup
from nuanxin.workers.selves import WorkerActor
from tests.workers import people
from tests.workers.joining_world import application, make_joinable, oneself
from tests.workers.roster_world import apply, bring, person, roster

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(clock):
    return make_joinable()


def everything() -> str:
    """Return every row of every table as text."""
    models = [m for m in apps.get_models() if m._meta.managed and not m._meta.proxy]
    rows = [row for model in models for row in model._base_manager.all()]
    return str(serializers.serialize("json", rows, ensure_ascii=False))


def test_leaving_ends_membership_and_application_and_keeps_the_entry(world):
    member = people.member(1, world.riders)
    memberships.apply(
        worker=member.worker, union=world.couriers, channel=Channel.QR, by=oneself(member.worker)
    )

    assert leaving.leave(worker=member.worker, by=oneself(member.worker)) == 2

    assert not Membership.objects.present().exists()
    assert Transfer.objects.get().state == TransferState.WITHDRAWN
    assert Worker.objects.get().name == people.name_of(1)
    assert leaving.leave(worker=member.worker, by=oneself(member.worker)) == 0


def test_nobody_else_leaves_for_a_worker(world):
    worker = people.member(1, world.riders).worker
    for by in (world.officer, WorkerActor(people.document(2).worker_id)):
        with pytest.raises(NotAllowed):
            leaving.leave(worker=worker, by=by)


def test_erased_entry_is_a_bare_row(world):
    member = people.member(1, world.riders)
    worker, group = member.worker, WorkerGroup.objects.get(name_zh="快递员")
    services.enter_occupation(worker=worker, group=group, platform="甲平台", by=people.BY)
    Membership.objects.update(member_no="WX1")

    leaving.erase(worker=worker, by=oneself(worker))

    worker.refresh_from_db()
    kept = (worker.name, worker.pinyin, worker.initials, worker.phone_index, worker.document_tail)
    assert kept == ("", "", "", None, None)
    assert worker.erased_at
    member.refresh_from_db()
    assert (member.end_reason, member.member_no) == (EndReason.ERASED, "")
    assert not Occupation.objects.exists()
    assert AuditEvent.objects.filter(verb="worker.erased").count() == 1
    with pytest.raises(NotFound):
        leaving.erase(worker=worker, by=oneself(worker))


def test_erasing_ends_a_transfer_on_its_way(world):
    worker = people.member(1, world.riders).worker
    memberships.apply(worker=worker, union=world.couriers, channel=Channel.QR, by=oneself(worker))

    leaving.erase(worker=worker, by=oneself(worker))

    assert Transfer.objects.get().state == TransferState.WITHDRAWN
    assert {row.state for row in Membership.objects.all()} == {MembershipState.ENDED}


def test_erasing_reaches_what_imports_remember(world):
    apply(world, bring(world, roster(person(1, group="快递员"), person(2))))
    worker = Worker.objects.get(pk=people.document(1).worker_id)

    leaving.erase(worker=worker, by=oneself(worker))

    key = str(worker.pk)
    for model in (ImportRow, SourceRecord):
        assert not model.objects.filter(key=key).exists()
    assert ImportRow.objects.exists()
    line = JournalEntry.objects.get(key=key)
    assert (line.label, line.payload_sealed, line.told_before) == ("", "", "")
    assert people.name_of(1) not in everything()
    assert people.name_of(2) in everything()


def test_erasing_one_row_of_a_person_erases_them_all(world):
    worker = people.member(1, world.riders).worker
    merge = merging.propose_merge(
        worker=worker, document=people.document(2), reason=MergeReason.MISTYPED, by=world.officer
    )
    with pytest.raises(Conflict) as caught:
        leaving.erase(worker=worker, by=oneself(worker))
    assert caught.value.code == "merge_open"
    survivor = merging.approve_merge(merge=merge, by=people.BY)

    leaving.erase(worker=survivor, by=oneself(survivor))

    assert Worker.objects.filter(erased_at__isnull=True).count() == 0
    merge.refresh_from_db()
    assert merge.document_sealed == ""


def test_office_elsewhere_and_strangers_erase_nothing(world):
    worker = people.member(1, world.riders).worker
    for by in (world.stranger, WorkerActor(people.document(2).worker_id)):
        with pytest.raises(NotAllowed):
            leaving.erase(worker=worker, by=by)
    assert Worker.objects.get().erased_at is None


def test_nothing_of_twenty_people_is_found_after_erasing_not_even_in_the_file(world):
    if connection.vendor != "sqlite":
        pytest.skip("the file of another database is its own matter: docs/personal-data.md")
    names = [f"欧阳甲乙丙{chr(0x4E00 + 40 * n)}" for n in range(20)]
    workers = []
    for n, name in enumerate(names):
        entered = services.enter_worker(
            document=people.document(n), name=name, phone=people.phone_of(n), union=world.riders, by=people.BY,
        )  # fmt: skip
        workers.append(entered.worker)
    assert planted(names) == 20

    for worker in workers:
        leaving.erase(worker=worker, by=oneself(worker))

    assert planted(names) == 0


def planted(names: list[str]) -> int:
    """Return how many names stand in the pages of the database, freed ones too."""
    raw: sqlite3.Connection = connection.connection
    pages = raw.serialize()
    return sum(name.encode() in pages for name in names)


# --- what is kept, and the export ---


def test_export_holds_everything_and_says_why(world):
    group = WorkerGroup.objects.get(name_zh="快递员")
    joined = joining.join(
        application=application(1, group=group, platform="甲平台"),
        union=world.riders,
        channel=Channel.QR,
    )
    services.reveal(worker=joined.worker, purpose="call", by=world.officer)

    entry = own_entry.export_entry(worker=joined.worker, by=oneself(joined.worker))

    text = json.dumps(entry, ensure_ascii=False)
    for said in (
        people.number_of(1),
        people.phone_of(1),
        people.name_of(1),
        "甲平台",
        "membership",
    ):
        assert said in text
    (me,) = [table for table in entry["tables"] if table["table"] == "workers.Worker"]
    assert all(
        cell["purpose"] and cell["until"] and cell["basis"] for cell in me["rows"][0].values()
    )
    assert "您本人" in {act["who"] for act in entry["acts"]}
    assert any(act["why"] for act in entry["acts"])


def test_export_is_on_record_before_a_seal_is_opened(world, monkeypatch):
    worker = people.member(1, world.riders).worker
    opened = []
    monkeypatch.setattr(audit, "record", lambda **_kw: 1 / 0)
    monkeypatch.setattr(own_entry, "_opened", lambda *_a: opened.append(1))

    with pytest.raises(ZeroDivisionError):
        own_entry.export_entry(worker=worker, by=oneself(worker))

    assert opened == []


def test_nobody_else_gets_the_export(world):
    worker = people.member(1, world.riders).worker
    for by in (world.officer, people.BY, WorkerActor(people.document(2).worker_id)):
        with pytest.raises(NotAllowed):
            own_entry.export_entry(worker=worker, by=by)


def untagged() -> set[str]:
    """Return the columns of tables about workers of which nobody said why they are kept."""
    known = {table.model.lower(): table for table in personal.tables()}
    found = set()
    for model in apps.get_models():
        links = [f.name for f in model._meta.local_fields if f.related_model is Worker]
        if model is not Worker and not links:
            continue
        table = known.get(model._meta.label_lower)
        columns = set(table.columns) | {table.owner} if table else set()
        found |= {
            f"{model._meta.label}.{field.name}"
            for field in model._meta.local_fields
            if field.name not in columns
        }
    return found


def test_every_column_about_a_worker_says_why_it_is_kept():
    assert untagged() == set()


def test_column_that_nobody_tagged_is_found(monkeypatch):
    (table, *_rest) = [t for t in personal.tables() if t.model == "workers.Consent"]
    columns = {name: kept for name, kept in table.columns.items() if name != "digest"}
    monkeypatch.setitem(
        personal._tables, table.model, personal.Table(table.model, table.owner, columns)
    )

    assert untagged() == {"workers.Consent.digest"}


def test_consents_of_an_erased_entry_stay_as_proof(world):
    joined = joining.join(application=application(1), union=world.riders, channel=Channel.QR)
    leaving.erase(worker=joined.worker, by=oneself(joined.worker))

    assert Consent.objects.get().withdrawn_at is not None
