"""Every public page and route of the API asks the same of one station as of twenty."""

import datetime as dt
import tomllib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest
from django.conf import settings
from django.db import transaction
from django.urls import resolve

from nuanxin.core.ids import computed_id
from nuanxin.stations import places, snapshots
from nuanxin.stations.enums import EvidenceKind, Place, Source
from nuanxin.stations.models import (
    Closure,
    Evidence,
    EvidenceLine,
    Facility,
    Fault,
    Station,
    StationFacility,
    StationGroup,
    WelcomedGroup,
)
from tests.accounts.codes import FIRST_INVITATION, FIRST_TOKEN, keeper_link
from tests.conftest import SameQueries, StrictClient
from tests.demo.certificates import plant_ca
from tests.regions.worlds import unsaved_division
from tests.shared_world import Shared
from tests.stations.page_world import (
    NEAR,
    PHOTO,
    TUESDAY_10,
    WORD,
    make_photo,
    make_station,
    make_town,
    make_word,
    sign_of,
)
from tests.workers.joining_world import HALL, UNION, make_hall

pytestmark = pytest.mark.django_db

# address and the most queries it may ask once the snapshot and the index of places are built
ADDRESSES = {
    "/": 4,
    f"/?{NEAR}": 4,
    f"/?{NEAR}&by=walk&need=water&group=rider&rest=30": 4,
    "/s/KQ001/": 13,
    "/s/KQ001/calendar.ics": 3,
    "/closures/calendar.ics?division=3306": 2,
    "/embed/?division=3306": 1,
    f"/d/KQ001/{sign_of('KQ001', Place.DOOR_CODE)}/": 12,
    f"/i/KQ001/{sign_of('KQ001', Place.INSIDE_CODE)}/": 12,
    f"/r/{WORD}/": 16,
    f"/join/{UNION}/": 2,
    f"/c/{HALL}/": 2,
    f"/c/{HALL}/screen/": 2,
    "/me/sign-in/": 1,
    "/card/check/": 1,
    "/places/?q=柯桥": 1,
    "/places/?q=kq": 1,
    "/print/": 0,
    "/map/": 0,
    f"/map/?{NEAR}": 0,
    "/api/v1/stations/map/4/13/6": 1,
    f"/print/?{NEAR}": 6,
    "/saved/": 0,
    "/sw.js": 0,
    "/manifest.webmanifest": 0,
    "/_gallery/": 0,
    "/office/sign-in/": 0,
    "/office/login/": 0,
    "/office/second-factor/": 0,
    "/office/second-factor/enrol/": 0,
    f"/k/{FIRST_TOKEN}/": 1,
    f"/welcome/{FIRST_INVITATION}/": 1,
    "/demo/": 2,
    "/demo/ca.crt": 0,
    "/livez": 0,
    "/readyz": 23,  # on PostgreSQL each part of the report sets its own limit of time
    f"/photos/{PHOTO}.webp": 1,
    f"/api/v1/stations/nearby?{NEAR}": 1,
    f"/api/v1/stations/nearby?{NEAR}&need=water&limit=20": 1,
    "/api/v1/stations/status?codes=KQ001,KQ015": 0,
    "/api/v1/feeds": 0,
    "/api/v1/feeds/station_information": 0,
    "/api/v1/feeds/station_status?division=3306": 0,
    "/api/v1/stations.geojson?division=3306": 14,
    "/api/v1/stations/changes?since=0": 7,
    "/api/v1/hsds/": 0,
    "/api/v1/hsds/services": 8,
    f"/api/v1/hsds/services/{computed_id('station', 'KQ001')}": 9,
    "/api/v1/hsds/service_at_locations": 8,
    "/api/v1/hsds/organizations": 3,
    "/api/v1/openapi.json": 0,
}
# the most queries of a page that builds the snapshot and the index first
COLD = 29
MORE = 19


class Grown(NamedTuple):
    """A province of twenty stations, and what was asked by each question while there was one."""

    station: Station
    few: dict[str, list[str]]


@pytest.fixture(scope="module")
def built(shared_world) -> Iterator[Shared[Grown]]:
    with pytest.MonkeyPatch.context() as patch:
        # whether a second has passed since the last look at the feed is not the question here
        patch.setattr(snapshots, "POLL_S", 86_400.0)
        patch.setattr(places, "LOOK_S", 86_400.0)
        yield shared_world(make_grown, at="tuesday morning")


@pytest.fixture(autouse=True)
def grown(built, clock, settings, tmp_path) -> Iterator[Grown]:
    forget()
    yield built.lend(settings, tmp_path)
    forget()


def make_grown() -> Grown:
    keeper_link()
    plant_ca(Path(settings.VAR))
    made = make_station(make_town(), 1, "金柯桥大道营业厅", staffed_hours="Mo-Su 08:30-18:00")
    make_photo(made)
    make_word(made)
    make_hall()
    # whoever asks first in a process also looks at what the database has; that is no page's
    StrictClient().get("/readyz")
    few = {name: asked(question) for name, question in QUESTIONS.items()}
    grow(made)
    return Grown(made, few)


