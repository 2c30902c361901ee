"""Where a request comes from: the peer, or what proxies say that are named in the settings, and nobody else's word."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

_HOUSE = 64
"""Leading bits of an IPv6 address that one household or office has to itself."""


def address_of(request: HttpRequest) -> str:
    """The address of the client; empty where the peer has none, such as a socket of the same machine.

    X-Forwarded-For is read from its end, as long as whoever wrote it is a trusted proxy: what stands before that,
    anybody may have sent.
    """
    found = _read(request.META.get("REMOTE_ADDR", ""))
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    while hops and _trusted(found):
        if (further := _read(hops.pop())) is None:
            break
        found = further
    return str(found) if found is not None else ""


def house_of(address: str) -> str:
    """What guesses are counted by: an IPv4 address, or the network of an IPv6 one."""
    found = _read(address)
    if isinstance(found, IPv6Address):
        return str(ip_network((found, _HOUSE), strict=False))
    return str(found or "")


def _read(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def _trusted(address: IPv4Address | IPv6Address | None) -> bool:
    """Whether a proxy of ours. A peer without address, a socket, is one where the settings name `unix`."""
    if address is None:
        return "unix" in settings.TRUSTED_PROXIES
    networks = (ip_network(one, strict=False) for one in settings.TRUSTED_PROXIES if one != "unix")
    return any(address.version == network.version and address in network for network in networks)
