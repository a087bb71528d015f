"""Where the demo may stand: it signs anybody in with one click, so on no host the world can reach."""

import ipaddress
from collections.abc import Iterable

from django.core.exceptions import ImproperlyConfigured


def refuse_public_hosts(hosts: Iterable[str]) -> None:
    """Do nothing when every host is this machine or an address of a local network.

    Parameters
    ----------
    hosts
        Hosts as Django's ``ALLOWED_HOSTS`` takes them.

    Raises
    ------
    ImproperlyConfigured
        When one is a name other than ``localhost``, a pattern, or an address of the public network.
    """
    public = [host for host in hosts if not _is_near(host)]
    if public:
        msg = (
            f"The demo is refused on {', '.join(public)}: anybody could sign in there as anybody. "
            "NUANXIN_HOSTS may name localhost and addresses of local networks only."
        )
        raise ImproperlyConfigured(msg)


def _is_near(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return not (address.is_global or address.is_multicast or address.is_unspecified)
