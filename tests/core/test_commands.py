import io

import pytest
from django.core.management import CommandError, call_command

from nuanxin.core import clock as core_clock
from nuanxin.core import outbox, ticking
from nuanxin.core.actors import SystemActor
from nuanxin.core.models import OutboxMessage

pytestmark = pytest.mark.django_db


def told(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_tick_tells_what_ran_and_fails_when_a_rule_did(monkeypatch):
    def broken(now):
        raise RuntimeError

    monkeypatch.setattr(ticking, "_rules", {})
    ticking.register("a.sound", lambda now: 3, every_s=3600)
    assert told("tick") == "a.sound: 3\n"
    assert told("tick") == ""

    ticking.register("b.broken", broken, every_s=3600)
    with pytest.raises(CommandError, match="a timed rule failed"):
        told("tick")


def test_worker_tells_what_it_sent():
    options = {"channel": "sms", "address": "13800138000", "text": "x", "by": SystemActor("test")}
    outbox.enqueue(dedupe="a", due_at=core_clock.now(), **options)  # type: ignore[arg-type]  # mixed values

    assert told("worker", "--once") == "1 sent, 0 failed\n"
    assert told("worker", "--once") == "0 sent, 0 failed\n"
    assert OutboxMessage.objects.get().sent_at is not None
