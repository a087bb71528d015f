"""Bringing station lists: what is taken, what is asked, what is left alone, and how it is taken back."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import connection

from nuanxin.core import clock
from nuanxin.core.errors import Conflict, Invalid, NotAllowed
from nuanxin.core.models import AuditEvent
from nuanxin.sheets import applying, forgetting, holds, pacing, services, working
from nuanxin.sheets.enums import BatchState
from nuanxin.sheets.models import ImportBatch, ImportFile, ImportRow, JournalEntry, SourceRecord
from nuanxin.stations import services as station_services
from nuanxin.stations.enums import ClosureReason
from nuanxin.stations.models import Host, Outlet, Station, StationChange
from tests.factories import StationFactory
from tests.stations.import_world import (
    SYSTEM,
    apply,
    bring,
    codes,
    doors,
    dump,
    fates,
    import_at_once,
    make_world,
    sheet,
    undo,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world()


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    import_at_once(monkeypatch)


def station(code: str = "KQ1") -> Station:
    return Station.objects.get(code=code)


# --- what is taken ---


def test_import_new_rows_become_stations_in_our_words(world):
    row = {"host": "演示银行", "host_kind": "银行网点", "outlet": "柯桥支行", "outlet_hours": "9:00-17:00", "hours": "",
           "tier": "标杆型", "area": "12.5", "groups": "骑手、快递员", "contact": "演示·陈师傅", "phone": "12351"}  # fmt: skip
    batch = apply(world, bring(world, sheet(row)))

    door = station()
    assert (batch.state, batch.new_count, batch.applied_count) == ("applied", 1, 1)
    assert (door.division_id, door.brand_id, door.union_id) == (
        "330603001",
        "gonghui",
        world.here.pk,
    )
    assert (door.tier, door.lifecycle, str(door.area_m2)) == ("benchmark", "accepted", "12.5")
    assert door.outlet is not None
    assert (door.outlet.host.kind, door.outlet.staffed_hours) == ("bank", "09:00-17:00")
    assert door.posted_hours == ("09:00-17:00", "")
    assert [f.facility_id for f in door.facility_rows.order_by("facility_id")] == ["ac", "water"]
    assert sorted(g.group_id for g in door.group_rows.all()) == ["couriers", "riders"]
    assert door.is_listed
    assert StationChange.objects.filter(station=door).exists()


def test_import_same_file_twice_changes_nothing(world):
    content = sheet(*doors(7))
    apply(world, bring(world, content))
    before, changes = dump(), StationChange.objects.count()

    again = apply(world, bring(world, content))

    assert (again.same_count, again.new_count, again.changed_count) == (7, 0, 0)
    assert not again.rows.exists()
    assert not again.journal.exists()
    assert (dump(), StationChange.objects.count()) == (before, changes)


def test_import_leaves_alone_what_the_desk_changed_and_the_list_repeats(world):
    apply(world, bring(world, sheet({})))
    station_services.set_hours(station=station(), staffed="10:00-12:00", self_service="", by=SYSTEM)

    again = apply(world, bring(world, sheet({"floor": "二楼"})))

    assert again.changed_count == 1
    assert (station().staffed_hours, station().floor) == ("10:00-12:00", "二楼")


def test_import_asks_where_desk_and_list_both_say_something_new(world):
    apply(world, bring(world, sheet({})))
    station_services.set_hours(station=station(), staffed="10:00-12:00", self_service="", by=SYSTEM)
    batch = bring(world, sheet({"hours": "7:00-19:00"}))

    assert (fates(batch), codes(batch)) == ({2: "suspect"}, {2: ["changed_at_desk"]})
    apply(world, batch)
    assert station().staffed_hours == "10:00-12:00"
    assert batch.rows.get().state == "left"


def test_import_blank_cell_clears_only_what_the_list_had_filled(world):
    apply(world, bring(world, sheet({"floor": "二楼"})))
    Station.objects.update(parking="门口")

    apply(world, bring(world, sheet({"floor": ""})))

    assert (station().floor, station().parking) == ("", "门口")


def test_import_absent_column_says_nothing(world):
    apply(world, bring(world, sheet({"floor": "二楼"})))

    batch = bring(world, sheet({}, columns=("code", "name", "address")))

    assert (batch.same_count, batch.changed_count) == (1, 0)


def test_import_finds_a_station_without_number_by_name_and_address(world):
    apply(world, bring(world, sheet({})))

    batch = apply(world, bring(world, sheet({"code": "", "floor": "三楼"})))

    assert (batch.new_count, batch.changed_count) == (0, 1)
    assert station().floor == "三楼"


def test_import_gives_a_number_to_a_station_without_one(world):
    content = sheet({"code": ""})
    apply(world, bring(world, content))
    only = Station.objects.get()

    again = bring(world, content)

    assert only.code.startswith("N")
    assert len(only.code) == 12
    assert again.same_count == 1


def test_import_converts_points_and_keeps_them_as_given(world):
    apply(world, bring(world, sheet({}), options={"datum": "gcj02"}))

    door = station()
    assert (door.source_datum, door.source_y, door.source_x) == ("gcj02", "30.0789", "120.4905")
    assert door.lat_wgs84 == pytest.approx(30.0812, abs=0.001)
    assert door.lon_wgs84 == pytest.approx(120.4860, abs=0.001)


# --- what is asked or refused ---


def test_import_asks_for_the_datum_and_applies_nothing_before(world):
    batch = bring(world, sheet({}), options={})

    assert batch.questions == ["datum"]
    with pytest.raises(Invalid):
        services.confirm(batch=batch, by=world.officer)
    services.map_columns(batch=batch, mapping={}, options={"datum": "bd09"}, by=world.officer)
    working.work_off()
    apply(world, ImportBatch.objects.get(pk=batch.pk))
    assert station().source_datum == "bd09"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"brand": "没有的品牌"}, "brand_unknown"),
        ({"brand": ""}, "brand_missing"),
        ({"county": "没有的区"}, "division_unknown"),
        ({"union": "没有的工会"}, "union_unknown"),
        ({"union": "萧山区总工会"}, "union_unknown"),
        ({"accepted_on": ""}, "accepted_on_missing"),
        ({"code": "编号1"}, "code_bad"),
        ({"name": "长" * 81}, "too_long"),
        ({"name": ""}, "name_missing"),
    ],
)
def test_import_unusable_row_is_named_with_its_reason(world, change, code):
    batch = bring(world, sheet(change, {"code": "KQ2", "name": "另一处"}))

    assert (codes(batch)[2], fates(batch)) == ([code], {2: "rejected", 3: "new"})
    apply(world, batch)
    assert list(Station.objects.values_list("code", flat=True)) == ["KQ2"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"hours": "全天"}, "hours_unreadable"),
        ({"hours": "周一闭馆"}, "hours_unclear"),
        ({"lifecycle": "说不清"}, "lifecycle_unknown"),
    ],
)
def test_import_doubtful_row_waits_for_a_person(world, change, code):
    batch = bring(world, sheet(change))

    assert (codes(batch), fates(batch)) == ({2: [code]}, {2: "suspect"})
    apply(world, batch)
    assert not Station.objects.exists()


def test_import_choice_of_a_person_is_what_is_stored(world):
    batch = bring(world, sheet({"hours": "平日8:00-17:00"}))
    row = batch.rows.get()
    choices = row.notes[0]["choices"]

    services.decide_row(
        row=row, is_taken=True, choices={"staffed_hours": choices[0]}, by=world.officer
    )
    apply(world, batch)

    assert station().staffed_hours == choices[0]


def test_import_choice_that_was_not_offered_is_refused(world):
    row = bring(world, sheet({"hours": "平日8:00-17:00"})).rows.get()

    with pytest.raises(Invalid):
        services.decide_row(
            row=row, is_taken=True, choices={"staffed_hours": "24/7"}, by=world.officer
        )


def test_import_point_far_from_its_county_is_doubtful(world):
    rows = doors(12)
    rows[4]["lat"] = "31.9789"

    batch = bring(world, sheet(*rows))

    assert {row: fate for row, fate in fates(batch).items() if fate != "new"} == {6: "suspect"}
    assert codes(batch)[6] == ["point_far"]


def test_import_checked_point_is_not_moved_without_a_word(world):
    apply(world, bring(world, sheet({})))

    batch = bring(world, sheet({"lat": "30.0889"}))

    assert codes(batch) == {2: ["point_moved"]}


def test_import_second_row_of_one_number_is_rejected(world):
    batch = bring(world, sheet({}, {"name": "另一处", "address": "别处2号"}))

    assert (fates(batch), codes(batch)[3]) == ({2: "new", 3: "rejected"}, ["duplicate_same"])


def test_import_unreadable_file_says_why(world):
    batch = bring(world, b"%PDF-1.7 nothing of a sheet")

    assert batch.state == BatchState.REFUSED
    assert batch.refusal


# --- rights ---


def test_import_of_another_union_is_not_allowed(world):
    with pytest.raises(NotAllowed):
        bring(world, sheet({}), union=world.there)


def test_import_handled_by_another_office_is_not_allowed(world):
    batch = bring(world, sheet({}))
    for act in (services.confirm, services.discard, services.take_doubtful):
        with pytest.raises(NotAllowed):
            act(batch=batch, by=world.other)
    assert batch not in ImportBatch.objects.visible_to(world.other)


def test_import_does_not_touch_a_station_of_another_union(world):
    StationFactory.create(code="KQ1", name="别人的", union=world.there)

    batch = bring(world, sheet({}))

    assert codes(batch) == {2: ["station_elsewhere"]}
    assert station().name == "别人的"


def test_import_leaves_hours_of_an_outlet_that_others_share(world):
    shared = {
        "host": "演示银行",
        "outlet": "总行",
        "host_kind": "银行网点",
        "outlet_hours": "9:00-17:00",
    }
    services_by = SYSTEM
    batch = bring(world, sheet(shared | {"code": "XS1", "county": "萧山区", "town": "城厢街道"}), union=world.there, by=services_by)  # fmt: skip
    services.confirm(batch=batch, by=services_by)
    working.work_off()

    mine = bring(world, sheet(shared | {"outlet_hours": "10:00-12:00"}))

    assert codes(mine) == {2: ["outlet_of_others"]}
    apply(world, mine)
    assert Outlet.objects.get().staffed_hours == "09:00-17:00"


# --- undone, killed, at the same time ---


def test_undo_restores_what_stood_before(world):
    apply(world, bring(world, sheet(*doors(3))))
    before, told = dump(), list(SourceRecord.objects.order_by("key").values_list("key", "digests"))
    rows = [
        row | {"floor": "五楼", "hours": "", "host": "新共建", "facilities": "冰箱"}
        for row in doors(5)
    ]
    batch = apply(world, bring(world, sheet(*rows)))
    assert dump() != before

    undone = undo(world, batch)

    assert (undone.state, undone.undone_count, undone.kept_count) == ("undone", 5, 0)
    assert dump() == before
    assert not Host.objects.exists()
    assert list(SourceRecord.objects.order_by("key").values_list("key", "digests")) == told


def test_undo_keeps_what_somebody_changed_since_and_says_who(world):
    batch = apply(world, bring(world, sheet(*doors(3))))
    station_services.set_hours(
        station=station("KQ2"), staffed="10:00-12:00", self_service="", by=world.officer
    )

    undone = undo(world, batch)

    kept = undone.journal.get(state="kept")
    assert list(Station.objects.values_list("code", flat=True)) == ["KQ2"]
    assert (undone.undone_count, undone.kept_count, kept.label) == (2, 1, "驿站2")
    assert world.officer.actor_label in kept.reason


def test_undo_keeps_a_station_on_which_something_hangs(world):
    batch = apply(world, bring(world, sheet(*doors(2))))
    start = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
    station_services.file_closure(
        station=station("KQ1"), starts_at=start, ends_at=start + dt.timedelta(days=1),
        reason=ClosureReason.REPAIR, by=SYSTEM,
    )  # fmt: skip

    undo(world, batch)

    assert list(Station.objects.values_list("code", flat=True)) == ["KQ1"]


def test_undo_is_over_after_thirty_days(world):
    batch = apply(world, bring(world, sheet({})))

    with time_machine.travel(clock.now() + dt.timedelta(days=31)), pytest.raises(Conflict):
        services.undo(batch=batch, by=world.officer)


def test_confirm_twice_applies_once(world):
    batch = apply(world, bring(world, sheet({})))

    services.confirm(batch=batch, by=world.officer)

    assert not working.work("here", lambda: True)


class _Killed(BaseException):
    """Ends a process wherever it is."""


def _killed_at(statement: int) -> Any:
    count = 0

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal count
        count += 1
        if count == statement:
            raise _Killed
        return execute(sql, params, many, context)

    return connection.execute_wrapper(wrapper)


@pytest.mark.parametrize("statement", range(3, 58, 5))
def test_import_killed_at_any_statement_ends_as_if_nothing_had_happened(
    world, monkeypatch, statement
):
    monkeypatch.setattr(pacing, "_LEAST", 2)
    monkeypatch.setattr(pacing, "_MOST", 2)
    monkeypatch.setattr("nuanxin.sheets.applying.Pace", lambda: pacing.Pace(2))
    batch = bring(world, sheet(*doors(7), {"code": "KQ8", "brand": "没有的"}))
    services.confirm(batch=batch, by=world.officer)

    with pytest.raises(_Killed), _killed_at(statement):
        working.work_off("first")
    # the hold of the killed one runs out
    with time_machine.travel(clock.now() + 2 * holds.HOLD):
        working.work_off("second")

    batch.refresh_from_db()
    assert (batch.state, batch.applied_count, batch.journal.count()) == ("applied", 7, 7)
    assert Station.objects.count() == 7
    assert SourceRecord.objects.count() == 7
    assert not Station.objects.filter(facility_rows__isnull=True).exists()


def test_import_of_a_process_that_lost_its_hold_writes_nothing(world, monkeypatch):
    batch = bring(world, sheet(*doors(3)))
    services.confirm(batch=batch, by=world.officer)
    slow = holds.take_next("slow")
    assert slow is not None
    with time_machine.travel(clock.now() + 2 * holds.HOLD):
        working.work_off("fast")

    slow.applied_through = 0
    with pytest.raises(holds.HoldLost):
        applying.apply(slow, lambda: True)
    assert JournalEntry.objects.count() == 3


def test_import_held_by_one_is_not_taken_by_another(world):
    batch = bring(world, sheet({}))
    services.confirm(batch=batch, by=world.officer)

    assert holds.take_next("one") is not None
    assert holds.take_next("two") is None


# --- afterwards ---


def test_import_is_in_the_audit_trail_of_its_union(world):
    undo(world, apply(world, bring(world, sheet({}))))

    verbs = AuditEvent.objects.filter(verb__startswith="sheet.").order_by("at")
    assert [(act.verb, act.scope_path) for act in verbs] == [
        ("sheet.uploaded", world.here.path),
        ("sheet.confirmed", world.here.path),
        ("sheet.applied", world.here.path),
        ("sheet.undo_asked", world.here.path),
        ("sheet.undone", world.here.path),
    ]


def test_file_is_kept_sealed_and_dropped_after_thirty_days(world):
    content = sheet({})
    batch = apply(world, bring(world, content))
    waiting = bring(world, sheet({"floor": "九楼"}))
    assert "城区营业厅".encode() not in bytes(ImportFile.objects.get(batch=batch).content_sealed)

    assert forgetting.forget(clock.now() + dt.timedelta(days=29)) == 0
    assert forgetting.forget(clock.now() + dt.timedelta(days=31)) == 2

    assert not ImportFile.objects.exists()
    assert not ImportRow.objects.exists()
    assert not JournalEntry.objects.exists()
    assert ImportBatch.objects.get(pk=waiting.pk).state == BatchState.DISCARDED
    assert station().name == "城区营业厅"


def test_mapping_is_remembered_for_the_source_once_it_was_confirmed(world):
    content = sheet({}).replace("楼层".encode(), "上面几楼".encode())
    batch = bring(world, content)
    services.map_columns(
        batch=batch, mapping={"站长": "remark"}, options={"datum": "wgs84"}, by=world.officer
    )
    working.work_off()
    batch.refresh_from_db()
    apply(world, batch)

    later = bring(world, content, options=None)

    assert (later.mapping, later.options) == ({"站长": "remark"}, {"datum": "wgs84"})
    assert later.state == BatchState.PREVIEW


def test_mapping_to_an_unknown_field_or_answer_is_refused(world):
    batch = bring(world, sheet({}))
    with pytest.raises(Invalid):
        services.map_columns(batch=batch, mapping={"站长": "secret"}, options={}, by=world.officer)
    with pytest.raises(Invalid):
        services.map_columns(batch=batch, mapping={}, options={"datum": "mars"}, by=world.officer)


def test_discarded_file_leaves_nothing_behind(world):
    batch = bring(world, sheet({}))

    services.discard(batch=batch, by=world.officer)

    assert not ImportFile.objects.exists()
    with pytest.raises(Conflict):
        services.confirm(batch=batch, by=world.officer)
    forgetting.forget(clock.now())
    assert not ImportRow.objects.exists()
