"""Rows for tests. ``build`` where the database does not matter; identities as the services make them."""

import datetime as dt
from typing import Any

from factory.declarations import LazyAttribute, Sequence, SubFactory, Trait
from factory.django import DjangoModelFactory, Password

from nuanxin.accounts.enums import GrantedRole
from nuanxin.accounts.models import Delegation, Grant, User
from nuanxin.core.ids import computed_id
from nuanxin.regions.enums import Level
from nuanxin.regions.models import Division
from nuanxin.stations.enums import Datum, HostKind, Lifecycle
from nuanxin.stations.models import Brand, Facility, Host, Outlet, Station, WelcomedGroup
from nuanxin.unions.enums import UnionKind
from nuanxin.unions.models import Union

_ABOVE = {4: 2, 6: 4, 9: 6}
PASSWORD = "eight-warm-stations"


def _parent(division: Any) -> Division | None:
    length = _ABOVE.get(len(division.code))
    return DivisionFactory.create(code=division.code[:length]) if length else None


class DivisionFactory(DjangoModelFactory[Division]):
    """A division with everything it lies in; the same code twice is the same row."""

    class Meta:
        model = Division
        django_get_or_create = ("code",)

    code = "330603001"
    name = LazyAttribute(lambda row: f"地方{row.code}")
    name_pinyin = "difang"
    initials = "df"
    level = LazyAttribute(lambda row: Level.of_code(row.code))
    parent = LazyAttribute(_parent)


class UnionFactory(DjangoModelFactory[Union]):
    class Meta:
        model = Union

    class Params:
        root = Trait(kind=UnionKind.FEDERATION, parent=None)

    code = Sequence(lambda number: f"U{number:04d}")
    id = LazyAttribute(lambda row: computed_id("union", row.code))
    name = LazyAttribute(lambda row: f"工会{row.code}")
    kind = UnionKind.JOINT
    parent: Any = None
    path = LazyAttribute(lambda row: f"{row.parent.path if row.parent else ''}{row.code}/")
    division = SubFactory(DivisionFactory)


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = Sequence(lambda number: f"user{number}")
    display_name = Sequence(lambda number: f"工作人员{number}")
    password = Password(PASSWORD)


class GrantFactory(DjangoModelFactory[Grant]):
    """A role in force; trait ``ended`` for one of the past, ``whole_tree`` for an administrator."""

    class Meta:
        model = Grant

    class Params:
        ended = Trait(ended_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC), ended_by="system:test")
        whole_tree = Trait(role=GrantedRole.ADMIN, union=None)

    user = SubFactory(UserFactory)
    role = GrantedRole.OFFICER
    union: Any = SubFactory(UnionFactory)
    granted_by = "system:test"


class DelegationFactory(DjangoModelFactory[Delegation]):
    """An officer's role in the hands of a colleague, in the first days of another year."""

    class Meta:
        model = Delegation

    grant = SubFactory(GrantFactory)
    to_user = SubFactory(UserFactory)
    starts_on = dt.date(2027, 1, 4)
    ends_on = dt.date(2027, 1, 15)
    given_at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    given_by = "system:test"


class BrandFactory(DjangoModelFactory[Brand]):
    class Meta:
        model = Brand
        django_get_or_create = ("code",)

    code = "huigong"
    name_zh = "惠工小站"
    name_en = "Huigong station"


class FacilityFactory(DjangoModelFactory[Facility]):
    class Meta:
        model = Facility
        django_get_or_create = ("code",)

    code = Sequence(lambda number: f"facility{number}")
    name_zh = "热水"
    name_en = "Hot water"
    bit = Sequence(lambda number: number % 64)


class WelcomedGroupFactory(DjangoModelFactory[WelcomedGroup]):
    class Meta:
        model = WelcomedGroup
        django_get_or_create = ("code",)

    code = Sequence(lambda number: f"group{number}")
    name_zh = "外卖员"
    name_en = "Riders"
    bit = Sequence(lambda number: number % 32)


class HostFactory(DjangoModelFactory[Host]):
    class Meta:
        model = Host

    name = Sequence(lambda number: f"某银行{number}")
    id = LazyAttribute(lambda row: computed_id("host", row.name))
    kind = HostKind.BANK


class OutletFactory(DjangoModelFactory[Outlet]):
    class Meta:
        model = Outlet

    host = SubFactory(HostFactory)
    name = Sequence(lambda number: f"营业厅{number}")
    id = LazyAttribute(lambda row: computed_id("outlet", row.host.name, row.name))
    staffed_hours = "Mo-Fr 09:00-17:00"


class StationFactory(DjangoModelFactory[Station]):
    """A proposed station without a point; trait ``listed`` puts it on the public map."""

    class Meta:
        model = Station

    class Params:
        listed = Trait(
            lifecycle=Lifecycle.ACCEPTED,
            accepted_on=dt.date(2024, 5, 1),
            coordinates_checked_at=dt.datetime(2024, 5, 1, tzinfo=dt.UTC),
            lat_wgs84=30.0761,
            lon_wgs84=120.4880,
        )
        co_built = Trait(outlet=SubFactory(OutletFactory))

    code = Sequence(lambda number: f"KQ{number:04d}")
    id = LazyAttribute(lambda row: computed_id("station", row.code))
    name = LazyAttribute(lambda row: f"驿站{row.code}")
    brand = SubFactory(BrandFactory)
    division = SubFactory(DivisionFactory)
    union: Any = SubFactory(UnionFactory)
    address = "金柯桥大道 1 号"
    source_datum = Datum.WGS84
