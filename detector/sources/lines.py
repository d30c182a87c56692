"""Cuts a stream of bytes into records, one a line, in bounded memory."""

from __future__ import annotations

import time
from hashlib import sha256

from detector.types import Origin, Record


class Lines:
    r"""Takes blocks of bytes and gives the records that they complete.

    A record's value is its line without `\n` or `\r\n`. Of a line longer than `max_record_bytes`
    the head is kept, with the size and SHA-256 of the whole.

    Args:
        stream: what the bytes come from, for Origin.
        max_record_bytes: longest line to keep whole.
        identity: what tells this file from another of the same path, for Origin.
        offset: where in the stream the first block stands, bytes.
    """

    def __init__(
        self, stream: str, max_record_bytes: int, identity: str = "", offset: int = 0
    ) -> None:
        self._stream, self._identity = stream, identity
        self._max = max_record_bytes
        self._offset = offset  # of the line that is being read
        self._parts: list[bytes] = []  # of that line: all of it, or its head
        self._length = 0  # of that line so far
        self._digest = sha256()  # of that line so far, once it is too long

    def feed(self, block: bytes) -> list[Record]:
        """Takes the next block and returns the records whose lines end in it."""
        first, *others = block.split(b"\n")
        self._extend(first)
        if not others:
            return []
        now = time.time()
        records = [self._complete(now)]
        stream, identity, longest = self._stream, self._identity, self._max
        for line in others[:-1]:
            if len(line) > longest:
                self._extend(line)
                records.append(self._complete(now))
                continue
            value = line[:-1] if line.endswith(b"\r") else line
            records.append(Record(Origin(stream, None, self._offset, identity), now, value))
            self._offset += len(line) + 1
        self._extend(others[-1])
        return records

    def finish(self) -> list[Record]:
        """Returns the record of a last line that no line end follows, if there is one."""
        return [self._complete(time.time())] if self._length else []

    def _extend(self, part: bytes) -> None:
        before, self._length = self._length, self._length + len(part)
        if self._length <= self._max:
            if part:
                self._parts.append(part)
            return
        if before <= self._max:
            head = b"".join(self._parts)
            self._digest = sha256(head)
            self._parts = [head, part[: self._max - before]]
        self._digest.update(part)

    def _complete(self, now: float) -> Record:
        value, size = b"".join(self._parts), self._length
        origin = Origin(self._stream, None, self._offset, self._identity)
        self._offset += size + 1
        self._parts, self._length = [], 0
        if size > self._max:
            return Record(origin, now, value, size, self._digest.hexdigest())
        return Record(origin, now, value.removesuffix(b"\r"))
