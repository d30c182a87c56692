"""Whom a request came from, and whose word counts."""

from ipaddress import ip_network

import pytest

from detector.client_address import client_address

TRUSTED = tuple(map(ip_network, ("10.0.0.0/8", "192.0.2.1", "2001:db8::/32")))


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "expected"),
    [
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("198.51.100.9", "198.51.100.1", "198.51.100.9"),  # the peer may write what it likes
        ("10.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.1 ,10.0.0.2,192.0.2.1", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        ("10.0.0.1:80", "198.51.100.1", "198.51.100.1"),
        ("2001:db8::1", "2a00::1", "2a00::1"),
        ("[2001:db8::1]:443", '"[2a00::1]:4711"', "2a00::1"),
        ("::ffff:10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1, unknown", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1, <script>, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", ", ,", "10.0.0.1"),
        ("10.0.0.1", None, "10.0.0.1"),
        ("unix:", "198.51.100.1", "unix:"),
        ("shop.example", "198.51.100.1", "shop.example"),
        (None, "198.51.100.1", None),
    ],
)
def test_client(peer: str | None, forwarded_for: str | None, expected: str | None) -> None:
    """The client is the rightmost address that is no trusted proxy."""
    assert client_address(peer, forwarded_for, TRUSTED) == expected


def test_nobody_is_trusted_by_default() -> None:
    """Without trusted proxies the header is not even looked at."""
    assert client_address("10.0.0.1", "198.51.100.1", ()) == "10.0.0.1"
