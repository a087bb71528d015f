"""The demo's ceremony: riders join as anybody would, and it goes on while somebody looks."""

import datetime as dt
import random

import pytest

from nuanxin.accounts.consents import load_texts
from nuanxin.core import clock as core_clock
from nuanxin.core.actors import SystemActor
from nuanxin.demo import ceremony, members, phones
from nuanxin.unions.enums import UnionKind
from nuanxin.workers import ceremonies
from nuanxin.workers.catalogue_seeds import seed
from nuanxin.workers.enums import MembershipState
from nuanxin.workers.models import Ceremony, Membership, Transfer
from tests.factories import DivisionFactory, UnionFactory
from tests.workers import people

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = SystemActor("test")


@pytest.fixture
def wuxing(clock, settings):
    """A union elsewhere, with members who will move."""
    seed()
    load_texts(path=settings.CONSENTS_PATH, by=SYSTEM)
    UnionFactory.create(
        code="u330603",
        root=True,
        kind=UnionKind.FEDERATION,
        division=DivisionFactory.create(code="330603"),
    )
    elsewhere = UnionFactory.create(code="W1")
    for n in range(ceremony.MOVING):
        people.member(n, elsewhere)
    return elsewhere


def test_ceremony_is_played_once_and_leaves_members_elsewhere_where_they_are(wuxing):
    assert ceremony.begin(by=SYSTEM, count=20) == 20
    assert ceremony.begin(by=SYSTEM, count=20) == 0

    held = Membership.objects.held()
    assert held.filter(union=wuxing).count() == ceremony.MOVING
    assert Transfer.objects.open().count() == ceremony.MOVING
    assert {row.state for row in held.exclude(union=wuxing)} == {MembershipState.ACTIVE}


def test_riders_go_on_joining_until_all_have_come(wuxing, monkeypatch):
    monkeypatch.setattr(ceremony, "EXPECTED", 12)
    ceremony.begin(by=SYSTEM, count=10)
    now = core_clock.now()

    assert [ceremony.go_on(now) for _n in range(4)] == [1, 1, 0, 0]
    assert ceremonies.tally(Ceremony.objects.get()).joined_count == 12
    assert ceremony.go_on(now + dt.timedelta(days=9)) == 0


def test_rider_of_the_ceremony_is_on_no_list_of_the_demo():
    numbers = {
        members.person(n, members.NewUnion("", "", "", "外卖骑手"), random.Random(n))["身份证号码"]
        for n in range(members.MEMBERS + 10)
    }  # fmt: skip
    union = UnionFactory.create(code="X1")
    found = {ceremony.newcomer(n, union).document.number for n in range(ceremony.EXPECTED)}

    assert len(found) == ceremony.EXPECTED
    assert not found & numbers


def test_codes_of_the_demo_lie_on_the_landing_page(client, settings, clock):
    settings.SMS_BACKEND = "nuanxin.demo.phones.TableSms"
    phones._table.clear()
    union = UnionFactory.create(code="X2")
    client.post(f"/join/{union.code}/", {"step": "send", "phone": "13800000001"})

    (message,) = phones.lately(core_clock.now())
    page = client.get("/demo/").content.decode()
    assert message.text in page
    assert "13800000001" not in page
    assert phones.lately(core_clock.now() + dt.timedelta(minutes=11)) == []


def test_visitor_is_a_member_with_one_click(wuxing, client):
    assert client.post("/demo/", {"persona": "member"}).status_code == 404
    ceremony.begin(by=SYSTEM, count=10)

    assert client.post("/demo/", {"persona": "member"})["Location"] == "/me/"
    assert client.get("/me/card/").status_code == 200
