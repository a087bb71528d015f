"""Member lists: every row checked, shown, written once, and taken back."""

import datetime as dt
import json
from pathlib import Path

import pytest
from django.apps import apps

from nuanxin.core import clock
from nuanxin.core.errors import Conflict, Invalid, NotAllowed
from nuanxin.sheets import services, undoing, working
from nuanxin.sheets.models import ImportBatch, ImportRow
from nuanxin.sheets.pacing import Pace
from nuanxin.sheets.rejects import reject_workbook
from nuanxin.sheets.selectors import notes_of, review
from nuanxin.unions.enums import UnionState
from nuanxin.workers import memberships, merging, transfers
from nuanxin.workers import services as workers
from nuanxin.workers.enums import Channel, EndReason, MembershipState, MergeReason
from nuanxin.workers.import_writing import Writer
from nuanxin.workers.models import Membership, Occupation, Transfer, Worker
from nuanxin.workers.sealing import opened
from tests.factories import GrantFactory
from tests.stations.import_world import codes, fates
from tests.workers.people import BY, document, member, name_of, number_of, phone_of
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
BOOKS = Path(__file__).parents[1] / "sheets" / "data"


@pytest.fixture
def world(monkeypatch):
    import_at_once(monkeypatch)
    return make_world()


def test_new_members_are_entered_with_everything_the_list_says(world):
    rows = [
        person(1, group="外卖骑手", platform="甲平台", no="WX-1", joined="2021年6月"),
        person(2, group="快递小哥", platform="乙平台", no="", joined="2022-03-05", phone=""),
    ]

    batch = apply(world, bring(world, roster(*rows)))

    assert (batch.new_count, batch.applied_count) == (2, 2)
    first = Worker.objects.get(pk=document(1).worker_id)
    assert (first.name, opened(first, "phone_sealed")) == (name_of(1), phone_of(1))
    assert opened(first, "document_sealed") == number_of(1)
    held = first.memberships.get()
    assert (held.union, held.state, held.channel) == (world.riders, "active", "import")
    assert (held.joined, held.active_on, held.member_no) == ("2021-06", dt.date(2021, 6, 1), "WX-1")
    assert first.occupations.get().group_id == "riders"
    second = Worker.objects.get(pk=document(2).worker_id)
    assert (second.phone_sealed, second.phone_index) == ("", None)


def test_same_list_again_changes_nothing(world):
    content = roster(*[person(n, group="骑手", joined="2020") for n in range(1, 30)])
    apply(world, bring(world, content))
    before = dump()

    again = bring(world, content)

    assert (again.same_count, again.new_count, again.changed_count) == (29, 0, 0)
    assert apply(world, again).applied_count == 0
    assert dump() == before


def test_list_taken_back_leaves_what_was_before(world):
    member(1, world.riders)
    before = dump()
    rows = [person(1, phone="13900000001", no="N1", group="骑手"), *map(person, range(2, 20))]
    batch = apply(world, bring(world, roster(*rows)))
    assert dump() != before

    batch = undo(world, batch)

    assert (batch.undone_count, batch.kept_count) == (19, 0)
    assert dump() == before


def test_undo_keeps_who_was_changed_since_and_says_by_whom(world):
    batch = apply(world, bring(world, roster(person(1), person(2))))
    one = Worker.objects.get(pk=document(1).worker_id)
    later = clock.now() + dt.timedelta(seconds=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: later)
        workers.correct_worker(worker=one, phone="13900000001", by=world.officer)

    batch = undo(world, batch)

    assert (batch.undone_count, batch.kept_count) == (1, 1)
    assert list(Worker.objects.all()) == [one]
    assert world.officer.display_name in review(batch).kept[0].reason


def test_undo_keeps_a_worker_on_whom_something_else_hangs(world):
    batch = apply(world, bring(world, roster(person(1))))
    who = Worker.objects.get()
    memberships.apply(worker=who, union=world.couriers, channel=Channel.QR, by=world.officer)

    batch = undo(world, batch)

    assert batch.kept_count == 1
    assert Worker.objects.get() == who


