"""The ways out: text messages, and work chat or e-mail through apprise.

An apprise URL is typed by somebody and fetched by this server, so only the schemes of a list are
followed: group robots, whose host is fixed by their maker, and mail. Any other scheme would let its
author send requests of this server to addresses behind the firewall. Mail alone names its own host:
it has to be on the public internet, or on the list of this site.
"""

import ipaddress
import logging
import socket
import warnings
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from nuanxin.core.errors import Invalid

MAIL_SCHEMES: Final = frozenset({"mailto", "mailtos"})
# what a mail address may add; others make the library fetch keys and files from elsewhere
MAIL_OPTIONS: Final = frozenset({"from", "to", "cc", "bcc", "name", "user", "pass", "smtp", "mode"})

_UNREADABLE: Final = "address_unreadable"
_HOST: Final = "host_not_allowed"
_NOT_TAKEN: Final = "not_taken"

logger = logging.getLogger(__name__)


class DeliveryFailed(Exception):
    """A message did not leave; it is tried again later.

    Parameters
    ----------
    reason
        A stable snake_case word; never an address, never a provider's own words.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SmsBackend(Protocol):
    """A provider of text messages; the setting ``NUANXIN_SMS_BACKEND`` names the class."""

    def send(self, *, phone: str, text: str) -> None:
        """Hand one text to the provider, within thirty seconds.

        Raises
        ------
        DeliveryFailed
            When the provider did not take it.
        """


class ConsoleSms:
    """Say in the log that a text was sent: neither its words nor the whole number."""

    def send(self, *, phone: str, text: str) -> None:
        """Write one line."""
        logger.info("text message of %d characters to %s", len(text), masked(phone))


def sms_backend() -> SmsBackend:
    """Return the site's provider of text messages."""
    backend: SmsBackend = import_string(settings.SMS_BACKEND)()
    return backend


def masked(phone: str) -> str:
    """Return a number of which only the last two digits can be read."""
    return f"…{phone[-2:]}"


def check_apprise(url: str) -> None:
    """Refuse an apprise URL that this site does not follow. No query, no network.

    Raises
    ------
    Invalid
        When its scheme is not on the list, or a mail address brings an option we do not know.
    """
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.lower() not in settings.APPRISE_SCHEMES:
        raise Invalid(_("This kind of address is not allowed here."), code="scheme_not_allowed")
    if scheme.lower() in MAIL_SCHEMES:
        options = {name.lower() for name, _value in parse_qsl(rest.partition("?")[2])}
        if not options <= MAIL_OPTIONS:
            raise Invalid(
                _("This address has an option that is not allowed."), code="option_not_allowed"
            )


def send_apprise(*, url: str, subject: str, text: str) -> None:
    """Send one message to an apprise URL.

    Raises
    ------
    DeliveryFailed
        When the URL cannot be read, its host may not be asked, or the other side did not take it.
    Invalid
        When this site does not follow the URL.
    """
    check_apprise(url)
    service = _service(url)
    if service is None:
        raise DeliveryFailed(_UNREADABLE)
    host = getattr(service, "smtp_host", "")
    if host and not _may_ask(str(host)):
        raise DeliveryFailed(_HOST)
    if not service.notify(body=text, title=subject):
        raise DeliveryFailed(_NOT_TAKEN)


def _service(url: str) -> Any:
    # a second of imports that only the worker needs; one of them warns of its own old age
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from apprise import Apprise

        return Apprise.instantiate(url, suppress_exceptions=True)


def _may_ask(host: str) -> bool:
    """Return whether mail may be handed to a host: listed, or on the public internet alone."""
    if host.lower() in settings.MAIL_HOSTS:
        return True
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, None)}
    except OSError:
        return False
    return all(ipaddress.ip_address(address.partition("%")[0]).is_global for address in found)
