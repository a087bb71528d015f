"""The demo's province: the shares of the field, the page's stations, and the same for one seed."""

import csv
import gzip
from collections import Counter

import pytest
from django.conf import settings

from nuanxin.algorithms.hours import is_round_the_clock, parse_hours
from nuanxin.demo import province
from nuanxin.demo.towns import Town

COUNT = 12_000


def recorded_towns() -> list[Town]:
    with gzip.open(settings.ROOT / "data" / "divisions.csv.gz", "rt", encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if not row["valid_to"]]
    with (settings.ROOT / "data" / "county_seats.csv").open(encoding="utf-8") as lines:
        table = list(csv.reader(lines))
    seats = {row[0]: (float(row[-2]), float(row[-1])) for row in table[1:] if row[0].isdigit()}
    return [
        Town(row["code"], row["name"], row["code"][:6], *seats[row["code"][:6]])
        for row in rows
        if row["level"] == "town" and row["code"].startswith("33")
    ]


@pytest.fixture(scope="module")
def towns():
    return recorded_towns()


@pytest.fixture(scope="module")
def rows(towns):
    return province.generate(towns, count=COUNT)


def hours_of(row):
    own = (row.get("staffed_hours", ""), row.get("self_service_hours", ""))
    return own if any(own) else (row.get("outlet_staffed_hours", ""), "")


def share(rows, has):
    return sum(bool(has(row)) for row in rows) / len(rows)


def test_province_has_its_towns_and_stations_in_each_county(towns, rows):
    assert len(towns) == 1_387
    assert len(rows) == COUNT
    assert {row["division"][:6] for row in rows} == {town.county for town in towns}


def test_numbers_and_outlets_are_distinct_and_numbers_check(rows):
    numbers = Counter(row["code"] for row in rows)
    outlets = Counter((row["host"], row["outlet"]) for row in rows if row.get("outlet"))

    assert max(numbers.values()) == max(outlets.values()) == 1
    assert all(luhn(code) == 0 for code in numbers)


def luhn(code):
    digits = [int(digit) for digit in reversed(code)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10


def test_shares_are_those_of_the_field(rows):
    around = share(
        rows, lambda row: any(t and is_round_the_clock(parse_hours(t)) for t in hours_of(row))
    )
    midday = share(rows, lambda row: "12:00,14:" in hours_of(row)[0])

    assert 0.95 <= share(rows, lambda row: row.get("host", "")) <= 0.99
    assert 0.05 <= around <= 0.12
    assert 0.15 <= midday <= 0.35
    assert 0.02 <= share(rows, lambda row: not any(hours_of(row))) <= 0.06
    assert 0.55 <= share(rows, lambda row: "first_aid" in row["facilities"]) <= 0.63


def test_stations_of_the_page_stand_where_it_says(rows):
    nanhu = [row for row in rows if row["division"].startswith("330402")]
    keqiao = next(row for row in rows if row["name"] == "中广有线城区营业厅")
    wuxing = next(row for row in rows if row["name"] == "吴兴区新享驿站")

    assert len(nanhu) >= 150
    assert {row["brand"] for row in nanhu} == {"huigong"}
    assert (keqiao["area_m2"], len(keqiao["groups"].split(";"))) == ("400", 7)
    assert len(keqiao["facilities"].split(";")) == 6
    assert (wuxing["area_m2"], wuxing["floors_count"]) == ("203", "2")


def test_people_and_hosts_are_marked_as_invented(rows):
    named = [row for row in rows if row["name"] != "中广有线城区营业厅"]

    assert all(row["manager_name"].startswith("演示·") for row in rows)
    assert all(row["host"].startswith("演示") for row in named if row.get("host"))
    assert {row["manager_phone"] for row in rows if row.get("manager_phone")} == {"12351"}


def test_same_seed_gives_the_same_province_and_another_another(towns):
    first, again, other = (province.generate(towns, seed=seed, count=300) for seed in (1, 1, 2))

    assert first == again
    assert first != other
