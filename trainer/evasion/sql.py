"""Evasions of SQL injections: the operators of WAF-A-MoLE, and tampers as sqlmap knows them.

WAF-A-MoLE: Demetrio et al., 2020, case swapping, whitespace substitution, comment injection and
rewriting, integer encoding, operator swapping, logical invariants, tautologies.
"""

from __future__ import annotations

import re
from random import Random
from typing import Final

_KEYWORD: Final = re.compile(
    r"(?<![\w%&#])(?:(?:select|union|all|distinct|from|where|and|or|xor|not|like|rlike|regexp|between"
    r"|in|is|null|order|group|by|having|limit|offset|insert|into|values|update|set|delete|drop|table"
    r"|create|exec|execute|declare|waitfor|delay|case|when|then|else|end|as|join|procedure)(?!\w)"
    r"|(?:sleep|benchmark|concat|char|chr|ascii|substring|substr|mid|version|user|database|cast"
    r"|extractvalue|updatexml|convert|count|exists|pg_sleep|if|elt|make_set|analyse)(?=\s*\())",
    re.I,
)
_SPACE: Final = re.compile(r"(?<!--) +(?!$)")
_NUMBER: Final = re.compile(
    r"(?<![\w.:'\"@/!%#&-])(?<!by\s)(?<!limit\s)(?<!offset\s)(?<!top\s)\d{1,9}(?![\w.:'\"%])", re.I
)
_SAME_NUMBERS: Final = re.compile(r"(?<![\w.'\"])(\d+)\s*=\s*\1(?![\w.'\"])")
_SAME_WORDS: Final = re.compile(r"(['\"])(\w+)\1\s*=\s*\1\2(?!\w)")
_EQUALS: Final = re.compile(r"(?<![<>!:=])\s*=\s*(?!=)")
_OR: Final = re.compile(r"(?<=[\s'\"`)\d])or(?=[\s('\"`])", re.I)
_AND: Final = re.compile(r"(?<=[\s'\"`)\d])and(?=[\s('\"`])", re.I)
_COMMENT: Final = re.compile(r"/\*(?!!).*?\*/", re.S)
_TAIL: Final = re.compile(r"(?:--(?:[\s+-].*)?|#\w*)$", re.S)
_LITERAL: Final = re.compile(r"(?<=[=(,\s])'(\w{2,})'")
_ASSIGNS: Final = re.compile(r"\b(?:update|set|declare|exec|execute)\b", re.I)
_WHITE: Final = ("/**/", "\t", "\n", "\x0b", "\x0c", "\r", "\xa0", "  ", "/*{}*/")


def sql_case(text: str, rng: Random) -> str:
    """Swaps the case of the letters of keywords at random; SQL does not heed it."""
    return _KEYWORD.sub(lambda match: _mixed(match[0], rng), text)


def sql_space(text: str, rng: Random) -> str:
    """Writes spaces as other white space or as comments, one kind in a text or a mix."""
    kinds = _WHITE if rng.random() < 0.4 else (rng.choice(_WHITE),)
    return _SPACE.sub(lambda _: rng.choice(kinds).format(_word(rng)), text)


def sql_comment(text: str, rng: Random) -> str:
    """Puts inline comments beside keywords."""
    return _SPACE.sub(
        lambda match: f"/*{_word(rng)}*/" if rng.random() < 0.5 else match[0] + "/**/", text
    )


def sql_version_comment(text: str, rng: Random) -> str:
    """Wraps keywords in /*!…*/, which MySQL runs."""
    digits = rng.choice(("", "50000", "00000", f"{rng.randint(30000, 50999)}"))
    return _KEYWORD.sub(lambda match: f"/*!{digits}{match[0]}*/", text)


def sql_comment_rewriting(text: str, rng: Random) -> str:
    """Changes what stands in comments, which the database does not read."""
    text = _COMMENT.sub(lambda _: f"/*{_word(rng)}*/", text)
    match = _TAIL.search(text)
    if not match:
        return text
    mark = "#" if match[0].startswith("#") else "-- "
    return text[: match.start()] + mark + _word(rng)


