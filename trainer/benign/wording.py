"""Words, names, titles, addresses: values that people read."""

from __future__ import annotations

from random import Random

from trainer.benign.lexicon import Lexicon, between, own_words, pick

_TLDS = own_words("tlds")
_EXTENSIONS = own_words("extensions")
_LOADED = own_words("loaded")  # words of attacks, harmless without their syntax
_SLUG_WORDS = (1, 1, 1, 1, 2, 2, 3, 4, 5, 7)
_ONSETS = (*"bcdfghjklmnprstvwz", *"bcdfghklmnprstvwz", "ch", "sh", "th", "st", "br")
_VOWELS = (*"aeiou", *"aeiou", "ai", "ea", "ou")
_CODAS = (*"bcdfghklmnprstvwz",)


def word(rng: Random, lex: Lexicon) -> str:
    """A word, mostly English, sometimes of the trade, sometimes invented."""
    draw = rng.random()
    if draw < 0.5:
        return pick(rng, lex.words)
    if draw < 0.67:
        return pick(rng, lex.terms)
    if draw < 0.73:
        return pick(rng, _LOADED)
    coda = pick(rng, _CODAS) if draw < 0.87 else ""
    return (
        "".join(pick(rng, _ONSETS) + pick(rng, _VOWELS) for _ in range(between(rng, 1, 4))) + coda
    )


def words(rng: Random, lex: Lexicon) -> str:
    """Two to five words."""
    return " ".join(word(rng, lex) for _ in range(between(rng, 2, 5)))


def slug(rng: Random, lex: Lexicon) -> str:
    """Words joined as sites join them in addresses."""
    gap = pick(rng, "------_-")
    made = gap.join(word(rng, lex) for _ in range(pick(rng, _SLUG_WORDS)))
    if rng.random() < 0.1:
        made = made.title() if rng.random() < 0.5 else made + gap + str(between(rng, 2, 2025))
    return made


def title(rng: Random, lex: Lexicon) -> str:
    """A title with capitals, sometimes with punctuation."""
    made = words(rng, lex).title()
    draw = rng.random()
    if draw < 0.7:
        return made
    other = word(rng, lex).title()
    return pick(
        rng,
        (
            f"{made}: {other}",
            f"{made} & {other}",
            f"{made} ({other})",
            f"{made} - {other}",
            f"{made}, {other}!",
            f"{other}'s {made}",
            f"{made} | {other}",
        ),
    )


def person(rng: Random, lex: Lexicon) -> str:
    """Given and family name."""
    return f"{pick(rng, lex.given)} {pick(rng, lex.family)}"


def user(rng: Random, lex: Lexicon) -> str:
    """A user name."""
    given, family = pick(rng, lex.given).lower(), pick(rng, lex.family).lower().replace("'", "")
    return pick(
        rng,
        (
            given,
            f"{given}.{family}",
            f"{given[0]}{family}",
            f"{given}{between(rng, 1, 99)}",
            f"{pick(rng, lex.words)}_{given}",
            family,
        ),
    )


def domain(rng: Random, lex: Lexicon) -> str:
    """A public host name."""
    name = word(rng, lex)
    if rng.random() < 0.4:
        name += pick(rng, ("-", "")) + word(rng, lex)
    prefix = pick(rng, ("www.", "www.", "", "", "", "blog.", "shop.", "cdn.", "m.", "static."))
    return f"{prefix}{name}.{pick(rng, _TLDS)}"


def email(rng: Random, lex: Lexicon) -> str:
    """A mail address."""
    host = pick(rng, ("gmail.com", "yahoo.com", "hotmail.com", "gmx.de", "outlook.com", ""))
    tag = "+" + word(rng, lex) if rng.random() < 0.05 else ""
    return f"{user(rng, lex)}{tag}@{host or domain(rng, lex)}"


def path(rng: Random, lex: Lexicon) -> str:
    """One to four segments, no slash in front."""
    return "/".join(slug(rng, lex) for _ in range(pick(rng, (1, 1, 2, 2, 3, 4))))


def filename(rng: Random, lex: Lexicon) -> str:
    """A file's name with an extension."""
    draw = rng.random()
    stem = slug(rng, lex)
    if draw < 0.15:
        stem = pick(
            rng,
            (
                title(rng, lex),
                f"{stem} ({between(rng, 1, 9)})",
                f"{stem}.min",
                f"{stem}-{between(rng, 0, 9)}.{between(rng, 0, 30)}",
                f"{stem}@2x",
                f"IMG_{between(rng, 1000, 9999)}",
                f"{stem}+{word(rng, lex)}",
                stem.upper(),
            ),
        )
    return f"{stem}.{pick(rng, _EXTENSIONS)}"


def url(rng: Random, lex: Lexicon) -> str:
    """A public address, sometimes with a query."""
    made = f"{pick(rng, ('https', 'https', 'http'))}://{domain(rng, lex)}/"
    draw = rng.random()
    if draw < 0.7:
        made += path(rng, lex) + pick(rng, ("", "", "/", ".html", ".php"))
    if draw < 0.25:
        values = (word(rng, lex), str(between(rng, 1, 99999)), title(rng, lex).replace(" ", "+"))
        made += f"?{word(rng, lex)}={pick(rng, values)}"
    if draw < 0.1:
        made += f"&{word(rng, lex)}={rng.getrandbits(32):08x}"
    if draw < 0.04:
        made += f"#{word(rng, lex)}"
    return made


def prose(rng: Random, lex: Lexicon) -> str:
    """One to four sentences."""
    return " ".join(pick(rng, lex.sentences) for _ in range(pick(rng, (1, 1, 2, 4))))


def address(rng: Random, lex: Lexicon) -> str:
    """A street, sometimes with flat and city."""
    way = pick(rng, ("St.", "Street", "Ave", "Road", "Lane", "Blvd"))
    street = f"{between(rng, 1, 300)} {pick(rng, lex.words).title()} {way}"
    return pick(
        rng,
        (
            street,
            f"{street}, Apt #{between(rng, 1, 90)}",
            f"{street}, {pick(rng, lex.places)}",
            f"c/o {person(rng, lex)}, {street}",
            f"Rue de l'{pick(rng, lex.words).title()} {between(rng, 1, 90)}",
            f"{pick(rng, lex.words).title()}straße {between(rng, 1, 120)}",
        ),
    )
