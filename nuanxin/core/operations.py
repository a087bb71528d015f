"""What runs behind the pages, for administrators to read: processes, leases, timed rules, messages."""

from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q

from nuanxin.core.models import Heartbeat, Lease, OutboxMessage, TimedRule

SHOWN_MESSAGES: Final = 50


@dataclass(frozen=True, slots=True)
class Operations:
    """What stands at one moment.

    Parameters
    ----------
    heartbeats, leases, rules
        Every row, in the order of their tables.
    waiting_count, sent_count, given_up_count
        How many messages of the outbox have which fate.
    messages
        Those that wait or were given up, the latest due first, at most `SHOWN_MESSAGES`; without
        what is sealed in them: to whom, and what they say.
    """

    heartbeats: list[Heartbeat]
    leases: list[Lease]
    rules: list[TimedRule]
    waiting_count: int
    sent_count: int
    given_up_count: int
    messages: list[OutboxMessage]


def operations() -> Operations:
    """Return what runs behind the pages. Five queries."""
    waits = Q(sent_at__isnull=True, given_up_at__isnull=True)
    counts = OutboxMessage.objects.aggregate(
        waiting=Count("pk", filter=waits),
        sent=Count("pk", filter=Q(sent_at__isnull=False)),
        given_up=Count("pk", filter=Q(given_up_at__isnull=False)),
    )
    unsent = OutboxMessage.objects.filter(sent_at__isnull=True)
    plain = unsent.defer("address_sealed", "subject_sealed", "text_sealed")
    return Operations(
        heartbeats=list(Heartbeat.objects.order_by("name", "id")),
        leases=list(Lease.objects.order_by("name")),
        rules=list(TimedRule.objects.order_by("due_at", "name")),
        waiting_count=counts["waiting"],
        sent_count=counts["sent"],
        given_up_count=counts["given_up"],
        messages=list(plain.order_by("-due_at", "id")[:SHOWN_MESSAGES]),
    )
