"""Numbers, moments, tokens: values that are not words."""

from __future__ import annotations

import base64
import json
import time
from random import Random

from trainer.benign.lexicon import Lexicon, between, pick
from trainer.benign.wording import person, words

LETTERS = "abcdefghijklmnopqrstuvwxyz"
ALPHANUMERIC = LETTERS + "0123456789"
BASE64 = LETTERS.upper() + ALPHANUMERIC + "+/"
BASE64_URL = BASE64[:62] + "-_"
_EPOCH = (1_104_537_600, 1_830_297_600)  # 2005 to 2027


def stamp(rng: Random) -> int:
    """Returns a moment between 2005 and 2027, Unix seconds."""
    return between(rng, *_EPOCH)


def hexadecimal(rng: Random, digits: int) -> str:
    """Returns `digits` lower-case hexadecimal digits."""
    return f"{rng.getrandbits(4 * digits):0{digits}x}"


def characters(rng: Random, alphabet: str, count: int) -> str:
    """Returns `count` characters of `alphabet`."""
    return "".join(rng.choices(alphabet, k=count))


def version(rng: Random, _: Lexicon) -> str:
    """A version number."""
    made = f"{between(rng, 0, 12)}.{between(rng, 0, 40)}"
    draw = rng.random()
    if draw < 0.7:
        made += f".{between(rng, 0, 30)}"
    if draw < 0.08:
        made += pick(
            rng, ("-beta", "-rc1", "-alpha.2", "~rc3", "+git20240101", ".Final", "-1ubuntu2", "-r4")
        )
    return made


def integer(rng: Random, _: Lexicon) -> str:
    """A whole number of one to nine digits."""
    return str(int(10 ** (rng.random() * 8)))


def decimal(rng: Random, _: Lexicon) -> str:
    """A number with a fraction, sometimes negative."""
    sign = "-" if rng.random() < 0.2 else ""
    return f"{sign}{rng.random() * 10 ** between(rng, 0, 4):.{between(rng, 1, 7)}f}"


def base64_text(rng: Random, lex: Lexicon) -> str:
    """Base64 of a text or of bytes."""
    if rng.random() < 0.4:
        return base64.b64encode(words(rng, lex).encode()).decode()
    return characters(rng, BASE64, 4 * between(rng, 3, 40)) + pick(rng, ("", "", "=", "=="))


def token(rng: Random, _: Lexicon) -> str:
    """An opaque token of 16 to 120 characters."""
    length = int(16 * 7.5 ** rng.random())
    return characters(
        rng, pick(rng, (BASE64_URL, ALPHANUMERIC, BASE64_URL, "0123456789abcdef")), length
    )


def jwt(rng: Random, lex: Lexicon) -> str:
    """A JSON web token."""
    claims = {"sub": integer(rng, lex), "name": person(rng, lex), "iat": stamp(rng)}
    head = {"alg": pick(rng, ("HS256", "RS256", "ES256")), "typ": "JWT"}
    parts = (json.dumps(part, separators=(",", ":")).encode() for part in (head, claims))
    encoded = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    return f"{encoded}.{characters(rng, BASE64_URL, pick(rng, (43, 86, 342)))}"


def consent(rng: Random, _: Lexicon) -> str:
    """An IAB TCF or US privacy consent string."""
    if rng.random() < 0.2:
        return pick(rng, ("1YNN", "1---", "1YYN", "1NYN"))
    core = "C" + pick(rng, "OPQ") + characters(rng, BASE64_URL, between(rng, 20, 200))
    return core + (
        "." + characters(rng, BASE64_URL, between(rng, 4, 40)) if rng.random() < 0.5 else ""
    )


def latitude_longitude(rng: Random, _: Lexicon) -> str:
    """A pair of coordinates."""
    digits = between(rng, 3, 7)
    return f"{rng.uniform(-90, 90):.{digits}f},{rng.uniform(-180, 180):.{digits}f}"


def date(rng: Random, _: Lexicon) -> str:
    """A day."""
    moment = time.gmtime(stamp(rng))
    return time.strftime(
        pick(rng, ("%Y-%m-%d", "%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%Y%m%d", "%d %b %Y")), moment
    )


def timestamp(rng: Random, _: Lexicon) -> str:
    """A moment."""
    moment = time.gmtime(stamp(rng))
    return time.strftime(
        pick(
            rng,
            (
                "%Y-%m-%dT%H:%M:%SZ",
                "%Y-%m-%dT%H:%M:%S.000Z",
                "%Y-%m-%dT%H:%M:%S+02:00",
                "%Y-%m-%d %H:%M:%S",
                "%a, %d %b %Y %H:%M:%S GMT",
            ),
        ),
        moment,
    )


def address_v4(rng: Random, _: Lexicon) -> str:
    """A public IPv4 address."""
    inner = f"{between(rng, 0, 255)}.{between(rng, 0, 255)}"
    return f"{between(rng, 11, 99)}.{inner}.{between(rng, 1, 254)}"


def phone(rng: Random, _: Lexicon) -> str:
    """A telephone number."""
    return pick(rng, ("+1 (555) {}-{}", "+49 {} {}", "0{}-{}", "+44{}{}", "({}) {}")).format(
        between(rng, 100, 999), between(rng, 1000, 999999)
    )
