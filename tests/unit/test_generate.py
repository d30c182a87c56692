"""The generator: the same seed gives the same log, labels are true, and length does not tell."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from random import Random

import orjson
import pytest

from detector.formats.auto import parser
from detector.text import TextSettings, canonical
from trainer.corpora import from_rows
from trainer.evaluation import roc_auc
from trainer.families import FAMILIES
from trainer.generate import benign
from trainer.generate.attacks import payload
from trainer.generate.grammar import expand
from trainer.generate.log import log
from trainer.generate.requests import shop
from trainer.samples import combined, nginx, write_samples

SAMPLES = Path(__file__).parents[2] / "samples"


def uncompressed(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def test_same_seed_same_rows() -> None:
    """A seed decides every row, another seed gives others, and a longer log begins alike."""
    assert list(log(200, 5)) == list(log(200, 5))
    assert list(log(200, 5)) != list(log(200, 6))
    assert list(log(300, 5))[:200] == list(log(200, 5))


def test_samples_are_written_alike_each_time(tmp_path: Path) -> None:
    """Two runs give the same bytes, time stamps of gzip included."""
    for folder in ("one", "other"):
        write_samples(tmp_path / folder, seed=3)
    files = sorted((tmp_path / "one").iterdir())
    assert len(files) == 4
    for file in files:
        assert file.read_bytes() == (tmp_path / "other" / file.name).read_bytes()


def test_samples_in_the_repository_come_from_their_seed(tmp_path: Path) -> None:
    """samples/ holds what `make samples` writes (compared unpacked: zlib versions differ)."""
    write_samples(tmp_path, seed=1)
    for file in tmp_path.iterdir():
        assert uncompressed(file) == uncompressed(SAMPLES / file.name), file.name


def test_plain_sample_has_few_attacks_and_no_labels() -> None:
    """The log for `make run` is a plain access log."""
    lines = uncompressed(SAMPLES / "shop.jsonl.gz").splitlines()
    assert len(lines) == 2_000
    assert set(json.loads(lines[0])) == {
        "timestamp",
        "method",
        "query",
        "path",
        "statusCode",
        "source",
        "route",
        "headers",
        "requestPayload",
        "responsePayload",
    }


@pytest.mark.parametrize("write", [nginx, combined])
def test_other_formats_tell_the_same_requests(write: object) -> None:
    """A record reads the same from each format, but that the combined one has no body."""
    fields = ("method", "path", "query") + (("body",) if write is nginx else ())
    auto, json_access = parser("auto"), parser("json_access")
    for row in log(400, 8, elsewhere=0):
        line = orjson.dumps(nginx(row.log)) if write is nginx else combined(row.log)
        found = canonical(auto(line), fields, 10_000).data
        assert found == canonical(json_access(orjson.dumps(row.log)), fields, 10_000).data


def test_labels_and_families_go_together() -> None:
    """About half are attacks; each has a family, and no benign row has one."""
    rows = list(log(2_000, 4))
    assert 0.45 < sum(row.label for row in rows) / len(rows) < 0.55
    assert all((row.family in FAMILIES) == bool(row.label) for row in rows)
    assert {row.family for row in rows if row.label} == set(FAMILIES)


@pytest.mark.parametrize("family", FAMILIES)
def test_attacks_are_many(family: str) -> None:
    """A family is a grammar and not a handful of strings."""
    rng = Random(1)
    drawn = {payload(rng, family) for _ in range(1_000)}
    assert len(drawn) > 350
    assert not any("«" in text or "»" in text for text in drawn)


def test_benign_near_misses_are_there() -> None:
    """Apostrophes, SQL words in prose, markup and code occur among the benign."""
    rng = Random(1)
    text = "\n".join(benign.value(rng) for _ in range(5_000))
    for near_miss in ("O'Reilly", "union range", "drop us a line", "<b>", "{{", "$", "../", "--"):
        assert near_miss in text, near_miss


def test_length_does_not_tell_attacks() -> None:
    """The length alone stays below ROC AUC 0.7, either way."""
    corpus = from_rows(log(6_000, 9), TextSettings())
    found = roc_auc(corpus.lengths, corpus.labels)
    assert found is not None
    assert 0.3 < found < 0.7


def test_slots_are_the_values_a_client_writes() -> None:
    """Every string in query and body is a slot, however deep; putting text there is seen."""
    rng = Random(1)
    draft = next(d for d in iter(lambda: shop(rng), None) if d.body and "items" in d.body)
    for container, key in draft.slots():
        container[key] = "marked"
    left = json.dumps([draft.query, draft.body])
    assert "marked" in left
    assert all(container[key] == "marked" for container, key in draft.slots())


def test_grammar_draws_invisible_characters() -> None:
    """What a rules file cannot show is written by name."""
    rules = {"start": ["a«nl»«other»«nothing»«sp»"], "other": ["«nul»"]}
    assert expand(Random(1), rules, "«start»") == "a\n\0 "


def test_unknown_rule_is_an_error() -> None:
    """A name without a rule is not passed over."""
    with pytest.raises(KeyError, match="absent"):
        expand(Random(1), {}, "«absent»")
