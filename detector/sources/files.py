"""Reads a log file, or standard input, from beginning to end; gzip is told by its first bytes."""

from __future__ import annotations

import errno
import gzip
import os
import stat
import sys
import zlib
from collections.abc import Sequence
from io import BufferedReader
from pathlib import Path
from typing import cast

from detector.errors import SourceError
from detector.sources.lines import Lines
from detector.types import Record

_BLOCK_BYTES = 1 << 18
_GZIP = b"\x1f\x8b"


class FileSource:
    """One file's records, one a line. `-` is standard input.

    Memory is bounded by one block, one record and what gzip needs. A file that is cut short or
    damaged gives what could be read, then the error.

    Args:
        path: the file.
        max_record_bytes: longest line to keep whole; see Lines.
        batch_records: most records to return at a time.

    Attributes:
        ended: every record has been returned.
        size: bytes in the file; None where that cannot be known, as for a pipe.

    Raises:
        SourceError: the file cannot be opened.
    """

    def __init__(self, path: str, max_record_bytes: int, batch_records: int) -> None:
        self.name = "standard input" if path == "-" else path
        self.ended = False
        self._batch_records = batch_records
        try:
            self._raw = self._open(path)
            packed = self._raw.peek(2).startswith(_GZIP)
        except OSError as error:
            raise SourceError(
                f"{self.name}: cannot be opened: {error.strerror}. Give the path of a log file, "
                "or - for standard input."
            ) from None
        self._keep_open = path == "-"
        status = os.fstat(self._raw.fileno())
        self.size = status.st_size if stat.S_ISREG(status.st_mode) else None
        self._file = gzip.GzipFile(fileobj=self._raw) if packed else self._raw
        self._lines = Lines("stdin" if path == "-" else path, max_record_bytes)
        self._pending: list[Record] = []
        self._failure: SourceError | None = None

    @property
    def position(self) -> int:
        """Bytes of the file read so far; compressed ones where it is compressed."""
        return self._raw.tell() if self.size is not None else 0

    def poll(self, timeout_seconds: float = 0.0) -> Sequence[Record]:
        """Returns the next records, none when there is no whole line yet. A file never waits.

        Raises:
            SourceError: the file is damaged or cut short; all before that has been returned.
        """
        if not self._pending:
            if self._failure:
                self.ended = True
                raise self._failure
            self._pending = self._read()
        records = self._pending[: self._batch_records]
        self._pending = self._pending[self._batch_records :]
        return records

    def commit(self, records: Sequence[Record]) -> None:
        """Does nothing: a whole file is read anew each time."""

    def close(self) -> None:
        """Closes the file."""
        if not self._keep_open:
            self._raw.close()

    def _open(self, path: str) -> BufferedReader:
        if path != "-":
            return Path(path).open("rb")
        if sys.stdin is None:
            raise OSError(errno.EBADF, "it is closed")
        return cast(BufferedReader, sys.stdin.buffer)

    def _read(self) -> list[Record]:
        try:
            block: bytes = self._file.read1(_BLOCK_BYTES)
        except (EOFError, OSError, zlib.error) as error:
            why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            self._failure = SourceError(
                f"{self.name}: cannot be read to its end: {why}. What came before was read."
            )
            return self._lines.finish()
        if block:
            return self._lines.feed(block)
        self.ended = True
        return self._lines.finish()