def test_member_of_another_union_gets_a_transfer_and_stays_until_it_answers(world):
    held = member(1, world.couriers)

    batch = bring(world, roster(person(1), person(2)))
    assert batch.note_counts == {"transfer": 1}
    batch = apply(world, batch)

    transfer = Transfer.objects.get()
    assert (transfer.from_union, transfer.to_union) == (world.couriers, world.riders)
    assert Membership.objects.held().get(worker=held.worker).union == world.couriers
    transfers.release(transfer=transfer, by=world.officer)
    assert Membership.objects.held().get(worker=held.worker).union == world.riders
    again = bring(world, roster(person(1), person(2)))
    assert again.same_count == 2


def test_transfer_of_a_list_is_taken_back_with_it(world):
    member(1, world.couriers)
    before = dump()
    batch = apply(world, bring(world, roster(person(1))))

    undo(world, batch)

    assert dump() == before


def test_number_with_another_name_waits_for_a_person(world):
    member(1, world.riders)

    batch = bring(world, roster(person(1, name="别人家"), person(2)))

    assert codes(batch) == {2: ["name_differs"], 3: []}
    assert fates(batch) == {2: "suspect", 3: "new"}
    apply(world, batch)
    assert Worker.objects.get(pk=document(1).worker_id).name == name_of(1)


def test_worker_of_another_county_is_told_nothing_about(world):
    member(1, world.elsewhere)
    member(2, world.elsewhere)

    batch = bring(
        world, roster(person(1, name="别人家"), person(2, phone="13900000002", group="骑手"))
    )

    assert codes(batch) == {2: ["name_differs_elsewhere"], 3: ["kept_elsewhere", "transfer"]}
    told = " ".join(" ".join(notes_of(row)) for row in ImportRow.objects.select_related("batch"))
    assert name_of(1) not in told
    apply(world, batch)
    second = Worker.objects.get(pk=document(2).worker_id)
    assert opened(second, "phone_sealed") == phone_of(2)
    assert not Occupation.objects.exists()


def test_name_of_whom_no_union_has_is_told_to_nobody_below_the_whole_tree(world):
    gone = member(1, world.elsewhere)
    memberships.end(membership=gone, reason=EndReason.LEFT, by=BY)

    batch = bring(world, roster(person(1, name="别人家")))

    assert codes(batch) == {2: ["name_differs_elsewhere"]}
    assert name_of(1) not in " ".join(notes_of(batch.rows.select_related("batch").get()))
    apply(world, bring(world, roster(person(1, phone="13900000001"))))
    back = Membership.objects.held().get()
    assert (back.union, opened(back.worker, "phone_sealed")) == (world.riders, "13900000001")


def test_nobody_is_merged_on_a_phone_or_a_name(world):
    member(1, world.riders)
    rows = [
        person(2, phone=phone_of(1)),
        person(3, name=name_of(1)),
        person(4, phone=phone_of(5)),
        person(5),
    ]

    batch = apply(world, bring(world, roster(*rows)))

    assert Worker.objects.count() == 5
    assert batch.note_counts["phone_shared"] == 3


def test_rows_that_cannot_be_taken_say_why_and_where(world):
    number = number_of(1)
    rows = [
        person(1, id=f"{number[0]}.{number[1:6]}E+17"),
        person(2, id="11010549123100"),
        person(3, id=number_of(3)[:-1] + ("1" if number_of(3)[-1] != "1" else "2")),
        person(4, name=""),
        person(5, status="已退会"),
        person(6, union="没有这个工会"),
        person(7, id=f"{number_of(7)[:6]}********{number_of(7)[-4:]}"),
        person(8, no="N" * 40),
    ]  # fmt: skip

    batch = bring(world, roster(*rows))

    assert codes(batch) == {
        2: ["id_precision_lost"], 3: ["id_length"], 4: ["id_checksum"], 5: ["name_missing"],
        6: ["member_left"], 7: ["union_unknown"], 8: ["id_masked"], 9: ["too_long"],
    }  # fmt: skip
    told = " ".join(" ".join(notes_of(row)) for row in batch.rows.select_related("batch"))
    for n in range(1, 9):
        assert number_of(n)[:14] not in told
    name, kind, content = reject_workbook(batch=batch, by=world.officer)
    assert (kind, name.endswith(".csv")) == ("text/csv", True)
    assert "末几位" in content.decode("utf-8-sig").splitlines()[1]


