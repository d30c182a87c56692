"""Which of the model's families are right for an attack of a test set."""

from __future__ import annotations

from typing import Final

_RULES: Final[dict[str, tuple[str, ...]]] = {
    "REQUEST-930": ("traversal",),
    "REQUEST-931": ("rfi",),
    "REQUEST-932": ("cmdi",),
    "REQUEST-933": ("code",),
    "REQUEST-934": ("code", "ssti", "ssrf"),
    "REQUEST-941": ("xss",),
    "REQUEST-942": ("sqli",),
    "REQUEST-944": ("code", "jndi", "deserialisation"),
}
"""The number of a rule file of the OWASP Core Rule Set → the families that it is about."""

_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "community-lfi": ("traversal",),
    "community-lfi-multipart": ("traversal",),
    "path-traversal": ("traversal",),
    "community-rce": ("cmdi",),
    "community-rce-rawrequests": ("cmdi",),
    "rce-urlpath": ("cmdi",),
    "rce": ("cmdi",),
    "shell-injection": ("cmdi",),
    "rce-urlparam": ("code",),
    "community-sqli": ("sqli",),
    "sql-injection": ("sqli",),
    "community-xss": ("xss",),
    "xss-scripting": ("xss",),
    "community-xxe": ("xxe",),
    "xml-injection": ("xxe",),
    "crlf": ("crlf",),
    "mail-injection": ("crlf",),
    "nosql-injection": ("nosql",),
    "ldap-injection": ("ldap",),
    "ss-include": ("ssi",),
    "sst-injection": ("ssti",),
    "sqli": ("sqli",),
    "xss": ("xss",),
}
"""A name of gotestwaf's (after its slash) or of libinjection's → the families that it is about. The
sets named after a transport (`grpc`, `rest`, …) mix families and are left out."""


def families_of(name: str) -> tuple[str, ...]:
    """Returns the families that are right for a test set's family `name`; none where unknown."""
    return _RULES.get(name[: len("REQUEST-930")]) or _NAMES.get(name.rpartition("/")[2], ())
