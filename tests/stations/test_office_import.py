"""Importing in the office: a file is checked and shown, and written on the second click."""

import base64
import re
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from nuanxin.core.models import AuditEvent
from nuanxin.stations import office_import
from nuanxin.stations.models import Station
from tests.office_world import KEQIAO, Office, make_office

pytestmark = pytest.mark.django_db

IMPORT = "/office/stations/station/import-stations/"
HEAD = "code,name,brand,division,address,union,floors_count\n"
ROW = f"NEW1,新驿站,huigong,{KEQIAO},新街 5 号,KQ,2\n"


@pytest.fixture
def office(settings, tmp_path) -> Office:
    settings.MEDIA_ROOT = tmp_path
    return make_office()


def send(office: Office, text: str, role: str = "officer") -> Any:
    file = SimpleUploadedFile("stations.csv", text.encode("gb18030"))
    return office.client(role).post(IMPORT, {"file": file})


def packed_of(answer: Any) -> str:
    (packed,) = re.findall(r'name="packed" value="([^"]+)"', answer.text)
    return str(packed)


def test_file_is_shown_first_and_written_on_the_second_click(office):
    shown = send(office, HEAD + ROW)
    assert shown.status_code == 200
    assert "新增 1 个站点" in shown.text
    assert not Station.objects.filter(code="NEW1").exists()
    assert not AuditEvent.objects.filter(verb="station.imported").exists()

    written = office.client("officer").post(IMPORT, {"packed": packed_of(shown)}, follow=True)
    assert "已导入 1 个站点" in written.text
    assert Station.objects.get(code="NEW1").union == office.here
    assert AuditEvent.objects.filter(verb="station.imported").count() == 1


def test_every_fault_is_named_with_row_and_column(office):
    bad = f"NEW2,二号,nobrand,{KEQIAO},新街 6 号,KQ,many\n" + f"NEW3,,huigong,{KEQIAO},新街,KQ,1\n"
    answer = send(office, HEAD + ROW + bad)

    assert answer.status_code == 422
    faults = {(fault.row, fault.column) for fault in answer.context["form"].faults}
    assert faults == {(3, "floors_count"), (4, "name")}
    assert "floors_count" in answer.text
    assert "packed" not in answer.text
    assert not Station.objects.filter(code__startswith="NEW").exists()


def test_many_faults_are_cut_short_and_counted(office, monkeypatch):
    monkeypatch.setattr(office_import, "SHOWN_FAULTS", 2)
    answer = send(office, HEAD + "".join(f"N{n},,huigong,{KEQIAO},x,KQ,1\n" for n in range(5)))

    assert "共 5 处，显示前 2 处" in answer.text


@pytest.mark.parametrize("union", ["XS", ""])
def test_stations_of_others_are_refused_at_the_first_click(office, union):
    answer = send(office, HEAD + ROW.replace(",KQ,", f",{union},"))

    assert answer.status_code == 403
    assert not Station.objects.filter(code="NEW1").exists()


@pytest.mark.parametrize("role", ["auditor"])
def test_import_is_for_officers_and_administrators(office, role):
    assert send(office, HEAD + ROW, role=role).status_code == 403
    assert office.client(role).get(IMPORT).status_code == 403


@pytest.mark.parametrize(
    "packed",
    [
        "",
        "not base64!",
        base64.b64encode(b"not packed").decode(),
        base64.b64encode(zlib.compress(b"x" * (office_import.MAX_BYTES + 1))).decode(),
        base64.b64encode(zlib.compress(b"")).decode(),
    ],
    ids=["nothing", "no base64", "not packed", "bomb", "empty"],
)
def test_what_comes_back_from_a_browser_is_not_trusted(office, packed):
    answer = office.client("officer").post(IMPORT, {"packed": packed})

    assert answer.status_code == 422
    assert answer.context["form"].errors


def test_file_without_a_station_is_refused(office):
    answer = send(office, HEAD)

    assert answer.status_code == 422
    assert "没有站点" in answer.text


@pytest.mark.parametrize("limit", ["MAX_BYTES", "MAX_PACKED"])
def test_file_that_is_too_big_is_refused(office, monkeypatch, limit):
    monkeypatch.setattr(office_import, limit, 20)
    answer = send(office, HEAD + ROW)

    assert answer.status_code == 422
    assert "拆分" in answer.text


def test_page_names_the_columns(office):
    answer = office.client("officer").get(IMPORT)

    assert answer.status_code == 200
    assert "outlet_staffed_hours" in answer.text
