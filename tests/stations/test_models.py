import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import translation

from nuanxin.algorithms import openness
from nuanxin.stations.enums import EvidenceKind, Lifecycle
from nuanxin.stations.models import (
    Closure,
    DatedException,
    EvidenceLine,
    Keeping,
    Standard,
    StandardItem,
    Station,
    StationChange,
    StationFacility,
    StationGroup,
)
from tests.factories import (
    BrandFactory,
    FacilityFactory,
    HostFactory,
    OutletFactory,
    StationFactory,
    UserFactory,
    WelcomedGroupFactory,
)

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 3, 10)
NOON = dt.datetime(2026, 3, 10, 4, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("columns", "rule"),
    [
        ({"lat_wgs84": 2.9, "lon_wgs84": 120.0}, "point_in_china"),
        ({"lat_wgs84": 120.0, "lon_wgs84": 30.0}, "point_in_china"),
        ({"lat_wgs84": 30.0, "lon_wgs84": 136.1}, "point_in_china"),
        ({"lifecycle": Lifecycle.ACCEPTED}, "accepted_has_date"),
        ({"area_m2": 0}, "area_positive"),
        ({"area_m2": -1}, "area_positive"),
    ],
)
def test_station_database_refuses(columns, rule):
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        StationFactory.create(**columns)


def test_station_number_is_unique():
    station = StationFactory.create()

    with pytest.raises(IntegrityError), transaction.atomic():
        StationFactory.create(code=station.code, id=uuid4())


@pytest.mark.parametrize(("factory", "bit"), [(FacilityFactory, 64), (WelcomedGroupFactory, 32)])
def test_bit_beyond_the_mask_is_refused(factory: Any, bit: int):
    with pytest.raises(IntegrityError, match=f"bit_below_{bit}"), transaction.atomic():
        factory.create(code="far", bit=bit)


@pytest.mark.parametrize("factory", [FacilityFactory, WelcomedGroupFactory])
def test_bit_is_never_given_twice(factory: Any):
    factory.create(code="first", bit=7)

    with pytest.raises(IntegrityError), transaction.atomic():
        factory.create(code="second", bit=7)


def _twice(model: Any, **columns: Any) -> None:
    model.objects.create(id=uuid4(), **columns)
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.create(id=uuid4(), **columns)


def test_links_and_lines_of_a_station_stand_once():
    station = StationFactory.create()

    _twice(StationFacility, station=station, facility=FacilityFactory.create())
    _twice(StationGroup, station=station, group=WelcomedGroupFactory.create())
    _twice(EvidenceLine, station=station, kind="visit", at=NOON, weight=1.0)
    standard = Standard.objects.create(code="eight", name_zh="八有", name_en="Eight")
    _twice(StandardItem, standard=standard, code="sign", name_zh="牌", name_en="Sign", rank=1)


@pytest.mark.parametrize("hours", [0, -1])
def test_closure_ends_after_it_starts(hours):
    columns = {"reason": "repair", "filed_at": NOON, "filed_by": "system:x", "id": uuid4()}
    ends_at = NOON + dt.timedelta(hours=hours)

    with pytest.raises(IntegrityError, match="closure_in_order"), transaction.atomic():
        Closure.objects.create(
            station=StationFactory.create(), starts_at=NOON, ends_at=ends_at, **columns
        )


def test_dated_exception_may_last_one_day_but_not_less():
    station, yesterday = StationFactory.create(), DAY - dt.timedelta(days=1)
    one = DatedException.objects.create(
        id=uuid4(), station=station, first_on=DAY, last_on=DAY, hours="off"
    )

    assert str(one) == "2026-03-10 off"
    with pytest.raises(IntegrityError, match="in_order"), transaction.atomic():
        DatedException.objects.create(
            id=uuid4(), station=station, first_on=DAY, last_on=yesterday, hours="off"
        )


@pytest.mark.parametrize(
    "columns",
    [
        {"lifecycle": Lifecycle.SUSPENDED},
        {"coordinates_checked_at": None},
        {"lat_wgs84": None, "lon_wgs84": None},
    ],
)
def test_listed_needs_acceptance_and_a_checked_point(columns):
    shown = StationFactory.create(listed=True)
    StationFactory.create(listed=True, **columns)

    assert list(Station.objects.listed()) == [shown]


@pytest.mark.parametrize(
    ("own", "posted"),
    [
        (("", ""), ("Mo-Fr 09:00-17:00", "")),
        (("Mo 08:00-09:00", ""), ("Mo 08:00-09:00", "")),
        (("", "24/7"), ("", "24/7")),
    ],
)
def test_posted_hours_are_the_hosts_until_the_station_posts_its_own(own, posted):
    station = StationFactory.build(
        outlet=OutletFactory.build(), staffed_hours=own[0], self_service_hours=own[1]
    )

    assert station.posted_hours == posted
    assert station.is_co_built


def test_station_without_outlet_is_self_built_and_posts_for_itself():
    station = StationFactory.build(outlet=None, union=None, division=None, brand=None)

    assert station.posted_hours == ("", "")
    assert not station.is_co_built


def test_catalogue_speaks_the_readers_language():
    brand = BrandFactory.build()

    with translation.override("zh-hans"):
        assert str(brand) == "惠工小站"
    with translation.override("en"):
        assert str(brand) == "Huigong station"


def test_brand_in_use_cannot_be_deleted():
    station = StationFactory.create()

    with pytest.raises(ProtectedError):
        station.brand.delete()


def test_change_feed_numbers_upwards_and_outlives_its_station():
    station = StationFactory.create()
    first = StationChange.objects.create(station=station)
    second = StationChange.objects.create(station=station)
    Station.objects.filter(pk=station.pk).delete()

    assert second.seq > first.seq
    assert StationChange.objects.count() == 2


def test_evidence_kinds_are_those_of_the_algorithms():
    assert EvidenceKind.values == [kind.value for kind in openness.EvidenceKind]


@pytest.mark.django_db
@pytest.mark.parametrize("kept", ["station", "host"])
def test_keeping_stands_once_in_force(kept):
    user, since = UserFactory.create(), dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    thing = StationFactory.create() if kept == "station" else HostFactory.create()
    Keeping.objects.create(user=user, since=since, named_by="system:test", **{kept: thing})

    with pytest.raises(IntegrityError):
        Keeping.objects.create(user=user, since=since, named_by="system:test", **{kept: thing})
