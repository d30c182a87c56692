"""The endless stream of ordinary requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import NamedTuple

from detector.types import Request
from trainer.benign.corpora import Corpus, corpora
from trainer.benign.lexicon import Lexicon, lexicon, pick
from trainer.benign.patterns import Pattern, ValuePattern, request_patterns, value_kinds, values_of
from trainer.labelled import Sample
from trainer.placement import MIX, draw_placement, place
from trainer.splits import Seen, Split, split_of, texts_of_tests

SITES: dict[str, float] = {
    "assets": 9,
    "feeds_crawlers": 9,
    "broken": 6,
    "wordpress": 5,
    "content_managers": 3,
    "shops": 4,
    "forums_wikis": 5,
    "consoles": 6,
    "groupware": 4,
    "beacons_auth": 7,
    "updates_packages": 3,
}
"""A file of request patterns → its weight."""

CORPORA: dict[str, float] = {"openapi": 9, "addresses": 9, "browsing_queries": 5, "csic2010": 2}
"""A corpus → its weight, where the data folder has it."""

PLACED = 24.5
"""Weight of harmless values placed into the requests above."""

KINDS: dict[str, float] = {
    "prose_value": 7,
    "search": 4,
    "shape": 6,
    "question": 4,
    "oreilly": 4,
    "code": 3,
    "expression": 3,
    "product": 2,
    "macro": 0.7,
    "code_shell": 0,
    "code_sql": 0,
    "influxql": 0,
    "report_sql": 0,
    "soql": 0,
}
"""A kind of value → its weight; 1 where it is not named.

A whole SQL statement or shell command as a value of any parameter is as likely an attack as not, so
those kinds have no weight: they stand only where patterns of requests say so, in the console of a
database or amid the prose of a forum post."""

TEXT_KINDS = frozenset(
    (
        *("code", "config", "css", "csv", "email_html", "email_text", "forum", "gutenberg"),
        *("logline", "markdown", "richtext", "svg", "trace", "wikitext", "xml"),
    )
)
"""Kinds of value that people and programs send in bodies and hardly ever in a query."""

BODY_MIX = {
    name: weight for name, weight in MIX.items() if name.startswith(("form_", "json_", "multipart"))
}
"""Placements for TEXT_KINDS, four times in five."""


class Traffic(NamedTuple):
    """What ordinary requests of one split are drawn from.

    Attributes:
        lex: words.
        draws: each makes a request that stands for itself and names its source and template.
        weights: theirs, cumulative.
        values: kinds of harmless values, patterns of the split alone.
        value_weights: theirs, cumulative.
    """

    lex: Lexicon
    draws: Sequence[Callable[[Random], tuple[str, str, Request]]]
    weights: Sequence[float]
    values: Sequence[tuple[ValuePattern, ...]]
    value_weights: Sequence[float]

    def request(self, rng: Random) -> tuple[str, str, Request]:
        """Returns source, template and one request that stands for itself."""
        return rng.choices(self.draws, cum_weights=self.weights)[0](rng)

    def value(self, rng: Random) -> tuple[str, str, str]:
        """Returns kind, template and one harmless value that looks bad."""
        patterns = rng.choices(self.values, cum_weights=self.value_weights)[0]
        pattern = pick(rng, patterns)
        return pattern.kind, pattern.template, pattern.text(rng, self.lex)


@cache
def traffic(data: Path | None, split: Split) -> Traffic:
    """Returns what ordinary requests of `split` are drawn from.

    Args:
        data: the data folder; None, or a folder that is not there, to use the package's own
            grammar alone.
        split: the side whose templates to use.
    """
    lex = lexicon(data, split)
    draws: list[Callable[[Random], tuple[str, str, Request]]] = []
    weights: list[float] = []
    for source, patterns in request_patterns().items():
        kept = tuple(p for p in patterns if split_of(source, p.template) == split)
        if kept:
            draws.append(_from_patterns(source, kept, lex))
            weights.append(SITES[source] * len(kept) / len(patterns))
    for corpus in corpora(data, split) if data is not None else ():
        draws.append(_from_corpus(corpus, lex))
        weights.append(CORPORA[corpus.source])
    values = []
    value_weights = []
    for kind in value_kinds():
        every = values_of(kind)
        of_split = tuple(p for p in every if split_of(kind, p.template) == split)
        if of_split:
            values.append(of_split)
            value_weights.append(KINDS.get(kind, 1.0) * len(of_split) / len(every))
    return Traffic(lex, draws, list(accumulate(weights)), values, list(accumulate(value_weights)))


def benign_stream(rng: Random, data: Path | None, split: Split) -> Iterator[Sample]:
    """Yields ordinary requests for ever, in keeping with SITES, CORPORA, PLACED and KINDS.

    Requests that stand in a test set are left out.

    Args:
        rng: everything is drawn from it.
        data: see `traffic`.
        split: see `traffic`.
    """
    ordinary = traffic(data, split)
    tests = texts_of_tests(data) if data is not None else Seen()
    share = PLACED / (PLACED + sum(SITES.values()) + sum(CORPORA.values()))
    while True:
        source, template, request = ordinary.request(rng)
        if rng.random() < share:
            kind, value_template, value = ordinary.value(rng)
            in_body = kind in TEXT_KINDS and rng.random() < 0.8
            placement = draw_placement(rng, BODY_MIX if in_body else MIX)
            placed = place(value, request, placement, rng)
            yield Sample(0, "benign", kind, value_template, placement, placed)
        elif not tests.has_request(request):
            yield Sample(0, "benign", source, template, "whole", request)


def _from_patterns(
    source: str, patterns: Sequence[Pattern], lex: Lexicon
) -> Callable[[Random], tuple[str, str, Request]]:
    def draw(rng: Random) -> tuple[str, str, Request]:
        pattern = pick(rng, patterns)
        return source, pattern.template, pattern.render(rng, lex)

    return draw


def _from_corpus(corpus: Corpus, lex: Lexicon) -> Callable[[Random], tuple[str, str, Request]]:
    def draw(rng: Random) -> tuple[str, str, Request]:
        template, request = corpus.draw(rng, lex)
        return corpus.source, template, request

    return draw
