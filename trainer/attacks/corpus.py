"""The public corpora of attacks, read and cleaned."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from trainer.attacks.cleaning import CHANGES, DROPS, Cleaned, Drop, clean, clean_path, plain
from trainer.attacks.rules import family_of
from trainer.attacks.whole import RequestAttack
from trainer.labelled import Payload
from trainer.splits import Seen, texts_of_tests

_HINTS: Final = {"traversal_lfi": "traversal", "path-traversal": "traversal"}
_CSIC: Final = "csic2010"
_SHAPED: Final = 300  # characters that make the shape
_REPEATED: Final = re.compile(r"(.{1,12}?)\1+")
_TARGET_SAFE: Final = "/?&=%;:@!$'()*,~+[]{}|\\^`.\"<>-_"
_VALUE: Final = re.compile(r"=([^&]*)")


class Corpus(NamedTuple):
    """The attacks of the public corpora.

    Attributes:
        payloads: attack strings; `template` is the text's skeleton.
        requests: attacks that are whole requests.
        counts: (source, corpus family, rule) → rows; the rules are cleaning's DROPS and CHANGES,
            "read" for all rows and "kept".
    """

    payloads: list[Payload]
    requests: list[RequestAttack]
    counts: Counter[tuple[str, str, str]]


def load_attacks(data: Path) -> Corpus:
    """Reads the attacks under `data`/train and cleans them.

    Texts that stand in a test set under `data`/test, and repeats, are left out.

    Args:
        data: the folder that holds `train` and `test`.

    Raises:
        FileNotFoundError: a corpus is absent.
    """
    reader, train = _Reader(data), data / "train"
    for row in _rows(train / "payloads.jsonl.gz"):
        family, source, text = row["family"], row["source"].partition("/")[2], row["payload"]
        if family == "scanner_paths":
            reader.request(source, family, clean_path(text))
        elif family == "rfi" and text.startswith("/"):
            reader.request(source, family, clean(text, family))
        else:
            reader.payload(source, family, clean(text, _HINTS.get(family, family)))
    for row in _rows(train / "sqli_queries.jsonl.gz"):
        reader.payload("modsec-learn", "sqli", clean(row["payload"], "sqli", encoded=True))
    for row in _rows(train / "http_params.jsonl.gz"):
        if row["label"] == 1:
            family = row["family"]
            found = clean(row["payload"], _HINTS.get(family, family))
            reader.payload("HttpParamsDataset", family, found)
    for row in _rows(train / "csic2010.jsonl.gz"):
        if row["label"] == 1:
            reader.csic(row)
    return reader.corpus


def counts_table(counts: Counter[tuple[str, str, str]]) -> str:
    """Returns what the cleaning did as a Markdown table: a row a corpus, a column a rule."""
    rules = ("read", *DROPS, "kept", *CHANGES)
    lines = [f"| corpus | family | {' | '.join(rules)} |", "|---|---|" + "--:|" * len(rules)]
    for source, family in sorted({key[:2] for key in counts}):
        cells = " | ".join(f"{counts[source, family, rule]:,}" for rule in rules)
        lines.append(f"| {source} | {family} | {cells} |")
    return "\n".join(lines)


def skeleton(text: str) -> str:
    """Returns the shape of `text`: words, numbers, spaces and repeats collapsed.

    Lists write one attack out with many tags, counts or encodings; such texts share a skeleton and
    so stand on one side of a split.
    """
    shape = re.sub(r"[^\W\d_]+", "a", plain(text[:_SHAPED]))
    shape = re.sub(r"\d+", "0", shape)
    shape = re.sub(r"\s+", " ", shape)
    repeats = 1
    while repeats:
        shape, repeats = _REPEATED.subn(r"\1", shape)
    return shape[:80]


class _Reader:
    """What is kept so far, and the texts that may not be kept again."""

    def __init__(self, data: Path) -> None:
        self.corpus = Corpus([], [], Counter())
        self._tests = texts_of_tests(data)
        self._seen = Seen()

    def payload(self, source: str, family: str, found: Cleaned | Drop) -> None:
        """Keeps `found` as a payload when it is an attack, and counts."""
        attack = self._counted(source, family, found)
        if attack:
            shape = skeleton(attack.text)
            self.corpus.payloads.append(Payload(attack.text, attack.family, source, shape))

    def request(self, source: str, family: str, found: Cleaned | Drop) -> None:
        """Keeps `found`, a path with its query, as a request when it is an attack, and counts."""
        attack = self._counted(source, family, found)
        if attack:
            target = quote(attack.text, safe=_TARGET_SAFE, errors="surrogateescape")
            path, _, query = target.partition("?")
            shape = skeleton(attack.text)
            self.corpus.requests.append(
                RequestAttack(attack.family, source, shape, "GET", path, query, "")
            )

    def csic(self, row: dict[str, Any]) -> None:
        """Keeps an anomalous row of CSIC 2010 when its own content shows an attack, and counts."""
        path, _, query = row["target"].partition("?")
        body = row.get("body", "")
        text = plain(f"{path}\n{query}\n{body}".replace("+", " "))
        values = [value for line in text.split("\n")[1:] for value in _VALUE.findall(line)]
        family = next(filter(None, map(family_of, (text.split("\n")[0], *values))), None)
        found: Cleaned | Drop = "harmless"
        if family:
            found = Cleaned(f"{path}?{query}\n{body}", family, ())
        if self._counted(_CSIC, "anomalous", found) and family:
            self.corpus.requests.append(
                RequestAttack(family, _CSIC, skeleton(text), row["method"], path, query, body)
            )

    def _counted(self, source: str, family: str, found: Cleaned | Drop) -> Cleaned | None:
        counts = self.corpus.counts
        counts[source, family, "read"] += 1
        if isinstance(found, str):
            counts[source, family, found] += 1
            return None
        for texts, rule in ((self._tests, "test"), (self._seen, "repeated")):
            if texts.has_payload(found.text):
                counts[source, family, rule] += 1
                return None
        self._seen.add_payload(found.text)
        for rule in ("kept", *found.changes):
            counts[source, family, rule] += 1
        return found


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
