"""The rolling month of a keeper's session."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY
from django.http import HttpRequest, HttpResponseBase

from nuanxin.accounts.backends import KEEPER_DOOR
from nuanxin.core import clock

GetResponse = Callable[[HttpRequest], HttpResponseBase]

ROLLED_ON: Final = "nx_rolled_on"


class KeeperSessionMiddleware:
    """Let a keeper's session last from the last day it was used: one write a day, not one a page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, then move the end of a session that the answer read."""
        response = self.get_response(request)
        session = request.session
        # only a session that was read already: a public page must not come to vary by cookie
        if session.accessed and session.get(BACKEND_SESSION_KEY) == KEEPER_DOOR:
            today = clock.civil_date().isoformat()
            if session.get(ROLLED_ON) != today:
                session[ROLLED_ON] = today
                session.set_expiry(settings.KEEPER_SESSION_AGE_S)
        return response
