import datetime as dt
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from nuanxin.algorithms.calendars import DayKind
from nuanxin.algorithms.datums import Datum, convert
from nuanxin.algorithms.hours import Bar, DayView
from nuanxin.core.clock import CIVIL_ZONE
from nuanxin.stations import presentation
from nuanxin.stations.directions import ways_to
from nuanxin.stations.forms import Search
from nuanxin.stations.samples import gallery_samples
from nuanxin.stations.week import week_rows

NOW = dt.datetime(2026, 2, 14, 15, 0, tzinfo=CIVIL_ZONE)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def _row(**fields: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"state": "confirmed", "stay_s": 10_800, "is_24h": False}
    row |= {"closes_at": "2026-02-14T18:00:00+08:00", "opens_at": None}
    row |= {"reason": {"kind": "inside_scan", "age_s": 720}, "record": {"hits": 0, "times": 0}}
    return row | fields


@pytest.mark.parametrize(
    ("distance_m", "words"),
    [(3, "10 m"), (424, "420 m"), (994, "990 m"), (996, "1.0 km"), (1849, "1.8 km")],
)
def test_distance_words(distance_m: float, words: str) -> None:
    assert presentation.distance_words(distance_m) == words


@pytest.mark.parametrize(
    ("bearing_deg", "words"),
    [
        (0, "north"),
        (45, "north-east"),
        (68, "east"),
        (180, "south"),
        (337, "north-west"),
        (359, "north"),
    ],
)
def test_compass_words(bearing_deg: float, words: str) -> None:
    assert presentation.compass_words(bearing_deg) == words


@pytest.mark.parametrize(
    ("duration_s", "words"),
    [
        (59, "0 minutes"),
        (119, "1 minute"),
        (3_600, "1 hour"),
        (9_000, "2 h 30 min"),
        (14_399, "3 hours"),
    ],
)
def test_duration_words_round_down(duration_s: float, words: str) -> None:
    assert presentation.duration_words(duration_s) == words


@pytest.mark.parametrize(
    ("age_s", "words"),
    [(59, "just now"), (60, "1 minute ago"), (7_199, "1 hour ago"), (200_000, "2 days ago")],
)
def test_age_words(age_s: float, words: str) -> None:
    assert presentation.age_words(age_s) == words


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-02-14T18:00:00+08:00", "at 18:00"),
        ("2026-02-15T00:00:00+08:00", "at midnight"),
        ("2026-02-15T08:30:00+08:00", "tomorrow at 08:30"),
        ("2026-02-16T08:30:00+08:00", "Monday at 08:30"),
        ("2026-02-24T08:30:00+08:00", "on 02-24 at 08:30"),
    ],
)
def test_moment_words(moment: str, words: str) -> None:
    assert presentation.moment_words(moment, now=NOW) == words


def test_door_words_confirmed_says_how_long_and_why() -> None:
    door = presentation.door_words(_row(), now=NOW)

    assert (door.word, door.aside, door.until) == ("Open", "3 hours to stay", "closes at 18:00")
    assert door.why == "12 minutes ago: somebody went in"
    assert not door.is_hurry


def test_door_words_little_time_left_warns() -> None:
    assert presentation.door_words(_row(stay_s=600), now=NOW).is_hurry


def test_door_words_closed_promises_no_stay() -> None:
    row = _row(state="closed", stay_s=None, closes_at=None, opens_at="2026-02-16T08:30:00+08:00")

    door = presentation.door_words(row | {"reason": {"kind": "schedule", "age_s": None}}, now=NOW)

    assert (door.word, door.aside, door.until) == ("Closed", "opens Monday at 08:30", "")
    assert door.why == "Outside its posted hours"


@pytest.mark.parametrize("state", ["unknown", "doubtful", "expected", "closed"])
def test_door_words_only_confirmed_is_called_open(state: str) -> None:
    assert presentation.door_words(_row(state=state), now=NOW).word != "Open"


@pytest.mark.parametrize("state", ["unknown"])
def test_door_words_unknown_gives_no_times(state: str) -> None:
    door = presentation.door_words(_row(state=state), now=NOW)

    assert (door.aside, door.until) == ("", "")


def test_reason_words_record_tells_the_chance_it_gives() -> None:
    row = _row(p=0.94, reason={"kind": "record", "age_s": None}, record={"hits": 240, "times": 252})

    assert "94 times of 100" in presentation.reason_words(row)


def test_reason_words_empty_record_claims_nothing() -> None:
    row = _row(reason={"kind": "record", "age_s": None})

    assert "0" not in presentation.reason_words(row)


@given(st.floats(0, 1))
def test_chance_words_is_never_certain(p: float) -> None:
    count = int(presentation.chance_words(p).split()[0])

    assert 1 <= count <= 99


