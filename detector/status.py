"""What the loop last said of itself; the health pages and the watchdog read it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import NamedTuple


class Standing(NamedTuple):
    """Where a partition stands.

    Attributes:
        position: offset of the next record to read.
        end: offset that the next record written will get.
    """

    position: int
    end: int


@dataclass(slots=True)
class Status:
    """Written by the loop's thread, read by others; every field is replaced, never changed.

    Attributes:
        beat: when the loop last made a pass, monotonic seconds; a retried delivery is none.
        last_record: when the last record was received, monotonic seconds; at first the start.
        joined: the source can yield: the group is joined, with or without partitions, and the
            brokers answer.
        draining: a signal came; the last batch is being finished.
        standings: by "topic:partition", as last asked of the broker.
        stalled: what the watchdog holds to be stuck; None while all moves.
    """

    beat: float = field(default_factory=time.monotonic)
    last_record: float = field(default_factory=time.monotonic)
    joined: bool = False
    draining: bool = False
    standings: dict[str, Standing] = field(default_factory=dict)
    stalled: str | None = None

    def pass_made(self) -> None:
        """Notes that the loop is alive."""
        self.beat = time.monotonic()

    def unready(self) -> str | None:
        """Returns why no traffic should be expected of this daemon; None when it is ready."""
        if self.draining:
            return "draining"
        return None if self.joined else "group not joined, or no answer from the brokers"
