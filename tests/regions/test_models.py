"""Each constraint of divisions and calendar, broken once; the storage rules; names in two languages."""

import pytest
from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError
from django.utils import translation

from nuanxin.core.storage import StorageClass, lint, storage_class_of
from nuanxin.regions.enums import CalendarDayKind, Level
from nuanxin.regions.models import CalendarDay, CalendarNotice, Division, DivisionSuccession
from tests.regions.worlds import DAY, make_divisions, succession, unsaved_division

pytestmark = pytest.mark.django_db

MODELS = (Division, DivisionSuccession, CalendarNotice, CalendarDay)


def assert_refused(row: models.Model, constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        row.save(force_insert=True)


def test_models_are_reference_tables_and_pass_the_storage_lint():
    assert lint(MODELS) == []
    assert {storage_class_of(model) for model in MODELS} == {StorageClass.REFERENCE}


def test_division_of_each_level_is_accepted():
    make_divisions("330206001")

    pairs = Division.objects.values_list("code", "parent_id")
    assert list(pairs) == [
        ("33", None),
        ("3302", "33"),
        ("330206", "3302"),
        ("330206001", "330206"),
    ]


@pytest.mark.parametrize(
    ("code", "columns"),
    [
        ("330206", {"level": Level.TOWN}),
        ("330206", {"parent_id": "3301"}),
        ("330206", {"parent_id": "33"}),
        ("330206", {"parent_id": None}),
        ("34", {"parent_id": "33"}),
        ("330206", {"level": "village"}),
    ],
)
def test_division_whose_code_level_and_parent_disagree_is_refused(code, columns):
    make_divisions("3301", "3302")

    assert_refused(unsaved_division(code, **columns), "code_level_parent")


def test_division_code_of_other_length_is_refused():
    make_divisions("330206001")
    row = unsaved_division("330206", parent_id="3302")
    row.code = "33020"

    assert_refused(row, "code_level_parent")


def test_division_without_a_name_is_refused():
    assert_refused(unsaved_division("33", name=""), "division_named")


@pytest.mark.parametrize("valid_to", [DAY(2021, 4, 9), DAY(2021, 4, 8)])
def test_division_that_ends_before_it_begins_is_refused(valid_to):
    row = unsaved_division("33", valid_from=DAY(2021, 4, 9), valid_to=valid_to)

    assert_refused(row, "valid_from_before_to")


@pytest.mark.parametrize(
    ("lat", "lon"), [(30.0, None), (None, 121.0), (90.5, 121.0), (30.0, 180.5), (-91.0, 0.0)]
)
def test_division_with_half_a_seat_or_one_off_the_earth_is_refused(lat, lon):
    row = unsaved_division("33", seat_lat_wgs84=lat, seat_lon_wgs84=lon)

    assert_refused(row, "seat_whole_and_on_earth")


def test_division_that_others_lie_in_cannot_be_deleted():
    make_divisions("3302")

    with pytest.raises(ProtectedError):
        Division.objects.get(pk="33").delete()


@pytest.mark.parametrize(
    ("on", "exists"),
    [
        (DAY(2015, 2, 14), False),
        (DAY(2015, 2, 15), True),
        (DAY(2021, 4, 8), True),
        (DAY(2021, 4, 9), False),
    ],
)
def test_valid_on_counts_the_first_day_and_not_the_last(on, exists):
    make_divisions("33", valid_from=DAY(2015, 2, 15), valid_to=DAY(2021, 4, 9))

    assert Division.objects.valid_on(on).exists() is exists


def test_under_keeps_the_division_and_what_lies_below_only():
    make_divisions("330299001", "330301", "3303")

    codes = Division.objects.under("3302").order_by("code").values_list("code", flat=True)

    assert list(codes) == ["3302", "330299", "330299001"]
    assert Division.objects.under("").count() == 6


def test_succession_to_itself_is_refused():
    make_divisions("330103")

    assert_refused(succession("330103", "330103", DAY(2021, 4, 9)), "two_divisions")


def test_succession_twice_is_refused():
    make_divisions("330103", "330105")
    succession("330103", "330105", DAY(2021, 4, 9)).save()
    again = succession("330103", "330105", DAY(2021, 4, 9))
    again.id = type(again.id)(int=1)

    with pytest.raises(IntegrityError), transaction.atomic():
        again.save(force_insert=True)


@pytest.mark.parametrize("year", [2007, 2100])
def test_notice_of_a_year_beyond_the_calendar_is_refused(year):
    row = CalendarNotice(year=year, published_on=DAY(2020, 1, 1), title="通知")

    assert_refused(row, "year_known_to_the_calendar")


def test_notice_without_a_title_is_refused():
    assert_refused(CalendarNotice(year=2026, published_on=DAY(2025, 11, 4)), "titled")


def test_calendar_day_of_unknown_kind_is_refused():
    day = CalendarDay(
        date=DAY(2026, 2, 17), kind="feast", name_zh="春节", name_en="Spring Festival"
    )

    assert_refused(day, "kind_known")


@pytest.mark.parametrize("kind", [CalendarDayKind.HOLIDAY, CalendarDayKind.MAKEUP])
@pytest.mark.parametrize("names", [{"name_zh": "春节"}, {"name_en": "Spring Festival"}, {}])
def test_calendar_day_that_changes_a_day_without_both_names_is_refused(kind, names):
    assert_refused(CalendarDay(date=DAY(2026, 2, 17), kind=kind, **names), "holidays_named")


def test_calendar_day_is_named_in_the_language_of_the_reader():
    day = CalendarDay(
        date=DAY(2026, 2, 17), kind="holiday", name_zh="春节", name_en="Spring Festival"
    )
    plain = CalendarDay(date=DAY(2026, 2, 18), kind="workday")

    with translation.override("zh-hans"):
        assert str(day) == "2026-02-17 春节"
    with translation.override("en"):
        assert str(day) == "2026-02-17 Spring Festival"
        assert plain.name == "working day"


def test_rows_name_themselves_for_the_office():
    division = unsaved_division("330103", "下城区")
    change = succession("330103", "330105", DAY(2021, 4, 9))
    notice = CalendarNotice(year=2026, title="通知", document_number="国办发明电〔2025〕7号")

    assert str(division) == "330103 下城区"
    assert str(change) == "330103 → 330105 (2021-04-09)"
    assert str(notice) == "2026 国办发明电〔2025〕7号"
    assert str(CalendarNotice(year=2027, title="通知")) == "2027 通知"


@pytest.mark.parametrize("code", ["", "3", "33020", "33020a", "３３", "3302060011"])
def test_level_of_code_refuses_what_is_no_code(code):
    with pytest.raises(ValueError, match="code"):
        Level.of_code(code)
