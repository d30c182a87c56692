"""Splits hold templates apart and keep the test sets out; the streams pair and match."""

from __future__ import annotations

import gzip
import json
from bisect import bisect_left, bisect_right
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from detector.text import TextSettings, canonical
from detector.types import Request
from trainer.attack_mix import FAMILY_WEIGHTS, attack_mix
from trainer.benign.stream import benign_stream
from trainer.families import FAMILIES
from trainer.splits import SPLITS, Seen, split_of, texts_of_tests
from trainer.streams import attack_stream, training_stream


def test_shares() -> None:
    """Eight templates in ten train; of browsing queries a fifth is held out."""
    sides = [split_of("s", str(n)) for n in range(5000)]
    assert 0.77 < sides.count("train") / 5000 < 0.83
    browsing = [split_of("browsing_queries", str(n)) for n in range(5000)]
    assert 0.18 < browsing.count("test") / 5000 < 0.22


def test_sides_are_fixed() -> None:
    """A template's side is part of what figures mean: it must not move."""
    assert split_of("wordpress", "GET /feed/") == "train"
    assert split_of("wordpress", "GET /robots.txt") == "validation"
    assert split_of("feeds_crawlers", "GET /feed/") == "test"


def test_seen_undoes_encoding_and_case() -> None:
    """Neither percent-encoding nor case hides a coincidence."""
    seen = Seen()
    seen.add_payload("1%27 OR 1=1")
    assert seen.has_payload("1' or 1=1")
    assert seen.has_payload("1%2527%20oR%201%3D1")
    assert not seen.has_payload("2' or 1=1")
    seen.add_request(Request("GET", "/a%20b", "x=%3c"))
    assert seen.has_request(Request("GET", "/a b", "x=<"))
    assert len(seen) == 2


def test_requests_of_the_test_sets_are_left_out(tmp_path: Path) -> None:
    """What stands in a test set does not come out of the stream."""
    common = {"method": "GET", "target": "/feed/", "label": 0}
    (tmp_path / "test").mkdir()
    with gzip.open(tmp_path / "test" / "semicomplete_access_log.jsonl.gz", "wt") as file:
        file.write(json.dumps(common) + "\n")
    with gzip.open(tmp_path / "test" / "vulnbank.jsonl.gz", "wt") as file:
        attack = {"method": "POST", "target": "/l", "body": '{"u":["a\'--"]}', "label": 1}
        file.write(json.dumps(attack) + "\n")
    plain = {s.request for s in islice(benign_stream(Random(1), None, "train"), 20_000)}
    kept = {s.request for s in islice(benign_stream(Random(1), tmp_path, "train"), 20_000)}
    left_out = Request("GET", "/feed/")
    assert left_out in plain
    assert left_out not in kept
    assert texts_of_tests(tmp_path).has_payload("A'--")


@pytest.mark.parametrize("split", SPLITS)
def test_attacks_come_from_their_side(split: str) -> None:
    """Generated attacks use productions of the split alone."""
    side = next(known for known in SPLITS if known == split)
    for sample in islice(attack_stream(Random(2), attack_mix(None, side), None, side), 1500):
        assert sample.label == 1
        assert sample.family in FAMILIES
        assert split_of(sample.source, sample.template) == side


def test_every_family_is_drawn() -> None:
    """The mix names every family, and training has them all."""
    assert set(FAMILY_WEIGHTS) == set(FAMILIES)
    stream = attack_stream(Random(3), attack_mix(None, "train"), None, "train")
    assert {sample.family for sample in islice(stream, 4000)} == set(FAMILIES)


def test_length_does_not_tell_the_classes_apart() -> None:
    """Length alone ranks attacks above the harmless hardly better than chance."""
    settings = TextSettings()
    lengths: dict[int, list[int]] = {0: [], 1: []}
    stream = training_stream(Random(4), attack_mix(None, "train"), None, "train")
    for sample in islice(stream, 12_000):
        text = canonical(sample.request, settings.fields, settings.limit).data
        lengths[sample.label].append(len(text))
    benign = sorted(lengths[0])
    below = sum(bisect_left(benign, n) + bisect_right(benign, n) for n in lengths[1]) / 2
    area = below / (len(benign) * len(lengths[1]))
    assert 0.45 < area < 0.55


def test_shares_of_the_training_stream() -> None:
    """Attacks take the share that was asked for, and harmless values are placed alike."""
    stream = training_stream(Random(5), attack_mix(None, "train"), None, "train", attack_share=0.3)
    samples = list(islice(stream, 5000))
    attacks = [sample for sample in samples if sample.label]
    assert 0.27 < len(attacks) / len(samples) < 0.33
    placed = {s.placement for s in samples if not s.label}
    assert {s.placement for s in attacks} <= placed
