"""What a kept page of the finder carries: posted hours of the coming days, the last confirmation."""

import re

import pytest

from nuanxin.core import clock
from nuanxin.core.middleware import COPY_MARK
from nuanxin.stations import selectors, snapshots
from tests.stations.page_world import NEAR, TUESDAY_10, make_street

pytestmark = pytest.mark.django_db
MIDNIGHT_S = int(TUESDAY_10.replace(hour=0).timestamp())


@pytest.fixture
def street(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: TUESDAY_10)
    snapshots.holder.forget()
    yield make_street()
    snapshots.holder.forget()


def twice(client, address):
    client.get(address)  # takes its cookies
    return client.get(address, headers={COPY_MARK: "1"})


@pytest.mark.parametrize("address", [f"/?{NEAR}", "/s/KQ001/"])
def test_page_with_doors_may_be_kept_as_a_copy_without_forms(client, street, address):
    page, copy = client.get(address), twice(client, address)

    assert COPY_MARK not in page
    assert copy[COPY_MARK] == "1"
    assert not copy.cookies
    assert b"csrf" not in copy.content


def test_kept_list_holds_no_position(client, street):
    here = "/?lat=30.0713&lon=120.4827"
    page, copy = (answer.content.decode() for answer in (client.get(here), twice(client, here)))

    assert "30.0713" in page
    assert "30.071" not in copy
    assert "120.482" not in copy


@pytest.mark.parametrize(
    "address",
    ["/", f"/?{NEAR}&at=2026-03-11T03:00", "/s/KQ001/?at=2026-03-11T03:00", "/s/KQ001/?told=water"],
)
def test_page_of_another_clock_or_without_doors_may_not_be_kept(client, street, address):
    assert COPY_MARK not in twice(client, address)


@pytest.mark.parametrize("address", ["/desk/", "/office/sign-in/", "/places/?q=kq"])
def test_desk_office_and_search_may_not_be_kept(client, street, address):
    assert COPY_MARK not in twice(client, address)


@pytest.mark.parametrize("address", [f"/?{NEAR}", "/s/KQ001/"])
def test_kept_page_carries_hours_and_last_confirmation(client, street, address):
    html = client.get(address).content.decode()

    door = re.findall(r'data-nx-code="KQ001"[^>]*', html)[0]
    days = ",".join(f"{day * 1440 + 510}-{day * 1440 + 1080}" for day in range(7))
    assert f'data-nx-posted="{MIDNIGHT_S};;{days}"' in door
    assert f'data-nx-confirmed="{int(TUESDAY_10.timestamp()) - 720}"' in door


def test_posted_texts_of_a_door_without_hours_and_of_an_unknown_one(street):
    texts = selectors.posted_texts(["KQ003", "NOWHERE"], now_s=int(TUESDAY_10.timestamp()))

    assert texts == {"KQ003": "-"}
