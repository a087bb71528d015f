"""Nothing is entered under a union that has ended: no station, no role."""

import csv
import datetime as dt
import io

import pytest

from nuanxin.sheets import services, working
from nuanxin.stations.models import Station
from nuanxin.unions.enums import UnionState
from nuanxin.unions.models import Union
from tests.stations.import_world import (
    SYSTEM,
    apply,
    bring,
    codes,
    fates,
    import_at_once,
    make_world,
    sheet,
    undo,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world()


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    import_at_once(monkeypatch)


def end(union: Union) -> None:
    Union.objects.filter(pk=union.pk).update(
        state=UnionState.DISSOLVED, ended_on=dt.date(2026, 3, 9), ended_by="x"
    )


def test_row_of_an_ended_union_is_not_usable(world):
    end(world.there)

    batch = bring(world, sheet({"union": "萧山区总工会"}), by=SYSTEM)

    assert fates(batch) == {2: "rejected"}
    assert codes(batch) == {2: ["union_unknown"]}


def test_union_that_ends_before_the_list_is_written_gets_no_station(world):
    batch = bring(world, sheet({}))
    end(world.here)

    apply(world, batch)

    assert not Station.objects.exists()
    assert batch.state == "refused"


def test_station_that_stands_there_is_still_corrected(world):
    apply(world, bring(world, sheet({})))
    batch = bring(world, sheet({"hours": "9:00-17:00"}))
    end(world.here)

    apply(world, batch)

    assert Station.objects.get().staffed_hours == "09:00-17:00"


def test_undo_leaves_a_station_where_its_old_union_has_ended(world):
    apply(world, bring(world, sheet({}), by=SYSTEM))
    Station.objects.update(union=world.province)
    moved = apply(world, bring(world, sheet({"union": "柯桥区总工会"}), by=SYSTEM))
    assert Station.objects.get().union == world.here
    end(world.province)

    undo(world, moved)

    assert Station.objects.get().union == world.here


def test_role_over_an_ended_union_is_not_usable(world):
    end(world.there)
    text = io.StringIO()
    csv.writer(text).writerows(
        [
            ("姓名", "用户名", "角色", "所属工会"),
            ("演示·张三", "zhangsan", "工会干部", "萧山区总工会"),
        ]
    )

    batch = services.bring_sheet(
        content=text.getvalue().encode(), name="x.csv", kind="user", source="ZJ",
        source_label="浙江省总工会", scope_path="ZJ/", by=SYSTEM,
    )  # fmt: skip
    working.work_off()
    batch.refresh_from_db()

    assert codes(batch) == {2: ["union_unknown"]}
