"""The pages of imports in the office: bring, look, decide, apply, correct, undo."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from nuanxin.sheets import working
from nuanxin.sheets.models import ImportBatch
from nuanxin.stations.models import Station
from tests.conftest import StrictClient
from tests.stations.import_world import doors, import_at_once, make_world, sheet

pytestmark = pytest.mark.django_db
LIST = "/office/sheets/importbatch/"


@pytest.fixture
def world():
    return make_world()


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    import_at_once(monkeypatch)


@pytest.fixture
def client(world):
    client = StrictClient()
    client.force_login(world.officer)
    return client


def bring(client, content: bytes, name: str = "站点.csv") -> ImportBatch:
    file = SimpleUploadedFile(name, content)
    answer = client.post(f"{LIST}bring/", {"kind": "station", "source": "KQ", "file": file})
    assert answer.status_code == 302, answer.text
    batch = ImportBatch.objects.latest("uploaded_at")
    assert answer["Location"] == page(batch)
    return batch


def page(batch: ImportBatch) -> str:
    return reverse("admin:sheets_importbatch_change", args=(batch.pk,))


def act(client, batch: ImportBatch, name: str, data: dict[str, str] | None = None) -> None:
    answer = client.post(f"{LIST}{batch.pk}/{name}/", data or {})
    assert answer.status_code == 302, answer.text
    working.work_off()
    batch.refresh_from_db()


def test_page_looks_again_by_itself_while_the_file_is_read(client):
    batch = bring(client, sheet({}))

    reading = client.get(page(batch))
    working.work_off()
    shown = client.get(page(batch))

    assert (reading["Refresh"], "Refresh" in shown) == ("2", False)
    assert "读取中" in reading.text


def test_story_from_the_file_to_the_stations_and_back(client):
    batch = bring(client, sheet(*doors(3), {"code": "KQ9", "brand": "没有的品牌"}))
    working.work_off()
    asked = client.get(page(batch))
    assert "坐标来自" in asked.text
    act(client, batch, "map-columns", mapped(client, batch, ask_datum="gcj02"))

    shown = client.get(page(batch))
    assert "没有这个品牌：没有的品牌" in shown.text
    assert "驿站2" in shown.text
    act(client, batch, "confirm", {"mode": "rows"})

    done = client.get(page(batch))
    assert "已写入 3 条" in done.text
    assert Station.objects.count() == 3
    act(client, batch, "undo")
    assert not Station.objects.exists()
    assert "已还原 3 条" in client.get(page(batch)).text


def test_column_mapped_by_hand_is_read_so(client):
    content = sheet({"floor": "三楼"}).replace("楼层".encode(), "在哪一层的说明".encode())
    batch = bring(client, content)
    working.work_off()
    data = mapped(client, batch, ask_datum="wgs84")
    form = client.get(f"{LIST}{batch.pk}/map-columns/").context["form"]
    name = next(name for name, field in form.fields.items() if "在哪一层的说明" in str(field.label))

    act(client, batch, "map-columns", data | {name: "floor"})
    act(client, batch, "confirm", {"mode": "rows"})

    assert Station.objects.get().floor == "三楼"


def test_doubtful_row_is_taken_with_the_reading_that_was_chosen(client):
    batch = bring(client, sheet({"hours": "平日8:00-17:00"}))
    working.work_off()
    act(client, batch, "map-columns", mapped(client, batch, ask_datum="wgs84"))
    row = batch.rows.get()
    reading = row.notes[0]["choices"][0]
    assert reading in client.get(f"{LIST}{batch.pk}/decide/").text

    act(
        client, batch, "decide", {f"take_{row.pk}": "on", f"choose_{row.pk}_staffed_hours": reading}
    )
    act(client, batch, "confirm", {"mode": "rows"})

    assert Station.objects.get().staffed_hours == reading


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_rows_to_correct_come_back_as_the_same_file_and_are_taken_once_mended(client, kind):
    content = sheet(*doors(2), {"code": "KQ9", "brand": "没有的品牌"})
    content = content if kind == "csv" else as_workbook(content)
    batch = bring(client, content, f"站点.{kind}")
    working.work_off()
    act(client, batch, "map-columns", mapped(client, batch, ask_datum="wgs84"))
    act(client, batch, "confirm", {"mode": "rows"})

    answer = client.get(f"{LIST}{batch.pk}/rejects/")
    told = answer.content if kind == "csv" else text_of(answer.content)
    assert "没有这个品牌".encode() in told
    assert told.count("未采用原因".encode()) == 1
    mend = mended_text if kind == "csv" else mended_workbook
    second = bring(client, mend(answer.content), f"站点.{kind}")
    working.work_off()
    second.refresh_from_db()
    assert (second.same_count, second.new_count, second.rejected_count) == (2, 1, 0)


def test_office_of_another_union_finds_nothing(client, world):
    batch = bring(client, sheet({}))
    other = StrictClient()
    other.force_login(world.other)

    assert other.get(page(batch)).status_code == 404
    assert other.post(f"{LIST}{batch.pk}/confirm/").status_code == 404
    foreign = {"kind": "station", "source": "KQ", "file": SimpleUploadedFile("a.csv", sheet({}))}
    assert other.post(f"{LIST}bring/", foreign).status_code == 422


def mapped(client, batch: ImportBatch, **answers: str) -> dict[str, str]:
    """Return the form of the columns as it stands, with some answers."""
    form = client.get(f"{LIST}{batch.pk}/map-columns/").context["form"]
    standing = {bound.name: str(bound.value() or "") for bound in form}
    return standing | answers


def as_workbook(content: bytes) -> bytes:
    book = openpyxl.Workbook()
    active = book.active
    assert active is not None
    active.append(["柯桥区站点一览表"])
    for line in content.decode().splitlines():
        active.append(line.split(","))
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def text_of(content: bytes) -> bytes:
    rows = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)
    return "\n".join(",".join(str(cell or "") for cell in row) for row in rows).encode()


def mended_text(content: bytes) -> bytes:
    return content.replace("没有的品牌".encode(), "工会驿站".encode())


def mended_workbook(content: bytes) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    for row in book.worksheets[0].iter_rows():
        for cell in row:
            if cell.value == "没有的品牌":
                cell.value = "工会驿站"
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()
