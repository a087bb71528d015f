"""Telling the keepers of a station what happened at its door, each thing once."""

import datetime as dt
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from nuanxin.accounts.models import User
from nuanxin.accounts.selectors import contact_of
from nuanxin.core import clock, outbox
from nuanxin.core.actors import SystemActor
from nuanxin.core.process_models import Channel
from nuanxin.stations.judging import Judgement
from nuanxin.stations.models import Evidence, Fault, Keeping, Station

ACTOR: Final = SystemActor("stations")


def word_judged(word: Evidence, judgement: Judgement) -> int:
    """Tell the keepers what a stranger's word did to the door.

    Parameters
    ----------
    word
        The word, its station loaded.
    judgement
        What it did.

    Returns
    -------
    int
        Messages written; none for a word that changes nothing for a keeper.

    Notes
    -----
    One query, and five more for each keeper with a contact; in the caller's transaction.
    """
    if judgement not in (Judgement.REPORTED, Judgement.CLOSED, Judgement.DOUBTED):
        return 0
    with translation.override(settings.LANGUAGE_CODE):
        words = {"station": word.station.name, "time": _time(word.at)}
        text = {
            Judgement.REPORTED: _(
                "%(time)s: somebody found %(station)s shut. If it is open, say so at your desk."
            ),
            Judgement.CLOSED: _(
                "%(time)s: several people found %(station)s shut; riders are sent elsewhere now. Open "
                "it, or show at your desk that it is open."
            ),
            Judgement.DOUBTED: _(
                "%(time)s: words about %(station)s contradict each other. Show at your desk that it "
                "is open."
            ),
        }[judgement] % words
    # once an hour for each: a flood of words must not become a flood of messages
    hour = word.at.astimezone(clock.CIVIL_ZONE).strftime("%Y%m%d%H")
    key = f"word:{word.station_id}:{judgement.name}:{hour}"
    return _tell(word.station, key=key, text=text, at=word.at)


def fault_reported(fault: Fault) -> int:
    """Tell the keepers that something does not work. Queries as for `word_judged`."""
    with translation.override(settings.LANGUAGE_CODE):
        text = _("%(station)s: %(facility)s, %(kind)s, as somebody says.") % {
            "station": fault.station.name,
            "facility": fault.facility,
            "kind": fault.get_kind_display(),
        }
    # as for words: many devices that say the same are one message a day
    day = clock.civil_date(fault.at).isoformat()
    key = f"fault:{fault.station_id}:{fault.facility_id}:{fault.kind}:{day}"
    return _tell(fault.station, key=key, text=text, at=fault.at)


def opening_missed(station: Station, opened_at: dt.datetime, *, now: dt.datetime) -> int:
    """Remind the keepers that nobody has opened a station. Queries as for `word_judged`."""
    with translation.override(settings.LANGUAGE_CODE):
        text = _(
            "%(station)s should be open since %(time)s, and nobody has said so. Open it at your desk, "
            "or announce that it stays shut."
        ) % {"station": station.name, "time": _time(opened_at)}
    key = f"opening:{station.pk}:{opened_at.isoformat()}"
    return _tell(station, key=key, text=text, at=now)


def _tell(station: Station, *, key: str, text: str, at: dt.datetime) -> int:
    kept = Keeping.objects.in_force(at).of_station(station)
    users = User.objects.filter(pk__in=kept.order_by().values("user_id"), is_active=True)
    about = station.name
    return sum(_write(user, key, about, text, at) for user in users.order_by("pk"))


def _write(user: User, key: str, about: str, text: str, at: dt.datetime) -> bool:
    contact = contact_of(user)
    channel = Channel.APPRISE if contact.notice_url else Channel.SMS
    address = contact.notice_url or contact.phone
    if not address:
        return False
    outbox.enqueue(
        dedupe=f"{key}:{user.pk}",
        channel=channel,
        address=address,
        subject=about,
        text=text,
        due_at=at,
        by=ACTOR,
    )
    return True


def _time(moment: dt.datetime) -> str:
    return moment.astimezone(clock.CIVIL_ZONE).strftime("%H:%M")
