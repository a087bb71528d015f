"""Wuxing's rosters: the figures of the page come out of the register, and nobody in them is real."""

import datetime as dt
import random
import re

import pytest

from nuanxin.core.actors import SystemActor
from nuanxin.demo import enrolling, members
from nuanxin.regions.enums import Level
from nuanxin.regions.selectors import current_divisions
from nuanxin.sheets.models import ImportBatch
from nuanxin.unions.enums import UnionKind
from nuanxin.unions.selectors import unions_by_kind
from nuanxin.workers.catalogue_seeds import seed
from nuanxin.workers.models import Membership, Occupation, Worker
from tests.factories import DivisionFactory, UnionFactory

SYSTEM = SystemActor("test")
TOWNS = [f"演示街道{n}" for n in range(1, 15)]
_ID = re.compile(r"\d{17}[\dX]")


def people():
    found = members.unions(TOWNS)
    homes = members._homes(found, members.MEMBERS, random.Random(members._SEED))
    return [members.person(n, u, random.Random(n)) for n, u in enumerate(homes)]


def test_full_demo_has_the_figures_of_the_page():
    found = members.unions(TOWNS)
    rows = people()

    assert [u.kind for u in found].count("联合工会") == 21
    assert [u.kind for u in found].count("单独建会") == 65
    assert len({u.name for u in found}) == len({u.code for u in found}) == 86
    assert (
        len({row["身份证号码"] for row in rows}) == len({row["会员证号"] for row in rows}) == 11_961
    )


def test_nobody_of_the_demo_can_be_real():
    for row in people():
        assert _ID.fullmatch(row["身份证号码"])
        assert row["身份证号码"][14:17] == "000"
        assert row["手机号码"][3:7] == "0000"


@pytest.mark.django_db
def test_rosters_become_the_register_and_what_is_unusable_comes_back():
    seed()
    county = DivisionFactory.create(code="330502", name="吴兴区", level=Level.COUNTY)
    for n, name in enumerate(TOWNS, start=1):
        DivisionFactory.create(code=f"330502{n:03d}", name=name)
    union = UnionFactory.create(code="u330502", name="吴兴区总工会", root=True, division=county)
    assert current_divisions(under="330502", level=Level.TOWN).count() == 14

    enrolling.send_in(by=SYSTEM, count=2_300)

    counts = unions_by_kind(SYSTEM, root=union, as_of=dt.date(2026, 1, 1))
    assert counts == {UnionKind.JOINT: 21, UnionKind.SINGLE: 65}
    assert Membership.objects.held().count() == Worker.objects.count() == 2_300
    assert Occupation.objects.count() == 2_300
    assert not Membership.objects.filter(union=union).exists()
    rejected = {
        b.file_name: b.rejected_count for b in ImportBatch.objects.all() if b.rejected_count
    }
    assert rejected == {"外卖行业联合工会会员花名册.xlsx": 2, "联合工会会员信息.csv": 1}
    assert sum(b.same_count for b in ImportBatch.objects.all()) == 20
