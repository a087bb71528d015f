"""How often a secret may be tried: counted in the database, before the secret is looked at.

A try is counted first and looked at afterwards, so that tries that come together are all counted;
whoever was right gets the count back. Nothing is held in a process, so a restart forgets nothing.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import models, transaction
from django.utils.translation import gettext as _

from nuanxin.accounts.models import AttemptCount
from nuanxin.core import clock, crypto
from nuanxin.core.errors import DomainError

_QUARTER_S: Final = 15 * 60


@dataclass(frozen=True, slots=True)
class Limit:
    """How many tries at one secret a window holds.

    Parameters
    ----------
    purpose
        The secret, and by what its tries are counted; keeps fingerprints apart.
    tries
        Tries that are looked at, 1 or more; the next is refused, right or wrong.
    window_s
        Seconds from the first try to the moment at which all are forgotten.
    """

    purpose: str
    tries: int
    window_s: int = _QUARTER_S


PASSWORD_BY_NAME: Final = Limit("password.name", 10)
PASSWORD_BY_ADDRESS: Final = Limit("password.address", 50)
CODE_BY_USER: Final = Limit("code.user", 5)
PIN_BY_USER: Final = Limit("pin.user", 5)


class TooManyTries(DomainError):
    """The window holds no further try.

    Parameters
    ----------
    limit
        The limit that refused.
    """

    def __init__(self, limit: Limit) -> None:
        is_short = limit.window_s <= _QUARTER_S
        super().__init__(
            _("Too many tries. Wait a quarter of an hour and try again.")
            if is_short
            else _("Too many tries. Wait an hour and try again."),
            code="too_many_tries",
            status=429,
        )
        self.limit = limit


def take(limit: Limit, subject: str, *, now: dt.datetime | None = None) -> None:
    """Count one try, whatever becomes of it.

    Parameters
    ----------
    limit
        The secret that is tried.
    subject
        Who tries, or whose secret: a user name as typed, a user's key, an address. Only its keyed
        fingerprint is kept.
    now
        The present moment when left out.

    Raises
    ------
    TooManyTries
        When the window is full; this try is not counted.
    RuntimeError
        When called inside a transaction, whose end could take the count back.

    Notes
    -----
    One conditional UPDATE; of a first try three statements more. No lock is asked for: of tries
    that come together the database lets exactly as many through as the window holds.
    """
    _take_each([(limit, subject)], now or clock.now())


def take_all(tries: Sequence[tuple[Limit, str]], *, now: dt.datetime | None = None) -> None:
    """Count one try under several limits: under all of them, or under none.

    Parameters
    ----------
    tries
        Limits and subjects as of ``take``. Whoever counts under the same limits names them in the
        same order, the one that most tries share last: else two tries could wait for each other.
    now
        The present moment when left out.

    Raises
    ------
    TooManyTries
        When one window is full, with the first such ``limit``; this try is counted nowhere.
    RuntimeError
        When called inside a transaction, whose end could take the counts back.

    Notes
    -----
    One query, after which whoever has to be refused anyway has asked for no write; then for each
    limit what ``take`` asks, in one transaction.
    """
    moment = now or clock.now()
    open_counts = AttemptCount.objects.filter(ends_at__gt=moment)
    counts = open_counts.in_bulk([_key(limit, subject) for limit, subject in tries])
    for limit, subject in tries:
        count = counts.get(_key(limit, subject))
        if count is not None and count.tries_count >= limit.tries:
            raise TooManyTries(limit)
    _take_each(tries, moment)


@transaction.atomic(durable=True)
def _take_each(tries: Sequence[tuple[Limit, str]], moment: dt.datetime) -> None:
    for limit, subject in tries:
        _take(limit, subject, moment)


def _take(limit: Limit, subject: str, moment: dt.datetime) -> None:
    rows = AttemptCount.objects.filter(pk=_key(limit, subject))
    if _count(rows, limit, moment):
        return
    ends_at = moment + dt.timedelta(seconds=limit.window_s)
    if rows.filter(ends_at__lte=moment).update(tries_count=1, ends_at=ends_at):
        return
    fresh = AttemptCount(pk=_key(limit, subject), purpose=limit.purpose, ends_at=ends_at)
    AttemptCount.objects.bulk_create([fresh], ignore_conflicts=True)
    if not _count(rows, limit, moment):
        raise TooManyTries(limit)


def forgive(limit: Limit, subject: str) -> None:
    """Forget every try at a secret: its owner has just shown it. One DELETE."""
    AttemptCount.objects.filter(pk=_key(limit, subject)).delete()


def give_back(limit: Limit, subject: str) -> None:
    """Take back one try of an address at which a right secret was shown. One UPDATE.

    Not all of them: whoever holds one right password must not clear the way for a thousand guesses.
    """
    rows = AttemptCount.objects.filter(pk=_key(limit, subject), tries_count__gt=0)
    rows.update(tries_count=models.F("tries_count") - 1)


@transaction.atomic
def sweep(now: dt.datetime) -> int:
    """Delete the counts whose window has ended; return how many. One DELETE, for the tick.

    A count that somebody is just beginning anew is passed by: waiting for it, while they wait for
    another one that is deleted here, would end one of the two.
    """
    ended = AttemptCount.objects.select_for_update(skip_locked=True).filter(ends_at__lte=now)
    return AttemptCount.objects.filter(pk__in=ended.values("pk")).delete()[0]


def _count(rows: "models.QuerySet[AttemptCount]", limit: Limit, now: dt.datetime) -> bool:
    open_rows = rows.filter(ends_at__gt=now, tries_count__lt=limit.tries)
    return bool(open_rows.update(tries_count=models.F("tries_count") + 1))


def _key(limit: Limit, subject: str) -> str:
    return crypto.provider().blind_index(subject, purpose=f"attempts.{limit.purpose}")
