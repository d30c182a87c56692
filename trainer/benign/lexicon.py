"""Words, names and sentences from which benign values are made."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeVar

from trainer.splits import Split, split_of

T = TypeVar("T")

_TEXTS = ("udhr_eng.txt", "udhr_fra.txt", "alice.txt")
_WORD = re.compile(r"[a-z]{3,12}")
_PARAGRAPH = re.compile(r"\n\s*\n")
_TOKEN_GAP = re.compile(r" ([.,;:!?)%]|n't\b|'\w+)|(?<=[(]) ")


class Lexicon(NamedTuple):
    """What the slots draw from.

    Attributes:
        words: lower-case English words.
        terms: words of software and the web.
        given: given names.
        family: family names, those with an apostrophe included.
        places: cities.
        scripts: phrases in many languages and scripts.
        sentences: prose; whole sentences with their punctuation.
        values: short values that people typed into a shop's forms.
    """

    words: Sequence[str]
    terms: Sequence[str]
    given: Sequence[str]
    family: Sequence[str]
    places: Sequence[str]
    scripts: Sequence[str]
    sentences: Sequence[str]
    values: Sequence[str]


def pick(rng: Random, items: Sequence[T]) -> T:
    """Returns one of `items`; several times faster than Random.choice."""
    return items[int(rng.random() * len(items))]


def between(rng: Random, low: int, high: int) -> int:
    """Returns an integer from [low, high]; several times faster than Random.randint."""
    return low + int(rng.random() * (high - low + 1))


@cache
def lexicon(data: Path | None, split: Split) -> Lexicon:
    """Returns the words of `split`: the package's own, and those under `data` where it exists."""
    words = own_words("english")
    sentences = list(_own_sentences(words))
    values: list[str] = []
    if data is not None and (data / "seeds").is_dir():
        prose = [s for s in _prose(data) if split_of("sentences", s) == split]
        vocabulary = sorted({word for s in prose for word in _WORD.findall(s)})
        words = words + vocabulary
        sentences = prose
        values = _form_values(data, split)
    return Lexicon(
        words=words,
        terms=own_words("technical"),
        given=own_words("people"),
        family=own_words("surnames"),
        places=own_words("places"),
        scripts=_lines("scripts"),
        sentences=sentences,
        values=values or words,
    )


def own_words(name: str) -> list[str]:
    """Returns the words of one file of `vocabulary`."""
    return " ".join(_lines(name)).split()


def _lines(name: str) -> list[str]:
    return (files(__package__) / "vocabulary" / f"{name}.txt").read_text("utf-8").splitlines()


def _own_sentences(words: Sequence[str]) -> list[str]:
    rng = Random(0)
    frames = _lines("frames")
    made = []
    for _ in range(4000):
        frame = pick(rng, frames)
        while "_" in frame:
            frame = frame.replace("_", pick(rng, words), 1)
        made.append(frame[:1].upper() + frame[1:])
    return made


def _prose(data: Path) -> list[str]:
    with gzip.open(data / "seeds" / "sentence_polarity.jsonl.gz", "rt", encoding="utf-8") as rows:
        prose = [_TOKEN_GAP.sub(r"\1", json.loads(row)["text"]) for row in rows]
    for name in _TEXTS:
        text = (data / "seeds" / name).read_text("utf-8")
        prose += [" ".join(part.split()) for part in _PARAGRAPH.split(text) if len(part) > 20]
    return prose


def _form_values(data: Path, split: Split) -> list[str]:
    with gzip.open(data / "train" / "http_params.jsonl.gz", "rt", encoding="utf-8") as rows:
        found = [json.loads(row) for row in rows]
    return [
        row["payload"]
        for row in found
        if row["family"] == "norm" and split_of("http_params", row["payload"]) == split
    ]
