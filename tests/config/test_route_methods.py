"""What every route answers a stranger to every method: what its line allows, and never an accident."""

import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path

import config.urls
from nuanxin.core.ids import computed_id
from nuanxin.core.surfaces import PROBLEM_TYPE
from nuanxin.stations import snapshots
from nuanxin.stations.enums import Place
from tests.accounts.codes import FIRST_INVITATION, FIRST_TOKEN, keeper_link
from tests.config.conftest import PLANTED
from tests.conftest import content_of
from tests.demo.certificates import plant_ca
from tests.shared_world import Shared
from tests.stations.page_world import PHOTO, WORD, make_photo, make_street, make_word, sign_of
from tests.workers.joining_world import HALL, UNION, make_hall

pytestmark = pytest.mark.django_db

TABLE = tomllib.loads(Path("config/authz.toml").read_text(encoding="utf-8"))
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE")
NO_KEY = "00000000-0000-4000-8000-000000000000"
SAMPLES = {
    "code": "KQ001",
    "digest": PHOTO,
    "key": NO_KEY,
    "app_label": "auth",
    "url": "nothing/",
    "token": FIRST_TOKEN,
    "invitation": FIRST_INVITATION,
    "door_sign": sign_of("KQ001", Place.DOOR_CODE),
    "inside_sign": sign_of("KQ001", Place.INSIDE_CODE),
    "word": str(WORD),
    # a tile of the map on which the whole street lies
    "zoom": "4",
    "x": "13",
    "y": "6",
    "union_code": UNION,
    "ceremony_code": HALL,
    "service_id": str(computed_id("station", "KQ001")),
}
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")

ANSWERED = {200, 422}
TURNED_AWAY = {302, 401, 403, 404}
NO_SUCH_METHOD = {404, 405}
# a route whose only answer is the way to another
SIGNPOSTS = {"accounts:office_door", "accounts:second_factor", "accounts:enrolment"}


class Route(NamedTuple):
    """The name of a route and one address that leads to it."""

    name: str
    address: str


def sample(address: str, parameter: str) -> str:
    """Return what stands in the place of a parameter, whatever the address."""
    return SAMPLES.get(parameter, "1")


def routes_of(
    patterns: list[URLPattern | URLResolver],
    above: Route,
    fill: Callable[[str, str], str] = sample,
) -> Iterator[Route]:
    for pattern in patterns:
        route = above.address + str(pattern.pattern).lstrip("^").rstrip("$")
        if isinstance(pattern, URLResolver):
            namespace = f"{pattern.namespace}:" if pattern.namespace else ""
            inner = Route(above.name + namespace, route)
            yield from routes_of(pattern.url_patterns, inner, fill)
        else:
            yield Route(f"{above.name}{pattern.name}", filled(route, fill))


def filled(route: str, fill: Callable[[str, str], str]) -> str:
    return _PARAMETER.sub(lambda match: fill(route, match[1] or match[2]), route)


def routes(fill: Callable[[str, str], str] = sample) -> list[Route]:
    return list(routes_of(get_resolver().url_patterns, Route("", "/"), fill))


def line_of(route: Route) -> dict[str, dict[str, list[str]]]:
    prefix = f"{route.name.partition(':')[0]}:"
    line: dict[str, dict[str, list[str]]] = TABLE["route"].get(route.name) or TABLE["prefix"].get(
        prefix, {}
    )
    return line


def fault_of(route: Route, method: str) -> str:
    """Return what is wrong with the answer to a stranger, or nothing."""
    client = Client(raise_request_exception=False)
    response = client.generic(method, route.address)
    status, line = response.status_code, line_of(route)
    allowed = "GET" if method == "HEAD" else method
    is_api = route.address.startswith("/api/")
    is_closed = all("anonymous" not in cell["roles"] for cell in line.values())

    if method == "OPTIONS":
        expected = ANSWERED | NO_SUCH_METHOD | (TURNED_AWAY if is_closed else set())
    elif route.name in SIGNPOSTS and allowed in line:
        expected = {302}
    elif allowed in line and "anonymous" in line[allowed]["roles"]:
        expected = ANSWERED
    elif is_closed:
        expected = TURNED_AWAY | NO_SUCH_METHOD
    else:
        expected = NO_SUCH_METHOD
    if status not in expected:
        return f"{method} {route.name} ({route.address}): {status}"
    if is_api and "Location" in response.headers:
        return f"{method} {route.name}: sends a program to {response['Location']}"
    return ""


def faults() -> list[str]:
    found = (fault_of(route, method) for route in routes() for method in METHODS)
    return [fault for fault in found if fault]


def make_site() -> None:
    station = make_street()[0]
    make_photo(station)
    make_word(station)
    keeper_link()
    make_hall()
    plant_ca(Path(settings.VAR))


@pytest.fixture(scope="module")
def built(shared_world) -> Shared[None]:
    site: Shared[None] = shared_world(make_site, at="tuesday morning")
    return site


@pytest.fixture(autouse=True)
def street(built, clock, settings, tmp_path):
    snapshots.holder.forget()
    built.lend(settings, tmp_path)
    yield
    snapshots.holder.forget()


def test_every_route_answers_a_stranger_as_its_line_says():
    found = faults()

    assert not found, "\n".join(found)


def test_route_that_answers_everybody_everything_is_found(settings, monkeypatch):
    def careless(request: HttpRequest) -> HttpResponse:
        if request.method == "PATCH":
            raise RuntimeError
        return HttpResponse("ok")

    careless.login_required = False  # type: ignore[attr-defined]  # Django's own mark of an open page
    lines = {"open": {"GET": {"roles": ["anonymous"]}}, "closed": {"GET": {"roles": ["officer"]}}}
    monkeypatch.setitem(TABLE, "route", TABLE["route"] | lines)
    careless_routes = [path(f"{name}/", careless, name=name) for name in lines]
    settings.ROOT_URLCONF = (*careless_routes, *config.urls.urlpatterns)

    found = {" ".join(fault.split()[:2]) for fault in faults()}

    assert found == {f"{method} open" for method in METHODS[3:]} | {
        f"{method} closed" for method in METHODS if method != "OPTIONS"
    }


@pytest.mark.parametrize("route", routes(), ids=lambda route: route.name)
def test_head_tells_what_get_tells_without_the_text(client, route):
    told, shown = client.head(route.address), client.get(route.address)

    is_unread = not any(method in line_of(route) for method in ("GET", "HEAD"))
    assert told.status_code == shown.status_code
    assert told.status_code != 405 or is_unread
    assert content_of(told) == b""


@pytest.mark.parametrize("method", [method for method in METHODS if method != "OPTIONS"])
def test_closed_route_of_the_api_answers_401_in_the_one_format(planted_api, method):
    response = Client().generic(method, f"{PLANTED}/closed")

    assert response.status_code == (401 if method in ("GET", "HEAD") else 405)
    assert "Location" not in response.headers
    if method == "GET":
        assert response["Content-Type"] == PROBLEM_TYPE
        assert response.json()["code"] == "not_signed_in"
