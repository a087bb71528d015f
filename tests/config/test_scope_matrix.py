"""Everybody against every route and the rows of every union: nobody reads or changes what is not theirs."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps

from nuanxin.accounts.models import User
from nuanxin.core.policies import ALLOWED
from nuanxin.stations import policies, snapshots
from nuanxin.stations.models import Host, Station, StationQuerySet
from nuanxin.unions.models import Union
from tests.config.scope_matrix import FORM, TABLE, Matrix, changes
from tests.config.scope_world import PLACES, World, dump, make_world, tokens_of
from tests.shared_world import Shared

pytestmark = pytest.mark.django_db

# everybody walks every route, but for those who are at the office's doors what another keeper is;
# whoever reads what the officer reads does so once
PEOPLE: dict[str, dict[str, Any]] = {
    "anonymous": {},
    "worker": {"only": ("workers:", "admin:workers"), "is_short": True},
    "keeper": {},
    "substitute": {"only": "stations:", "is_short": True},
    "host_keeper": {"only": "stations:", "is_short": True},
    "officer": {},
    "auditor": {"is_short": True},
    "subtree_admin": {"is_short": True},
    "admin": {"is_short": True},
}


# what processes tell each other, the chain over the trail, and what somebody tried or has to type
NOBODYS = {
    "core.AuditLeaf",
    "core.AuditSeal",
    "core.Heartbeat",
    "core.Lease",
    "core.TimedRule",
    "accounts.AttemptCount",
    "accounts.PhoneCode",
}


@pytest.fixture(scope="module")
def built(shared_world) -> Shared[World]:
    world: Shared[World] = shared_world(make_world, at="tuesday morning")
    return world


@pytest.fixture
def world(built, clock, settings, tmp_path) -> Iterator[World]:
    snapshots.holder.forget()
    yield built.lend(settings, tmp_path)
    snapshots.holder.forget()


def test_every_table_has_rows_in_every_union(world):
    rows = dump()
    owners = {Station, Union, User, Host}
    for model in apps.get_models():
        if not model.__module__.startswith("nuanxin.") or model._meta.label in NOBODYS:
            continue
        is_owned = any(column.related_model in owners for column in model._meta.fields)
        least = len(PLACES) if is_owned or model in owners else 1
        assert len(rows[model._meta.label]) >= least, model._meta.label


@pytest.mark.parametrize("name", PEOPLE)
def test_nobody_reads_or_changes_what_is_not_theirs(world, name, caplog):
    caplog.set_level(logging.DEBUG)
    matrix = Matrix(world, world.people[name], **PEOPLE[name])

    found = matrix.faults()

    assert not found, f"{len(found)} of {matrix.count}:\n" + "\n".join(found[:60])
    logged = {token for token in tokens_of(caplog.text) if token[1] in ("name", "posted", "mark")}
    assert not logged


# --- what is named in a form or beside one's own object ---


@pytest.mark.parametrize("name", ["keeper", "host_keeper", "officer", "subtree_admin"])
def test_rows_of_others_stand_untouched_beside_ones_own_station(world, name):
    own, far = world.target("own"), world.target("sibling")
    client = world.people[name].client()
    client.get("/desk/")  # the device is known from here on
    before = dump()

    for key, act in {
        "reports": "contest",
        "faults": "end",
        "closures": "withdraw",
        "hours": "withdraw",
        "substitute": "end",
    }.items():
        answer = client.post(f"/desk/{own.station.code}/{key}/{far.keys[key]}/{act}/", FORM)
        assert answer.status_code in (303, 404), act

    assert changes(before, dump()) == []


@pytest.mark.parametrize("name", ["officer", "subtree_admin"])
def test_forms_take_nobody_and_nothing_of_others(world, name):
    own, far = world.target("own"), world.target("sibling")
    client = world.people[name].client()
    forms = {
        f"stations/station/{own.station.pk}/name-keeper": {"username": far.keeper.username},
        f"stations/station/{own.station.pk}/withdraw-closure": {"closure": far.keys["closures"]},
        f"accounts/user/{own.keeper.pk}/grant-role": {"role": "keeper", "union": "SIBLING"},
    }
    before = dump()

    for address, data in forms.items():
        status = client.post(f"/office/{address}/", data).status_code
        assert status in ((422,) if "stations" in address else (403,)), address
    substitute = {"user": far.keeper.pk, "last_on": "2026-03-12"}
    address = f"/desk/{own.station.code}/substitute/"
    assert client.post(address, substitute).status_code == 422

    assert changes(before, dump()) == []


# --- the matrix sees what is wrong ---


def test_table_that_shows_everybody_everything_is_found(world, monkeypatch):
    monkeypatch.setattr(StationQuerySet, "visible_to", lambda rows, actor: rows.all())

    found = "\n".join(
        Matrix(world, world.people["officer"], only=("admin:stations_station_change",)).faults()
    )

    assert "GET admin:stations_station_changelist" in found
    assert "shows canary-sibling-draft" in found
    assert "200, not [404]" in found


def test_desk_that_asks_nobody_is_found(world, monkeypatch):
    monkeypatch.setattr(policies, "can_keep_station", lambda actor, station: ALLOWED)

    found = "\n".join(
        Matrix(
            world, world.people["keeper"], only=("stations:desk_station", "stations:desk_lock")
        ).faults()
    )

    assert "shows canary-nephew-open" in found
    assert "POST stations:desk_lock" in found
    assert "stations.Closure changed" in found


def test_page_without_its_rows_is_found(world, monkeypatch):
    monkeypatch.setattr(StationQuerySet, "visible_to", lambda rows, actor: rows.none())

    found = Matrix(
        world, world.people["officer"], only="admin:stations_station_changelist"
    ).faults()

    assert any("shows nothing of child, own" in fault for fault in found)


def test_closed_route_without_a_line_is_found(world, monkeypatch):
    lines = {name: line for name, line in TABLE["route"].items() if name != "stations:desk_station"}
    monkeypatch.setitem(TABLE, "route", lines)

    found = Matrix(world, world.people["officer"], only="stations:desk_station").faults()

    assert found == ["officer: stations:desk_station has no line"]


def test_line_that_lets_in_fewer_than_the_page_is_found(world, monkeypatch):
    line = {"GET": TABLE["route"]["stations:desk_station"]["GET"] | {"roles": ["admin"]}}
    monkeypatch.setitem(TABLE, "route", TABLE["route"] | {"stations:desk_station": line})

    found = Matrix(world, world.people["officer"], only="stations:desk_station").faults()

    assert any("200, not [302, 401, 403, 404]" in fault for fault in found)
