"""Where a request comes from: the address that nobody outside our own proxies can write."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

_IPV6_SITE_BITS = 64


def client_address(request: HttpRequest) -> str:
    """Return the address of whoever asks, as the outermost trusted proxy saw it.

    Parameters
    ----------
    request
        The request. Of ``X-Forwarded-For`` only the last ``TRUSTED_PROXIES`` entries are ours;
        everything before them is what the client says of itself and is never read.

    Returns
    -------
    str
        An IP address in its shortest form; the peer's own when there is no trusted proxy, when the
        request passed fewer proxies than there are, or when the entry is no address. Empty when
        the server does not know its peer (a Unix socket).

    Notes
    -----
    No query. An address is personal data: count by its keyed fingerprint, never log it.
    """
    peer = _address(request.META.get("REMOTE_ADDR", ""))
    proxies: int = settings.TRUSTED_PROXIES
    if proxies < 1:
        return peer
    entries = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    return _address(entries[-proxies]) or peer if len(entries) >= proxies else peer


def site_of(address: str) -> str:
    """Return what one subscriber holds: an IPv4 address, or the /64 network of an IPv6 address.

    Parameters
    ----------
    address
        An address as ``client_address`` returns it; other texts come back unchanged.
    """
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if known.version == 4:
        return str(known)
    return str(ipaddress.ip_network((int(known), _IPV6_SITE_BITS), strict=False))


def _address(text: str) -> str:
    try:
        known = ipaddress.ip_address(text.strip())
    except ValueError:
        return ""
    mapped = known.ipv4_mapped if isinstance(known, ipaddress.IPv6Address) else None
    return str(mapped or known)
