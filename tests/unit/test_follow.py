"""Files that grow, are replaced, are truncated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from detector.errors import SourceError
from detector.sources import follow
from detector.sources.follow import FollowSource
from tests.integration.brokers.waiting import until

Follow = Callable[..., FollowSource]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    path.write_bytes(b"old\n")
    return path


@pytest.fixture
def following() -> Iterator[Follow]:
    """Follows paths, from their ends unless told otherwise."""
    sources: list[FollowSource] = []

    def start(*paths: Path, from_start: bool = False) -> FollowSource:
        sources.append(FollowSource(list(map(str, paths)), 1_000, 100, from_start=from_start))
        return sources[-1]

    yield start
    for source in sources:
        source.close()


def _append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def _values(source: FollowSource, count: int) -> list[bytes]:
    found: list[bytes] = []

    def enough() -> bool:
        found.extend(record.value for record in source.poll(0.2))
        return len(found) >= count

    until(enough, f"{count} records")
    return found


def test_from_the_end_only_what_comes_is_read(path: Path, following: Follow) -> None:
    """What stood there before is left."""
    source = following(path)
    assert source.poll(0.0) == []
    _append(path, b"new\n")
    assert _values(source, 1) == [b"new"]


def test_from_the_start_all_is_read(path: Path, following: Follow) -> None:
    """The old line, then the new one, with their places in the file."""
    source = following(path, from_start=True)
    _append(path, b"new\n")
    records = [*source.poll(1.0), *source.poll(0.0)]
    assert [(item.value, item.origin.offset) for item in records] == [(b"old", 0), (b"new", 4)]


def test_a_half_written_line_waits_for_its_end(path: Path, following: Follow) -> None:
    """Also when it was half-written before we came."""
    _append(path, b"begun bef")
    source = following(path)
    assert source.poll(0.0) == []
    _append(path, b"ore\nbegun af")
    assert _values(source, 1) == [b"begun before"]
    _append(path, b"ter\n")
    assert _values(source, 1) == [b"begun after"]


def test_a_replaced_file_is_followed_on_with_what_its_writer_still_wrote(
    path: Path, following: Follow
) -> None:
    """As logrotate does: renamed, made anew, the writer notices a little later."""
    source = following(path)
    renamed = path.rename(path.with_suffix(".log.1"))
    path.write_bytes(b"first of the new\n")
    assert _values(source, 1) == [b"first of the new"]
    _append(renamed, b"last of the old\n")
    _append(path, b"second of the new\n")
    assert set(_values(source, 2)) == {b"last of the old", b"second of the new"}


def test_a_replaced_file_is_let_go_with_its_last_line(
    path: Path, following: Follow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line that never gets its end is a record all the same."""
    monkeypatch.setattr(follow, "_FAREWELL_SECONDS", 0.1)
    source = following(path)
    _append(path, b"never ended")
    assert source.poll(0.0) == []
    path.rename(path.with_suffix(".log.1"))
    path.write_bytes(b"")
    assert _values(source, 1) == [b"never ended"]


def test_a_truncated_file_is_read_from_its_beginning(path: Path, following: Follow) -> None:
    """As copytruncate does; a line at the same place has another id."""
    source = following(path, from_start=True)
    (before,) = source.poll(1.0)
    path.write_bytes(b"")
    assert source.poll(0.0) == []
    _append(path, b"old\n")
    (after,) = source.poll(5.0)
    assert before.value == after.value
    assert before.id != after.id


def test_a_file_that_is_away_for_a_while_is_taken_up_again(path: Path, following: Follow) -> None:
    """Removed, then made anew."""
    source = following(path)
    path.unlink()
    assert source.poll(0.0) == []
    path.write_bytes(b"back\n")
    assert _values(source, 1) == [b"back"]


def test_several_files_are_followed_at_once(path: Path, following: Follow) -> None:
    """Each record names its own."""
    other = path.with_name("other.log")
    other.write_bytes(b"")
    source = following(path, other)
    _append(other, b"b\n")
    _append(path, b"a\n")
    found = {Path(item.origin.stream).name: item.value for item in source.poll(5.0)}
    assert found == {"access.log": b"a", "other.log": b"b"}


def test_a_missing_file_is_said(path: Path, following: Follow) -> None:
    """A misspelled path is an error, not a long wait."""
    with pytest.raises(SourceError, match=r"nosuch\.log"):
        following(path.with_name("nosuch.log"))
