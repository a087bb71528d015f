"""A list of the office asks the same number of queries for one row and for twenty."""

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from django.contrib import admin
from django.db import models
from django.urls import reverse

from nuanxin.accounts.models import ConsentText
from nuanxin.core.ids import computed_id
from nuanxin.regions.enums import CalendarDayKind
from nuanxin.regions.models import CalendarDay, CalendarNotice
from nuanxin.stations.enums import ClosureReason
from nuanxin.stations.models import Closure, DatedException, Standard, StandardItem
from tests.conftest import SameQueries, StrictClient
from tests.factories import BrandFactory, DivisionFactory, GrantFactory, UnionFactory
from tests.office_world import KEQIAO, MOMENT, Office, make_office, make_station
from tests.regions.worlds import succession
from tests.shared_world import Shared

pytestmark = pytest.mark.django_db
TABLES = sorted(admin.site._registry, key=lambda model: model._meta.label)
ROLES = ("officer", "admin")
MORE = range(2, 21)


class Grown(NamedTuple):
    """An office with twenty rows in every table, and what its lists asked while there was one."""

    office: Office
    few: dict[tuple[str, type[models.Model]], list[str]]


@pytest.fixture(scope="module")
def built(shared_world) -> Iterator[Shared[Grown]]:
    with pytest.MonkeyPatch.context() as patch:
        # all on one page: a second page would put a LIMIT into the statement
        for model in TABLES:
            patch.setattr(admin.site._registry[model], "list_per_page", 1_000)
        yield shared_world(make_grown)


@pytest.fixture
def grown(built, settings, tmp_path) -> Grown:
    world: Grown = built.lend(settings, tmp_path)
    return world


@pytest.fixture
def office(grown: Grown) -> Office:
    return grown.office


def make_grown() -> Grown:
    office = make_office()
    few: dict[tuple[str, type[models.Model]], list[str]] = {}
    for role in ROLES:
        client = office.client(role)
        few |= {(role, model): asked(client, model) for model in TABLES}
    grow(office)
    return Grown(office, few)


def asked(client: StrictClient, model: type[models.Model]) -> list[str]:
    """Return the queries of a list, without their values."""
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")

    def ask() -> None:
        answer = client.get(address)
        assert answer.status_code == 200

    return SameQueries.asked(ask)


def grow(office: Office) -> None:
    """Add nineteen rows to every table."""
    town = DivisionFactory.create(code=KEQIAO)
    for number in MORE:
        code = f"KQ{number:03d}"
        union = UnionFactory.create(parent=office.here, division=town.parent)
        make_station(union, code=code, division=town, facility=f"f{number}", group=f"g{number}")
        GrantFactory.create(union=union)
        BrandFactory.create(code=code.lower())
        succession(
            "330109", DivisionFactory.create(code=f"3307{number:02d}").code, MOMENT.date()
        ).save()
        notice = CalendarNotice.objects.create(
            year=2026 + number, published_on=MOMENT.date(), title="通知"
        )
        CalendarDay.objects.create(
            date=dt.date(2026 + number, 5, 1),
            kind=CalendarDayKind.HOLIDAY,
            name_zh="劳动节",
            name_en="Labour Day",
            notice=notice,
        )
        ConsentText.objects.create(
            id=computed_id("text", str(number)), purpose="photo", version=number, body_zh="文",
            body_en="text", effective_on=MOMENT.date() + dt.timedelta(days=number),
        )  # fmt: skip
        Standard.objects.create(
            code=f"s{number}", name_zh="有", name_en="has", division=town.parent
        )


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model._meta.label)
@pytest.mark.parametrize("role", ROLES)
def test_list_asks_the_same_for_more_rows(grown, model, role):
    many = asked(grown.office.client(role), model)

    assert SameQueries.compared(grown.few[role, model], many) <= 14


def test_page_of_a_station_asks_the_same_for_more_of_everything(office, assert_same_queries):
    client, station = office.client("officer"), office.station
    address = reverse("admin:stations_station_change", args=(station.pk,))
    client.get(address)  # content types are kept once they are read

    def add() -> None:
        for number in MORE:
            days = dt.timedelta(days=number)
            DatedException.objects.create(
                id=computed_id("x", str(number)),
                station=station,
                first_on=MOMENT.date() + days,
                last_on=MOMENT.date() + days,
                hours="off",
            )
            Closure.objects.create(
                id=computed_id("c", str(number)),
                station=station,
                starts_at=MOMENT + days,
                ends_at=MOMENT + days * 2,
                reason=ClosureReason.OTHER,
                filed_at=MOMENT,
                filed_by="x",
            )

    assert assert_same_queries(lambda: client.get(address), add) <= 30


def test_page_of_a_standard_asks_the_same_for_more_items(office, assert_same_queries):
    client, standard = office.client("admin"), Standard.objects.get(pk="six")
    address = reverse("admin:stations_standard_change", args=("six",))
    client.get(address)

    def add() -> None:
        for number in MORE:
            StandardItem.objects.create(
                id=computed_id("i", str(number)),
                standard=standard,
                code=f"i{number}",
                name_zh="有",
                name_en="has",
                rank=number,
            )

    assert_same_queries(lambda: client.get(address), add)
