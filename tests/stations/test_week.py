"""The weekly form: filled in at the desk and in the office, row by row, and saved by one service."""

import gzip
import json
from pathlib import Path

import pytest
from django.conf import settings as site
from django.utils import translation

from nuanxin.algorithms.hours_text import Outcome, TextReading
from nuanxin.core.actors import Role, Scope, SystemActor
from nuanxin.core.errors import Invalid, NotAllowed
from nuanxin.core.models import AuditEvent
from nuanxin.regions.imports import import_calendar
from nuanxin.stations import outlets, services, snapshots, week_editor
from nuanxin.stations.hours_words import hours_sentences
from nuanxin.stations.models import Outlet, Station, StationChange
from nuanxin.stations.week_editor import GRID, NONE, TEXT, WeekEditor
from tests.factories import OutletFactory, UnionFactory
from tests.office_world import make_office
from tests.stations.door_world import make_keeper, make_station, state_of
from tests.stations.test_desk_views import signed_in

pytestmark = pytest.mark.django_db

SIGNS = Path("tests/algorithms/data/hours_as_written.jsonl")
DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su", "ph", "wd")
SIX_DAYS = "Mo-Fr 08:30-17:30; Sa 09:00-12:00; PH off; WD 08:30-17:30"


@pytest.fixture(autouse=True)
def world(clock):
    import_calendar(site.ROOT / "data", by=SystemActor("test"))
    snapshots.holder.forget()
    yield
    snapshots.holder.forget()


@pytest.fixture
def now(clock):
    return clock.stop_at("tuesday morning")


@pytest.fixture
def station(now):
    return make_station(union=UnionFactory.create(code="NB", root=True))


@pytest.fixture
def desk(station):
    return signed_in(make_keeper(station))


def sent(editor: WeekEditor, do: str = "look", **changes: str) -> dict[str, str]:
    """Return what a browser sends from a form as it stands, with some fields changed."""
    data = {"do": do}
    for part in editor.parts:
        data |= {f"{part.name}-state": part.state, f"{part.name}-text": part.text}
        if part.state != GRID:
            continue
        for row in part.rows:
            data |= {f"{row.name}-mode": row.mode, f"{row.name}-was": row.mode}
            for span in row.spans:
                data |= {f"{span.name}-opens": span.opens, f"{span.name}-closes": span.closes}
    return data | {name.replace("_", "-"): value for name, value in changes.items()}


def typed(hours: str = "Mo-Su 08:00-20:00", do: str = "look", **changes: str) -> WeekEditor:
    return WeekEditor((hours, ""), sent(WeekEditor((hours, "")), do, **changes))


# --- the form ---


@pytest.mark.parametrize(
    "text",
    ["24/7", "off", SIX_DAYS, "22:00-02:00", "Mo-Fr 08:00-18:00", "WD 08:30-12:00,14:00-18:00"],
)
def test_form_sent_back_untouched_says_what_was_posted(now, text):
    editor = typed(text)

    assert editor.hours == (text, "")
    assert not editor.is_changed


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"staffed_su_mode": "closed"}, "Mo-Sa 08:00-20:00; PH 08:00-20:00; WD 08:00-20:00"),
        ({"staffed_su_mode": "all"}, "Mo-Sa 08:00-20:00; Su 00:00-24:00; PH 08:00-20:00; WD 08:00-20:00"),
        ({"staffed_ph_mode": "closed"}, "Sa-Su 08:00-20:00; PH off; WD 08:00-20:00"),
        (
            {"staffed_wd_1_closes": "12:00"},
            "Sa-Su 08:00-20:00; WD 08:00-12:00; Mo-Fr 08:00-20:00; PH 08:00-20:00",
        ),
        (
            {"staffed_fr_1_closes": "02:00", "staffed_fr_2_opens": "05:07", "staffed_fr_2_closes": "7:00"},
            "Mo-Th,Sa-Su 08:00-20:00; Fr 05:07-07:00,08:00-02:00; PH 08:00-20:00",
        ),
    ],
)  # fmt: skip
def test_row_that_is_changed_changes_its_day_alone(now, changes, text):
    assert typed(**changes).hours == (text, "")


