"""Follows log files as they are written, through replacement and truncation."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from io import BufferedReader
from pathlib import Path
from typing import NamedTuple

import structlog

from detector.errors import SourceError
from detector.sources.lines import Lines
from detector.types import Record

_log = structlog.get_logger()

_BLOCK_BYTES = 1 << 18
_LOOK_SECONDS = 0.1
_FAREWELL_SECONDS = 5.0


class Identity(NamedTuple):
    """What tells one file from another that has had the same path."""

    device: int
    inode: int


class FollowSource:
    """Records of files that grow; see types.Source for the contract.

    A last line without a line end waits for it. When a path names another file than before, the old
    one is read on for a while, since its writer may not have noticed, and the new one is read from
    its beginning. A file that has become shorter is read anew from its beginning.
    """

    def __init__(
        self,
        paths: Sequence[str],
        max_record_bytes: int,
        batch_records: int,
        *,
        from_start: bool,
    ) -> None:
        """Opens the files.

        Args:
            paths: the files, which must exist.
            max_record_bytes: longest line to keep whole; see Lines.
            batch_records: most records to return at a time.
            from_start: begin at their beginnings rather than at their ends.

        Raises:
            SourceError: one of them cannot be opened.
        """
        self._max_record_bytes = max_record_bytes
        self._batch_records = batch_records
        self._pending: list[Record] = []
        self._current: dict[str, _Growing] = {}
        self._replaced: list[_Growing] = []
        for path in paths:
            try:
                self._current[path] = _Growing(path, max_record_bytes)
            except OSError as error:
                raise SourceError(
                    f"{path}: cannot be followed: {error.strerror}. Give the path of a log file."
                ) from None
            if not from_start:
                self._current[path].skip_to_last_line()

    def poll(self, timeout_seconds: float) -> Sequence[Record]:
        """Returns the next records, waiting for a first one."""
        deadline = time.monotonic() + timeout_seconds
        while not self._pending:
            self._look()
            left = deadline - time.monotonic()
            if self._pending or left <= 0:
                break
            time.sleep(min(_LOOK_SECONDS, left))
        records = self._pending[: self._batch_records]
        self._pending = self._pending[self._batch_records :]
        return records

    def commit(self, records: Sequence[Record]) -> None:
        """Does nothing: where to go on is not kept."""

    def close(self) -> None:
        """Closes the files."""
        for file in (*self._replaced, *self._current.values()):
            file.close()

    def _look(self) -> None:
        """Reads a block of each file, and looks where its path leads now."""
        for file in tuple(self._replaced):
            self._pending += file.read()
            if file.is_forsaken():
                self._pending += file.finish()
                self._replaced.remove(file)
        for path, file in tuple(self._current.items()):
            self._pending += file.read()
            if _identity(path) not in (None, file.identity):
                self._follow_successor(path, file)

    def _follow_successor(self, path: str, file: _Growing) -> None:
        try:
            successor = _Growing(path, self._max_record_bytes)
        except OSError:  # gone again, or not ours to read yet
            return
        _log.info("file.replaced", path=path)
        file.say_farewell()
        self._replaced.append(file)
        self._current[path] = successor


class _Growing:
    """One open file."""

    def __init__(self, path: str, max_record_bytes: int) -> None:
        self._path = path
        self._max_record_bytes = max_record_bytes
        self._file: BufferedReader = Path(path).open("rb")  # noqa: SIM115 - stays open
        status = os.fstat(self._file.fileno())
        self.identity = Identity(status.st_dev, status.st_ino)
        self._truncations = 0
        self._lines = self._lines_from(0)
        self._last_read = time.monotonic()
        self._farewell: float | None = None

    def skip_to_last_line(self) -> None:
        """Goes behind the last line end; what stands there is a line being written."""
        end = self._file.seek(0, os.SEEK_END)
        begin = max(0, end - self._max_record_bytes)
        self._file.seek(begin)
        start = begin + self._file.read(end - begin).rfind(b"\n") + 1
        self._file.seek(start)
        self._lines = self._lines_from(start)

    def read(self) -> list[Record]:
        """Returns the records that the next block completes."""
        records: list[Record] = []
        if os.fstat(self._file.fileno()).st_size < self._file.tell():
            _log.warning("file.truncated", path=self._path)
            records = self._lines.finish()
            self._file.seek(0)
            self._truncations += 1
            self._lines = self._lines_from(0)
        block = self._file.read(_BLOCK_BYTES)
        if block:
            self._last_read = time.monotonic()
            records += self._lines.feed(block)
        return records

    def say_farewell(self) -> None:
        """Notes that the path leads elsewhere now."""
        self._farewell = time.monotonic()

    def is_forsaken(self) -> bool:
        """Says whether its writer has had time enough to notice, and has written nothing since."""
        since = max(self._last_read, self._farewell or 0.0)
        return time.monotonic() - since > _FAREWELL_SECONDS

    def finish(self) -> list[Record]:
        """Closes it and returns the last line, if it never got its end."""
        self.close()
        return self._lines.finish()

    def close(self) -> None:
        self._file.close()

    def _lines_from(self, offset: int) -> Lines:
        identity = f"{self.identity.device}:{self.identity.inode}:{self._truncations}"
        return Lines(self._path, self._max_record_bytes, identity, offset)


def _identity(path: str) -> Identity | None:
    try:
        status = Path(path).stat()
    except OSError:
        return None
    return Identity(status.st_dev, status.st_ino)
