"""Whom a visitor of the demo can be."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from nuanxin.accounts.models import User
from nuanxin.core.errors import Invalid, NotFound

# only people with this name are the demo's own: nobody real can be signed in by a click
PREFIX: Final = "demo-"


@dataclass(frozen=True, slots=True)
class Persona:
    """One of the demo's people.

    Parameters
    ----------
    code
        What the button sends.
    title, story
        What the visitor reads: who it is, and what they do here.
    username
        The user to sign in; empty for riders, who need no account.
    is_keeper
        Whether they come in by the keepers' door.
    """

    code: str
    title: Promise
    story: Promise
    username: str = ""
    is_keeper: bool = False


PERSONAS: Final = (
    Persona(
        "rider",
        _("A rider"),
        _("Finds a station that is open on arrival. No account, no app."),
    ),
    Persona(
        "door",
        _("A rider at a locked door"),
        _("Scans the code of the sign, and says in one tap what they find."),
    ),
    Persona(
        "member",
        _("A member of a union"),
        _("Shows the member's card, and reads what is kept and who looked at it."),
    ),
    Persona(
        "keeper",
        _("A station keeper"),
        _("Opens and closes a station in Keqiao from a phone."),
        "demo-keeper",
        is_keeper=True,
    ),
    Persona(
        "host",
        _("The manager of a host's outlets"),
        _("Keeps all outlets of one host, and closes them in one form."),
        "demo-host",
        is_keeper=True,
    ),
    Persona(
        "county",
        _("A county officer"),
        _("Looks after the stations of Keqiao district, and of no other."),
        "demo-county",
    ),
    Persona(
        "members",
        _("A membership officer"),
        _("Enters the members of Wuxing district, brings their lists and answers transfers."),
        "demo-members",
    ),
    Persona(
        "second",
        _("The second person"),
        _("Decides in Wuxing what another officer has proposed."),
        "demo-second",
    ),
    Persona(
        "officer",
        _("A provincial officer"),
        _("Sees every station of the province."),
        "demo-officer",
    ),
    Persona(
        "auditor",
        _("An auditor"),
        _("Reads everything, down to who did what; changes nothing."),
        "demo-auditor",
    ),
    Persona(
        "admin",
        _("The administrator"),
        _("Gives roles, and resets what people sign in with."),
        "demo-admin",
    ),
)


def persona_named(code: str) -> Persona:
    """Return the persona of a button.

    Raises
    ------
    Invalid
        When there is none, with code ``unknown_persona``.
    """
    found = next((persona for persona in PERSONAS if persona.code == code), None)
    if found is None:
        raise Invalid(_("Choose one of the people below."), code="unknown_persona")
    return found


def user_of(persona: Persona) -> User:
    """Return the demo's user behind a persona.

    Raises
    ------
    NotFound
        When the demo's people are missing, or were switched off.

    Notes
    -----
    One query.
    """
    demo_people = User.objects.filter(username__startswith=PREFIX, is_active=True)
    user = demo_people.filter(username=persona.username).first()
    if user is None:
        raise NotFound
    return user