def test_times_typed_into_a_closed_row_mean_what_they_say(now):
    editor = typed("Mo-Sa 08:00-20:00", staffed_su_1_opens="09:00", staffed_su_1_closes="12:00")

    assert editor.hours == ("Mo-Sa 08:00-20:00; Su 09:00-12:00", "")
    assert editor.is_changed


def test_row_switched_to_closed_forgets_its_times(now):
    row = typed(staffed_mo_mode="closed").parts[0].rows[0]

    assert (row.mode, [span.is_empty for span in row.spans]) == ("closed", [True] * 3)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"staffed_mo_1_opens": "", "staffed_mo_1_closes": ""}, "请填写时间"),
        ({"staffed_mo_1_closes": ""}, "两个时间都要填"),
        ({"staffed_mo_1_closes": "25:00"}, "两个时间都要填"),
        ({"staffed_mo_1_closes": "08:00"}, "两个时间一样"),
        ({"staffed_mo_2_opens": "19:00", "staffed_mo_2_closes": "21:00"}, "有重叠"),
        ({"staffed_mo_2_opens": "20:00", "staffed_mo_2_closes": "08:00"}, "占满了一整天"),
    ],
)
def test_row_that_is_wrong_says_how_and_keeps_what_was_typed(now, changes, sentence):
    editor = typed(**changes)

    assert editor.hours is None
    row = editor.parts[0].rows[0]
    assert sentence in row.error
    assert row.spans[0].opens == changes.get("staffed_mo_1_opens", "08:00")


@pytest.mark.parametrize(
    ("to", "alike"),
    [("tu", {"mo", "tu"}), ("days", {"mo", "tu", "we", "th", "fr", "wd"}), ("all", set(DAYS))],
)
def test_monday_is_copied(now, to, alike):
    editor = typed("Sa-Su 10:00-12:00; PH off; WD 08:30-17:30", "look", staffed_mo_1_opens="06:15")
    copied = WeekEditor(editor.posted, sent(editor, f"copy:staffed:{to}"))

    rows = {row.day: row.spans[0].opens for row in copied.parts[0].rows}
    assert {day for day, opens in rows.items() if opens == "06:15"} == alike
    assert copied.posted == ("Sa-Su 10:00-12:00; PH off; WD 08:30-17:30", "")


def test_text_beyond_a_week_stays_until_a_week_begun_anew_is_saved(now):
    season = "May-Sep 08:00-20:00; Oct-Apr 08:30-18:00"
    editor = typed(season)
    anew = WeekEditor((season, ""), sent(editor, "begin:staffed"))

    assert (editor.parts[0].state, editor.hours) == (TEXT, (season, ""))
    assert "五月至九月" in "".join(editor.parts[0].sentences)
    assert (anew.parts[0].state, anew.hours) == (GRID, ("off", ""))


def test_week_is_added_and_removed(now):
    begun = WeekEditor(("24/7", ""), sent(WeekEditor(("24/7", "")), "begin:self"))
    dropped = WeekEditor(("24/7", ""), sent(begun, "drop:staffed"))

    assert begun.hours == ("24/7", "off")
    assert [part.state for part in dropped.parts] == [NONE, GRID]
    assert dropped.hours == ("", "off")


def test_week_drawn_has_the_next_holiday_and_make_up_workday(now):
    rows = typed(SIX_DAYS).week()

    assert len(rows) == 9
    assert [(row.date, row.remark, row.hours) for row in rows[7:]] == [
        ("04-04", "节假日", "不开"),
        ("05-09", "调休上班", "08:30–17:30"),
    ]


# --- the words of a sign ---


def said(text: str, result: TextReading, monkeypatch: pytest.MonkeyPatch) -> WeekEditor:
    monkeypatch.setattr(week_editor, "read_hours_text", {text: result}.__getitem__)
    return typed("24/7", "read:staffed", staffed_said=text)


