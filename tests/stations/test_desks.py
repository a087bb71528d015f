"""What the desk reads: the same number of queries for one door and for forty, and the record."""

import pytest
from django.conf import settings as site
from django.utils import translation

from nuanxin.core import clock as core_clock
from nuanxin.core.actors import SystemActor
from nuanxin.regions.imports import import_calendar
from nuanxin.stations import desk_record, desk_words, desks, snapshots
from nuanxin.stations.enums import Discount
from nuanxin.stations.models import Keeping, OpeningRecord
from tests.factories import HostFactory, OutletFactory, UnionFactory
from tests.stations.door_world import make_keeper, make_station, marks, say
from tests.stations.test_desk_views import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world(clock, monkeypatch):
    import_calendar(site.ROOT / "data", by=SystemActor("test"))
    monkeypatch.setattr(snapshots, "POLL_S", 86_400.0)
    snapshots.holder.forget()
    with translation.override("en"):
        yield
    snapshots.holder.forget()


@pytest.fixture
def now(clock):
    return clock.stop_at("tuesday morning")


@pytest.fixture
def station(now):
    return make_station(union=UnionFactory.create(code="NB", root=True))


@pytest.fixture
def keeper(station):
    return make_keeper(station)


def test_many_doors_are_a_list_with_a_button_each(station, now):
    host = HostFactory.create()
    user = make_keeper(station)
    Keeping.objects.create(user=user, host=host, since=now, named_by="x")
    for _ in range(40):
        make_station(union=station.union, outlet=OutletFactory.create(host=host))

    page = signed_in(user).get("/desk/").text

    assert page.count("/open/") == 41
    assert 'class="card door"' not in page


# --- words ---


@pytest.mark.parametrize(
    ("worth", "discount", "words"),
    [
        (1.0, "", "counts in full"),
        (0.5, Discount.YOUNG_DEVICE, "counts by half: a device seen for the first time"),
        (0.25, Discount.ONCE_WRONG, "counts in part: contradicted once before"),
        (0.0, Discount.FAR_AWAY, "does not count: given far from the door"),
    ],
)
def test_worth_is_told_with_its_reason(worth, discount, words):
    assert desk_words.worth_words(worth, discount) == words


def test_panel_tells_what_counts_and_nothing_of_who(station, keeper, now):
    rider = marks(age_s=10)
    say(station, "shut", by=rider)
    say(station, "open")
    door = desks.door_at(station.code, actor=keeper, now=now)
    panel = desk_words.panel(door, now=core_clock.from_epoch_s(int(now.timestamp())))

    told = {line.text: line for line in panel.words}
    report = told["Somebody found the door shut"]
    assert report.worth == "counts by half: a device seen for the first time"
    assert report.outcome == "contradicted by others"
    assert not report.is_contestable
    assert panel.reports == 0
    assert told["Somebody came in"].outcome == ""
    assert rider.device_key not in repr(panel.words)


def test_report_that_counts_nothing_needs_no_answer(station, keeper, clock):
    now = clock.stop_at("2026-03-10T07:00")
    say(station, "shut")
    door = desks.door_at(station.code, actor=keeper, now=now)

    assert desk_words.panel(door, now=now).reports == 0


# --- the record ---


def record_of(station, keeper):
    now = core_clock.now()
    door = desks.door_at(station.code, actor=keeper, now=now)
    return desk_record.record_page(door.station, now=now)


def test_record_of_a_door_nobody_saw_says_so(station, keeper):
    record = record_of(station, keeper)

    assert record.summary == "Nobody has looked at this door yet."
    # open every day from eight to eight: six bands, and every kind of day that comes within months
    assert record.rows[0].hours == "08–10"
    assert len(record.rows) == 6
    assert record.kinds[:2] == ["Workdays", "Weekends"]
    assert {cell.level for row in record.rows for cell in row.cells} == {"unknown"}


def test_record_shades_every_cell_by_how_often_it_was_open(station, keeper):
    hits, times = bytearray(48), bytearray([240] * 48)
    hits[:12] = bytes([240, 240, 240, 240, 230, 190, 120, 240, 240, 240, 240, 240])
    OpeningRecord.objects.create(station=station, hits=bytes(hits), times=bytes(times))

    rows = {row.hours: row.cells[0] for row in record_of(station, keeper).rows}

    assert (rows["08–10"].level, rows["08–10"].tenths, rows["08–10"].findings) == ("good", 10, 10)
    assert (rows["10–12"].level, rows["10–12"].tenths) == ("fair", 8)
    assert (rows["12–14"].level, rows["12–14"].tenths) == ("poor", 5)


def test_record_leaves_out_days_on_which_the_door_is_shut_by_its_sign(now):
    station = make_station(
        staffed_hours="WD 09:00-17:00; PH off", union=UnionFactory.create(root=True)
    )
    record = record_of(station, make_keeper(station))

    assert "Weekends" not in record.kinds
    assert [row.hours for row in record.rows] == ["08–10", "10–12", "12–14", "14–16", "16–18"]


def test_record_of_a_door_without_hours_shows_where_it_was_seen(keeper, station):
    type(station).objects.update(staffed_hours="")
    say(station, "open")
    record = record_of(station, keeper)

    assert [row.hours for row in record.rows] == ["10–12"]
    assert record.rows[0].cells[0].tenths == 10


def test_record_lists_what_counted_in_thirty_days(station, keeper, clock):
    say(station, "open")
    clock.stop_at("2026-04-08T10:00")
    say(station, "shut")
    say(station, "shut", by=marks(age_s=1))
    desk = signed_in(keeper)
    desk.post(f"/desk/{station.code}/open/")  # a claim, no finding

    texts = [word.text for word in record_of(station, keeper).words]
    assert texts.count("Somebody found the door shut") == 2
    assert texts.count("Somebody came in") == 1
    assert len(texts) == 3

    clock.stop_at("2026-04-10T10:00")
    assert len(record_of(station, keeper).words) == 2


def test_record_advises_what_helps(station, keeper, clock):
    assert "Ask visitors" in record_of(station, keeper).advice[0]
    for day in (10, 11, 12):
        clock.stop_at(f"2026-03-{day}T10:00")
        say(station, "shut")
    advice = record_of(station, keeper).advice

    assert any("found open only 0 of 10" in sentence for sentence in advice)


def test_record_of_a_good_door_says_to_keep_it(station, keeper):
    OpeningRecord.objects.create(station=station, hits=bytes([240] * 48), times=bytes([240] * 48))
    for _ in range(5):
        say(station, "open")

    assert record_of(station, keeper).advice == ["Keep it as it is: riders can rely on this door."]
