"""The sets that a detector is judged on: public test sets, held-out traffic and renderings."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from urllib.parse import quote

import orjson

from detector.types import Request
from trainer.attack_mix import attack_mix
from trainer.benign.corpora import query_template
from trainer.corpora import CorpusError
from trainer.judging.cache import fingerprint, kept
from trainer.judging.right_families import families_of
from trainer.labelled import Payload, Sample
from trainer.splits import TEST_SETS, split_of
from trainer.streams import training_stream

SETS = ("semicomplete", "browsing", "csic2010", "gotestwaf", "libinjection", "crs", "vulnbank")
"""The sets with files of their own, in the order of the table; `rendered` comes after."""

RENDERED = "rendered"
"""Held-out part of the project's own generator: attacks and the harmless, placed alike."""

POOL = ("semicomplete", "browsing", "csic2010", RENDERED)
"""Sets whose benign records together stand for traffic."""

_RENDERED_RECORDS = 20_000
_ATTACK_SHARE = 0.4
_SEED = 20
_TRAIN_SETS = ("browsing_queries", "csic2010", "payloads", "sqli_queries", "http_params")


class Held(NamedTuple):
    """One record to judge on.

    Attributes:
        set: one of SETS, or RENDERED.
        sample: the request with its label.
        families: names that are right for it; none where benign or unknown.
        payload: the characters placed, where the set is of payloads; else None.
    """

    set: str
    sample: Sample
    families: tuple[str, ...]
    payload: str | None = None


def held_out(data: Path, sample: int | None = None) -> list[Held]:
    """Returns every record to judge on, set by set.

    Payloads are placed as `GET /search?q=…`, percent-encoded. Rows without a label are left out.

    Args:
        data: the data folder.
        sample: at most so many of each set, drawn the same each time; None for all.

    Raises:
        CorpusError: `data` lacks a file.
    """
    _check(data)
    found: list[Held] = []
    for name in SETS:
        rows = list(_SETS[name](data))
        if sample is not None and len(rows) > sample:
            rows = Random(_SEED).sample(rows, sample)
        found += rows
    return found + rendered(data, min(sample or _RENDERED_RECORDS, _RENDERED_RECORDS))


def rendered(data: Path, records: int) -> list[Held]:
    """Returns attacks and harmless requests made from held-out templates, without evasions."""

    def make() -> list[Any]:
        stream = training_stream(
            Random(_SEED),
            attack_mix(data, "test"),
            data,
            "test",
            attack_share=_ATTACK_SHARE,
            evaded=0.0,
        )
        return list(islice(stream, records))

    found = []
    for row in kept(f"rendered-test-{records}-{fingerprint(data, __file__)}", make):
        sample = Sample(*row)._replace(request=Request(*row[-1]))
        found.append(Held(RENDERED, sample, (sample.family,) if sample.label else ()))
    return found


def _check(data: Path) -> None:
    names = [f"test/{name}" for name in TEST_SETS] + [f"train/{name}" for name in _TRAIN_SETS]
    missing = [name for name in names if not (data / f"{name}.jsonl.gz").is_file()]
    if missing:
        raise CorpusError(
            f"{data}: found no {', '.join(f'{name}.jsonl.gz' for name in missing)}, expected the "
            "data folder with its train and test sets. Give its path with --data."
        )


def _test_set(name: str, file: str) -> Any:  # noqa: ANN401 - a reader
    def read(data: Path) -> Iterator[Held]:
        for row in _rows(data / "test" / f"{file}.jsonl.gz"):
            label = row.get("label")
            if label is None:
                continue
            payload = row.get("payload")
            request = _request(row) if payload is None else search(payload)
            families = families_of(row["family"]) if label else ()
            family = "/".join(families) or (row["family"].rpartition("/")[2] if label else "benign")
            placement = "whole" if payload is None else "query_whole"
            sample = Sample(label, family, name, row["family"], placement, request)
            yield Held(name, sample, families, payload)

    return read


def _browsing(data: Path) -> Iterator[Held]:
    source = "browsing_queries"
    for row in _rows(data / "train" / f"{source}.jsonl.gz"):
        template = query_template(row["query"])
        if split_of(source, template) == "test":
            request = Request("GET", "/search", row["query"])
            yield Held("browsing", Sample(0, "benign", source, template, "whole", request), ())


def _csic(data: Path) -> Iterator[Held]:
    for row in _rows(data / "train" / "csic2010.jsonl.gz"):
        path = row["target"].partition("?")[0]
        if row["label"] == 0 and split_of("csic2010", path) == "test":
            yield Held(
                "csic2010", Sample(0, "benign", "csic2010", path, "whole", _request(row)), ()
            )


def search(payload: str) -> Request:
    """Places `payload` as the rule set's figures had it."""
    return Request("GET", "/search", f"q={quote(payload, safe='', errors='surrogateescape')}")


def payloads(records: list[Held]) -> list[Payload]:
    """Returns the attacks among `records` that are payloads of a known family."""
    return [
        Payload(held.payload, held.families[0], held.set, held.sample.template)
        for held in records
        if held.payload and held.families and held.sample.label
    ]


def _request(row: dict[str, Any]) -> Request:
    path, _, query = row["target"].partition("?")
    return Request(
        row["method"].upper(),
        path,
        query,
        row.get("body", ""),
        user_agent=row.get("user_agent", ""),
        referer=row.get("referer", ""),
    )


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(file) as lines:
        for line in lines:
            yield orjson.loads(line)


_SETS = {
    "semicomplete": _test_set("semicomplete", "semicomplete_access_log"),
    "browsing": _browsing,
    "csic2010": _csic,
    "gotestwaf": _test_set("gotestwaf", "gotestwaf"),
    "libinjection": _test_set("libinjection", "libinjection"),
    "crs": _test_set("crs", "crs"),
    "vulnbank": _test_set("vulnbank", "vulnbank"),
}
