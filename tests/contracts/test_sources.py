"""What every Source keeps to. A new one is one line in SOURCES."""

from __future__ import annotations

import gzip
import hashlib
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from detector.sources.files import FileSource
from detector.sources.follow import FollowSource
from detector.types import Record, Source
from tests.contracts import kafka_ends

LONGEST = 1_000
BATCH = 7
LINES = [b"one", b"", b'{"method": "get"}', b"\xff\x00\x1b", *(b"%d" % n for n in range(50))]


def plain_file(folder: Path, values: Sequence[bytes]) -> Source:
    path = folder / "access.log"
    path.write_bytes(b"".join(value + b"\n" for value in values))
    return FileSource(str(path), LONGEST, BATCH)


def gzip_file(folder: Path, values: Sequence[bytes]) -> Source:
    path = folder / "access.log.gz"
    path.write_bytes(gzip.compress(b"".join(value + b"\n" for value in values)))
    return FileSource(str(path), LONGEST, BATCH)


def followed_file(folder: Path, values: Sequence[bytes]) -> Source:
    path = folder / "access.log"
    path.write_bytes(b"".join(value + b"\n" for value in values))
    return FollowSource([str(path)], LONGEST, BATCH, from_start=True)


def kafka_topic(folder: Path, values: Sequence[bytes]) -> Source:
    return kafka_ends.source(folder, values, LONGEST, BATCH)


SOURCES: list[Callable[[Path, Sequence[bytes]], Source]] = [
    plain_file,
    gzip_file,
    followed_file,
    kafka_topic,
]
Open = Callable[[Sequence[bytes]], Source]


@pytest.fixture(params=SOURCES, ids=lambda make: make.__name__)
def open_source(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """Makes a source that holds the given values."""
    return lambda values: request.param(tmp_path, values)


def drained(source: Source, count: int) -> list[Record]:
    """Polls until `count` records have come, for a minute at most."""
    records: list[Record] = []
    end = time.monotonic() + 60
    while len(records) < count and time.monotonic() < end:
        records += source.poll(1.0)
    return records


def test_every_value_comes_once_and_in_order(open_source: Open) -> None:
    """Whatever bytes it is made of."""
    with closing(open_source(LINES)) as source:
        assert [record.value for record in drained(source, len(LINES))] == LINES
        assert list(source.poll(0.0)) == []


def test_offsets_rise_and_ids_differ(open_source: Open) -> None:
    """No two records have the same place."""
    with closing(open_source(LINES)) as source:
        records = drained(source, len(LINES))
    offsets = [record.origin.offset for record in records]
    assert offsets == sorted(set(offsets))
    assert len({record.id for record in records}) == len(records)


def test_a_record_read_twice_has_the_same_id(open_source: Open) -> None:
    """Repeats collapse after a restart."""
    ids = []
    for _ in range(2):
        with closing(open_source(LINES)) as source:
            ids.append([record.id for record in drained(source, len(LINES))])
    assert ids[0] == ids[1]


def test_a_poll_returns_no_more_than_a_batch(open_source: Open) -> None:
    """What is scored at a time is bounded."""
    with closing(open_source(LINES)) as source:
        assert 0 < len(source.poll(5.0)) <= BATCH


def test_a_long_record_is_whole_or_a_head_that_says_so(open_source: Open) -> None:
    """Memory is bounded, and nothing is cut in silence."""
    value = b"x" * (3 * LONGEST)
    with closing(open_source([value, b"next"])) as source:
        long, after = drained(source, 2)
    if long.size is not None:
        assert long.value == value[: len(long.value)]
        assert long.size == len(value)
        assert long.digest == hashlib.sha256(value).hexdigest()
    else:
        assert long.value == value
    assert after.value == b"next"


def test_records_are_stamped_when_they_are_read(open_source: Open) -> None:
    """Unix seconds, not in the future."""
    with closing(open_source([b"one"])) as source:
        (record,) = drained(source, 1)
    assert time.time() - 60 < record.timestamp <= time.time()


def test_commit_takes_what_poll_returned(open_source: Open) -> None:
    """None at all, then one batch after another; committing does not move what is read."""
    values: list[bytes] = []
    with closing(open_source(LINES)) as source:
        source.commit([])
        while len(values) < len(LINES):
            records = source.poll(5.0)
            assert records
            source.commit(records)
            values += [record.value for record in records]
    assert values == LINES
