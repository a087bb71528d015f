"""Between password and code: who has shown the one and owes the other."""

import datetime as dt
import hmac
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.sessions.backends.base import SessionBase

from nuanxin.accounts.models import User
from nuanxin.core import clock

MINUTES: Final = 10
_KEY: Final = "nx_pending"


@dataclass(frozen=True, slots=True)
class Pending:
    """A sign-in that lacks its code.

    Parameters
    ----------
    user
        Who has shown the password; not signed in.
    next_url
        Where they wanted to go; an address of ours.
    secret_sealed
        The secret that waits to be enrolled; empty for somebody who is enrolled.
    """

    user: User
    next_url: str
    secret_sealed: str


def begin(
    session: SessionBase,
    user: User,
    *,
    next_url: str,
    secret_sealed: str = "",
    now: dt.datetime | None = None,
) -> None:
    """Note in a session that its holder has shown a user's password.

    The session gets a new key, so that nobody who knew the old one goes along.
    """
    session.cycle_key()
    until = (now or clock.now()) + dt.timedelta(minutes=MINUTES)
    session[_KEY] = {
        "user": str(user.pk),
        "hash": user.get_session_auth_hash(),
        "until": until.timestamp(),
        "next": next_url,
        "secret": secret_sealed,
    }


def read(session: SessionBase, *, now: dt.datetime | None = None) -> Pending | None:
    """Return the sign-in that waits in a session, or None.

    Notes
    -----
    One query. It has ended after ten minutes, and when the user's password was changed, their
    sessions were ended or they were switched off meanwhile.
    """
    noted: dict[str, Any] | None = session.get(_KEY)
    if noted is None or (now or clock.now()).timestamp() >= noted["until"]:
        return None
    user = User.objects.filter(pk=noted["user"], is_active=True).first()
    if user is None or not hmac.compare_digest(noted["hash"], user.get_session_auth_hash()):
        return None
    return Pending(user, noted["next"], noted["secret"])


def drop(session: SessionBase) -> None:
    """Forget the sign-in that waits."""
    session.pop(_KEY, None)