def test_words_in_chinese() -> None:
    with translation.override("zh-hans"):
        door = presentation.door_words(_row(), now=NOW)

        assert (door.word, door.aside) == ("开着", "到了还能待 3 小时")
        assert (door.until, door.why) == ("18:00 关门", "12 分钟前有人进去了")


def test_gallery_samples_show_every_state_in_both_languages() -> None:
    samples = gallery_samples()

    assert [sample["language"] for sample in samples] == ["zh-hans", "en"]
    for sample in samples:
        assert {card.door.state for card in sample["cards"]} == set(presentation.STATE_WORDS)


def test_chance_is_told_once() -> None:
    by_record = {"kind": "record", "age_s": None}
    seen = _row(p=0.97)
    recorded = _row(p=0.97, state="expected", reason=by_record, record={"hits": 240, "times": 248})
    by_hours = _row(p=0.90, state="expected", reason=by_record)

    assert presentation.chance_of(seen) == "97 times of 100"
    assert presentation.chance_of(recorded) == ""
    assert "97 times of 100" in presentation.reason_words(recorded)
    assert presentation.chance_of(by_hours) == "90 times of 100"
    assert "times of 100" not in presentation.reason_words(by_hours)


def test_week_rows_place_bars_words_and_the_present() -> None:
    bar = Bar(510, 1050, "08:30", "17:30")
    days = [
        DayView(NOW.date(), 5, DayKind.MAKEUP, True, (bar,)),
        DayView(NOW.date() + dt.timedelta(1), 6, DayKind.REST, True, ()),
        DayView(NOW.date() + dt.timedelta(2), 0, DayKind.HOLIDAY, False, (bar,)),
    ]

    today, rest, holiday = week_rows(days, now=NOW)

    assert (today.name, today.remark, today.hours) == ("Today", "make-up workday", "08:30–17:30")
    assert (today.bars, today.now_min) == (((510, 540),), 900)
    assert (rest.name, rest.hours, rest.now_min) == ("Sunday", "closed", None)
    assert holiday.remark == "not confirmed"


def test_ways_to_gives_each_map_its_own_datum() -> None:
    lat, lon = 30.076, 120.488
    shifted = convert([lat, lon], source=Datum.WGS84, target=Datum.GCJ02)

    gaode, baidu, tencent, other = (
        w.href for w in ways_to("A&B", lat_wgs84=lat, lon_wgs84=lon, by="ebike")
    )

    asked = parse_qs(urlsplit(gaode).query)
    east, north, name = asked["to"][0].split(",")
    assert (float(north), float(east)) == pytest.approx(tuple(shifted), abs=1e-6)
    assert (name, asked["coordinate"], asked["mode"]) == ("A&B", ["gaode"], ["ride"])
    asked = parse_qs(urlsplit(baidu).query)
    assert asked["coord_type"] == ["wgs84"]
    assert asked["destination"] == ["latlng:30.076000,120.488000|name:A&B"]
    asked = parse_qs(urlsplit(tencent).query)
    assert tuple(map(float, asked["tocoord"][0].split(","))) == pytest.approx(
        tuple(shifted), abs=1e-6
    )
    assert other == "geo:30.076000,120.488000"


def test_search_reads_repeated_and_listed_needs_alike() -> None:
    listed = Search.read({"need": ["water,charging"]})

    assert listed.need == Search.read({"need": ["charging", "water"]}).need == ("charging", "water")


def test_search_kept_filters_apply_until_filters_are_stated() -> None:
    kept = Search.read({"by": ["walk"], "need": ["water"]}).kept_filters()

    assert Search.read({"lat": ["30"], "lon": ["120"]}, kept=kept).need == ("water",)
    assert Search.read({"by": ["van"]}, kept=kept).need == ()


def test_search_kept_filters_hold_no_position() -> None:
    kept = Search.read({"lat": ["30.0760"], "lon": ["120.4880"], "by": ["walk"]}).kept_filters()

    assert kept == "by=walk"


def test_search_knowing_forgets_what_the_catalogue_lost() -> None:
    old = Search.read(
        {}, kept="by=rocket&need=water,sauna&group=kings&access=magic&rest=9x&open24=1"
    )

    search = old.knowing(facilities={"water"}, groups={"rider"})

    assert search.filters() == {"by": "ebike", "need": "water", "open24": "1"}


def test_search_toggling_twice_changes_nothing() -> None:
    search = Search(need=("charging",))

    assert search.toggling("water").need == ("charging", "water")
    assert search.toggling("water").toggling("water") == search


def test_search_query_is_read_back_the_same() -> None:
    search = Search(
        "30.0760", "120.4880", "2026-02-14T09:30", "van", ("a", "b"), "rider", "open", "20", True
    )

    assert Search.read(parse_qs(search.query().decode())) == search
