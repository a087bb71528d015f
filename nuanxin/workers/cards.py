"""The member's card on a phone: a pass that a desk without a network can check."""

import datetime as dt
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nuanxin.core import clock, passes
from nuanxin.core.errors import Conflict, Invalid, Text
from nuanxin.workers.models import Membership, Worker

# long enough for a queue, short enough that a photograph of it is soon worth nothing
VALID: Final = dt.timedelta(minutes=10)
# a page that stays open asks for a new one well before the old one is over
RENEWED: Final = dt.timedelta(minutes=4)

_WHY: Final[dict[str, Text]] = {
    "unreadable": gettext_lazy("This is no member's card of this site."),
    "forged": gettext_lazy("This card was altered, or made elsewhere."),
    "over": gettext_lazy("This card is over. Its holder opens it anew."),
}


@dataclass(frozen=True, slots=True)
class Card:
    """What a phone shows.

    Parameters
    ----------
    text
        The pass, as the code holds it.
    expires_at
        Until when it holds, aware.
    membership
        On which it rests, its union loaded.
    """

    text: str
    expires_at: dt.datetime
    membership: Membership


def held_by(worker: Worker) -> Membership | None:
    """Return the membership in force of a worker, its union loaded. One query."""
    return Membership.objects.held().select_related("union").filter(worker=worker).first()


def card_of(worker: Worker, *, now: dt.datetime | None = None) -> Card:
    """Return the card of a member.

    Parameters
    ----------
    worker
        Whose.
    now
        The present moment when left out.

    Raises
    ------
    Conflict
        With code ``no_member`` for whoever is none (yet, or any more).

    Notes
    -----
    One query. Nothing is kept: a pass is made of what it says.
    """
    membership = held_by(worker)
    if membership is None:
        raise Conflict(_("Only members have a card."), code="no_member")
    until = (now or clock.now()).replace(microsecond=0) + VALID
    return Card(passes.issue(worker.pk, until=until), until, membership)


def worker_of_card(text: str, *, now: dt.datetime | None = None) -> UUID:
    """Return the id of the worker whose card this is.

    Parameters
    ----------
    text
        As scanned or typed.
    now
        The present moment when left out.

    Raises
    ------
    Invalid
        With code ``card_unreadable``, ``card_forged`` or ``card_over``.

    Notes
    -----
    No query: whether the worker is still a member, whoever asks this looks up.
    """
    try:
        return passes.read(text, now=now or clock.now())
    except passes.PassRefused as refused:
        sentence = _WHY[refused.reason]
        raise Invalid(
            sentence, code=f"card_{refused.reason}", fields={"card": sentence}
        ) from refused