def asked(question: Callable[[], list[str]]) -> list[str]:
    """Return what a question asks of a process that holds nothing; it leaves nothing behind."""
    forget()
    with transaction.atomic():
        shapes = question()
        transaction.set_rollback(True)
    return shapes


def of_page(address: str) -> list[str]:
    client = StrictClient()
    assert client.get(address).status_code < 400
    return SameQueries.asked(lambda: client.get(address))


def of_first_page(address: str) -> list[str]:
    return SameQueries.asked(lambda: StrictClient().get(address))


def of_fragment() -> list[str]:
    client = StrictClient(headers={"HX-Request": "true"})
    return SameQueries.asked(lambda: client.get(f"/?{NEAR}"))


def of_each_row() -> list[str]:
    return SameQueries.asked(lambda: [row.brand.name_zh for row in Station.objects.all()])


def of_another_in_the_same_number() -> list[str]:
    rows = Station.objects
    return SameQueries.asked(rows.first if rows.count() == 1 else rows.last)


QUESTIONS: dict[str, Callable[[], list[str]]] = {
    **{f"again {address}": partial(of_page, address) for address in ADDRESSES},
    **{f"first {address}": partial(of_first_page, address) for address in ADDRESSES},
    "fragment": of_fragment,
    "each row": of_each_row,
    "another": of_another_in_the_same_number,
}


def count_of(grown: Grown, name: str) -> int:
    """Return how many queries a question asks; fail when they are not those of one station."""
    return SameQueries.compared(grown.few[name], asked(QUESTIONS[name]))


def forget() -> None:
    snapshots.holder.forget()
    places.holder.forget()


def grow(station: Station) -> None:
    """Give the province nineteen stations more, and the first station twenty of everything."""
    for number in range(MORE):
        county = f"3306{10 + number}"
        seat = {"seat_lat_wgs84": 30.08, "seat_lon_wgs84": 120.49}
        unsaved_division(county, f"县{number}", **seat).save()
        town = unsaved_division(f"{county}001", f"镇{number}")
        town.save()
        seen = make_station(town, 10 + number, f"站点{number}", staffed_hours="24/7")
        EvidenceLine.objects.create(
            id=computed_id("e", seen.code), station=seen, kind="visit", at=TUESDAY_10, weight=4.0
        )
        furnish(station, number)
    forget()


def furnish(station: Station, number: int) -> None:
    """Give a station one facility, group, planned closure, fault and word more."""
    own = {"station": station}
    facility = Facility.objects.create(
        code=f"f{number}", name_zh=f"设施{number}", name_en=f"Thing {number}", bit=10 + number
    )
    group = WelcomedGroup.objects.create(
        code=f"g{number}", name_zh=f"群体{number}", name_en=f"Group {number}", bit=1 + number
    )
    keys = [computed_id(kind, station.code, f"{number}") for kind in ("f", "g", "c")]
    StationFacility.objects.create(id=keys[0], facility=facility, **own)
    StationGroup.objects.create(id=keys[1], group=group, **own)
    speak(station, facility, number)
    start = TUESDAY_10 + dt.timedelta(days=1 + number)
    Closure.objects.create(
        id=keys[2],
        starts_at=start,
        ends_at=start + dt.timedelta(hours=1),
        reason="repair",
        filed_at=TUESDAY_10,
        **own,
    )


def speak(station: Station, facility: Facility, number: int) -> None:
    """Let one more device say that the door is shut and that something is broken."""
    told = {"station": station, "device_key": f"d{number + 2}", "network_key": f"n{number + 2}"}
    told |= {"origin_key": f"o{number + 2}", "place": Place.DOOR_CODE}
    keys = [computed_id(kind, station.code, f"{number}") for kind in ("fault", "word")]
    Fault.objects.create(id=keys[0], facility=facility, kind="broken", at=TUESDAY_10, **told)
    at = TUESDAY_10 - dt.timedelta(seconds=number)
    Evidence.objects.create(
        id=keys[1], kind=EvidenceKind.DOOR_REPORT, at=at, source=Source.RIDER, **told
    )


def test_queries_are_counted_for_every_public_route():
    table = tomllib.loads(Path("config/authz.toml").read_text(encoding="utf-8"))["route"]
    public = {
        name
        for name, methods in table.items()
        if "anonymous" in methods.get("GET", {}).get("roles", [])
    }

    assert {resolve(address.partition("?")[0]).view_name for address in ADDRESSES} == public


@pytest.mark.parametrize("address", ADDRESSES)
def test_page_asks_the_same_of_one_station_and_of_twenty(grown, address):
    assert count_of(grown, f"again {address}") <= ADDRESSES[address]


def test_fragment_asks_the_same_of_one_station_and_of_twenty(grown):
    assert count_of(grown, "fragment") <= COLD


@pytest.mark.parametrize("address", ADDRESSES)
def test_page_that_builds_snapshot_and_index_asks_the_same(grown, address):
    # /readyz asks each part in a transaction of its own, with its own patience
    more = ADDRESSES[address] if address == "/readyz" else 0

    assert count_of(grown, f"first {address}") <= COLD + more


@pytest.mark.parametrize("name", ["each row", "another"])
def test_query_that_depends_on_the_rows_is_found(grown, name):
    with pytest.raises(AssertionError, match="more rows"):
        count_of(grown, name)
