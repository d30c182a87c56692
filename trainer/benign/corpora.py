"""Ordinary requests from the corpora under a data folder."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from urllib.parse import unquote_plus, urlsplit

import orjson

from detector.types import Request
from trainer.benign.lexicon import Lexicon, between, pick
from trainer.benign.operations import render_operation
from trainer.benign.wording import path
from trainer.splits import Split, split_of

_SUSPICIOUS = re.compile(
    r"<script|javascript:|\bunion\b.{0,20}\bselect\b|\bselect\b.{1,60}\bfrom\b|\.\./\.\.|/etc/|%00|\x00"
    r"|\bor\b\s+\d+=\d+|c99|r57|wso\.php|<\?php|=https?://[^&]*\.(?:txt|php)\?|cmd=|\$\{",
    re.IGNORECASE,
)
_SHORT = len("http://www.example.com/index")  # mostly bare hosts
_QUERY_PATHS = (
    "/collect",
    "/pixel",
    "/b/ss",
    "/api/track",
    "/ads",
    "/search",
    "/maps/vt",
    "/sync",
    "/i",
    "/v1/events",
    "/tr",
    "/beacon",
    "/g/collect",
    "/",
    "/p",
    "/assets/app.js",
    "/gen_204",
    "/log",
)


class Corpus(NamedTuple):
    """Requests of one source and split.

    Attributes:
        source: name of the corpus.
        draw: makes one request and names its template.
        rows: how many rows it draws from.
    """

    source: str
    draw: Callable[[Random, Lexicon], tuple[str, Request]]
    rows: int


def corpora(data: Path, split: Split) -> list[Corpus]:
    """Returns the corpora of ordinary requests under `data`, `split` of them."""
    found = (
        _operations(data / "train" / "openapi_operations.jsonl.gz", split),
        _addresses(data / "seeds" / "phishing_urls.jsonl.gz", split),
        _browsing(data / "train" / "browsing_queries.jsonl.gz", split),
        _shop(data / "train" / "csic2010.jsonl.gz", split),
    )
    return [corpus for corpus in found if corpus.rows]


def suspicious(text: str) -> bool:
    """Tells whether `text`, decoded, holds marks of an attack: not to be called harmless."""
    return _SUSPICIOUS.search(unquote_plus(unquote_plus(text))) is not None


def query_template(query: str) -> str:
    """Returns the set of parameter names: the template of a recorded query."""
    names = {pair.partition("=")[0] for pair in query.split("&")}
    return "&".join(sorted(names)) if "=" in query else "bare"


def _operations(file: Path, split: Split) -> Corpus:
    rows = [row for row in _rows(file) if split_of("openapi", row["api"]) == split]

    def draw(rng: Random, lex: Lexicon) -> tuple[str, Request]:
        row = pick(rng, rows)
        return row["api"], render_operation(row, rng, lex)

    return Corpus("openapi", draw, len(rows))


def _addresses(file: Path, split: Split) -> Corpus:
    sides: dict[Request, Split] = {}  # two hosts may have the same path; it stays with the first
    made: list[tuple[str, Request]] = []
    for row in _rows(file):
        try:
            parts = urlsplit(row["url"])
        except ValueError:  # an unclosed bracket in the host
            continue
        host = ".".join(parts.netloc.split(".")[-2:])
        request = Request("GET", parts.path or "/", parts.query)
        side = sides.setdefault(request, split_of("addresses", host))
        if side == split and len(row["url"]) > _SHORT and not suspicious(row["url"]):
            made.append((host, request))
    return Corpus("addresses", lambda rng, _: pick(rng, made), len(made))


def _browsing(file: Path, split: Split) -> Corpus:
    made = []
    for row in _rows(file):
        template = query_template(row["query"])
        if split_of("browsing_queries", template) == split and not suspicious(row["query"]):
            made.append((template, row["query"]))

    def draw(rng: Random, lex: Lexicon) -> tuple[str, Request]:
        template, query = pick(rng, made)
        known = rng.random() < 0.5
        where = pick(rng, _QUERY_PATHS) if known else f"/{path(rng, lex)}"
        return template, Request("GET", where, query)

    return Corpus("browsing_queries", draw, len(made))


def _shop(file: Path, split: Split) -> Corpus:
    made: set[tuple[str, Request]] = set()
    for row in _rows(file):
        path, _, query = row["target"].partition("?")
        if row["label"] == 0 and split_of("csic2010", path) == split:
            made.add((path, Request(row["method"].upper(), path, query, row.get("body", ""))))
    ordered = sorted(made)

    def draw(rng: Random, _: Lexicon) -> tuple[str, Request]:
        template, request = pick(rng, ordered)
        if rng.random() < 0.5:
            request = request._replace(
                path=request.path.replace("/tienda1", f"/{between(rng, 1, 99)}")
            )
        return template, request

    return Corpus("csic2010", draw, len(ordered))


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    if not file.exists():
        return
    with gzip.open(file) as lines:
        for line in lines:
            yield orjson.loads(line)
