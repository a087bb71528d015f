import datetime as dt
from dataclasses import dataclass

from nuanxin.accounts.models import ConsentText, User
from nuanxin.core import crypto
from nuanxin.core.errors import NotFound


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


def current_texts(*, on: dt.date) -> list[ConsentText]:
    """Return what somebody is asked to agree to on a day.

    Parameters
    ----------
    on
        The civil day (Asia/Shanghai).

    Returns
    -------
    list of ConsentText
        Of each purpose the latest version in force, in the order of the file; no two have one purpose.

    Notes
    -----
    One query.
    """
    return list(ConsentText.objects.current(on).order_by("rank", "purpose"))


def text_of(purpose: str, version: int) -> ConsentText:
    """Return the words that somebody agreed to.

    Parameters
    ----------
    purpose
        Value of ``ConsentPurpose``.
    version
        1 and up, in force or not.

    Returns
    -------
    ConsentText
        As they were, for a version is never reworded.

    Raises
    ------
    NotFound
        When there is no such version.

    Notes
    -----
    One query.
    """
    text = ConsentText.objects.filter(purpose=purpose, version=version).first()
    if text is None:
        raise NotFound
    return text


def place_of(user: User, field: str) -> crypto.Place:
    """Return where a sealed text of a user belongs. No query."""
    return crypto.Place(User._meta.db_table, str(user.pk), field)


def _opened(user: User, field: str) -> str:
    sealed: str = getattr(user, field)
    return crypto.provider().unseal(sealed, place_of(user, field)) if sealed else ""
