"""Workers who act for themselves: who they are, and what their session remembers of them."""

import datetime as dt
import hmac
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from nuanxin.core import crypto
from nuanxin.core.actors import Scope
from nuanxin.workers import sealing
from nuanxin.workers.models import Worker
from nuanxin.workers.services import survivor_of

Session = MutableMapping[str, Any]

_SELF: Final = "nx_worker"
_PHONE: Final = "nx_phone"
# what can do harm asks for a code that is not older
FRESH: Final = dt.timedelta(minutes=15)
# a telephone that was shown counts so long for what it was shown for
PROVED: Final = dt.timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class WorkerActor:
    """A worker who acts for themselves; the trail knows them by their key, never by name."""

    pk: UUID

    @property
    def actor_key(self) -> str:
        """What the audit trail keeps."""
        return f"worker:{self.pk}"

    @property
    def actor_label(self) -> str:
        """What a reader of the trail sees: enough to tell two apart."""
        return f"worker {str(self.pk)[:8]}"

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """No role over anybody else."""
        return ()


@dataclass(frozen=True, slots=True)
class PhoneShown:
    """A telephone on its way through a form.

    Parameters
    ----------
    phone
        Eleven digits.
    is_proved
        Whether its holder has typed a code back; before, it is only claimed.
    """

    phone: str
    is_proved: bool


def remember_phone(session: Session, phone: str, *, purpose: str, now: dt.datetime) -> None:
    """Keep a telephone to which a code was sent."""
    session[_PHONE] = {"for": purpose, "phone": _sealed(phone, purpose), "sent_s": _s(now)}


def remember_proof(session: Session, *, now: dt.datetime) -> None:
    """Keep that the code was right."""
    session[_PHONE] = {**session[_PHONE], "proved_s": _s(now)}


def phone_of(session: Session, *, purpose: str, now: dt.datetime) -> PhoneShown | None:
    """Return the telephone of a form, or None when there is none, or its time is over."""
    kept = session.get(_PHONE)
    if not kept or kept["for"] != purpose or _s(now) - kept["sent_s"] > PROVED.total_seconds():
        return None
    try:
        phone = crypto.provider().unseal(kept["phone"], _place(purpose))
    except crypto.SealBroken:
        return None
    return PhoneShown(phone, "proved_s" in kept)


def forget_phone(session: Session) -> None:
    """Drop the telephone of a form."""
    session.pop(_PHONE, None)


def begin(session: Session, worker: Worker, *, now: dt.datetime) -> None:
    """Let a session be the worker's."""
    forget_phone(session)
    session[_SELF] = {"id": str(worker.pk), "proof": _proof(worker), "at_s": _s(now)}


def end(session: Session) -> None:
    """Let a session be nobody's."""
    forget_phone(session)
    session.pop(_SELF, None)


def worker_of(session: Session) -> Worker | None:
    """Return whose session it is; nobody once the telephone changed or the entry was erased.

    Returns
    -------
    Worker or None
        The row that stands for the person, also when theirs was merged into it since.

    Notes
    -----
    Two queries; none without a session of a worker.
    """
    kept = session.get(_SELF)
    if not kept:
        return None
    worker = Worker.objects.filter(pk=kept["id"], erased_at__isnull=True).first()
    if worker is None or not hmac.compare_digest(_proof(worker), kept["proof"]):
        return None
    return survivor_of(worker)


def is_fresh(session: Session, *, now: dt.datetime) -> bool:
    """Return whether the worker has shown their telephone a short while ago."""
    return bool(_s(now) - session[_SELF]["at_s"] <= FRESH.total_seconds())


def _proof(worker: Worker) -> str:
    """Return what ends every session when the telephone changes."""
    value = f"{worker.pk}\x1f{sealing.opened(worker, 'phone_sealed')}"
    return crypto.provider().blind_index(value, purpose="worker.session")


def _sealed(phone: str, purpose: str) -> str:
    return crypto.provider().seal(phone, _place(purpose))


def _place(purpose: str) -> crypto.Place:
    return crypto.Place("session", purpose, "phone")


def _s(moment: dt.datetime) -> int:
    return int(moment.timestamp())
