"""A position lives for one answer: no log, no table, no file, no address keeps it."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from nuanxin.core.logs import scrub
from nuanxin.stations import snapshots
from nuanxin.stations.models import Evidence, Fault, Station
from tests.stations.page_world import make_street
from tests.stations.riders import answer, inside, outside, phone

pytestmark = pytest.mark.django_db

# digits nothing else in the world has
LAT, LON = "30.07868642", "120.48797531"
PLANTED = re.compile(r"07868|0\.0787|30\.0787|48797|0\.4880|120\.4880")
FORMS = {
    "answer": {"answer": "shut"},
    "came in": {"answer": "in"},
    "refused": {"answer": "nonsense"},
    "looking": {"answer": "look"},
}


@pytest.fixture(autouse=True)
def street(clock: Any) -> Iterator[list[Station]]:
    snapshots.holder.forget()
    stations = make_street()
    # the doors themselves must not carry the planted digits
    Station.objects.update(lat_wgs84=30.0791234, lon_wgs84=120.4871234)
    yield stations
    snapshots.holder.forget()


def told_by_tables() -> str:
    """Return the text of every column of every table."""
    texts: list[str] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608  our own names
            texts += [repr(row) for row in cursor.fetchall()]
    return "\n".join(texts)


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Return a list that grows with every record of every logger, before any filter saw it."""
    texts: list[str] = []
    make = logging.getLogRecordFactory()

    def note(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make(*args, **kwargs)
        texts.append(f"{record.getMessage()} {record.args!r} {record.exc_info!r}")
        return record

    monkeypatch.setattr(logging, "_logRecordFactory", note)
    for name in ("", *logging.root.manager.loggerDict):
        monkeypatch.setattr(logging.getLogger(name), "level", logging.DEBUG)
    manager: Any = logging.root.manager
    manager._clear_cache()  # as setLevel does
    yield texts
    manager._clear_cache()


def post_everything() -> list[Any]:
    place = {"lat": LAT, "lon": LON}
    responses = [phone().post("/s/KQ001/answer/", body | place) for body in FORMS.values()]
    responses.append(phone().post("/s/KQ001/answer/", FORMS["answer"] | place, HTTP_ORIGIN="null"))
    responses.append(answer(phone(), "shut", lat=LAT, lon=LON))
    strict = phone(enforce_csrf_checks=True)
    responses.append(strict.post("/s/KQ001/answer/", FORMS["answer"] | place))
    for body in ({"facility": "water", "kind": "broken"}, {"facility": "sauna", "kind": "broken"}):
        responses.append(phone().post("/s/KQ001/fault/", body | place))
    responses.append(phone().post("/s/KQ999/answer/", FORMS["answer"] | place))
    for address in (outside(), inside(), "/s/KQ001/", "/"):
        responses.append(phone().post(address, place))
    return responses


def test_planted_position_is_nowhere_afterwards(logged, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    files = {path: path.stat().st_mtime_ns for path in files_of(settings.VAR)}

    responses = post_everything()

    assert Evidence.objects.filter(place="near").count() == 3
    assert Fault.objects.get().place == "near"
    assert {303, 403, 404, 405, 422} == {response.status_code for response in responses}
    assert any("/s/KQ001/answer/" in text for text in logged)
    assert PLANTED.search("\n".join(logged)) is None
    assert PLANTED.search(told_by_tables()) is None
    for response in responses:
        assert PLANTED.search(str(response.headers)) is None
        assert PLANTED.search(str(response.cookies)) is None
        assert PLANTED.search(response.content.decode()) is None
    for response in responses:
        if response.status_code == 303:
            page = phone().get(response["Location"])
            assert PLANTED.search(page.content.decode()) is None
    for path in files_of(settings.VAR):
        if files.get(path) != path.stat().st_mtime_ns and "sqlite" not in path.name:
            assert PLANTED.search(path.read_text(errors="replace")) is None, path


def files_of(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_planted_position_would_be_found(logged, street):
    logging.getLogger("nuanxin").debug("at %s,%s", LAT, LON)
    assert PLANTED.search("\n".join(logged))
    assert PLANTED.search(scrub(f"at {LAT},{LON}")) is None

    street[0].parking = f"near {LAT}"
    street[0].save()
    assert PLANTED.search(told_by_tables())


def test_every_model_is_looked_at():
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))

    assert {model._meta.db_table for model in apps.get_models()} <= tables
