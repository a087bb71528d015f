"""The reference files: what they hold, that importing them is repeatable, and what is refused."""

import csv
import gzip
import json
import math
import runpy
from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from nuanxin.algorithms.calendars import DayKind, notice_days
from nuanxin.core.errors import Invalid
from nuanxin.core.models import AuditEvent
from nuanxin.regions.enums import CalendarDayKind, Level
from nuanxin.regions.imports import import_calendar, import_divisions
from nuanxin.regions.models import CalendarDay, CalendarNotice, Division, DivisionSuccession
from nuanxin.regions.selectors import current_divisions, successors_of
from nuanxin.regions.services import StoredCounts
from tests.regions.worlds import DATA, DAY, SYSTEM

TODAY = DAY(2026, 11, 24)
ZHEJIANG_BOX = ((27.0, 31.2), (118.0, 123.0))
SEAT_TO_CITY_KM = 160.0  # 泰顺, 庆元 and 嵊泗 lie farthest from their cities


def table(name: str) -> list[dict[str, str]]:
    opened = gzip.open if name.endswith(".gz") else open
    with opened(DATA / name, "rt", encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def division_rows():
    return table("divisions.csv.gz")


# --- the files ---


def test_divisions_file_counts_the_levels_of_the_country_and_of_zhejiang(division_rows):
    current = [row for row in division_rows if not row["valid_to"]]

    assert Counter(row["level"] for row in current) == {
        "province": 34,
        "city": 342,
        "county": 2_980,
        "town": 41_352,
    }
    assert Counter(row["level"] for row in current if row["code"].startswith("33")) == {
        "province": 1,
        "city": 11,
        "county": 90,
        "town": 1_387,
    }


def test_divisions_file_is_small_sorted_and_without_a_time_stamp(division_rows):
    packed = (DATA / "divisions.csv.gz").read_bytes()

    assert len(packed) <= 600_000
    assert packed[4:8] == bytes(4)
    codes = [row["code"] for row in division_rows]
    assert codes == sorted(set(codes))


def test_successions_join_known_divisions_on_the_day_the_old_one_ends(division_rows):
    known = {row["code"]: row for row in division_rows}

    for row in table("division_successions.csv"):
        ended, began = known[row["from_code"]]["valid_to"], known[row["to_code"]]["valid_from"]
        assert ended in {"", row["effective_on"]}
        assert began in {"", row["effective_on"]}


def test_every_abolished_division_has_a_successor(division_rows):
    abolished = {row["code"] for row in division_rows if row["valid_to"]}

    assert abolished <= {row["from_code"] for row in table("division_successions.csv")}


def test_seats_cover_each_county_and_city_of_zhejiang(division_rows):
    places = {
        row["code"]: row["name"]
        for row in division_rows
        if row["code"].startswith("33")
        and row["level"] in {"city", "county"}
        and not row["valid_to"]
    }

    assert {row["code"]: row["name"] for row in table("county_seats.csv")} == places


def test_seats_lie_in_zhejiang_near_their_city_and_apart_from_each_other():
    points = {
        row["code"]: (float(row["lat_wgs84"]), float(row["lon_wgs84"]))
        for row in table("county_seats.csv")
    }
    counties = {code: point for code, point in points.items() if len(code) == 6}

    for code, (lat, lon) in counties.items():
        assert ZHEJIANG_BOX[0][0] < lat < ZHEJIANG_BOX[0][1]
        assert ZHEJIANG_BOX[1][0] < lon < ZHEJIANG_BOX[1][1]
        city_lat, city_lon = points[code[:4]]
        away_km = 111.2 * math.hypot(lat - city_lat, (lon - city_lon) * math.cos(math.radians(lat)))
        assert away_km < SEAT_TO_CITY_KM, code
    assert len(set(counties.values())) == len(counties)


def test_city_stands_at_the_seat_of_exactly_one_of_its_counties():
    rows = table("county_seats.csv")

    for city in (row for row in rows if len(row["code"]) == 4):
        at_city = [
            row["code"]
            for row in rows
            if row["code"][:4] == city["code"]
            and len(row["code"]) == 6
            and (row["lat_wgs84"], row["lon_wgs84"]) == (city["lat_wgs84"], city["lon_wgs84"])
        ]
        assert len(at_city) == 1, city["name"]


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_calendar_days_equal_an_independent_source_day_by_day(year):
    ours = {
        (row["date"], CalendarDayKind(row["kind"]).day_kind)
        for row in table("calendar_days.csv")
        if row["notice_year"] == str(year)
    }

    assert ours == {(row.on.isoformat(), row.kind) for row in notice_days(year)}
    assert {kind for _on, kind in ours} == {DayKind.HOLIDAY, DayKind.MAKEUP}


# --- the imports ---


@pytest.mark.django_db
def test_import_divisions_of_zhejiang_is_complete_and_repeatable():
    first = import_divisions(DATA, by=SYSTEM, under="33")
    audited = AuditEvent.objects.count()
    second = import_divisions(DATA, by=SYSTEM, under="33")

    assert (first.changed, first.unchanged) == (0, 0)
    assert second == StoredCounts(0, 0, first.created)
    assert AuditEvent.objects.count() == audited
    counts = Counter(current_divisions(on=TODAY).values_list("level", flat=True))
    assert counts == {"province": 1, "city": 11, "county": 90, "town": 1_387}


@pytest.mark.django_db
def test_import_divisions_brings_seats_pinyin_and_hangzhou_successors():
    import_divisions(DATA, by=SYSTEM, under="33")

    yueqing = Division.objects.get(pk="330382")
    assert (yueqing.name_pinyin, yueqing.initials) == ("yueqingshi", "yqs")
    assert (yueqing.seat_lat_wgs84, yueqing.seat_lon_wgs84) == (28.12, 120.98)
    names = dict(Division.objects.filter(level=Level.CITY).values_list("name", "name_pinyin"))
    assert names["台州市"] == "taizhoushi"
    assert names["丽水市"] == "lishuishi"
    for code, expected in {
        "330103": ["拱墅区"],
        "330104": ["上城区", "钱塘区"],
        "330109": ["萧山区", "钱塘区"],
        "330110": ["余杭区", "临平区"],
    }.items():
        assert [division.name for division in successors_of(code, on=TODAY)] == expected


@pytest.mark.django_db
def test_import_divisions_mends_a_row_that_was_changed():
    import_divisions(DATA, by=SYSTEM, under="330206")
    Division.objects.filter(pk="330206").update(name="改过")

    counts = import_divisions(DATA, by=SYSTEM, under="330206")

    assert (counts.created, counts.changed) == (0, 1)
    assert Division.objects.get(pk="330206").name == "北仑区"


@pytest.mark.django_db
def test_import_divisions_under_a_county_brings_what_it_lies_in():
    import_divisions(DATA, by=SYSTEM, under="330206")

    by_level = Counter(Division.objects.values_list("level", flat=True))
    assert (by_level["province"], by_level["city"], by_level["county"]) == (1, 1, 1)
    assert by_level["town"] > 5
    assert not DivisionSuccession.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db
def test_import_divisions_of_the_country_stores_every_row(division_rows):
    counts = import_divisions(DATA, by=SYSTEM)

    assert counts.created == len(division_rows) + len(table("division_successions.csv"))
    assert [division.name for division in successors_of("3712", on=TODAY)] == ["济南市"]


@pytest.mark.django_db
def test_import_calendar_publishes_three_notices_once():
    assert import_calendar(DATA, by=SYSTEM) == 3
    assert import_calendar(DATA, by=SYSTEM) == 3

    assert list(CalendarNotice.objects.values_list("year", flat=True)) == [2026, 2025, 2024]
    assert CalendarDay.objects.count() == len(table("calendar_days.csv"))
    assert AuditEvent.objects.filter(verb="calendar.notice_published").count() == 3


@pytest.mark.django_db
def test_commands_import_and_say_what_changed():
    out = StringIO()

    call_command("import_divisions", "--under", "330383", stdout=out)
    call_command("import_divisions", "--under", "330383", stdout=out)
    call_command("import_calendar", stdout=out)

    assert out.getvalue().splitlines() == [
        "divisions: 4 created, 0 changed, 0 unchanged",
        "divisions: 0 created, 0 changed, 4 unchanged",
        "calendar: 3 notices",
    ]


# --- files that cannot be read ---


@pytest.fixture
def folder(tmp_path):
    """A folder of the smallest valid files."""
    (tmp_path / "county_seats.csv").write_text("code,name,lat_wgs84,lon_wgs84\n", "utf-8")
    (tmp_path / "division_successions.csv").write_text(
        "from_code,to_code,effective_on,note\n", "utf-8"
    )
    write_divisions(tmp_path, "33,浙江省,province,,,")
    return tmp_path


def write_divisions(folder: Path, *lines: str) -> None:
    text = "\n".join(["code,name,level,parent,valid_from,valid_to", *lines])
    (folder / "divisions.csv.gz").write_bytes(gzip.compress(text.encode()))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "line",
    ["330,浙江省,province,,,", "33,浙江省,province,,yesterday,", "33", "三三,浙江省,province,,,"],
)
def test_import_divisions_refuses_a_line_by_file_and_number(folder, line):
    write_divisions(folder, "34,安徽省,province,,,", line)

    with pytest.raises(Invalid, match=r"divisions\.csv\.gz:3: ") as refusal:
        import_divisions(folder, by=SYSTEM)

    assert refusal.value.code == "import_rejected"
    assert not Division.objects.exists()


