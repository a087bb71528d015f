"""Union trees by sheet meet unions that have ended or are still in preparation."""

import pytest

from nuanxin.core import clock
from nuanxin.core.actors import SystemActor
from nuanxin.sheets import services, working
from nuanxin.unions import ending, founding
from nuanxin.unions.enums import UnionKind
from nuanxin.unions.imports import UnionImport
from nuanxin.unions.models import Union
from tests.accounts.test_imports import TREE, UNIONS, apply, bring
from tests.factories import UnionFactory
from tests.stations.import_world import codes, fates, import_at_once, make_world

pytestmark = pytest.mark.django_db
SYSTEM = SystemActor("test")


@pytest.fixture
def world(monkeypatch):
    import_at_once(monkeypatch)
    return make_world()


def dissolve(union: Union) -> None:
    ending.dissolve_union(union=union, on=clock.civil_date(), reason="撤并", by=SYSTEM)


def test_union_that_comes_in_by_sheet_is_active(world):
    apply(bring(world, "union", UNIONS, *TREE, by=world.officer), world.officer)

    assert set(Union.objects.values_list("state", flat=True)) == {"active"}


def test_nothing_comes_in_below_a_union_that_does_not_live(world):
    ended = UnionFactory.create(code="K1", parent=world.here)
    dissolve(ended)
    founding.found_union(
        code="K2", name="筹建工会", kind=UnionKind.JOINT, division=world.here.division,
        parent=world.here, by=SYSTEM,
    )  # fmt: skip
    rows = [("A1", "甲联合工会", "K1", "", ""), ("A2", "乙联合工会", "筹建工会", "", "")]
    batch = bring(world, "union", UNIONS, *rows, by=world.officer)

    assert fates(batch) == {2: "rejected", 3: "rejected"}
    assert codes(batch) == {2: ["parent_not_active"], 3: ["parent_not_active"]}
    assert {"K1", "K2"}.isdisjoint(source.code for source in UnionImport().sources(world.officer))


def test_ended_union_is_not_entered_again(world):
    dissolve(UnionFactory.create(code="K1", name="甲联合工会", parent=world.here))

    batch = bring(world, "union", UNIONS, ("K1", "乙联合工会", "", "", ""), by=world.officer)

    assert (fates(batch), codes(batch)) == ({2: "rejected"}, {2: ["union_ended"]})


def test_namesake_of_an_ended_union_is_the_one_meant(world):
    dissolve(UnionFactory.create(code="K1", name="港区工会", parent=world.here))
    UnionFactory.create(code="K2", name="港区工会", parent=world.here)

    row = ("A1", "甲联合工会", "港区工会", "", "")
    apply(bring(world, "union", UNIONS, row, by=world.officer), world.officer)

    assert Union.objects.get(code="A1").path.endswith("K2/A1/")


def test_union_that_ended_between_preview_and_confirmation_stands_as_it_is(world):
    union = UnionFactory.create(code="K1", name="甲联合工会", parent=world.here)
    batch = bring(world, "union", UNIONS, ("K1", "乙联合工会", "", "", ""), by=world.officer)
    dissolve(union)

    apply(batch, world.officer)

    union.refresh_from_db()
    assert (union.name, union.state) == ("甲联合工会", "dissolved")


def test_union_that_ended_since_it_came_in_is_not_taken_back(world):
    batch = apply(bring(world, "union", UNIONS, *TREE, by=world.officer), world.officer)
    dissolve(Union.objects.get(code="KQS1"))

    services.undo(batch=batch, by=world.officer)
    working.work_off()

    batch.refresh_from_db()
    assert Union.objects.get(code="KQS1").is_ended
    assert (batch.undone_count, batch.kept_count) == (0, 2)
