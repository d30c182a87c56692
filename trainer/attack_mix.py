"""Draws attacks of one split: grammar and corpora, payloads and whole requests, in fixed shares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from random import Random

from detector.types import Request
from trainer.attacks import (
    PAYLOAD_FAMILIES,
    RequestAttack,
    generate,
    generate_whole,
    load_attacks,
    templates,
    whole_templates,
)
from trainer.attacks.corpus import Corpus
from trainer.attacks.generator import SOURCE
from trainer.benign.lexicon import pick
from trainer.labelled import Payload, Sample
from trainer.splits import Seen, Split, split_of, texts_of_tests

FAMILY_WEIGHTS: dict[str, float] = {
    "sqli": 17,
    "xss": 16,
    "traversal": 11,
    "cmdi": 12,
    "code": 9,
    "probe": 6,
    "ssti": 5,
    "ssrf": 4,
    "rfi": 4,
    "nosql": 3,
    "jndi": 4,
    "xxe": 3,
    "crlf": 3,
    "webshell": 3,
    "deserialisation": 3,
    "ldap": 2,
    "xpath": 2,
    "ssi": 2,
}
"""A family → its weight: what is seen most, and what takes most forms, most."""

WHOLE_SHARE = 0.15
"""Share of whole requests in the families that have payloads and whole requests."""

CORPUS_SHARE = 0.4
"""Share of the corpora in the families that have a grammar and a corpus."""

Attacks = Callable[[Random], Payload | Sample]
"""Draws one attack: a payload to place, or a whole request."""


def attack_mix(data: Path | None, split: Split) -> Attacks:
    """Returns a function that draws attacks of `split`, without evasions.

    Attacks that stand in a test set are left out.

    Args:
        data: the data folder; None, or a folder that is not there, to use the grammars alone.
        split: the side whose templates to use.
    """
    payloads, requests = _corpora(data, split)
    grown = {family for family in PAYLOAD_FAMILIES if _any_in(templates(family), split)}
    grown_whole = {t.rpartition("-")[0] for t in whole_templates() if _any_in((t,), split)}
    with_payloads, with_whole = grown | payloads.keys(), grown_whole | requests.keys()
    families = [family for family in FAMILY_WEIGHTS if family in with_payloads | with_whole]
    weights = [FAMILY_WEIGHTS[family] for family in families]
    tests = texts_of_tests(data) if data is not None else Seen()

    def whole(family: str, rng: Random) -> Sample:
        found = requests.get(family)
        if found and (family not in grown_whole or rng.random() < CORPUS_SHARE):
            return _sample(pick(rng, found))
        return _sample(generate_whole(rng, family, splits=(split,)))

    def payload(family: str, rng: Random) -> Payload:
        found = payloads.get(family)
        if found and (family not in grown or rng.random() < CORPUS_SHARE):
            return pick(rng, found)
        return generate(family, rng, splits=(split,))

    def draw(rng: Random) -> Payload | Sample:
        while True:
            family = rng.choices(families, weights)[0]
            share = WHOLE_SHARE if family in with_payloads else 1.0
            if family in with_whole and rng.random() < share:
                sample = whole(family, rng)
                if not tests.has_request(sample.request):
                    return sample
            elif family in with_payloads:
                made = payload(family, rng)
                if not tests.has_payload(made.text):
                    return made

    return draw


def _any_in(names: Iterable[str], split: Split) -> bool:
    return any(split_of(SOURCE, name) == split for name in names)


@cache
def _corpora(
    data: Path | None, split: Split
) -> tuple[dict[str, list[Payload]], dict[str, list[RequestAttack]]]:
    payloads: dict[str, list[Payload]] = defaultdict(list)
    requests: dict[str, list[RequestAttack]] = defaultdict(list)
    if data is not None and (data / "train").is_dir():
        corpus = _corpus(data)
        for payload in corpus.payloads:
            if split_of(payload.source, payload.template) == split:
                payloads[payload.family].append(payload)
        for request in corpus.requests:
            if split_of(request.source, request.template) == split:
                requests[request.family].append(request)
    return dict(payloads), dict(requests)


@cache
def _corpus(data: Path) -> Corpus:
    return load_attacks(data)


def _sample(attack: RequestAttack) -> Sample:
    request = Request(attack.method, attack.path, attack.query, attack.body)
    return Sample(1, attack.family, attack.source, attack.template, "whole", request)
