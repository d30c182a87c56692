"""Train, validation and test: split by template, never by row, and never touching the test sets.

A template is what a sample was made from: a grammar production, an API provider, a site, a set of
parameter names. All samples of one template stand on one side, so that a held-out figure says how
the detector does on what it has not seen.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from detector.text import TextSettings, canonical, decoded
from detector.types import Request

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")

TEST_SETS = ("crs", "gotestwaf", "libinjection", "vulnbank", "semicomplete_access_log")

_VALIDATION_SHARE = 0.1
_TEST_SHARE = 0.1
_TEST_SHARES = {"browsing_queries": 0.2}  # the share that the published figures hold out
_FIELDS = TextSettings().fields
_LIMIT = TextSettings().limit


def split_of(source: str, template: str) -> Split:
    """Returns the side on which every sample of `template` of `source` stands.

    The side depends on the two names alone, so that it stays put when templates are added.
    """
    digest = blake2b(f"{source}\0{template}".encode("utf-8", "surrogatepass"), digest_size=8)
    draw = int.from_bytes(digest.digest(), "big") / 2**64
    test_share = _TEST_SHARES.get(source, _TEST_SHARE)
    if draw < test_share:
        return "test"
    if draw < test_share + _VALIDATION_SHARE:
        return "validation"
    return "train"


class Seen:
    """A set of texts known by their hashes, against which training texts are checked.

    A request is known by its canonical text, a payload by its decoded, case-folded text, so that
    neither an encoding nor a change of case hides a coincidence.
    """

    def __init__(self) -> None:
        self._hashes: set[bytes] = set()

    def add_request(self, request: Request) -> None:
        """Remembers the canonical text of `request`."""
        self._hashes.add(_request_hash(request))

    def add_payload(self, text: str) -> None:
        """Remembers the payload `text`."""
        self._hashes.add(_payload_hash(text))

    def has_request(self, request: Request) -> bool:
        """Tells whether a request with the same canonical text was added."""
        return _request_hash(request) in self._hashes

    def has_payload(self, text: str) -> bool:
        """Tells whether a payload was added that is the same once decoded and case-folded."""
        return _payload_hash(text) in self._hashes

    def __len__(self) -> int:
        return len(self._hashes)


@cache
def texts_of_tests(data: Path) -> Seen:
    """Returns what stands in the test sets under `data`, by hash; empty where they are absent.

    Of an attack each value in its query, its form or its JSON body is taken as a payload too.
    """
    seen = Seen()
    for row in _test_rows(data):
        if "payload" in row:
            seen.add_payload(row["payload"])
            continue
        path, _, query = row["target"].partition("?")
        request = Request(row["method"].upper(), path, query, row.get("body", ""))
        seen.add_request(request)
        if row.get("label") == 1:
            for value in _values(request):
                seen.add_payload(value)
    return seen


def _test_rows(data: Path) -> Iterator[dict[str, Any]]:
    for name in TEST_SETS:
        file = data / "test" / f"{name}.jsonl.gz"
        if not file.exists():
            continue
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)


def _values(request: Request) -> Iterator[str]:
    fields = [request.query]
    if request.body.startswith(("{", "[")):
        yield from _leaves(request.body)
    elif not request.body.startswith("<"):
        fields.append(request.body)
    for field in fields:
        for pair in field.split("&"):
            value = pair.partition("=")[2]
            if value:
                yield value


def _leaves(body: str) -> Iterator[str]:
    try:
        waiting = [json.loads(body)]
    except ValueError:
        return
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item


def _request_hash(request: Request) -> bytes:
    return _hash(canonical(request, _FIELDS, _LIMIT).data)


def _payload_hash(text: str) -> bytes:
    undone = decoded(Request("GET", "", quote(text, safe="%+", errors="surrogatepass")), "query")
    return _hash(
        undone.decode("utf-8", "surrogateescape")
        .casefold()
        .strip()
        .encode("utf-8", "surrogateescape")
    )


def _hash(data: bytes) -> bytes:
    return blake2b(data, digest_size=12).digest()
