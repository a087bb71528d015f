"""The outbox: a message is written with the act that causes it, and sent by the worker.

At least once: a worker holds a message while it sends, outside any transaction; when it is killed
the hold runs out and the message is sent by the next one. Nothing is lost, a few arrive twice.
"""

import datetime as dt
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from nuanxin.core import audit, channels, clock
from nuanxin.core.actors import Actor
from nuanxin.core.crypto import Place, provider
from nuanxin.core.errors import DomainError, Invalid
from nuanxin.core.ids import computed_id
from nuanxin.core.models import OutboxMessage
from nuanxin.core.process_models import Channel

# minutes until the second, third, fourth and fifth try
BACK_OFF: Final = (1, 5, 15, 60)
TRIES: Final = len(BACK_OFF) + 1
LEASE_S: Final = 120
# how long the words and the address of a message that is done with are kept
KEPT: Final = dt.timedelta(days=30)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one round did with the messages it took."""

    taken_count: int = 0
    sent_count: int = 0
    failed_count: int = 0


@transaction.atomic
def enqueue(
    *,
    dedupe: str,
    channel: str,
    address: str,
    subject: str = "",
    text: str,
    due_at: dt.datetime,
    by: Actor,
) -> OutboxMessage:
    """Write a message to be sent, in the transaction of the act that causes it.

    Parameters
    ----------
    dedupe
        What the message is about, such as ``"planned_closure:<uuid>:keeper"``: the same key is the
        same message, for ever. Never a phone number in itself.
    channel
        ``sms`` or ``apprise``.
    address
        A phone number, or an apprise URL; it is sealed.
    subject
        For channels that show one.
    text
        The whole text; it is sealed too.
    due_at
        Not to be sent before this moment, aware.
    by
        Who causes it.

    Returns
    -------
    OutboxMessage
        The new message, or the one that was written under this key before.

    Raises
    ------
    Invalid
        When the address is empty, or this site does not follow the URL.

    Notes
    -----
    Five queries for a new message, one for a known one. The message leaves when the caller's
    transaction is committed, or never.
    """
    if not address:
        raise Invalid(_("A message needs an address."), code="no_address")
    if channel == Channel.APPRISE:
        channels.check_apprise(address)
    pk = computed_id("outbox_message", dedupe)
    row = {
        "channel": Channel(channel),
        "address_sealed": _seal(pk, "address", address),
        "subject_sealed": _seal(pk, "subject", subject),
        "text_sealed": _seal(pk, "text", text),
        "enqueued_at": clock.now(),
        "due_at": due_at,
    }
    message, is_new = OutboxMessage.objects.get_or_create(pk=pk, defaults=row)
    if is_new:
        audit.record(
            by=by, verb="message.enqueued", subject=message, data={"channel": message.channel}
        )
    return message


def deliver_due(
    now: dt.datetime,
    limit: int,
    *,
    holder: str,
    may_go_on: Callable[[], bool] = lambda: True,
) -> Delivery:
    """Send messages that are due, the longest due first.

    Parameters
    ----------
    now
        The moment, aware.
    limit
        The most messages of this round.
    holder
        Name of the process.
    may_go_on
        Asked before each message; once it says no, none is begun.

    Returns
    -------
    Delivery
        Of the messages that this process took; others may have taken some in between.

    Notes
    -----
    One query, and for each message one UPDATE to hold it, one query, the sending outside any
    transaction, and one UPDATE for how it ended.
    """
    began = time.monotonic()
    due = OutboxMessage.objects.filter(_waiting(now)).order_by("due_at", "pk")
    taken = sent = 0
    for message in list(due[:limit]):
        if not may_go_on():
            break
        moment = now + dt.timedelta(seconds=time.monotonic() - began)
        if not _take(message, moment, holder):
            continue
        taken += 1
        error = _send(message)
        ended_at = now + dt.timedelta(seconds=time.monotonic() - began)
        _settle(message, ended_at, holder, error)
        sent += not error
    return Delivery(taken, sent, taken - sent)


def oldest_due_s(now: dt.datetime) -> int:
    """Return for how many seconds the oldest unsent message has been due; 0 without one. One query."""
    waiting = OutboxMessage.objects.filter(_unsent(), due_at__lte=now).order_by("due_at")
    due_at = waiting.values_list("due_at", flat=True).first()
    return int((now - due_at).total_seconds()) if due_at else 0


def trim(now: dt.datetime) -> int:
    """Empty messages that were sent, or given up, thirty days ago; their keys stay.

    Returns
    -------
    int
        Messages emptied; a second run empties none. One UPDATE.
    """
    before = now - KEPT
    is_done = Q(sent_at__lt=before) | Q(given_up_at__lt=before)
    old = OutboxMessage.objects.filter(is_done).exclude(address_sealed="")
    return old.update(address_sealed="", subject_sealed="", text_sealed="")


def _unsent() -> Q:
    return Q(sent_at__isnull=True, given_up_at__isnull=True)


def _waiting(now: dt.datetime) -> Q:
    is_free = Q(leased_until_at__isnull=True) | Q(leased_until_at__lte=now)
    return _unsent() & is_free & Q(due_at__lte=now)


def _take(message: OutboxMessage, now: dt.datetime, holder: str) -> bool:
    """Hold a message: of all workers that try exactly one succeeds; the try counts from here."""
    found = OutboxMessage.objects.filter(_waiting(now), pk=message.pk, tries=message.tries)
    until = now + dt.timedelta(seconds=LEASE_S)
    is_mine = found.update(lease_holder=holder, leased_until_at=until, tries=F("tries") + 1) == 1
    message.tries += is_mine
    return is_mine


def _send(message: OutboxMessage) -> str:
    """Send one message; return the kind of error, or nothing."""
    if message.tries > TRIES:
        # each of its tries ended with the worker's own end
        return "worker_lost"
    try:
        address, subject, text = (_unseal(message, name) for name in ("address", "subject", "text"))
        if message.channel == Channel.SMS:
            channels.sms_backend().send(phone=address, text=text)
        else:
            channels.send_apprise(url=address, subject=subject, text=text)
    except channels.DeliveryFailed as error:
        return error.reason[:80]
    except DomainError as error:
        return error.code[:80]
    except Exception as error:  # noqa: BLE001  a provider's words may hold the address: only their kind is kept
        return type(error).__name__[:80]
    return ""


def _settle(message: OutboxMessage, now: dt.datetime, holder: str, error: str) -> None:
    mine = OutboxMessage.objects.filter(pk=message.pk, lease_holder=holder, tries=message.tries)
    outcome: dict[str, object] = {"lease_holder": "", "leased_until_at": None, "last_error": error}
    if not error:
        outcome["sent_at"] = now
    elif message.tries >= TRIES:
        outcome["given_up_at"] = now
    else:
        outcome["due_at"] = now + dt.timedelta(minutes=BACK_OFF[message.tries - 1])
    if not mine.update(**outcome):
        logger.warning("message %s outlived the hold of its worker", message.pk)
    elif error:
        logger.warning("message %s: try %d failed: %s", message.pk, message.tries, error)


def _seal(pk: object, field: str, text: str) -> str:
    return provider().seal(text, _place(pk, field)) if text else ""


def _unseal(message: OutboxMessage, field: str) -> str:
    sealed: str = getattr(message, f"{field}_sealed")
    return provider().unseal(sealed, _place(message.pk, field)) if sealed else ""


def _place(pk: object, field: str) -> Place:
    return Place(OutboxMessage._meta.db_table, str(pk), f"{field}_sealed")
