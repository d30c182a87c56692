"""The first line of an HTTP request, and the target in it (RFC 9112, section 3)."""

from __future__ import annotations

import re

_METHOD = re.compile(r"[A-Za-z][A-Za-z_-]*")
_PROTOCOLS = frozenset(
    f"HTTP/{version}" for version in ("0.9", "1.0", "1.1", "2", "2.0", "3", "3.0")
)
_SCHEME_AND_AUTHORITY = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://([^/?#]*)")


def split_target(target: str) -> tuple[str, str, str | None]:
    """Splits a target: `/path?query`, `http://host/path?query`, `host:port` or `*`.

    Returns:
        Path; query, without the question mark; the host where the target names it, else None.
    """
    host = None
    if not target.startswith("/"):
        absolute = _SCHEME_AND_AUTHORITY.match(target)
        if absolute:
            host = absolute[1].rpartition("@")[2] or None
            target = target[absolute.end() :]
            if not target.startswith("/"):
                target = "/" + target
    path, _, query = target.partition("?")
    return path, query, host


def split_request_line(line: str) -> tuple[str, str, str, str | None]:
    """Splits a request line, its escapes undone.

    The method is the first word and the protocol the last, where it is one; all between is target,
    spaces too. A line that is no request (TLS to a plain port, a scan) was sent to the server all
    the same and may be an attack: it is scored whole, as a path without a method. An empty line or
    "-" is a connection on which no request came: method and path are empty.

    Returns:
        Method, upper case; then path, query and host of the target (see split_target).
    """
    method, _, rest = line.partition(" ")
    if not rest or not (method.isalpha() or _METHOD.fullmatch(method)):
        return "", "" if line == "-" else line, "", None
    target, _, protocol = rest.rpartition(" ")
    if protocol not in _PROTOCOLS:
        target = rest
    return (method.upper(), *split_target(target))
