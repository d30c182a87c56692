"""Writes alerts as JSON lines, for a pipe or a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

import orjson

from detector.ecs import document
from detector.errors import SinkError
from detector.types import Alert, Rejection


class StdoutSink:
    """Writes one ECS document a line and flushes. Rejections are left to whoever counts them.

    Args:
        stream: where to write; stays open.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def send(self, items: Sequence[Alert | Rejection]) -> None:
        """Writes the alerts among `items`.

        Raises:
            BrokenPipeError: the reader has gone, as `head` does.
            SinkError: the stream takes no more for any other reason.
        """
        lines = [orjson.dumps(document(item)) for item in items if isinstance(item, Alert)]
        if lines:
            write_lines(self._stream, lines)

    def close(self) -> None:
        """Does nothing: every line has been flushed."""


def write_lines(stream: BinaryIO, lines: Sequence[bytes]) -> None:
    """Writes `lines` and flushes; raises as StdoutSink.send does."""
    try:
        stream.write(b"\n".join(lines) + b"\n")
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise SinkError(
            f"standard output: cannot be written: {error.strerror}. Make room or write elsewhere."
        ) from None
