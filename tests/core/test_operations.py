"""What runs behind the pages: administrators of the whole tree read it, and nobody else."""

import pytest

from nuanxin.core import outbox
from nuanxin.core.actors import SystemActor
from nuanxin.core.models import Heartbeat, Lease, OutboxMessage, TimedRule
from tests.factories import GrantFactory
from tests.office_world import MOMENT, make_office

pytestmark = pytest.mark.django_db

PAGE = "/office/processes/"
SECRET = "13900008888"


@pytest.fixture
def office(settings, tmp_path, clock):
    settings.MEDIA_ROOT = tmp_path
    clock.stop_at("2026-03-10T10:00")
    return make_office()


def fill(number: int = 0) -> None:
    Heartbeat.objects.create(
        name="worker", instance=f"host/{number}", started_at=MOMENT, beat_at=MOMENT
    )
    Lease.objects.create(name=f"tick{number}", holder="host/1", expires_at=MOMENT)
    TimedRule.objects.create(
        name=f"core.rule{number}",
        due_at=MOMENT,
        last_ran_at=MOMENT,
        last_error="TimeoutError",
        failing_since_at=MOMENT,
    )
    outbox.enqueue(
        dedupe=f"k{number}", channel="sms", address=SECRET, text="秘密的话", due_at=MOMENT,
        by=SystemActor("test"),
    )  # fmt: skip


def test_administrator_reads_what_runs_and_nothing_that_is_sealed(office):
    fill()
    OutboxMessage.objects.update(tries=3, last_error="Refused", given_up_at=MOMENT)

    text = office.client("admin").get(PAGE).text

    for said in ("host/0", "tick0", "core.rule0", "TimeoutError", "已放弃", "已试 3 次", "Refused"):
        assert said in text
    assert SECRET not in text
    assert "秘密" not in text


@pytest.mark.parametrize("role", ["officer", "auditor", "keeper"])
def test_others_do_not_know_of_the_page(office, role):
    assert office.client(role).get(PAGE).status_code == 404


def test_administrator_of_a_county_does_not_know_of_it(office):
    client = office.client("admin")
    client.force_login(GrantFactory.create(union=office.here, role="admin").user)

    assert client.get(PAGE).status_code == 404
    assert "processes" not in client.get("/office/").text


def test_stranger_is_sent_to_sign_in(client):
    assert client.get(PAGE).status_code == 302


def test_page_asks_the_same_for_more_of_everything(office, assert_same_queries):
    client = office.client("admin")
    fill()

    def add() -> None:
        for number in range(1, 20):
            fill(number)

    assert assert_same_queries(lambda: client.get(PAGE), add) <= 14


def test_page_changes_nothing(office):
    assert office.client("admin").post(PAGE).status_code == 405
