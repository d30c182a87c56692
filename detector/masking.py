r"""Masks what looks like a credential in a request, so that alerts can be passed round.

The rule: of a secret value every letter, digit and non-ASCII byte becomes `*`, while punctuation
and spaces stay. Its length stays known, and so does its shape: an injection in a password field
(`' OR 1=1 --`) still reads as one (`' ** *=* --`). Of a card number's field only the digits are
masked. A JSON number's digits become `1`, so that JSON stays JSON. A percent- or JSON-encoded
character becomes an encoded mask, so that the masked request has a canonical text of the same
length, and evidence keeps its offsets.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

import orjson

from detector.credentials import CARD, SHAPES, Sensitivity, is_card_number, sensitivity
from detector.text import to_bytes
from detector.types import Request

_LONGEST = 1 << 16  # characters; no alert shows as much, and masking takes a second a megabyte
_DIGITS = frozenset(b"0123456789")
_LETTERS = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_ALL = _DIGITS | _LETTERS | frozenset(range(0x80, 0x100))

_HEX = rb"[0-9a-fA-F]"
_PERCENT = (
    rb"(%(?:25)*)("
    + _HEX
    + rb"{2})|(%[uU])([dD][89abAB]..(?i:%u)[dD][c-fC-F]"
    + _HEX
    + rb"{2}|"
    + _HEX
    + rb"{4})"
)
_ESCAPE = (
    rb"(\\u)([dD][89abAB]..\\u[dD][c-fC-F]" + _HEX + rb"{2}|" + _HEX + rb"{4})"
    rb"|\\[\"\\/bfnrt]"
)
_PLAIN = rb"[0-9A-Za-z\x80-\xff]"
_FORM_UNIT = re.compile(rb"|".join((_PERCENT, _PLAIN)))
_JSON_UNIT = re.compile(rb"|".join((_ESCAPE, _PLAIN)))
_MIXED_UNIT = re.compile(rb"|".join((_PERCENT, _ESCAPE, _PLAIN)))
_FORM_KEY = re.compile(rb"[^\s<>\"'{}]{1,128}")
_JSON_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[{}\[\]:,]|[^\s"{}\[\]:,]++', re.DOTALL)
_NUMBER = re.compile(rb"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_JSON_CONSTANTS = (b"true", b"false", b"null")


def masked(request: Request) -> Request:
    """Returns `request` with credential-like values masked in every field that may hold one.

    Of a field of more than 65,536 characters only that many are masked and kept.
    """
    return request._replace(
        path=_mask(request.path),
        query=_mask(request.query),
        body=_mask(request.body, is_body=True),
        user_agent=request.user_agent and _mask(request.user_agent),
        referer=request.referer and _mask(request.referer),
    )


def shape(data: bytes) -> bytes:
    """Masks every letter, digit and non-ASCII byte of `data`, whatever it says."""
    return bytes(42 if byte in _ALL else byte for byte in data)


def _mask(text: str, *, is_body: bool = False) -> str:
    data = to_bytes(text[:_LONGEST])
    if data.lstrip()[:1] in (b"{", b"["):
        hidden = mask_json(data, _JSON_UNIT if is_body and _is_json(data) else _MIXED_UNIT)
    else:
        hidden = mask_form(data)
    return hidden.decode("utf-8", "surrogateescape")


def _is_json(data: bytes) -> bool:
    try:
        orjson.loads(data)
    except orjson.JSONDecodeError:
        return False
    return True


def mask_form(data: bytes) -> bytes:
    """Masks `key=value&…`, and text of any other kind by the shape of what it holds."""
    return b"&".join(map(_mask_pair, data.split(b"&")))


def _mask_pair(pair: bytes) -> bytes:
    key, equals, value = pair.partition(b"=")
    if equals and _FORM_KEY.fullmatch(key):
        how = sensitivity(_plain(key))
        if how is not Sensitivity.NONE:
            return key + equals + _hide_shapes(_conceal(value, _FORM_UNIT, how), _FORM_UNIT)
    return _hide_shapes(pair, _FORM_UNIT)


def mask_json(data: bytes, unit: re.Pattern[bytes] = _MIXED_UNIT) -> bytes:
    """Masks JSON, also where it is cut short: values under a secret key, at any depth below it.

    Args:
        data: the JSON.
        unit: matches one character, encoded or not.
    """
    parts: list[bytes] = []
    inherited: list[tuple[bool, Sensitivity]] = []  # per open container: an object?, its values
    how, key_next, done = Sensitivity.NONE, False, 0
    for match in _JSON_TOKEN.finditer(data):
        token = match[0]
        if token in (b"{", b"["):
            key_next = token == b"{"
            inherited.append((key_next, how))
        elif token in (b"}", b"]", b","):
            if token != b"," and inherited:
                inherited.pop()
            is_object, how = inherited[-1] if inherited else (False, Sensitivity.NONE)
            key_next = token == b"," and is_object
        elif token == b":":
            key_next = False
        elif key_next:
            if how is Sensitivity.NONE:
                how = sensitivity(_plain(_unescaped(token)))
        elif token not in _JSON_CONSTANTS:
            hidden = _hide_shapes(_conceal(token, unit, how), unit)
            if not token.startswith(b'"') and _NUMBER.fullmatch(token):
                hidden = hidden.replace(b"*", b"1")
            parts += (data[done : match.start()], hidden)
            done = match.end()
    parts.append(data[done:])
    return b"".join(parts)


def _plain(key: bytes) -> bytes:
    for _ in range(3):
        key = unquote_to_bytes(key.replace(b"+", b" "))
    return key


def _unescaped(token: bytes) -> bytes:
    return re.sub(rb"\\u00([0-7][0-9a-fA-F])", lambda code: bytes.fromhex(code[1].decode()), token)


def _hide_shapes(data: bytes, unit: re.Pattern[bytes]) -> bytes:
    def hide(match: re.Match[bytes]) -> bytes:
        start, end = match.start("secret") - match.start(), match.end("secret") - match.start()
        whole = match[0]
        return whole[:start] + _conceal(match["secret"], unit, Sensitivity.ALL) + whole[end:]

    for pattern in SHAPES:
        data = pattern.sub(hide, data)
    return CARD.sub(lambda match: hide(match) if is_card_number(match[0]) else match[0], data)


def _conceal(data: bytes, unit: re.Pattern[bytes], how: Sensitivity) -> bytes:
    """Masks `data` unit by unit, an encoded character being one unit."""
    if how is Sensitivity.NONE:
        return data
    hidden = _DIGITS if how is Sensitivity.DIGITS else _ALL

    def replace(match: re.Match[bytes]) -> bytes:
        encoded = [group for group in match.groups() if group is not None]
        if encoded:
            lead, digits = encoded
            return lead + _mask_code(lead, digits, hidden)
        return b"*" if match[0][0] in hidden else match[0]

    return unit.sub(replace, data)


def _mask_code(lead: bytes, digits: bytes, hidden: frozenset[int]) -> bytes:
    """Masks a character's code by one that takes as many bytes in UTF-8."""
    if len(digits) > 4:  # a surrogate pair: four bytes, as two characters of two bytes
        return b"00b7" + lead + b"00b7" if hidden is _ALL else digits
    code = int(digits, 16)
    if len(digits) == 2 or code < 0x80:
        return b"2A".rjust(len(digits), b"0") if code in hidden else digits
    if hidden is _DIGITS:
        return digits
    return b"00b7" if code < 0x800 else b"2022"
