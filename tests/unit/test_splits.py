"""Labelled logs: read, made into texts, and split without leaks."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from detector.text import TextSettings
from trainer.corpora import Corpus, CorpusError, Labelled, Part, from_rows, gather, read
from trainer.generate.log import log
from trainer.samples import write_labelled

PARTS: tuple[Part, ...] = ("train", "validation", "test")


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    """A generated corpus."""
    return from_rows(log(4_000, 11), TextSettings())


def test_no_text_on_both_sides(corpus: Corpus) -> None:
    """The three parts share no text and together are the whole."""
    parts = [set(corpus.part(name).texts) for name in PARTS]
    assert sum(map(len, parts)) == len(set.union(*parts)) == len(corpus)


def test_no_text_on_both_sides_of_two_logs(corpus: Corpus) -> None:
    """A text falls in the same part whatever log it comes from."""
    other = from_rows(log(4_000, 12), TextSettings())
    held_out = set(other.part("test").texts) | set(other.part("validation").texts)
    assert not held_out & set(corpus.part("train").texts)


def test_parts_have_the_stated_sizes(corpus: Corpus) -> None:
    """A tenth for validation, some 15 % for test."""
    shares = [len(corpus.part(name)) / len(corpus) for name in PARTS]
    assert shares == pytest.approx([0.75, 0.10, 0.15], abs=0.03)


def test_labels_stay_with_their_texts(corpus: Corpus) -> None:
    """Splitting loses neither label nor family."""
    whole = dict(zip(corpus.texts, zip(corpus.labels, corpus.families, strict=True), strict=True))
    part = corpus.part("test")
    for text, label, family in zip(part.texts, part.labels, part.families, strict=True):
        assert whole[text] == (label, family)


def test_each_text_stands_once() -> None:
    """Repeats collapse, and a text labelled both ways counts as an attack."""
    found = gather([Labelled(b"a", 0, None), Labelled(b"a", 1, "xss"), Labelled(b"a", 0, None)])
    assert found.texts == [b"a"]
    assert found.labels.tolist() == [1]
    assert found.families == ["xss"]


def test_written_log_is_read_back(corpus: Corpus, tmp_path: Path) -> None:
    """What generate writes, plain or gzip'd, is what fit reads."""
    for name in ("log.jsonl", "log.jsonl.gz"):
        write_labelled(tmp_path / name, log(4_000, 11))
        found = read(tmp_path / name, TextSettings())
        assert found.texts == corpus.texts
        assert (found.labels == corpus.labels).all()


def test_rows_without_label_are_passed_over(tmp_path: Path) -> None:
    """A row that says no label teaches nothing."""
    path = tmp_path / "log"
    record = {"method": "get", "path": "/"}
    path.write_text(f"{json.dumps({'log': record})}\n{json.dumps({'label': 1, 'log': record})}\n")
    assert read(path, TextSettings()).labels.tolist() == [1]


@pytest.mark.parametrize(
    "line", ["nonsense", "[]", '{"label": 2, "log": {}}', '{"label": 1}', '{"label": "1"}']
)
def test_malformed_row_is_named_by_its_line(tmp_path: Path, line: str) -> None:
    """The message names file and line, and says what a row looks like."""
    path = tmp_path / "log"
    path.write_text(f'{{"label": 0, "log": {{"method": "get", "path": "/"}}}}\n{line}\n')
    with pytest.raises(CorpusError, match=r"log:2: expected .*label"):
        read(path, TextSettings())


def test_record_that_does_not_parse_is_an_error(tmp_path: Path) -> None:
    """A labelled record must be one that the detector could read."""
    path = tmp_path / "log"
    path.write_text('{"label": 0, "log": {"path": "/"}}\n')
    with pytest.raises(CorpusError, match=r"row 1: .*missing_field"):
        read(path, TextSettings())


def test_file_that_cannot_be_read(tmp_path: Path) -> None:
    """Absent, not gzip, or cut short: an error without a traceback."""
    with pytest.raises(CorpusError, match="No such file"):
        read(tmp_path / "absent", TextSettings())
    (tmp_path / "plain.gz").write_text("{}")
    with pytest.raises(CorpusError, match="cannot be read"):
        read(tmp_path / "plain.gz", TextSettings())
    (tmp_path / "cut.gz").write_bytes(gzip.compress(b"{}" * 999)[:20])
    with pytest.raises(CorpusError, match="cannot be read"):
        read(tmp_path / "cut.gz", TextSettings())
