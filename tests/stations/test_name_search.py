"""Names found in the office by their pinyin and initials, whoever wrote the row."""

import importlib
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from nuanxin.core.filling import STEP, fill_search_text
from nuanxin.core.search import SEARCH_LENGTH, search_text
from nuanxin.stations.models import Host, Outlet, Station
from nuanxin.unions.models import Union
from tests.factories import HostFactory, OutletFactory, StationFactory, UnionFactory
from tests.office_world import make_office

pytestmark = pytest.mark.django_db


def stored(model: Any, pk: object) -> str:
    return str(model._default_manager.filter(pk=pk).values_list("search_text", flat=True).get())


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (["柯桥区"], "keqiaoqu kqq"),
        (["24小时", ""], "24xiaoshi 24xs"),
        (["ATM", "乐清"], "atm yueqing yq"),
        ([""], ""),
    ],
)
def test_names_are_searched_by_pinyin_and_initials(names, text):
    assert search_text(*names) == text


def test_search_text_never_outgrows_its_column():
    assert len(search_text("庄" * 400)) == SEARCH_LENGTH


def test_row_holds_the_sound_of_its_names_after_every_write():
    station = StationFactory.create(name="柯桥驿站", street="笛扬路")
    assert stored(Station, station.pk) == "keqiaoyizhan kqyz diyanglu dyl"

    station.name = "越城驿站"
    station.save()
    assert stored(Station, station.pk) == "yuechengyizhan ycyz diyanglu dyl"
    again = Station.objects.get(pk=station.pk)
    again.name = "上虞驿站"
    Station.objects.bulk_update([again], ["name", "search_text"])
    assert stored(Station, station.pk).startswith("shangyuyizhan")


def test_bulk_write_that_names_every_column_stores_it_too():
    host = HostFactory.build(name="中国银行")
    Host.objects.bulk_create([host])
    host.name = "交通银行"
    names = [field.name for field in Host._meta.concrete_fields if not field.primary_key]
    Host.objects.bulk_create(
        [host], update_conflicts=True, unique_fields=["id"], update_fields=names
    )

    assert stored(Host, host.pk) == "jiaotongyinhang jtyh"


def test_loaded_row_is_saved_whole():
    outlet = OutletFactory.create(name="柯桥支行")
    loaded = Outlet.objects.get(pk=outlet.pk)

    assert loaded.get_deferred_fields() == set()
    loaded.address = "新地址"
    loaded.save()
    assert Outlet.objects.get(pk=outlet.pk).address == "新地址"


def test_rows_that_stood_before_the_column_are_filled_once(django_assert_num_queries):
    keys = [UnionFactory.create(name=f"柯桥工会{number}").pk for number in range(3)]
    Union.objects.update(search_text="")
    assert fill_search_text(Union) == len(keys)
    assert stored(Union, keys[0]).startswith("keqiaogonghui0")
    with django_assert_num_queries(1):
        assert fill_search_text(Union) == 0


@pytest.mark.parametrize("step", [1, 2, STEP])
def test_filling_goes_on_behind_rows_that_stay_empty(monkeypatch, step):
    monkeypatch.setattr("nuanxin.core.filling.STEP", step)
    for name in ("……", "柯桥", "！", "越城"):
        UnionFactory.create(name=name)
    Union.objects.update(search_text="")

    fill_search_text(Union)

    sounds = Union.objects.values_list("search_text", flat=True)
    assert sorted(sounds) == ["", "", "keqiao kq", "yuecheng yc"]


@pytest.mark.parametrize(
    "path",
    [
        "nuanxin.stations.migrations.0004_search_text_filled",
        "nuanxin.unions.migrations.0002_search_text_filled",
    ],
)
def test_migration_fills_what_is_empty(path):
    union, station = UnionFactory.create(name="柯桥"), StationFactory.create(name="柯桥")
    rows = {Union: union.pk, Station: station.pk}
    for model in rows:
        everything: Any = model._default_manager
        everything.update(search_text="")

    importlib.import_module(path).fill(apps, connection.schema_editor)

    model = Union if "unions" in path else Station
    assert stored(model, rows[model]).startswith("keqiao kq")


@pytest.mark.parametrize("word", ["jinkeqiao", "jkq", "JKQ", "金柯桥", "KQ001 jkq"])
@pytest.mark.parametrize("role", ["officer", "admin"])
def test_list_is_searched_by_sound_and_within_the_scope(settings, tmp_path, word, role):
    settings.MEDIA_ROOT = tmp_path
    office = make_office()
    for station in (office.station, office.elsewhere):
        station.name = "金柯桥驿站"
        station.save()

    found = office.client(role).get("/office/stations/station/", {"q": word}).context["cl"]

    codes = {station.code for station in found.result_list}
    assert codes == ({"KQ001", "XS001"} if role == "admin" and "KQ001" not in word else {"KQ001"})


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("stations/host", "yinhang"),
        ("stations/outlet", "yyt"),
        ("unions/union", "gonghuikq"),
        ("stations/evidence", "yizhankq"),
        ("stations/keeping", "yzkq001"),
    ],
)
def test_every_list_of_names_is_searched_by_sound(settings, tmp_path, address, word):
    settings.MEDIA_ROOT = tmp_path
    office = make_office()
    for host in Host.objects.all():
        host.name = f"银行{host.pk.hex[:6]}"
        host.save()
    page = office.client("admin").get(f"/office/{address}/", {"q": word})

    assert page.context["cl"].result_count >= 1
    assert (
        office.client("admin").get(f"/office/{address}/", {"q": "qqqq"}).context["cl"].result_count
        == 0
    )
