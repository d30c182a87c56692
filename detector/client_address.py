"""The client's address behind proxies (X-Forwarded-For).

Anyone can send an X-Forwarded-For, so only what a trusted proxy appended counts: walking from the
right, the first address that is no trusted proxy is the client
(https://developer.mozilla.org/en-US/docs/Web/HTTP/Headers/X-Forwarded-For).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Network = IPv4Network | IPv6Network
_Address = IPv4Address | IPv6Address

_HOP = re.compile(r'"?(?:\[([^\]]+)\](?::\d+)?|([0-9.]+):\d+|([^"]+))"?')


def client_address(
    peer: str | None, forwarded_for: str | None, trusted: Sequence[Network]
) -> str | None:
    """Returns the address of the client on whose behalf `peer` sent a request.

    Args:
        peer: who connected to the server that wrote the log.
        forwarded_for: X-Forwarded-For as sent; may be anything.
        trusted: networks of the proxies whose word counts.

    Returns:
        `peer` as it is unless it is a trusted proxy. Else the rightmost address in `forwarded_for`
        that is none; where something that is no address stands before that, or every address is a
        trusted proxy's, the leftmost proxy that was reached.
    """
    if not (trusted and peer and forwarded_for):
        return peer
    address = _address(peer)
    client = peer
    for hop in reversed(forwarded_for.split(",")):
        if address is None or not _is_within(address, trusted):
            break
        address = _address(hop)
        if address is not None:
            client = str(address)
    return client


def _address(hop: str) -> _Address | None:
    """Reads one hop: an address, perhaps in brackets or quotes, perhaps with a port."""
    match = _HOP.fullmatch(hop.strip())
    if match is None:
        return None
    try:
        address = ip_address(match[1] or match[2] or match[3])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_within(address: _Address, trusted: Sequence[Network]) -> bool:
    return any(address in network for network in trusted)