def test_cells_that_say_nothing_usable_are_told_and_the_row_is_taken(world):
    batch = bring(
        world, roster(person(1, phone="1380000", joined="去年"), person(2, joined="2020"))
    )

    assert codes(batch)[2] == ["date_unparsed", "phone_invalid"]
    assert fates(batch) == {2: "new", 3: "new"}


def test_applicants_wait_for_approval_and_the_next_list_makes_them_members(world):
    content = roster(person(1, status="未入会"), person(2, status="已入会"))
    apply(world, bring(world, content))
    states = dict(Membership.objects.values_list("worker_id", "state"))
    assert states[document(1).worker_id] == MembershipState.APPLIED
    assert states[document(2).worker_id] == MembershipState.ACTIVE

    apply(world, bring(world, roster(person(1, status="已入会"), person(2, status="未入会"))))

    assert set(Membership.objects.values_list("state", flat=True)) == {"active"}


def test_whole_list_may_be_one_of_applicants(world):
    apply(world, bring(world, roster(person(1)), options={"people": "applicants"}))

    assert Membership.objects.get().state == MembershipState.APPLIED


def test_rows_name_unions_below_by_name_or_code(world):
    rows = [person(1, union="吴兴区快递行业联合工会"), person(2, union="WXR"), person(3, union="")]

    apply(world, bring(world, roster(*rows), union=world.county))

    assert dict(Membership.objects.values_list("worker_id", "union__code")) == {
        document(1).worker_id: "WXC", document(2).worker_id: "WXR", document(3).worker_id: "WX",
    }  # fmt: skip


def test_list_adds_a_platform_and_never_ends_another(world):
    apply(world, bring(world, roster(person(1, group="骑手", platform="甲平台"))))
    apply(world, bring(world, roster(person(1, group="骑手", platform="乙平台"))))

    assert set(Occupation.objects.values_list("platform", flat=True)) == {"甲平台", "乙平台"}
    assert not Occupation.objects.exclude(until_on=None).exists()


def test_row_with_an_old_document_finds_the_row_that_is_kept(world):
    held = member(1, world.riders)
    two = [GrantFactory.create(union=world.county).user for _ in range(2)]
    merge = merging.propose_merge(
        worker=held.worker, document=document(2), reason=MergeReason.RENEWED, by=two[0]
    )
    kept = merging.approve_merge(merge=merge, by=two[1])

    batch = bring(world, roster(person(1), person(2, name=name_of(1))))

    assert codes(batch) == {2: [], 3: ["merged_twice"]}
    apply(world, batch)
    assert Membership.objects.held().get().worker == kept


def test_person_merged_between_the_preview_and_the_writing_is_written_into_the_row_that_is_kept(
    world,
):
    held = member(1, world.riders)
    batch = bring(world, roster(person(1, phone=phone_of(9), group="骑手")))
    two = [GrantFactory.create(union=world.county).user for _ in range(2)]
    merge = merging.propose_merge(
        worker=held.worker, document=document(2), reason=MergeReason.RENEWED, by=two[0]
    )
    kept = merging.approve_merge(merge=merge, by=two[1])

    batch = apply(world, batch)

    assert Membership.objects.held().get().worker == kept
    assert Occupation.objects.get().worker == kept
    phones = {row.pk: opened(row, "phone_sealed") for row in Worker.objects.all()}
    assert phones == {held.worker.pk: phone_of(1), kept.pk: phone_of(9)}
    undo(world, batch)
    assert opened(Worker.objects.get(pk=kept.pk), "phone_sealed") == phone_of(1)
    assert not Occupation.objects.exists()


