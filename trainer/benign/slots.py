"""The slots of the pattern grammar: each draws one value, not encoded."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from uuid import UUID

from trainer.benign import tokens, wording
from trainer.benign.lexicon import Lexicon, between, own_words, pick
from trainer.benign.tokens import ALPHANUMERIC, BASE64_URL, LETTERS, characters, hexadecimal, stamp

Slot = Callable[[Random, Lexicon], str]


def _one_of(name: str) -> Slot:
    items = own_words(name)
    return lambda rng, _: pick(rng, items)


def _hexadecimal(digits: int) -> Slot:
    return lambda rng, _: hexadecimal(rng, digits)


SLOTS: dict[str, Slot] = {
    "word": wording.word,
    "words": wording.words,
    "slug": wording.slug,
    "title": wording.title,
    "person": wording.person,
    "given": lambda rng, lex: pick(rng, lex.given),
    "surname": lambda rng, lex: pick(rng, lex.family),
    "place": lambda rng, lex: pick(rng, lex.places),
    "user": wording.user,
    "domain": wording.domain,
    "email": wording.email,
    "path": wording.path,
    "file": wording.filename,
    "url": wording.url,
    "version": tokens.version,
    "int": tokens.integer,
    "decimal": tokens.decimal,
    "base64": tokens.base64_text,
    "token": tokens.token,
    "jwt": tokens.jwt,
    "consent": tokens.consent,
    "latlon": tokens.latitude_longitude,
    "date": tokens.date,
    "timestamp": tokens.timestamp,
    "sentence": lambda rng, lex: pick(rng, lex.sentences),
    "prose": wording.prose,
    "value": lambda rng, lex: pick(rng, lex.values),
    "script": lambda rng, lex: pick(rng, lex.scripts),
    "emoji": _one_of("emoji"),
    "address": wording.address,
    "ip": tokens.address_v4,
    "phone": tokens.phone,
    "uuid": lambda rng, _: str(UUID(int=rng.getrandbits(128), version=4)),
    "hex6": _hexadecimal(6),
    "hex8": _hexadecimal(8),
    "hex16": _hexadecimal(16),
    "hex32": _hexadecimal(32),
    "hex40": _hexadecimal(40),
    "hex64": _hexadecimal(64),
    "alnum": lambda rng, _: characters(rng, ALPHANUMERIC, between(rng, 5, 26)),
    "id11": lambda rng, _: characters(rng, BASE64_URL, 11),
    "unix": lambda rng, _: str(stamp(rng)),
    "unixms": lambda rng, _: str(stamp(rng) * 1000 + between(rng, 0, 999)),
    "year": lambda rng, _: str(between(rng, 1999, 2026)),
    "month": lambda rng, _: f"{between(rng, 1, 12):02d}",
    "day": lambda rng, _: f"{between(rng, 1, 28):02d}",
    "mon": _one_of("months"),
    "ext": _one_of("extensions"),
    "image": lambda rng, _: pick(
        rng, ("jpg", "jpg", "png", "gif", "webp", "jpeg", "svg", "ico", "JPG")
    ),
    "lang": _one_of("languages"),
    "locale": _one_of("locales"),
    "country": _one_of("countries"),
    "currency": _one_of("currencies"),
    "price": lambda rng, _: f"{10 ** (rng.random() * 3.5):.2f}",
    "zone": _one_of("zones"),
    "mime": _one_of("mimes"),
    "colour": lambda rng, _: "#" + hexadecimal(rng, pick(rng, (3, 6, 6))),
    "password": lambda rng, lex: pick(
        rng,
        (
            wording.word(rng, lex) + str(between(rng, 1, 9999)),
            characters(rng, ALPHANUMERIC + "!#$%&*+-=?@^_~", between(rng, 8, 20)),
        ),
    ),
    "letter": lambda rng, _: pick(rng, LETTERS),
}
"""A slot's name → what fills it."""
