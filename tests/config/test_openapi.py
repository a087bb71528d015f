"""The committed description is the API's, and the API keeps to it."""

import io
import json
from pathlib import Path

import pytest
import schemathesis
from django.conf import settings as django_settings
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.wsgi import application
from nuanxin.accounts.enums import GrantedRole
from nuanxin.stations import snapshots
from tests.config.conftest import PLANTED
from tests.conftest import StrictClient, content_of
from tests.factories import GrantFactory, UnionFactory
from tests.stations.page_world import NEAR, make_street

ROOT = Path(__file__).resolve().parents[2]
COMMITTED = ROOT / "docs" / "openapi.json"
NEARBY = "/api/v1/stations/nearby"
FEEDS = [
    "/api/v1/feeds",
    "/api/v1/feeds/station_information",
    "/api/v1/feeds/station_status",
    "/api/v1/stations/status?codes=KQ001",
    "/api/v1/stations.geojson",
    "/api/v1/stations/changes",
    "/api/v1/hsds/",
    "/api/v1/hsds/services",
    "/api/v1/hsds/service_at_locations",
    "/api/v1/hsds/organizations",
]

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
ENOUGH = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
SOME = settings(ENOUGH, max_examples=12)

schema = schemathesis.openapi.from_dict(json.loads(COMMITTED.read_text(encoding="utf-8")))
schema.app = application


# the in-process transport unpacks nothing
PLAIN = {"Accept-Encoding": "identity"}


def ask(case):
    case.call_and_validate(headers=PLAIN, checks=CHECKS)


@pytest.fixture
def kept_connection(db):
    """Keep the connection over requests to the WSGI callable, as Django's test client does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def street(kept_connection, clock):
    snapshots.holder.forget()
    yield make_street()
    snapshots.holder.forget()


def test_committed_description_is_the_live_one():
    printed = io.StringIO()
    call_command("openapi", stdout=printed)

    assert COMMITTED.read_text(encoding="utf-8") == printed.getvalue()


def test_description_says_who_may_ask():
    description = json.loads(COMMITTED.read_text(encoding="utf-8"))

    closed = [
        operation["operationId"]
        for path in description["paths"].values()
        for operation in path.values()
        if not operation.get("security")
    ]
    assert set(closed) == {
        "stations_map",
        "stations_nearby",
        "stations_status",
        "feeds",
        "feeds_station_information",
        "feeds_station_status",
        "stations_changes",
        "stations_geojson",
        "hsds_about",
        "hsds_service",
        "hsds_service_at_locations",
        "hsds_services",
        "hsds_organizations",
    }


@schema.parametrize()
@ENOUGH
def test_any_request_is_answered_as_described(case, street):
    ask(case)


@pytest.fixture
def cookie(street, role):
    """Return the session of somebody who is signed in."""
    union = None if role == GrantedRole.ADMIN else UnionFactory.create(root=True)
    client = StrictClient()
    client.force_login(GrantFactory.create(role=role, union=union).user)
    return f"{django_settings.SESSION_COOKIE_NAME}={client.session.session_key}"


@pytest.mark.parametrize("role", GrantedRole.values)
@schema.parametrize()
@SOME
def test_any_request_of_somebody_signed_in_is_answered_as_described(case, cookie, role):
    case.call_and_validate(headers=PLAIN | {"Cookie": cookie}, checks=CHECKS)


@pytest.mark.parametrize("role", GrantedRole.values)
def test_public_answer_is_the_same_for_everybody(client, cookie, role):
    signed_in = StrictClient(headers={"Cookie": cookie})
    assert signed_in.get("/desk/").status_code == (404 if role == "auditor" else 200)

    for address in (f"{NEARBY}?{NEAR}", *FEEDS):
        assert content_of(signed_in.get(address)) == content_of(client.get(address))


def test_route_that_breaks_on_an_odd_text_is_found(planted_api, kept_connection):
    planted = schemathesis.openapi.from_dict(planted_api.get_openapi_schema(path_prefix="/api/v1/"))
    planted.app = application
    odd_requests = planted[f"{PLANTED}/weak"]["GET"].as_strategy()

    with pytest.raises(BaseExceptionGroup, match="Server error"):
        ENOUGH(given(odd_requests)(ask))()


@pytest.mark.parametrize(
    "query",
    [
        "",
        "lat=&lon=",
        "lat=nan&lon=inf",
        "lat=1e400&lon=0",
        f"{NEAR}&limit=0",
        f"{NEAR}&limit=" + "9" * 5000,
        f"{NEAR}&rest=-1",
        f"{NEAR}&at=2026-02-30T09:30",
        f"{NEAR}&at=9999-12-31T23:59",
        f"{NEAR}&by=rocket",
        f"{NEAR}&need=%00",
        f"{NEAR}&need=%ff%fe",
        "%",
        "lat=30&lat=31&lon=120",
    ],
)
def test_odd_questions_get_an_answer_or_a_problem(client, street, query):
    response = client.get(f"{NEARBY}?{query}")

    assert response.status_code in {200, 422}
    if response.status_code == 422:
        assert response["Content-Type"] == "application/problem+json"
        assert set(response.json()) >= {"type", "title", "status", "code"}


def test_answer_is_kept_by_no_cache_and_names_the_street(client, street):
    response = client.get(f"{NEARBY}?{NEAR}")

    assert response["Cache-Control"] == "no-store"
    assert {row["code"] for row in response.json()["stations"]} <= {row.code for row in street}
    assert response.json()["stations"]
