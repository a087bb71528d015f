"""Photos of stations: kept once, shown at the door, gone when withdrawn."""

import re
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from nuanxin.core.actors import AnonymousActor, Role, Scope, SystemActor
from nuanxin.core.errors import Invalid, NotAllowed, NotFound
from nuanxin.core.models import AuditEvent
from nuanxin.stations import pictures
from nuanxin.stations.enums import PhotoKind
from nuanxin.stations.models import Station, StationPhoto
from nuanxin.stations.photos import add_photo, entrance_photo, photo_bytes, withdraw_photo
from tests.office_world import SYSTEM, Office, picture

pytestmark = pytest.mark.django_db


def add(station: Station, content: bytes, **options: Any) -> StationPhoto:
    values: dict[str, Any] = {"kind": PhotoKind.INSIDE, "by": SYSTEM}
    return add_photo(station=station, content=content, **values | options)


def files() -> set[str]:
    folders = default_storage.listdir("station_photos")[0]
    return {
        name
        for folder in folders
        for name in default_storage.listdir(f"station_photos/{folder}")[1]
    }


# --- services ---


def test_add_photo_keeps_one_file_and_its_audit_row(office):
    photo = add(office.station, picture("new"), caption="大厅")

    assert f"{photo.digest}.webp" in files()
    assert (photo.width_px, photo.height_px) == (320, 240)
    event = AuditEvent.objects.filter(verb="station.photo_added").order_by("-at")[0]
    assert (event.object_key, event.scope_path) == (str(office.station.pk), office.here.path)


def test_add_photo_twice_writes_nothing(office, writes_of):
    photo = add(office.station, picture("new"))

    assert writes_of(lambda: add(office.station, picture("new"))) == []
    assert add(office.station, picture("new")) == photo


@pytest.mark.parametrize(
    "by",
    [
        AnonymousActor(),
        SystemActor("x", scopes=(Scope(Role.OFFICER, "ZJ/XS/"),)),
        SystemActor("x", scopes=(Scope(Role.KEEPER, "ZJ/KQ/"),)),
        SystemActor("x", scopes=(Scope(Role.AUDITOR),)),
    ],
)
def test_add_and_withdraw_take_an_officer_of_the_union(office, by):
    known = files()
    with pytest.raises(NotAllowed):
        add(office.station, picture("new"), by=by)
    with pytest.raises(NotAllowed):
        withdraw_photo(photo=office.station.photos.get(), by=by)

    assert files() == known


def test_add_photo_that_is_none_keeps_nothing(office):
    known = files()
    with pytest.raises(Invalid):
        add(office.station, b"no picture")

    assert files() == known


def test_withdraw_photo_takes_the_file_with_the_last_station(
    office, django_capture_on_commit_callbacks
):
    first = add(office.station, picture("shared"))
    second = add(office.elsewhere, picture("shared"))
    digest = first.digest

    with django_capture_on_commit_callbacks(execute=True):
        withdraw_photo(photo=first, by=SYSTEM)
    assert photo_bytes(digest)
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_photo(photo=second, by=SYSTEM)

    assert f"{digest}.webp" not in files()
    with pytest.raises(NotFound):
        photo_bytes(digest)
    assert AuditEvent.objects.filter(verb="station.photo_withdrawn").count() == 2


def test_entrance_photo_is_the_newest_of_the_entrance(office, clock):
    clock.stop_at("leap day")
    newest = add(office.station, picture("newest"), kind=PhotoKind.ENTRANCE)
    add(office.station, picture("inside"))

    assert entrance_photo(office.station) == newest


# --- pages ---


def test_photo_is_served_as_nothing_but_a_picture(office, client):
    photo = office.station.photos.get()
    answer = client.get(photo.href)

    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/webp"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in answer["Cache-Control"]
    assert "max-age=31536000" in answer["Cache-Control"]
    assert answer.content[8:12] == b"WEBP"


def test_photo_costs_one_query_however_many_there_are(
    office, client, django_assert_max_num_queries
):
    photo = office.station.photos.get()

    with django_assert_max_num_queries(1):
        client.get(photo.href)


@pytest.mark.parametrize("name", ["0" * 64, "x", "..%2f..%2fsecret"])
def test_photo_nobody_knows_is_not_found(office, client, name):
    assert client.get(f"/photos/{name}.webp").status_code == 404


def test_station_page_shows_its_entrance_lazily_with_its_size(office, client):
    page = client.get(f"/s/{office.station.code}/").text
    (image,) = re.findall(r"<img[^>]*>", page)

    for part in (
        'width="320"',
        'height="240"',
        'loading="lazy"',
        office.station.photos.get().digest,
    ):
        assert part in image
    assert re.search(r'alt="[^"]+"', image)
    assert "<img" not in client.get("/").text


def test_station_page_without_a_photo_has_no_picture(office, client):
    office.station.photos.all().delete()

    assert "<img" not in client.get(f"/s/{office.station.code}/").text


# --- the office ---


def send(office: Office, content: bytes, name: str = "a.jpg") -> Any:
    data = {"picture": SimpleUploadedFile(name, content), "kind": "entrance", "caption": "侧门"}
    return office.client("officer").post(
        f"/office/stations/station/{office.station.pk}/add-photo/", data
    )


def test_office_adds_a_photo(office):
    assert send(office, picture("sent")).status_code == 302
    assert office.station.photos.filter(caption="侧门").exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "JPEG"),
        (picture() + b"\0" * pictures.MAX_BYTES, "MB"),
        (picture(size=(210, 20)), "像素"),
        (b"", "文件"),
    ],
    ids=["svg", "oversize", "thin", "empty"],
)
def test_office_says_why_a_file_is_refused(office, content, sentence):
    answer = send(office, content)

    assert answer.status_code == 422
    assert sentence in str(answer.context["form"].errors["picture"])
    assert not office.station.photos.filter(caption="侧门").exists()


def test_office_takes_no_photo_of_tomorrow(office, clock):
    data = {
        "picture": SimpleUploadedFile("a.jpg", picture("sent")),
        "kind": "entrance",
        "taken_on": "2026-03-11",
    }
    answer = office.client("officer").post(
        f"/office/stations/station/{office.station.pk}/add-photo/", data
    )

    assert answer.status_code == 422
    assert answer.context["form"].errors["taken_on"]


def test_office_withdraws_a_photo_and_leads_to_the_list(office):
    photo = office.station.photos.get()
    answer = office.client("officer").post(f"/office/stations/stationphoto/{photo.pk}/withdraw/")

    assert answer.status_code == 302
    assert answer["Location"] == "/office/stations/stationphoto/"
    assert not office.station.photos.exists()


def test_photo_of_a_station_off_the_map_is_the_offices_alone(office, client):
    photo = add(office.elsewhere, picture("draft"))
    Station.objects.filter(pk=office.elsewhere.pk).update(lifecycle="proposed")

    assert client.get(photo.href).status_code == 404
    for role, status in {"keeper": 404, "officer": 404, "auditor": 404, "admin": 200}.items():
        assert office.client(role).get(photo.href).status_code == status
    kept = office.client("admin").get(photo.href)["Cache-Control"]
    assert "private" in kept
    assert "public" not in kept


def test_photo_that_a_listed_station_shows_too_is_public(office, client):
    photo = add(office.elsewhere, picture("shared"))
    add(office.station, picture("shared"))
    Station.objects.filter(pk=office.elsewhere.pk).update(lifecycle="proposed")

    shown = client.get(photo.href)
    assert shown.status_code == 200
    assert "immutable" in shown["Cache-Control"]