def sql_number(text: str, rng: Random) -> str:
    """Writes whole numbers as hex, sums, differences, products or subqueries of one value."""
    return _NUMBER.sub(lambda match: _number(int(match[0]), rng), text)


def sql_tautology(text: str, rng: Random) -> str:
    """Puts another always-true comparison where `1=1` or `'a'='a` stands."""
    text = _SAME_WORDS.sub(lambda match: _word_truth(match[1], rng), text)
    return _SAME_NUMBERS.sub(lambda _: _truth(rng), text)


def sql_operator(text: str, rng: Random) -> str:
    """Swaps operators for others of the same meaning: OR ||, AND &&, = LIKE."""
    swaps = [(_OR, "||"), (_AND, "&&")]
    if not _ASSIGNS.search(text):
        swaps.append((_EQUALS, rng.choice((" LIKE ", " like ", " RLIKE "))))
    for pattern, other in rng.sample(swaps, rng.randint(1, len(swaps))):
        text = pattern.sub(other, text)
    return text


def sql_invariant(text: str, rng: Random) -> str:
    """Adds a term to a comparison that does not change its value."""
    term = rng.choice((" AND 1", " AND True", " OR False", " OR 0", f" AND {_truth(rng)}"))
    return _SAME_NUMBERS.sub(lambda match: match[0] + term, text)


def sql_string(text: str, rng: Random) -> str:
    """Writes string literals as concatenations, CHAR() or hex."""
    return _LITERAL.sub(lambda match: _string(match[1], rng), text)


def _number(value: int, rng: Random) -> str:
    part = rng.randint(1, 99)
    return rng.choice(
        (
            hex(value),
            f"({value + part}-{part})",
            f"({max(value - part, 0)}+{value - max(value - part, 0)})",
            f"({value}*1)",
            f"(SELECT {value})",
            f"({value}+0)",
            f"0x{value:08x}",
        )
    )


def _truth(rng: Random) -> str:
    low, word = rng.randint(1, 9999), _word(rng)
    high = low + rng.randint(1, 99)
    return rng.choice(
        (
            f"{low}<{high}",
            f"{high}>{low}",
            f"{low}={low}",
            f"{low}<>{high}",
            f"{low} LIKE {low}",
            f"{high} BETWEEN {low} AND {high + 1}",
            f"{low} IN ({low},{high})",
            f"NOT {low}={high}",
            f"'{word}'='{word}'",
            f"'{word}' LIKE '{word}'",
            f"{low} IS NOT NULL",
            f"({low})=({low})",
        )
    )


def _word_truth(quote: str, rng: Random) -> str:
    word, other = _word(rng), _word(rng)
    return rng.choice(
        (
            f"{quote}{word}{quote}={quote}{word}",
            f"{quote}{word}{quote} LIKE {quote}{word}",
            f"{quote}{word}{quote}<>{quote}{other}x",
            f"{quote}{word}{quote} IN ({quote}{word}{quote}) AND {quote}{other}{quote}>{quote}",
        )
    )


def _string(word: str, rng: Random) -> str:
    cut = rng.randint(1, len(word) - 1)
    codes = ",".join(str(ord(letter)) for letter in word)
    return rng.choice(
        (
            f"'{word[:cut]}'||'{word[cut:]}'",
            f"concat('{word[:cut]}','{word[cut:]}')",
            f"'{word[:cut]}'+'{word[cut:]}'",
            f"'{word[:cut]}' '{word[cut:]}'",
            f"char({codes})",
            "||".join(f"chr({ord(letter)})" for letter in word),
            f"0x{word.encode().hex()}",
        )
    )


def _mixed(word: str, rng: Random) -> str:
    return "".join(rng.choice((letter.lower(), letter.upper())) for letter in word)


def _word(rng: Random) -> str:
    return "".join(rng.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=rng.randint(1, 8)))
