"""Labelled records, read as canonical texts, and split without leaks."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from detector.errors import BreachlineError, MalformedRecord
from detector.formats.auto import parser
from detector.text import DEFAULT_STRIP, TextSettings, canonical, fields_after_strip
from trainer.generate.log import Row

Part = Literal["train", "validation", "test"]

_PARTS: tuple[tuple[Part, int], ...] = (("validation", 26), ("test", 64), ("train", 256))


class CorpusError(BreachlineError):
    """A labelled log that cannot be used."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Labelled texts, one row a text.

    Attributes:
        texts: canonical texts, none empty, each once.
        labels: (N,) uint8, 1 for an attack.
        families: names; None where benign or unknown.
    """

    texts: Sequence[bytes]
    labels: NDArray[np.uint8]
    families: Sequence[str | None]

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def lengths(self) -> NDArray[np.int32]:
        """(N,) of the texts, in bytes."""
        return np.fromiter(map(len, self.texts), np.int32, len(self.texts))

    @property
    def benign(self) -> list[bytes]:
        """The texts labelled 0."""
        return [text for text, label in zip(self.texts, self.labels, strict=True) if not label]

    def part(self, name: Part) -> Corpus:
        """Returns a tenth for validation, some 15 % for test, or the rest for train.

        The text's hash decides, so that no text stands in two parts, whatever log it comes from.
        """
        return self.rows([row for row, text in enumerate(self.texts) if part_of(text) == name])

    def rows(self, rows: Sequence[int]) -> Corpus:
        """Returns the given rows."""
        return Corpus(
            [self.texts[row] for row in rows],
            self.labels[list(rows)],
            [self.families[row] for row in rows],
        )


class Labelled(NamedTuple):
    """A text with its label and family, as Corpus has them."""

    text: bytes
    label: int
    family: str | None


def part_of(text: bytes) -> Part:
    """Returns the part of a split to which `text` belongs."""
    first = sha256(text).digest()[0]
    return next(name for name, end in _PARTS if first < end)


def read(path: Path, settings: TextSettings) -> Corpus:
    """Reads JSON lines {"label": 0 or 1, "family": …, "log": {…}}, plain or gzip'd.

    Rows without a label are passed over.

    Raises:
        CorpusError: the file cannot be read, or a line of it is not such a row.
    """
    return gather(_labelled(_rows(path), settings))


def from_rows(rows: Iterable[Row], settings: TextSettings) -> Corpus:
    """Makes a corpus of generated rows."""
    return gather(_labelled(rows, settings))


def gather(items: Iterable[Labelled]) -> Corpus:
    """Makes a corpus in which each text stands once; one labelled both ways counts as an attack."""
    found: dict[bytes, Labelled] = {}
    for item in items:
        if item.text not in found or item.label > found[item.text].label:
            found[item.text] = item
    kept = list(found.values())
    return Corpus(
        [item.text for item in kept],
        np.array([item.label for item in kept], np.uint8),
        [item.family for item in kept],
    )


def _labelled(rows: Iterable[Row], settings: TextSettings) -> Iterator[Labelled]:
    parse = parser("json_access")
    fields = fields_after_strip(settings.fields, DEFAULT_STRIP)
    for number, row in enumerate(rows, 1):
        try:
            request = parse(orjson.dumps(row.log))
        except MalformedRecord as error:
            raise CorpusError(
                f"row {number}: the log is not a SecuritAI record ({error}). Correct it."
            ) from None
        text = canonical(request, fields, settings.limit).data
        if text:
            yield Labelled(text, row.label, row.family)


def _rows(path: Path) -> Iterator[Row]:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                row = _row(path, number, line)
                if row is not None:
                    yield row
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CorpusError(f"{path}: cannot be read: {reason}. Give the path of a log.") from None


def _row(path: Path, number: int, line: bytes) -> Row | None:
    try:
        found: Any = orjson.loads(line)
        label = found.get("label")
        if label is None:
            return None
        if label not in (0, 1):
            raise ValueError
        return Row(label, found.get("family"), found["log"])
    except (ValueError, KeyError, AttributeError):
        raise CorpusError(
            f'{path}:{number}: expected {{"label": 0 or 1, "family": name or null, "log": {{…}}}}, '
            "as `breachline-train generate` writes it. Correct the line."
        ) from None