@pytest.mark.django_db
def test_import_divisions_refuses_a_seat_that_is_no_number(folder):
    (folder / "county_seats.csv").write_text(
        "code,name,lat_wgs84,lon_wgs84\n33,浙江省,north,120.1\n", "utf-8"
    )

    with pytest.raises(Invalid, match=r"county_seats\.csv:2: "):
        import_divisions(folder, by=SYSTEM)


@pytest.mark.django_db
def test_import_calendar_refuses_an_unknown_kind(tmp_path):
    (tmp_path / "calendar_days.csv").write_text(
        "date,kind,name_zh,name_en,notice_year\n2026-02-17,feast,春节,Spring Festival,2026\n",
        "utf-8",
    )

    with pytest.raises(Invalid, match=r"calendar_days\.csv:2: "):
        import_calendar(tmp_path, by=SYSTEM)


# --- the tool that builds the file ---


def build(tmp_path: Path, *, counties: dict[str, str]) -> tuple[list[str], bytes]:
    """Run the builder over two tiny packages; return the differences and the written bytes."""
    dist = tmp_path / "ours" / "dist"
    dist.mkdir(parents=True)
    (tmp_path / "theirs" / "dist" / "code").mkdir(parents=True)
    content = {
        "provinces": [{"code": "33", "name": "浙江省"}],
        "cities": [{"code": "3302", "name": "宁波市"}],
        "areas": [{"code": "330206", "name": "北仑区"}],
        "streets": [{"code": "330206001", "name": "新碶街道"}],
    }
    for name, entries in content.items():
        (dist / f"{name}.json").write_text(json.dumps(entries), "utf-8")
    theirs = tmp_path / "theirs" / "dist" / "code" / "counties.json"
    theirs.write_text(json.dumps([{"c": c, "n": n} for c, n in counties.items()]), "utf-8")
    tool = runpy.run_path(str(DATA / "build" / "divisions.py"))
    units = tool["merge"](tool["read_package"](tmp_path / "ours"), [])
    target = tmp_path / "divisions.csv.gz"
    tool["write"](units, target)
    return tool["differences"](units, tmp_path / "theirs"), target.read_bytes()


def test_builder_writes_the_same_bytes_and_reports_differing_counties(tmp_path):
    same, packed = build(tmp_path / "a", counties={"330206": "北仑区"})
    other, again = build(tmp_path / "b", counties={"330206": "北仑县", "330207": "某区"})

    assert same == []
    assert other == ["330206 北仑区", "330206 北仑县", "330207 某区"]
    assert packed == again
    assert gzip.decompress(packed).decode().splitlines()[1] == "33,浙江省,province,,,"