def test_other_documents_are_other_registers(world):
    rows = [
        person(1, id="E12345678", kind="护照"),
        person(2, id="H12345678", kind="港澳居民来往内地通行证"),
        person(3, kind="港澳台居民居住证"),
        person(4, kind=""),
    ]

    apply(world, bring(world, roster(*rows)))

    kinds = dict(Worker.objects.values_list("name", "document_kind"))
    assert kinds == {
        name_of(1): "passport", name_of(2): "hk_macau", name_of(3): "residence", name_of(4): "resident",
    }  # fmt: skip


def test_only_the_office_of_the_union_brings_lists_and_applies_them(world):
    with pytest.raises(NotAllowed):
        bring(world, roster(person(1)), by=world.stranger)
    batch = bring(world, roster(person(1)))
    with pytest.raises(NotAllowed):
        services.confirm(batch=batch, by=world.stranger)


def test_numbers_of_a_list_lie_nowhere_in_clear(world):
    rows = [person(n) for n in range(1, 51)]
    rows.append(person(60, id=number_of(60)[:-1] + "?"))
    batch = apply(world, bring(world, roster(*rows)))
    undo(world, batch)
    apply(world, bring(world, roster(*rows), union=world.couriers))

    content = "".join(repr(list(m._base_manager.values_list())) for m in apps.get_models())

    for n in (*range(1, 51), 60):
        assert number_of(n)[:17] not in content
        assert phone_of(n) not in content
    assert name_of(1) in content  # the search itself would have found them


@pytest.mark.parametrize("book", sorted(BOOKS.glob("0[1234]*.xlsx")) + sorted(BOOKS.glob("0[34]*.csv")), ids=lambda path: path.name[:2])  # fmt: skip
def test_workbook_of_an_office_becomes_members_as_it_says(world, book):
    expected = json.loads(book.with_name(f"{book.name}.expected.json").read_text("utf-8"))
    unions = {row["fields"].get("union") for row in expected["accepted"]} - {None}
    for name in unions:
        type(world.riders).objects.filter(pk=world.riders.pk).update(name=name)
    batch = services.bring_sheet(
        content=book.read_bytes(), name=book.name, kind="member", source="WX", source_label="吴兴",
        scope_path=world.county.path, by=world.officer,
    )  # fmt: skip
    working.work_off()
    batch.refresh_from_db()
    if batch.suspect_count:
        services.take_doubtful(batch=batch, by=world.officer)

    batch = apply(world, batch)

    refused = {row.row: notes_of(row) for row in batch.rows.filter(fate="rejected")}
    missed = [row for row in expected["accepted"] if row["row"] in refused]
    assert not missed, [refused[row["row"]] for row in missed]
    assert batch.applied_count == Worker.objects.count() >= len(expected["accepted"])
    by_number = {opened(w, "document_sealed"): w for w in Worker.objects.all()}
    for row in expected["accepted"]:
        fields, worker = row["fields"], by_number[row["fields"]["id_no"]]
        assert worker.name == fields["name"]
        assert opened(worker, "phone_sealed") == (fields.get("phone") or "")
        assert worker.memberships.get().joined == (fields.get("join_date") or "")
    again = bring(world, book.read_bytes(), union=world.county)
    assert again.new_count + again.changed_count == 0
    assert ImportBatch.objects.count() == 2


def test_all_or_none_writes_nothing_while_a_row_cannot_be_taken(world):
    batch = bring(world, roster(person(1), person(2, id="1")))

    with pytest.raises(Invalid) as refused:
        services.confirm(batch=batch, is_whole=True, by=world.officer)

    assert refused.value.code == "not_whole"
    assert not Worker.objects.exists()
    assert apply(world, batch).applied_count == 1