def test_sign_that_is_read_fills_the_rows(now, monkeypatch):
    editor = said(
        "周一至周五八点半到五点半", TextReading(Outcome.READ, "Mo-Fr 08:30-17:30"), monkeypatch
    )

    assert editor.hours == ("Mo-Fr 08:30-17:30", "")
    assert editor.parts[0].rows[0].spans[0].opens == "08:30"
    assert "请逐行核对" in editor.parts[0].note
    assert editor.is_changed


def test_sign_that_may_mean_two_things_is_asked_about(now, monkeypatch):
    both = ("08:00-18:00", "08:00-18:00; PH off")
    asked = TextReading(Outcome.ASK, alternatives=both, reasons=("workdays_or_weekdays",))
    editor = said("8:00-18:00", asked, monkeypatch)
    taken = WeekEditor(("24/7", ""), sent(editor, f"take:staffed:{both[1]}"))

    assert editor.hours == ("24/7", "")
    assert [text for text, _sentences in editor.parts[0].choices] == list(both)
    assert editor.parts[0].question.startswith("是周一至周五，还是")
    assert editor.parts[0].question.endswith("您指的是哪一种？")
    assert taken.hours == ("Sa-Su 08:00-18:00; PH off; WD 08:00-18:00", "")


def test_sign_that_is_not_understood_leaves_the_rows(now, monkeypatch):
    refused = TextReading(Outcome.REFUSE, reasons=("no_times", "no_times", "unheard_of"))
    part = said("看老板心情", refused, monkeypatch).parts[0]

    assert part.rows[0].mode == "all"
    assert part.wrong == "只写了日子，没有写时间。 什么都没有填；请在下面逐行填写。"
    assert part.said == "看老板心情"


def test_sign_in_doubt_with_one_reading_is_asked_about_as_one(now, monkeypatch):
    asked = TextReading(Outcome.ASK, alternatives=("24/7",), reasons=("whole_day_and_times",))

    assert "是这个意思吗" in said("全天", asked, monkeypatch).parts[0].question


def test_sign_that_is_read_says_what_to_look_at(now, monkeypatch):
    read = TextReading(Outcome.READ, "off", reasons=("suspended",))

    assert said("暂停开放", read, monkeypatch).parts[0].note.startswith("写的是暂停开放")


def test_nothing_typed_is_nothing_to_read(now):
    assert "请先写下" in typed("24/7", "read:staffed").parts[0].wrong


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SIX_DAYS, ["周一至周五：08:30–17:30", "周六：09:00–12:00", "法定节假日：不开", "工作日（含调休上班日）：08:30–17:30"]),
        ("24/7", ["每天：全天开放"]),
        ("Mo-Fr 22:00-02:00; WD Sa-Su off", ["周一至周五：22:00–次日 02:00", "调休上班日：不开"]),
        ("Th[3],Fr[-1] 09:00-12:00", ["每月第三个周四、每月最后一个周五：09:00–12:00"]),
        ("2026 Oct 01-2026 Oct 08 off", ["2026-10-01至2026-10-08：不开"]),
        ("2026+ 00:00-24:00", ["2026起：全天开放"]),
        ('08:00-18:00, Su 19:00-20:00 "按铃"', ["每天：08:00–18:00", "周日：另开 19:00–20:00 (按铃)"]),
        ("2026 Jul-2026 Aug off", ["2026年七月至2026年八月：不开"]),
        ("12:00-13:00 off", ["每天：12:00–13:00 不开"]),
        ("week 02-10 PH Mo 08:00-09:00", ["每年第 2 至 10 周 逢周一的法定节假日：08:00–09:00"]),
    ],
)  # fmt: skip
def test_hours_are_said_rule_by_rule(text, words):
    assert hours_sentences(text) == words


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_hours_of_every_sign_collected_are_said_in_words(language):
    with SIGNS.open(encoding="utf-8") as lines:
        texts = {sign["osm"] for sign in map(json.loads, lines) if sign["osm"]}

    assert len(texts) > 100
    with translation.override(language):
        for text in texts:
            assert all(hours_sentences(text)), text


