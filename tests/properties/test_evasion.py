"""Encodings invert under the decoder that they name; other evasions keep what they say."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from random import Random
from urllib.parse import parse_qsl, unquote

from hypothesis import given
from hypothesis import strategies as st

from trainer.evasion import encodings, markup, padding, parameters, shell, sql

TEXTS = st.text(st.characters(codec="utf-8"), max_size=60)
ASCII = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60)
SEEDS = st.integers(0, 2**32).map(Random)


@given(TEXTS, SEEDS)
def test_percent_encoding_inverts(text: str, rng: Random) -> None:
    """One, two and three rounds of unquoting give the text back."""
    assert unquote(encodings.percent_all(text, rng)) == text
    assert unquote(encodings.percent_some(text, rng)) == text
    assert unquote(unquote(encodings.percent_double(text, rng))) == text
    assert unquote(unquote(unquote(encodings.percent_triple(text, rng)))) == text


@given(TEXTS, SEEDS)
def test_percent_u_inverts(text: str, rng: Random) -> None:
    """Read as UTF-16 units, %uXXXX gives the text back."""
    coded = encodings.percent_u(text, rng)
    units = re.sub(r"%u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), coded)
    assert units.encode("utf-16-be", "surrogatepass").decode("utf-16-be") == text


@given(ASCII, SEEDS)
def test_overlong_inverts(text: str, rng: Random) -> None:
    """A lenient UTF-8 decoder, as old servers had, gives the text back."""
    assert _lenient(encodings.overlong(text, rng)) == text


@given(ASCII, SEEDS)
def test_fullwidth_folds_back(text: str, rng: Random) -> None:
    """NFKC gives the text back."""
    assert unicodedata.normalize("NFKC", encodings.fullwidth(text, rng)) == text


@given(TEXTS, SEEDS)
def test_json_escapes_invert(text: str, rng: Random) -> None:
    """A JSON parser gives the text back."""
    assert json.loads(f'"{encodings.json_unicode(text, rng)}"') == text
    assert json.loads(f'"{encodings.json_unicode_all(text, rng)}"') == text


@given(ASCII, SEEDS)
def test_entities_invert(text: str, rng: Random) -> None:
    """An HTML parser gives the text back."""
    assert html.unescape(encodings.html_entities(text, rng)) == text


@given(ASCII, SEEDS)
def test_padding_keeps_the_attack_whole(text: str, rng: Random) -> None:
    """The attack stands in the padded text, which is at most 16 KiB longer."""
    for pad in (padding.pad_before, padding.pad_after, padding.pad_around, padding.pad_far):
        padded = pad(text, rng)
        assert text in padded
        assert len(padded) <= len(text) + padding.LONGEST + 2


@given(ASCII, SEEDS)
def test_case_evasions_change_case_alone(text: str, rng: Random) -> None:
    """Lower-cased, the text is the same."""
    assert sql.sql_case(text, rng).lower() == text.lower()
    assert markup.html_case(text, rng).lower() == text.lower()


@given(st.lists(st.sampled_from(["1'", "or", "2=2", "union", "select", "a,b", "from", "t"])), SEEDS)
def test_white_space_evasions_keep_the_words(words: list[str], rng: Random) -> None:
    """With comments and white space folded the words are the same, in order."""
    for evasion in (sql.sql_space, sql.sql_comment):
        rewritten = evasion(" ".join(words), rng)
        assert re.sub(r"/\*.*?\*/", " ", rewritten).split() == words


@given(st.integers(0, 10**8), SEEDS)
def test_numbers_keep_their_value(number: int, rng: Random) -> None:
    """What stands for a number comes to it."""
    coded = sql.sql_number(f"1' or x>{number} ", rng).removeprefix("1' or x>")
    terms = re.findall(r"0x[0-9a-f]+|\d+|[-+*]", coded)
    value = int(terms[0], 0)
    for operator, term in zip(terms[1::2], map(int, terms[2::2]), strict=True):
        value = {"+": value + term, "-": value - term, "*": value * term}[operator]
    assert value == number


@given(st.sampled_from(["cat", "ls", "whoami", "id", "wget"]), SEEDS)
def test_shell_quotes_and_escapes_vanish(name: str, rng: Random) -> None:
    """Once the shell has removed quotes, backslashes and empty expansions the name is the same."""
    quoted = shell.shell_quotes(f";{name} /tmp", rng)
    assert re.sub(r"''|\"\"|\$@|\$\*|\$\{x\}", "", quoted) == f";{name} /tmp"
    assert shell.shell_backslash(f";{name} /tmp", rng).replace("\\", "") == f";{name} /tmp"


@given(ASCII, SEEDS)
def test_pollution_carries_the_attack(text: str, rng: Random) -> None:
    """Parsed as a query, one of the values is the attack and all have the name."""
    pairs = parse_qsl(parameters.pollute(text, rng), keep_blank_values=True)
    assert ("id", text) in pairs
    assert {name for name, _ in pairs} == {"id"}


def _lenient(text: str) -> str:
    """Decodes percent-encoded UTF-8 without asking for the shortest form."""
    data = iter(re.findall(r"%[0-9a-fA-F]{2}|.", text, re.S))
    characters = []
    for part in data:
        lead = int(part[1:], 16) if len(part) == 3 else 0
        if lead < 0x80:
            characters.append(part)
        elif lead < 0xE0:
            characters.append(chr((lead & 0x1F) << 6 | int(next(data)[1:], 16) & 0x3F))
        else:
            middle, last = int(next(data)[1:], 16), int(next(data)[1:], 16)
            characters.append(chr((lead & 0xF) << 12 | (middle & 0x3F) << 6 | last & 0x3F))
    return "".join(characters)
