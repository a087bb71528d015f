"""A page of the desk asks the same of one door and of twenty."""

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from django.conf import settings as site
from django.db import transaction
from django.utils import translation

from nuanxin.core import clock as core_clock
from nuanxin.core.actors import SystemActor
from nuanxin.core.ids import computed_id
from nuanxin.regions.imports import import_calendar
from nuanxin.stations import services, snapshots
from nuanxin.stations.enums import ClosureReason
from nuanxin.stations.models import Fault, Keeping
from tests.conftest import SameQueries, StrictClient
from tests.factories import FacilityFactory, HostFactory, OutletFactory, UnionFactory
from tests.shared_world import Shared
from tests.stations.door_world import make_keeper, make_station, say
from tests.stations.test_desk_views import signed_in

pytestmark = pytest.mark.django_db
MORE = range(2, 21)
# page and the most queries it may ask
PAGES = {
    "": 15,
    "{code}/today/": 17,
    "{code}/photo/": 9,
    "{code}/record/": 20,
    "{code}/signs.pdf": 10,
    "{code}/closures/": 9,
    "{code}/hours/": 9,
    "{code}/substitute/": 14,
    "hosts/{host}/close/": 9,
}


class Desk(NamedTuple):
    """A keeper of twenty doors, the addresses of the pages, and what each asked of the first doors."""

    client: StrictClient
    addresses: dict[str, str]
    few: dict[str, list[str]]


@pytest.fixture(scope="module")
def built(shared_world) -> Iterator[Shared[Desk]]:
    with pytest.MonkeyPatch.context() as patch, translation.override("en"):
        patch.setattr(snapshots, "POLL_S", 86_400.0)
        yield shared_world(make_desk, at="tuesday morning")


@pytest.fixture
def desk(built, clock, settings, tmp_path) -> Iterator[Desk]:
    snapshots.holder.forget()
    with translation.override("en"):
        yield built.lend(settings, tmp_path)
    snapshots.holder.forget()


def make_desk() -> Desk:
    """Two doors of one keeper, what the pages ask, and then eighteen more of everything."""
    import_calendar(site.ROOT / "data", by=SystemActor("test"))
    station = make_station(union=UnionFactory.create(code="NB", root=True))
    keeper, host = make_keeper(station), HostFactory.create()
    outlet = make_station(union=station.union, outlet=OutletFactory.create(host=host))
    Keeping.objects.create(user=keeper, host=host, since=core_clock.now(), named_by="x")
    for door in (station, outlet):
        hang(door, 1)
    make_keeper(make_station(union=station.union))
    client = signed_in(keeper)
    addresses = {page: f"/desk/{page}".format(code=station.code, host=host.pk) for page in PAGES}
    few = {page: asked(client, address) for page, address in addresses.items()}
    for number in MORE:
        hang(station, number)
        more = make_station(union=station.union, outlet=OutletFactory.create(host=host))
        hang(more, number)
        make_keeper(make_station(union=station.union))
    return Desk(client, addresses, few)


def asked(client: StrictClient, address: str) -> list[str]:
    """Return what a page asks once the snapshot is built; it leaves nothing behind."""
    snapshots.holder.forget()
    with transaction.atomic():
        assert client.get(address).status_code == 200
        shapes = SameQueries.asked(lambda: client.get(address))
        transaction.set_rollback(True)
    return shapes


def hang(station, number):
    """Give a station one more of everything that a desk shows."""
    say(station, "shut")
    now = core_clock.now()
    Fault.objects.create(
        id=computed_id("fault", station.code, str(number)),
        station=station,
        facility=FacilityFactory.create(code=f"f{number}"),
        kind="broken",
        at=now,
    )
    services.file_closure(
        station=station,
        starts_at=now + dt.timedelta(days=number),
        ends_at=now + dt.timedelta(days=number + 1),
        reason=ClosureReason.REPAIR,
        by=SystemActor("test"),
    )
    services.set_exception(
        station=station,
        first_on=now.date() + dt.timedelta(days=number),
        last_on=now.date() + dt.timedelta(days=number),
        hours="off",
        by=SystemActor("test"),
    )


@pytest.mark.parametrize("page", PAGES)
def test_page_asks_the_same_of_one_door_and_of_twenty(desk, page):
    many = asked(desk.client, desk.addresses[page])

    assert SameQueries.compared(desk.few[page], many) <= PAGES[page]