# --- the desk ---


def test_keeper_posts_the_week_and_riders_find_it(desk, station, clock):
    address = f"/desk/{station.code}/week/"
    page = desk.get(address)
    data = sent(page.context["editor"], "save", staffed_tu_mode="closed")
    assert state_of(station, clock.stop_at("tuesday morning")) != "closed"

    for _ in range(2):
        assert desk.post(address, data)["Location"] == address

    assert state_of(station, clock.stop_at("tuesday morning")) == "closed"
    assert AuditEvent.objects.filter(verb="station.hours_changed").count() == 1
    assert StationChange.objects.filter(station=station).count() == 1
    assert "周一,周三" in desk.get(address).text.replace("、", ",")


@pytest.mark.parametrize("do", ["look", "copy:staffed:all", "begin:self", "", "nonsense:x:y"])
def test_button_that_does_not_save_writes_nothing(desk, station, do):
    address = f"/desk/{station.code}/week/"
    data = sent(desk.get(address).context["editor"], do, staffed_mo_mode="closed")

    answer = desk.post(address, data)

    assert answer.status_code == 200
    assert Station.objects.get(pk=station.pk).staffed_hours == "Mo-Su 08:00-20:00"


def test_week_with_a_wrong_row_is_shown_again(desk, station):
    address = f"/desk/{station.code}/week/"
    data = sent(desk.get(address).context["editor"], "save", staffed_mo_1_closes="")

    answer = desk.post(address, data)

    assert answer.status_code == 422
    assert 'class="wrong"' in answer.text
    assert 'value="08:00"' in answer.text
    assert not AuditEvent.objects.filter(verb="station.hours_changed").exists()


@pytest.mark.parametrize("text", ["whenever", "x" * 5000, '24/7"><b>'])
def test_text_that_is_not_ours_is_no_text(desk, station, text):
    address = f"/desk/{station.code}/week/"
    state = {"staffed-state": "text", "staffed-text": text, "self-state": "none"}
    answer = desk.post(address, {"do": "look"} | state)

    assert answer.status_code == 200
    assert answer.context["editor"].hours == ("", "")


@pytest.mark.parametrize("data", [{}, {"do": "save"}, {"do": "save", "self-state": "none"}])
def test_form_that_arrives_in_part_drops_no_hours(desk, station, data):
    answer = desk.post(f"/desk/{station.code}/week/", data)

    assert answer.status_code == 422
    assert Station.objects.get(pk=station.pk).staffed_hours == "Mo-Su 08:00-20:00"


def test_hours_of_the_host_stay_its_own_until_they_are_changed(station, now):
    outlet = OutletFactory.create(staffed_hours="Mo-Fr 09:00-17:00", self_service_hours="")
    inside = make_station(union=station.union, outlet=outlet, staffed_hours="")
    desk, address = signed_in(make_keeper(inside)), f"/desk/{inside.code}/week/"
    editor = desk.get(address).context["editor"]

    desk.post(address, sent(editor, "save"))
    assert Station.objects.get(pk=inside.pk).staffed_hours == ""
    desk.post(address, sent(editor, "save", staffed_fr_mode="closed"))
    assert Station.objects.get(pk=inside.pk).staffed_hours == "Mo-Th 09:00-17:00"
    assert Outlet.objects.get(pk=outlet.pk).staffed_hours == "Mo-Fr 09:00-17:00"


def test_page_of_two_full_weeks_is_light_and_asks_little(
    desk, station, django_assert_max_num_queries
):
    Station.objects.filter(pk=station.pk).update(
        staffed_hours=SIX_DAYS, self_service_hours="20:00-22:00"
    )
    with django_assert_max_num_queries(16):
        page = desk.get(f"/desk/{station.code}/week/")

    assert len(gzip.compress(page.content)) < 12_000


# --- the office ---


