"""Notices that nothing moves: a loop that makes no pass, or lag that grows at a standing position.

It changes nothing by itself. It says so once (metric, stack dump, failed liveness), and whoever
supervises the process restarts it.
"""

from __future__ import annotations

import faulthandler
import sys
import threading
import time
from typing import NamedTuple

import structlog

from detector.metrics import Metrics
from detector.status import Standing, Status

_log = structlog.get_logger()


class _Stop(NamedTuple):
    """Since when a partition's position has been what it is, and what its end was then."""

    position: int
    end: int
    since: float


class Watchdog:
    """Looks at a Status once a second from a thread of its own."""

    def __init__(self, status: Status, metrics: Metrics, limit_seconds: float) -> None:
        """Takes `limit_seconds`: how long nothing may move."""
        self._status = status
        self._metrics = metrics
        self._limit = limit_seconds
        self._stops: dict[str, _Stop] = {}
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begins to watch."""
        self._thread.start()

    def close(self) -> None:
        """Stops watching."""
        self._closed.set()
        self._thread.join()

    def look(self, now: float) -> str | None:
        """Returns what is stuck at `now` (monotonic seconds); None while all moves."""
        age = now - self._status.beat
        if age > self._limit:
            return f"the loop has made no pass for {age:.0f} s"
        standings = self._status.standings
        self._stops = {
            name: self._stop(name, standing, now) for name, standing in standings.items()
        }
        for name, stop in self._stops.items():
            waiting = standings[name].end - stop.end
            if waiting > 0 and now - stop.since > self._limit:
                return (
                    f"{name} has stood at {stop.position} for {now - stop.since:.0f} s while "
                    f"{waiting} records came"
                )
        return None

    def _stop(self, name: str, standing: Standing, now: float) -> _Stop:
        before = self._stops.get(name)
        if before is None or before.position != standing.position:
            return _Stop(standing.position, standing.end, now)
        return before

    def _watch(self) -> None:
        while not self._closed.wait(min(1.0, self._limit / 4)):
            stuck = self.look(time.monotonic())
            if stuck and not self._status.stalled:
                _log.error("watchdog.stalled", reason=stuck)
                self._metrics.stalls.inc()
                faulthandler.dump_traceback(file=sys.stderr, all_threads=True)
            elif self._status.stalled and not stuck:
                _log.warning("watchdog.recovered")
            self._status.stalled = stuck
            self._metrics.stalled.set(stuck is not None)
