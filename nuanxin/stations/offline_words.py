"""The sentences a kept copy tells with, in the reader's language; the page's script fills them in."""

import json

from django.utils.translation import gettext as _


def offline_words() -> str:
    """Return the sentences as JSON: the names are those of ``frontend/src/posted.ts``."""
    words = {
        "top": _("You are offline. This is a copy kept on your phone: {age}."),
        "posted": _("Posted for today: {hours}, by this phone's clock"),
        "shut": _("No hours posted for today, by this phone's clock"),
        "none": _("It has posted no hours"),
        "unsure": _("The arrangement of today is not announced yet"),
        "over": _("This copy does not know the hours of today"),
        "allday": _("all day"),
        "confirmed": _("last confirmed {age}; you are offline"),
        "unconfirmed": _("not confirmed lately when it was kept; you are offline"),
        "now": _("just now"),
        "minutes": _("{count} min ago"),
        "hours": _("{count} h ago"),
        "days": _("{count} d ago"),
    }
    return json.dumps(words, ensure_ascii=False)
