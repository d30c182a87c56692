"""The types that travel from a source to a sink, and the Protocols at each seam.

bytes → Record → Request → canonical text → Scores → Alert → sink acknowledged → offset committed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray


class Origin(NamedTuple):
    """Where a record stands in its stream.

    Attributes:
        stream: Kafka topic or file path, for people to read.
        partition: Kafka partition; None for a file.
        offset: Kafka offset, or the byte offset of the line in its (uncompressed) file.
        identity: what tells this file from another of the same path; empty for Kafka.
    """

    stream: str
    partition: int | None
    offset: int
    identity: str = ""

    def __str__(self) -> str:
        if self.partition is None:
            return f"{self.stream}:{self.offset}"
        return f"{self.stream}:{self.partition}:{self.offset}"


@dataclass(frozen=True, slots=True)
class Record:
    """One log record as a source yields it.

    Attributes:
        origin: where it stands.
        timestamp: when the source took it in, Unix seconds.
        value: its bytes. A source that must bound memory keeps the head only and says so in `size`.
        size: bytes of the whole value, where `value` is only its head; None when it is whole.
        digest: SHA-256 (hex) of the whole value, where `value` is only its head.
    """

    origin: Origin
    timestamp: float
    value: bytes
    size: int | None = None
    digest: str | None = None

    @property
    def id(self) -> str:
        """32 hex digits from origin and value: the same record read twice has the same id."""
        origin = self.origin
        place = f"{origin.identity or origin.stream}\0{origin.partition}\0{origin.offset}\0"
        return sha256(place.encode("utf-8", "surrogateescape") + self.value).hexdigest()[:32]


class Request(NamedTuple):
    """One HTTP request as its log tells it; None where the format does not carry a field.

    Text fields may hold surrogate escapes (PEP 383) for bytes that are not UTF-8.

    Attributes:
        method: upper case.
        path: as sent, percent-encoding kept.
        query: as sent, without the question mark; "" when there is none.
        body: the request's body; "" when there is none.
        timestamp: when the server took the request, Unix seconds.
        status_code: of the response.
        client_address: of the peer, or of the client that trusted proxies name.
        host: the Host header, port included where sent.
        user_agent: User-Agent header.
        referer: Referer header.
        forwarded_for: X-Forwarded-For header, as sent: anyone can write one.
        unread: names of record fields that no field above was made from.
    """

    method: str
    path: str
    query: str = ""
    body: str = ""
    timestamp: float | None = None
    status_code: int | None = None
    client_address: str | None = None
    host: str | None = None
    user_agent: str | None = None
    referer: str | None = None
    forwarded_for: str | None = None
    unread: tuple[str, ...] = ()


class Reason(StrEnum):
    """Why a record was rejected: the whole set, also the label values of the metric."""

    EMPTY = "empty"  # no bytes, or white space alone
    TOO_LARGE = "too_large"  # longer than the source's limit
    NOT_TEXT = "not_text"  # NUL or other control bytes: not a log line
    NOT_JSON = "not_json"  # a JSON format was chosen or begun, and the bytes do not parse
    UNKNOWN_FORMAT = "unknown_format"  # no parser takes the line
    MISSING_FIELD = "missing_field"  # parsed, but no method or no path
    WRONG_TYPE = "wrong_type"  # parsed, but a needed field is of an unusable type


class Rejection(NamedTuple):
    """A record that could not be read. It goes to the dead-letter sink with its bytes.

    Attributes:
        record: the record, bytes kept.
        reason: one of a fixed set.
    """

    record: Record
    reason: Reason


class Evidence(NamedTuple):
    """What in the text drove the score.

    Attributes:
        field: name of the field it stands in ("query", "body", …).
        text: the characters, as canonical text has them, credential-like values masked.
        start: first character's offset into the canonical text, bytes.
        end: offset after the last one.
    """

    field: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Alert:
    """A record that looks like a breach attempt.

    Attributes:
        record: the record it is about.
        request: what the record says, credential-like values masked.
        score: in [0, 1]; high is anomalous.
        threshold: the score at or above which an alert is raised.
        family: name of the attack family.
        evidence: what drove the score; None where the request is too short to tell.
        bundle: name and version of the bundle that scored it.
        created: when the alert was made, Unix seconds.
    """

    record: Record
    request: Request
    score: float
    threshold: float
    family: str
    evidence: Evidence | None
    bundle: str
    created: float


class Scores(NamedTuple):
    """One row a text, in the order of the texts.

    Attributes:
        breach: (B,) float32 in [0, 1]; high is anomalous.
        family: (B,) int16, index into the bundle's families.
        peak: (B,) int32, position in the text where the score rose to its highest.
    """

    breach: NDArray[np.float32]
    family: NDArray[np.int16]
    peak: NDArray[np.int32]


class Source(Protocol):
    """Yields records and is told which are done with."""

    def poll(self, timeout_seconds: float) -> Sequence[Record]:
        """Returns the records at hand, waiting up to `timeout_seconds` for the first."""

    def commit(self, records: Sequence[Record]) -> None:
        """These, and all before them in their partition or file, are done with."""

    def close(self) -> None:
        """Leaves the group, closes the files."""


class Sink(Protocol):
    """Takes alerts and rejections to where they are wanted."""

    def send(self, items: Sequence[Alert | Rejection]) -> None:
        """Returns once every item is delivered; raises SinkError when one cannot be."""

    def close(self) -> None:
        """Flushes and closes."""


class Scorer(Protocol):
    """Scores canonical texts. A text's scores do not depend on the others in its batch."""

    def score(self, texts: Sequence[bytes]) -> Scores:
        """Scores `texts`, none of which is empty."""

    def trace(self, text: bytes) -> NDArray[np.float32]:
        """Returns (len(text),): the score after each character. For alerts and explain only."""