@pytest.fixture
def office(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return make_office()


def test_officer_posts_the_week_of_a_station(office):
    address = f"/office/stations/station/{office.station.pk}/set-hours/"
    client = office.client("officer")
    shown = client.post(
        address, {"do": "begin:staffed", "staffed-state": "none", "self-state": "none"}
    )
    editor = shown.context["form"].editor

    assert shown.status_code == 200
    changes = {
        "staffed_mo_mode": "times",
        "staffed_mo_1_opens": "08:30",
        "staffed_mo_1_closes": "17:30",
    }
    assert client.post(address, sent(editor, "save", **changes)).status_code == 302
    assert Station.objects.get(pk=office.station.pk).staffed_hours == "Mo 08:30-17:30; PH off"
    assert "周一：08:30–17:30" in client.get(address.replace("set-hours", "change")).text


# --- the services ---


def officer(path: str) -> SystemActor:
    return SystemActor("officer", scopes=(Scope(Role.OFFICER, path),))


def scope_of_change() -> str:
    return AuditEvent.objects.get(verb="outlet.hours_changed").scope_path


@pytest.fixture
def outlet(station):
    outlet = OutletFactory.create(staffed_hours="")
    below = UnionFactory.create(code="A", parent=station.union)
    make_station(union=below, outlet=outlet, staffed_hours="")
    make_station(union=below, outlet=outlet, staffed_hours="24/7")
    return outlet


def test_outlet_hours_reach_the_stations_inside(outlet, clock, writes_of):
    outlets.set_outlet_hours(
        outlet=outlet, staffed="We 08:00-18:00", self_service="", by=officer("NB/")
    )

    heir, own = sorted(outlet.stations.all(), key=lambda station: station.staffed_hours)
    assert state_of(heir, clock.stop_at("tuesday morning")) == "closed"
    assert state_of(own, clock.stop_at("tuesday morning")) != "closed"
    assert StationChange.objects.filter(station__in=[heir.pk, own.pk]).count() == 2
    assert scope_of_change() == "NB/A/"
    again = {"outlet": outlet, "staffed": "We  08:00-18:00", "self_service": ""}
    assert writes_of(lambda: outlets.set_outlet_hours(**again, by=officer("NB/"))) == []


@pytest.mark.parametrize("path", ["HZ/", "NB/B/"])
def test_outlet_hours_are_not_for_others(outlet, path):
    with pytest.raises(NotAllowed):
        outlets.set_outlet_hours(outlet=outlet, staffed="24/7", self_service="", by=officer(path))

    assert Outlet.objects.get(pk=outlet.pk).staffed_hours == ""


def test_outlet_shared_with_another_union_belongs_to_the_union_above_both(outlet):
    elsewhere = UnionFactory.create(code="HZ", root=True)
    make_station(union=elsewhere, outlet=outlet)

    with pytest.raises(NotAllowed):
        outlets.set_outlet_hours(outlet=outlet, staffed="24/7", self_service="", by=officer("NB/"))
    outlets.set_outlet_hours(outlet=outlet, staffed="24/7", self_service="", by=officer(""))
    assert scope_of_change() == ""


def test_outlet_without_a_station_is_for_the_whole_tree_alone(now):
    empty = OutletFactory.create()

    with pytest.raises(NotAllowed):
        outlets.set_outlet_hours(outlet=empty, staffed="24/7", self_service="", by=officer("NB/"))
    outlets.set_outlet_hours(outlet=empty, staffed="24/7", self_service="", by=officer(""))


def test_keeper_of_the_door_posts_its_hours_and_no_others(station):
    keeper = make_keeper(station)
    other = make_station(union=station.union)

    services.set_hours(station=station, staffed="24/7", self_service="", by=keeper)
    with pytest.raises(NotAllowed):
        services.set_hours(station=other, staffed="24/7", self_service="", by=keeper)


def test_hours_that_are_too_long_are_refused(station):
    long = "; ".join(["Mo 08:00-09:00,10:00-11:00"] * 20)

    with pytest.raises(Invalid) as refused:
        services.set_hours(station=station, staffed=long, self_service="", by=officer("NB/"))

    assert refused.value.code == "hours_too_long"
