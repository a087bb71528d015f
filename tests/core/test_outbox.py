import datetime as dt
from typing import Any

import pytest
from django.db import connection, transaction

from nuanxin.core import clock as core_clock
from nuanxin.core import outbox
from nuanxin.core.actors import SystemActor
from nuanxin.core.channels import DeliveryFailed
from nuanxin.core.errors import Invalid
from nuanxin.core.models import AuditEvent, OutboxMessage
from nuanxin.core.outbox import Delivery, deliver_due, enqueue, oldest_due_s

pytestmark = pytest.mark.django_db
PHONE, TEXT = "13800138000", "您的站 KQ001 明天停用"
BY = SystemActor("test")
MINUTE = dt.timedelta(minutes=1)


class Provider:
    """A provider of text messages that remembers, and fails when told to."""

    sent: list[tuple[str, str]] = []
    error: BaseException | None = None
    in_transaction: list[bool] = []

    def send(self, *, phone, text):
        Provider.in_transaction.append(connection.in_atomic_block)
        if Provider.error is not None:
            raise Provider.error
        Provider.sent.append((phone, text))


@pytest.fixture(autouse=True)
def provider(monkeypatch):
    monkeypatch.setattr("nuanxin.core.channels.sms_backend", Provider)
    Provider.sent, Provider.error, Provider.in_transaction = [], None, []
    return Provider


@pytest.fixture
def now(clock):
    return core_clock.now()


def write(dedupe="a", *, due_at=None, **options):
    values: dict[str, Any] = {"channel": "sms", "address": PHONE, "text": TEXT, "by": BY} | options
    return enqueue(dedupe=dedupe, due_at=due_at or core_clock.now(), **values)


def deliver(now, holder="one", limit=10):
    return deliver_due(now, limit, holder=holder)


def test_message_is_sent_once_when_due(now, provider):
    message = write(due_at=now + MINUTE)

    assert deliver(now) == Delivery()
    assert deliver(now + MINUTE) == Delivery(1, 1, 0)
    assert deliver(now + 2 * MINUTE) == Delivery()

    assert provider.sent == [(PHONE, TEXT)]
    message.refresh_from_db()
    assert now + MINUTE <= message.sent_at < now + 2 * MINUTE
    assert (message.tries, message.lease_holder) == (1, "")


def test_same_key_is_the_same_message(now, provider):
    first = write("closure:1")
    again = write("closure:1", text="other words")
    write("closure:2")

    assert again.pk == first.pk
    assert OutboxMessage.objects.count() == AuditEvent.objects.count() == 2
    deliver(now)
    write("closure:1")
    assert deliver(now).taken_count == 0
    assert {text for _phone, text in provider.sent} == {TEXT}


def test_message_of_an_act_that_fails_is_never_sent(now, provider):
    @transaction.atomic
    def act():
        write()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        act()

    assert deliver(now) == Delivery()
    assert provider.sent == []


def test_neither_address_nor_words_stand_in_the_row_or_the_audit_trail(now):
    message = write(subject="停用 通知")

    stored = OutboxMessage.objects.filter(pk=message.pk).values().get()
    audited = AuditEvent.objects.values().get()
    for row in (stored, audited):
        assert not any(word in str(row) for word in (PHONE, "KQ001", "停用"))
    assert audited["verb"] == "message.enqueued"


@pytest.mark.parametrize("address", ["", "json://10.0.0.1/", "file:///etc/passwd", "no address"])
def test_address_nobody_may_be_sent_to_is_refused(now, address):
    with pytest.raises(Invalid):
        write(channel="apprise", address=address)
    assert OutboxMessage.objects.count() == 0


