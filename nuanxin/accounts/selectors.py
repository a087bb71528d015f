from dataclasses import dataclass

from nuanxin.accounts.models import User
from nuanxin.core import crypto


@dataclass(frozen=True, slots=True)
class Contact:
    """Where notices reach a user, in clear: for the program that sends them, and for nobody else.

    Parameters
    ----------
    phone
        As it was entered; empty when none is on record.
    notice_url
        Address of a messenger's robot, such as ``wecombot://…``; empty when none is on record.
    """

    phone: str
    notice_url: str


def contact_of(user: User) -> Contact:
    """Open the seals of a user's contact.

    Parameters
    ----------
    user
        Whose contact.

    Returns
    -------
    Contact
        Never to be shown on a page or written to a log.

    Raises
    ------
    SealBroken
        When a sealed text was altered or moved, or its key is gone.

    Notes
    -----
    No query.
    """
    return Contact(
        phone=_opened(user, "phone_sealed"), notice_url=_opened(user, "notice_url_sealed")
    )


def place_of(user: User, field: str) -> crypto.Place:
    """Return where a sealed text of a user belongs. No query."""
    return crypto.Place(User._meta.db_table, str(user.pk), field)


def _opened(user: User, field: str) -> str:
    sealed: str = getattr(user, field)
    return crypto.provider().unseal(sealed, place_of(user, field)) if sealed else ""
