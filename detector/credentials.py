"""What counts as a credential: by the key that it stands under, or by its own shape.

Every pattern runs in time linear in the text: a repeat is bounded, or cannot start inside itself.
"""

from __future__ import annotations

import re
from enum import Enum

_NAMES = (
    rb"passw(?:or)?d|passphrase|passcode|pwd|secret|token|api[-_ ]?key|access[-_ ]?key"
    rb"|private[-_ ]?key|credential|authori[sz]ation|sess(?:ion|id)|jwt"
)
_SECRET_NAME = re.compile(_NAMES)
_SECRET_WORD = re.compile(
    rb"(?<![a-z])(?:pass|pw|auth|sid|cookie|pin|otp|cvv2?|cvc2?|ssn)(?![a-z])"
)
_CARD_NAME = re.compile(rb"credit[-_ ]?card|card[-_ ]?(?:no|nr|num|number)(?![a-z])|^card$")
_HUMP = re.compile(rb"([a-z0-9])([A-Z])")


class Sensitivity(Enum):
    """How much of a value its key gives reason to mask."""

    NONE = "nothing"
    DIGITS = "its digits"  # card numbers: what is not a digit is not a card number
    ALL = "its letters and digits"


def sensitivity(key: bytes) -> Sensitivity:
    """Judges a value by its decoded key, such as `user[password]`, `creditCard` or `API-Key`."""
    words = _HUMP.sub(rb"\1_\2", key).lower()
    if _SECRET_NAME.search(words) or _SECRET_WORD.search(words):
        return Sensitivity.ALL
    return Sensitivity.DIGITS if _CARD_NAME.search(words) else Sensitivity.NONE


_SPACE = rb"(?:\s|\+|%20)"
_LABELLED = re.compile(
    rb"(?i)(?:" + _NAMES + rb")[a-z0-9_.\]-]{0,32}"
    rb"[\"'\\]{0,6}" + _SPACE + rb"{0,4}(?:[:=]|%3[ad])" + _SPACE + rb"{0,4}"
    rb"(?P<quote>[\"'\\]{1,6})?(?P<secret>(?(quote)[^\"'\\]++|[^\s\"'\\&,;<>]++))"
)
_ELEMENT = re.compile(rb"(?i)<[^<>]{0,64}?(?:" + _NAMES + rb")[^<>]{0,64}>(?P<secret>[^<]++)")
_PART = re.compile(
    rb"(?i)name=\"[^\"\r\n]{0,64}?(?:" + _NAMES + rb")[^\"\r\n]{0,64}\"[^\r\n]{0,256}\r?\n"
    rb"(?:[^\r\n]{1,256}\r?\n){0,4}\r?\n(?P<secret>[^\r\n]++)"
)
_SCHEME = re.compile(rb"(?i)\b(?:bearer|basic)" + _SPACE + rb"{1,4}(?P<secret>[^\s\"'\\&,;<>]++)")
_USER_INFO = re.compile(
    rb"(?i)(?::|%3a)(?:/|%2f){2}[^\s/?#@:%]{0,128}(?::|%3a)"
    rb"(?P<secret>(?:[^\s/?#@%]|%(?!40|2f)[0-9a-f]{2}){1,256})(?:@|%40)"
)
_JWT = re.compile(rb"(?<![\w*-])(?P<secret>eyJ[\w-]{8,}+\.[\w-]{4,}+(?:\.[\w-]*+)?)", re.ASCII)
_VENDOR = re.compile(
    rb"(?<![0-9A-Za-z*])(?P<secret>A(?:KIA|SIA)[0-9A-Z]{16}|gh[opsru]_[0-9A-Za-z]{20,}+"
    rb"|xox[abprs]-[0-9A-Za-z-]{10,}+)"
)
_CARD = re.compile(
    rb"(?<![0-9*])(?P<secret>[2-6](?:[0-9]{12,18}"
    rb"|[0-9]{3}(?P<gap>[ +-]|%20|%2[dD])[0-9]{4}(?P=gap)[0-9]{4}(?P=gap)[0-9]{1,7}"
    rb"|[0-9]{3}(?P<gap2>[ +-]|%20|%2[dD])[0-9]{6}(?P=gap2)[0-9]{5}))(?![0-9])"
)
_ENCODED_GAP = re.compile(rb"%2[0dD]")

SHAPES = (_SCHEME, _LABELLED, _ELEMENT, _PART, _USER_INFO, _JWT, _VENDOR)
"""Patterns whose group `secret` is a credential wherever it stands."""

CARD = _CARD
"""What may be a card number; `is_card_number` says whether it is."""


def is_card_number(digits: bytes) -> bool:
    """Whether the Luhn checksum holds (ISO/IEC 7812-1, annex B), gaps between digits skipped."""
    figures = [c - 48 for c in reversed(_ENCODED_GAP.sub(b"", digits)) if 48 <= c <= 57]
    doubled = (sum(divmod(2 * figure, 10)) for figure in figures[1::2])
    return (sum(figures[::2]) + sum(doubled)) % 10 == 0
