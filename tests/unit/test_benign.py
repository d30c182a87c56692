"""The benign grammar renders whole requests, from its seed alone, and stays harmless."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from detector.text import TextSettings, canonical
from trainer.benign.lexicon import lexicon
from trainer.benign.patterns import as_it_is, compiled, request_patterns, value_kinds, values_of
from trainer.benign.stream import KINDS, SITES, benign_stream, traffic
from trainer.splits import SPLITS, split_of

ATTACK = re.compile(
    r"<script|onerror\s*=|alert\(|union\s+(?:all\s+)?select\s+(?:null|\d)|'\s*or\s*'?\d|etc/passwd\b(?!-)"
    r"|\.\./\.\./|jndi:|169\.254|;\s*cat\s/|\$\(id\)|sleep\(\d|<!entity|xp_cmdshell|php://",
    re.IGNORECASE,
)


def test_every_request_pattern_renders() -> None:
    """Each line of each file makes a request with a method and a path."""
    lex = lexicon(None, "train")
    rng = Random(1)
    for source, patterns in request_patterns().items():
        for pattern in patterns:
            request = pattern.render(rng, lex)
            assert request.method.replace("_", "").isalpha(), (source, pattern.template)
            assert request.path, (source, pattern.template)
            assert "«" not in f"{request.path}{request.query}{request.body}", pattern.template


def test_every_value_pattern_renders() -> None:
    """Each line of each kind of value makes some characters, no slot left."""
    lex = lexicon(None, "train")
    for kind in value_kinds():
        for pattern in values_of(kind):
            text = pattern.text(Random(1), lex)
            assert text, (kind, pattern.template)
            assert "«" not in text, (kind, pattern.template)


def test_weights_name_files_that_are_there() -> None:
    """No weight is for a file of patterns that does not exist, and no file lacks one."""
    assert set(SITES) == set(request_patterns())
    assert set(KINDS) <= set(value_kinds())


def test_request_lines_hold_no_white_space() -> None:
    """Paths and queries are encoded, so that they fit a request line."""
    lex = lexicon(None, "train")
    rng = Random(2)
    for source, patterns in request_patterns().items():
        if source == "broken":  # its lines are broken on purpose
            continue
        for pattern in patterns:
            request = pattern.render(rng, lex)
            if "«" not in pattern.template.partition(" :: ")[0]:
                continue
            assert "\n" not in request.path + request.query, pattern.template


def test_the_stream_depends_on_its_seed_alone() -> None:
    """The same seed gives the same requests, another one others."""
    first = list(islice(benign_stream(Random(7), None, "train"), 300))
    again = list(islice(benign_stream(Random(7), None, "train"), 300))
    other = list(islice(benign_stream(Random(8), None, "train"), 300))
    assert first == again
    assert first != other


@pytest.mark.parametrize("split", SPLITS)
def test_templates_stay_on_their_side(split: str) -> None:
    """Every sample's template belongs to the split that was asked for."""
    side = next(known for known in SPLITS if known == split)
    for sample in islice(benign_stream(Random(3), None, side), 2000):
        assert split_of(sample.source, sample.template) == side


def test_the_grammar_holds_no_attack() -> None:
    """No marks of attacks stand in 20,000 requests of the package's own grammar."""
    settings = TextSettings()
    for sample in islice(benign_stream(Random(4), None, "train"), 20_000):
        text = canonical(sample.request, settings.fields, settings.limit).data
        found = ATTACK.search(text.decode("utf-8", "replace"))
        assert found is None, (sample.source, sample.template, found and found[0])


def test_most_requests_have_no_body() -> None:
    """As in access logs, three requests in four come without a body."""
    samples = list(islice(benign_stream(Random(5), None, "train"), 5000))
    without = sum(not sample.request.body for sample in samples) / len(samples)
    assert 0.6 < without < 0.85


def test_a_folder_that_is_absent_is_no_error(tmp_path: Path) -> None:
    """Where the data folder is missing, the package's own grammar serves."""
    sources = {s.source for s in islice(benign_stream(Random(6), tmp_path, "train"), 500)}
    assert "openapi" not in sources
    assert "wordpress" in sources


def test_unknown_slot_is_named() -> None:
    """A pattern with a slot that does not exist says which."""
    with pytest.raises(ValueError, match="no_such_slot"):
        compiled("GET /«no_such_slot»", as_it_is)


@pytest.mark.parametrize("text", ["⟦never closed", "never opened⟧"])
def test_unbalanced_brackets_are_refused(text: str) -> None:
    """An optional part that is not closed, or not opened, is an error."""
    with pytest.raises(ValueError, match="⟦"):
        compiled(text, as_it_is)


def test_optional_parts_come_and_go() -> None:
    """`⟦…⟧` stands in some renderings and not in others; ranges keep their bounds."""
    render = compiled("a⟦b«3-5»⟧«x|y»", as_it_is)
    rng = Random(1)
    lex = lexicon(None, "train")
    made = {render(rng, lex) for _ in range(300)}
    assert made == {"ax", "ay"} | {f"ab{n}{c}" for n in (3, 4, 5) for c in "xy"}


def test_statements_stand_in_consoles_only() -> None:
    """Whole SQL statements are drawn for no parameter of their own accord."""
    ordinary = traffic(None, "train")
    kinds = {ordinary.value(Random(seed))[0] for seed in range(3000)}
    assert not kinds & {"report_sql", "code_sql", "code_shell", "influxql", "soql"}
    assert "oreilly" in kinds
