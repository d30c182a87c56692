r"""Escapes of text logs, undone.

nginx writes `"`, `\` and bytes outside printable ASCII as \xHH
(https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format); Apache writes `\"`, `\\`,
C's letters for white space and \xhh for the rest
(https://httpd.apache.org/docs/2.4/mod/mod_log_config.html#format-notes).
"""

from __future__ import annotations

import re

_ESCAPE = re.compile(rb'\\(?:x([0-9a-fA-F]{2})|(["\\bnrtv]))')
_LETTERS = {b"b": b"\b", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


def unescaped(text: str) -> str:
    """Returns `text` as the client sent it; bytes that are not UTF-8 become surrogate escapes."""
    if "\\" not in text:
        return text
    data = text.encode("utf-8", "surrogateescape")
    return _ESCAPE.sub(_byte, data).decode("utf-8", "surrogateescape")


def _byte(match: re.Match[bytes]) -> bytes:
    digits, letter = match.groups()
    return bytes.fromhex(digits.decode()) if digits else _LETTERS.get(letter, letter)
