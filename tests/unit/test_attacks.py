"""The attack grammars."""

from __future__ import annotations

from random import Random

import pytest

from detector.text import TextSettings, canonical
from detector.types import Request
from trainer.attacks import (
    PAYLOAD_FAMILIES,
    WHOLE_FAMILIES,
    WHOLE_ONLY,
    generate,
    generate_whole,
    templates,
    whole_templates,
)
from trainer.attacks.generator import SOURCE
from trainer.attacks.grammar import Grammar
from trainer.attacks.words import MAKERS, WRAPPERS
from trainer.families import FAMILIES
from trainer.splits import Split, split_of

SETTINGS = TextSettings()
TRAIN: tuple[Split, ...] = ("train",)
VALIDATION: tuple[Split, ...] = ("validation",)


def _canonical(request: Request) -> bytes:
    return canonical(request, SETTINGS.fields, SETTINGS.limit).data


def test_every_family_has_a_grammar() -> None:
    """Each family is made as a payload or as a whole request."""
    assert {*PAYLOAD_FAMILIES, *WHOLE_FAMILIES} == set(FAMILIES)


@pytest.mark.parametrize("family", PAYLOAD_FAMILIES)
def test_payloads_vary(family: str) -> None:
    """A thousand payloads of a family make at least five hundred canonical texts."""
    rng = Random(family)
    made = [generate(family, rng) for _ in range(1000)]
    assert {payload.family for payload in made} == {family}
    assert len({_canonical(Request("GET", "/", payload.text)) for payload in made}) >= 500


@pytest.mark.parametrize("family", WHOLE_ONLY)
def test_whole_requests_vary(family: str) -> None:
    """A thousand web shells or probes make at least five hundred canonical texts."""
    rng = Random(family)
    made = [generate_whole(rng, family) for _ in range(1000)]
    assert {attack.family for attack in made} == {family}
    texts = {_canonical(Request(a.method, a.path, a.query, a.body)) for a in made}
    assert len(texts) >= 500


@pytest.mark.parametrize("family", PAYLOAD_FAMILIES)
def test_productions_are_many_and_some_are_held_out(family: str) -> None:
    """A family has at least thirty productions, some on each side, most to train on."""
    sides = [split_of(SOURCE, template) for template in templates(family)]
    assert len(sides) >= 30
    assert {"train", "validation", "test"} == set(sides)
    assert sides.count("train") > 0.6 * len(sides)


@pytest.mark.parametrize("family", PAYLOAD_FAMILIES)
def test_a_held_out_production_is_never_drawn_for_training(family: str) -> None:
    """Payloads drawn for one side name productions of that side alone."""
    rng = Random(1)
    for _ in range(300):
        drawn = generate(family, rng, splits=TRAIN).template
        assert split_of(SOURCE, drawn) == "train"


def test_whole_requests_keep_to_their_side() -> None:
    """Whole requests drawn for one side name productions of that side alone."""
    rng = Random(1)
    for _ in range(500):
        assert split_of(SOURCE, generate_whole(rng, splits=VALIDATION).template) == "validation"


def test_the_same_seed_makes_the_same_attacks() -> None:
    """Nothing but the random number generator given decides what is made."""
    first, second = (
        [
            (generate(family, rng), generate_whole(rng))
            for family in PAYLOAD_FAMILIES
            for _ in range(20)
        ]
        for rng in (Random(7), Random(7))
    )
    assert first == second


def test_every_production_can_be_expanded_by_its_template() -> None:
    """Each production makes a text, and a whole one a method, a path and no fragment of a mark."""
    rng = Random(3)
    for family in PAYLOAD_FAMILIES:
        for template in templates(family):
            payload = generate(family, rng, template)
            assert payload.text
            assert payload.template == template
            assert not set("«»¦×⏎") & set(payload.text)
    for template in whole_templates():
        attack = generate_whole(rng, template=template)
        assert attack.family in FAMILIES
        assert attack.method in {"GET", "POST", "HEAD", "PUT", "OPTIONS", "PROPFIND"}
        assert attack.path.startswith("/")
        assert not set("«»¦×⏎ ") & set(attack.path)


def test_no_probe_asks_for_what_browsers_and_crawlers_fetch() -> None:
    """Ordinary traffic stays benign: no probe is one of the paths that ordinary clients request."""
    ordinary = {
        "/", "/robots.txt", "/favicon.ico", "/sitemap.xml", "/wp-login.php", "/index.php",
        "/apple-touch-icon.png", "/browserconfig.xml", "/manifest.json", "/ads.txt", "/feed",
        "/crossdomain.xml", "/humans.txt", "/admin", "/login", "/.well-known/security.txt",
    }  # fmt: skip
    rng = Random(5)
    for _ in range(5000):
        attack = generate_whole(rng, "probe")
        assert attack.path not in ordinary or attack.query


def _grammar(text: str) -> Grammar:
    return Grammar(text, MAKERS, WRAPPERS)


def _expansions(text: str) -> set[str]:
    grammar = _grammar(text)
    rng = Random(0)
    return {
        grammar.expand(production, rng) for production in grammar.productions for _ in range(200)
    }


def test_alternatives_nest() -> None:
    """A choice may hold a symbol, an empty alternative and another choice."""
    text = "prose is skipped\n:: x\ny\n:: attack\na«b«x»¦¦«c¦d»»e"
    assert _expansions(text) == {"abye", "ae", "ace", "ade"}


def test_a_bound_name_repeats_its_text() -> None:
    """`«n:=…»` and a later `«n»` are the same text, also inside a function."""
    assert all(text[:4] == text[5:] for text in _expansions(":: attack\n«n:=n4»=«n»"))
    assert _expansions(":: x\nab\n:: attack\n«length:«w:=x»»:«w»") == {"2:ab"}


def test_a_symbol_keeps_its_bindings_to_itself() -> None:
    """What a symbol binds does not change a name bound by the text around it."""
    text = ":: in\n«x:=two»«x»\n:: one\n1\n:: two\n2\n:: attack\n«x:=one»«in»«x»"
    assert _expansions(text) == {"1221"}


def test_repeats_are_expanded_anew() -> None:
    """`«2-3*…»` gives two or three expansions, each its own."""
    assert _expansions(":: attack\n«2-3*«a¦b»»") >= {"aa", "ab", "ba", "bbb", "aba"}


def test_a_production_can_stand_for_each_alternative() -> None:
    """`«*name»` writes a production out for each alternative, sharing its weight."""
    grammar = _grammar(":: x\n×3 a\nb\n:: attack\n×8 -«*x»-")
    assert grammar.productions == {"-a-": 6.0, "-b-": 2.0}


@pytest.mark.parametrize(
    "text", [":: attack\n«nowhere»", ":: attack\n«nowhere:x»", ":: attack\n«int", ":: attack\nint»"]
)
def test_a_faulty_grammar_is_refused_when_read(text: str) -> None:
    """An unknown name or an open hole is an error of the file, not of a later expansion."""
    with pytest.raises(ValueError, match=r"«|hole"):
        _grammar(text)


def test_an_empty_side_is_refused() -> None:
    """A family without productions on the sides named is an error that says so."""
    with pytest.raises(ValueError, match="no production"):
        generate_whole(Random(0), "ldap", splits=VALIDATION)
