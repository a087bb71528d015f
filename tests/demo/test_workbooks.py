"""The files the demo arrives in: every station in one of them, written by code of its own."""

import ast
from pathlib import Path

import pytest

from nuanxin.algorithms import datums
from nuanxin.algorithms.hours import parse_hours
from nuanxin.demo import office_words, province, workbooks
from nuanxin.demo.hosts import _DAILY, _EXTENDED, _OFFICE
from tests.demo.test_province import recorded_towns

PATTERNS = sorted({text for text, _ in (*_OFFICE, *_DAILY, *_EXTENDED)} | {"24/7", ""})


@pytest.fixture(scope="module")
def rows():
    return province.generate(recorded_towns(), count=600)


@pytest.fixture(scope="module")
def files(rows):
    codes = {row["division"] for row in rows} | {row["division"][:6] for row in rows}
    names = {code: f"名{code}" for code in codes} | {row["union"]: row["union"] for row in rows}
    return workbooks.write_all(rows, names)


def test_write_all_twelve_offices_hold_every_station_once(rows, files):
    assert len(files) == len({file.name for file in files}) == 12
    assert sum(file.stations_count for file in files) == len(rows)


def test_write_all_nanhu_sends_its_own_file(rows, files):
    sent = next(file for file in files if file.union == "u330402")

    assert sent.stations_count == sum(row["division"].startswith("330402") for row in rows)


def test_names_and_addresses_tell_stations_apart(rows):
    doors = {(row["name"], row["address"]) for row in province.generate(recorded_towns())}

    assert len(doors) == province.STATIONS_COUNT


@pytest.mark.parametrize("hand", office_words.HANDS)
@pytest.mark.parametrize("text", PATTERNS)
def test_hours_in_words_of_every_pattern_have_words(text, hand):
    words = office_words.hours_in_words(text, hand)

    assert bool(words) == bool(text)
    assert not set(words) & set("WDMoSuPH")


@pytest.mark.parametrize("text", ["Tu 08:00-09:00", "WD 08:00+", "week 2 Mo 08:00-09:00"])
def test_hours_in_words_without_words_are_refused(text):
    with pytest.raises(ValueError, match="no words"):
        office_words.hours_in_words(text, office_words.HANDS[0])


@pytest.mark.parametrize(
    ("away", "datum"),
    [
        (office_words.to_gcj02, datums.Datum.GCJ02),
        (office_words.to_bd09, datums.Datum.BD09),
    ],
)
def test_chinese_datums_of_the_demo_lead_back_to_the_point(away, datum):
    point = (30.0789, 120.4905)

    back = datums.convert(list(away(*point)), source=datum, target=datums.Datum.WGS84)

    assert back == pytest.approx(point, abs=1e-6)
    assert away(*point) != pytest.approx(point, abs=1e-3)


def test_degrees_minutes_and_seconds_round_up_into_the_next_minute():
    assert office_words.in_degrees_minutes("120.4905") == "120°29′25.80″"
    assert office_words.in_degrees_minutes("29.99999999") == "30°00′00.00″"


@pytest.mark.parametrize("module", [workbooks, office_words])
def test_writers_share_nothing_with_the_importer(module):
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))

    ours = {
        node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("nuanxin")
    }

    assert ours <= {"nuanxin.demo.named", "nuanxin.demo.office_words"}


def test_patterns_of_the_demo_are_hours():
    assert all(parse_hours(text) for text in PATTERNS if text)