def test_all_or_none_that_fails_half_way_is_taken_back_and_may_be_brought_again(world, monkeypatch):
    member(1, world.couriers)
    before = dump()
    monkeypatch.setattr("nuanxin.sheets.applying.Pace", lambda: pacing_of(3))
    batch = bring(world, roster(*map(person, range(1, 12))))
    real = Writer.write

    def fail(writer):
        if any(change.key == str(document(8).worker_id) for change in writer._changes):
            raise ZeroDivisionError
        real(writer)

    with monkeypatch.context() as patch:
        patch.setattr(Writer, "write", fail)
        services.confirm(batch=batch, is_whole=True, by=world.officer)
        working.work_off()

    batch.refresh_from_db()
    assert (batch.state, batch.applied_count) == ("refused", 0)
    assert "ZeroDivisionError" in batch.refusal
    assert dump() == before
    services.map_columns(batch=batch, mapping=batch.mapping, options={}, by=world.officer)
    working.work_off()
    services.confirm(batch=batch, is_whole=True, by=world.officer)
    working.work_off()
    batch.refresh_from_db()
    assert (batch.state, batch.applied_count) == ("applied", 11)


def pacing_of(size):
    pace = Pace(start=size)
    pace.end = lambda count: None  # type: ignore[method-assign]  # every piece is as small
    return pace


def test_one_row_is_taken_back_and_the_others_stand(world):
    batch = apply(world, bring(world, roster(*map(person, range(1, 6)))))

    entry = undoing.undo_row(batch=batch, sheet_row=4, by=world.officer)

    assert (entry.state, entry.label) == ("undone", name_of(3))
    assert not Worker.objects.filter(pk=document(3).worker_id).exists()
    assert Worker.objects.count() == 4
    with pytest.raises(Conflict):
        undoing.undo_row(batch=batch, sheet_row=4, by=world.officer)
    with pytest.raises(NotAllowed):
        undoing.undo_row(batch=batch, sheet_row=5, by=world.stranger)
    assert undo(world, batch).undone_count == 5
    assert not Worker.objects.exists()
    again = bring(world, roster(*map(person, range(1, 6))))
    assert again.new_count == 5


def test_row_that_was_changed_since_is_kept_and_says_so(world):
    batch = apply(world, bring(world, roster(person(1))))
    memberships.retain(
        membership=Membership.objects.select_related("union").get(), by=world.officer
    )

    entry = undoing.undo_row(batch=batch, sheet_row=2, by=world.officer)

    assert entry.state == "kept"
    assert world.officer.display_name in entry.reason


def test_page_of_a_list_names_things_and_shows_no_codes(world):
    member(1, world.couriers)

    batch = bring(world, roster(person(1, group="骑手", platform="甲平台")))

    shown = review(batch).rows["changed"][0]
    after = {change.label: change.after for change in shown.changes}
    assert after == {"从业情况": "外卖配送员 · 甲平台", "转入工会": world.riders.name}


def test_number_of_fifteen_places_comes_back_with_the_end_of_todays(world):
    number = number_of(1)
    void = number[:6] + number[8:17]
    batch = bring(world, roster(person(1, id=void), person(2)))

    (row,) = batch.rows.filter(fate="rejected")
    said = "；".join(notes_of(row))
    assert "2013" in said
    assert number[-4:] in said
    assert number not in said
    assert void not in str(row.notes)


def test_import_whose_union_ended_after_the_word_is_taken_back_and_not_tried_for_ever(world):
    batch = bring(world, roster(person(1), person(2)))
    services.confirm(batch=batch, by=world.officer)
    union = world.riders
    union.state, union.ended_on, union.ended_by = UnionState.DISSOLVED, clock.civil_date(), "x"
    union.save()

    assert working.work_off() < 10

    batch.refresh_from_db()
    assert batch.state == "refused"
    assert "工会已" in batch.refusal
    assert not Worker.objects.exists()
    assert not ImportBatch.objects.at_work().exists()