def test_failing_message_is_tried_later_and_later_and_then_given_up(now, provider):
    message = write()
    provider.error = DeliveryFailed("provider_busy")
    moment, waits = now, []

    for minutes in (*outbox.BACK_OFF, 0):
        assert deliver(moment) == Delivery(1, 0, 1)
        message.refresh_from_db()
        waits.append(round((message.due_at - moment) / MINUTE))
        assert deliver(message.due_at - dt.timedelta(seconds=1)) == Delivery()
        moment = message.due_at if minutes else moment

    assert waits[:4] == [1, 5, 15, 60]
    assert message.given_up_at is not None
    assert message.last_error == "provider_busy"
    assert deliver(moment + dt.timedelta(days=1)) == Delivery()
    assert oldest_due_s(moment + dt.timedelta(days=1)) == 0


def test_words_of_a_providers_error_are_not_kept(now, provider, caplog):
    message = write()
    provider.error = ValueError(f"cannot reach {PHONE}")

    deliver(now)

    message.refresh_from_db()
    assert message.last_error == "ValueError"
    assert PHONE not in caplog.text


def test_failing_message_holds_up_no_other(now, provider):
    write("a", due_at=now - MINUTE, channel="apprise", address="wecombot://")
    write("b")

    assert deliver(now) == Delivery(2, 1, 1)
    assert provider.sent == [(PHONE, TEXT)]


def killed_in_mid_send(moment):
    Provider.error = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        deliver(moment, holder="killed")
    Provider.error = None


def test_what_a_killed_worker_held_is_sent_by_the_next(now, provider):
    write()
    killed_in_mid_send(now)

    assert deliver(now + dt.timedelta(seconds=outbox.LEASE_S - 1)) == Delivery()
    assert deliver(now + dt.timedelta(seconds=outbox.LEASE_S + 1)) == Delivery(1, 1, 0)
    assert provider.sent == [(PHONE, TEXT)]


def test_message_that_kills_each_worker_is_given_up(now, provider):
    message = write()
    moment = now
    for _ in range(outbox.TRIES):
        killed_in_mid_send(moment)
        moment += dt.timedelta(seconds=outbox.LEASE_S + 5)

    assert deliver(moment) == Delivery(1, 0, 1)
    message.refresh_from_db()
    assert message.last_error == "worker_lost"
    assert message.given_up_at is not None
    assert provider.sent == []


def test_slow_worker_does_not_settle_what_another_took_over(now, provider, monkeypatch):
    message = write()

    def slow(row):
        OutboxMessage.objects.filter(pk=row.pk).update(lease_holder="two", tries=2)
        return "timeout"

    monkeypatch.setattr(outbox, "_send", slow)
    deliver(now)

    message.refresh_from_db()
    assert (message.lease_holder, message.last_error) == ("two", "")


def test_worker_told_to_stop_begins_no_other_message(now, provider):
    write("a"), write("b"), write("c")
    answers = iter([True, True, False])

    done = deliver_due(now, 10, holder="one", may_go_on=lambda: next(answers))

    assert done == Delivery(2, 2, 0)


def test_oldest_due_message_tells_how_late_the_worker_is(now):
    write("a", due_at=now - 7 * MINUTE)
    write("b", due_at=now - 3 * MINUTE)
    write("c", due_at=now + MINUTE)

    assert oldest_due_s(now) == 420
    deliver(now)
    assert oldest_due_s(now) == 0


def test_words_and_address_are_emptied_after_thirty_days_and_the_key_stays(now):
    write("a")
    deliver(now)
    write("b", due_at=now + dt.timedelta(days=40))

    assert outbox.trim(now + dt.timedelta(days=30)) == 0
    assert outbox.trim(now + dt.timedelta(days=31)) == 1
    assert outbox.trim(now + dt.timedelta(days=31)) == 0

    assert OutboxMessage.objects.filter(address_sealed="", text_sealed="").count() == 1
    write("a")
    assert deliver(now + dt.timedelta(days=31)) == Delivery()


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_message_once_and_outside_transactions(together, provider):
    for number in range(12):
        write(str(number))
    now = core_clock.now()

    done = together(lambda n: deliver_due(now, 12, holder=f"h{n}"), 3)

    assert len(provider.sent) == 12
    assert sum(one.sent_count for one in done) == 12
    assert not any(provider.in_transaction)
