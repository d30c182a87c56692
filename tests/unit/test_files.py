"""Reading whole files, line by line, in bounded memory."""

from __future__ import annotations

import gzip
import hashlib
import os
from pathlib import Path

import pytest

from detector.errors import SourceError
from detector.sources.files import FileSource
from detector.sources.lines import Lines
from detector.types import Record


def read(path: Path | str, max_record_bytes: int = 100, batch_records: int = 10) -> list[Record]:
    source = FileSource(str(path), max_record_bytes, batch_records)
    records: list[Record] = []
    while not source.ended:
        batch = source.poll()
        assert len(batch) <= batch_records
        records += batch
    source.close()
    return records


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "access.log"


def test_lines_become_records_with_their_offsets(log: Path) -> None:
    """Blank lines count; the last line needs no line end; carriage returns go."""
    log.write_bytes(b"one\r\n\ntwo\nthree")
    found = [(record.value, record.origin.offset) for record in read(log)]
    assert found == [(b"one", 0), (b"", 5), (b"two", 6), (b"three", 10)]


def test_an_empty_file_has_no_records(log: Path) -> None:
    """Not one empty one."""
    log.touch()
    assert read(log) == []


def test_a_line_end_at_the_end_adds_no_record(log: Path) -> None:
    """A text file ends in one."""
    log.write_bytes(b"one\n")
    assert [record.value for record in read(log)] == [b"one"]


@pytest.mark.parametrize("before", [b"", b"short\n"])
def test_a_long_line_is_kept_by_its_head(log: Path, before: bytes) -> None:
    """Its size and SHA-256 are those of the whole line, and what follows is read on."""
    line = b"0123456789" * 200_000
    log.write_bytes(before + line + b"\nnext\n")
    *_, long, after = read(log)
    assert (long.value, long.size) == (line[:100], len(line))
    assert long.digest == hashlib.sha256(line).hexdigest()
    assert (after.value, after.size) == (b"next", None)
    assert after.origin.offset == len(before) + len(line) + 1


def test_a_line_of_the_longest_length_is_whole(log: Path) -> None:
    """The limit itself is within it."""
    log.write_bytes(b"x" * 100 + b"\n" + b"y" * 101 + b"\n")
    whole, head = read(log)
    assert whole.size is None
    assert head.size == 101


def test_where_blocks_are_cut_does_not_matter() -> None:
    """Any way to cut a stream into blocks gives the same records."""
    stream = b"one\n\nlonger than ten\r\nthree\n" * 3 + b"end"

    def cut(size: int) -> list[tuple[bytes, int, int | None, str | None]]:
        lines = Lines("a.log", 10)
        blocks = (stream[place : place + size] for place in range(0, len(stream), size))
        records = [record for block in blocks for record in lines.feed(block)] + lines.finish()
        return [(r.value, r.origin.offset, r.size, r.digest) for r in records]

    expected = cut(len(stream))
    assert len(expected) == 13
    assert all(cut(size) == expected for size in range(1, len(stream)))


def test_gzip_is_told_by_its_bytes_not_by_its_name(log: Path) -> None:
    """A rotated log may be called anything; offsets are those of the text."""
    log.write_bytes(gzip.compress(b"one\n") + gzip.compress(b"two\n"))
    assert [(r.value, r.origin.offset) for r in read(log)] == [(b"one", 0), (b"two", 4)]


def test_a_gzip_that_is_cut_short_gives_what_could_be_read(log: Path) -> None:
    """Then the error, which says so."""
    text = b"".join(b"%d %s\n" % (number, os.urandom(8).hex().encode()) for number in range(50_000))
    log.write_bytes(gzip.compress(text)[:-1000])
    source, values = FileSource(str(log), 100, 10_000), []
    with pytest.raises(SourceError, match=r"access\.log: cannot be read to its end"):
        while True:
            values += [record.value for record in source.poll()]
    assert source.ended
    assert len(values) > 40_000
    assert text.startswith(b"\n".join(values))


@pytest.mark.parametrize("name", ["missing.log", "."])
def test_what_cannot_be_opened_is_named(tmp_path: Path, name: str) -> None:
    """A missing file, a directory."""
    path = str(tmp_path / name)
    with pytest.raises(SourceError, match=r"cannot be opened: (No such file|Is a directory)"):
        FileSource(path, 100, 10)


def test_position_reaches_size(log: Path) -> None:
    """What the progress bar is drawn from counts compressed bytes."""
    log.write_bytes(gzip.compress(b"one\n" * 1000))
    source = FileSource(str(log), 100, 10_000)
    while not source.ended:
        source.poll()
    assert source.position == source.size == log.stat().st_size
