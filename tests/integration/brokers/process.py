"""`breachline run` as a process of its own, seen as its operator sees it: log, pages, exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from tests.integration.brokers.waiting import until


class Breachline:
    """A running `breachline` with its options given as variables."""

    def __init__(self, folder: Path, options: Mapping[str, object], command: str = "run") -> None:
        """Starts it; `options` are named as in the configuration."""
        folder.mkdir(parents=True, exist_ok=True)
        self._log = folder / f"{len(list(folder.iterdir()))}.log"
        given = {f"BREACHLINE_{name.upper()}": str(value) for name, value in options.items()}
        defaults = {"BREACHLINE_LISTEN": "127.0.0.1:0", "BREACHLINE_THREADS": "1"}
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "detector", command],
                env=os.environ | defaults | given,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
            )

    def __enter__(self) -> Breachline:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def said(self) -> str:
        """Returns what stands on its standard error."""
        return self._log.read_text(errors="replace")

    def events(self, name: str) -> list[dict[str, Any]]:
        """Returns the log events of that name so far."""
        lines = [line for line in self.said().splitlines() if line.startswith("{")]
        found = [json.loads(line) for line in lines if line.endswith("}")]
        return [event for event in found if event["event"] == name]

    def wait_for(self, name: str, seconds: float = 30.0) -> dict[str, Any]:
        """Returns the first log event of that name."""

        def event() -> dict[str, Any] | None:
            found = self.events(name)
            assert found or self.process.poll() is None, self.said()
            return found[0] if found else None

        found = until(event, f"log event {name}", seconds)
        assert found is not None
        return found

    def wait_until_ready(self) -> Breachline:
        """Waits until /readyz says so."""
        self.wait_for("health.listening")
        until(lambda: self.page("/readyz")[0] == 200, "readiness")
        return self

    def page(self, path: str) -> tuple[int, str]:
        """Returns the status code and the body of one of its pages."""
        address = self.events("health.listening")[0]["address"]
        try:
            with urllib.request.urlopen(f"http://{address}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def metric(self, name: str, **labels: str) -> float:
        """Returns the sum of a metric's samples that have these labels; 0 where there are none."""
        return sum(
            sample.value
            for family in text_string_to_metric_families(self.page("/metrics")[1])
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    def terminate(self) -> int:
        """Asks it to stop, and returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.exit_code()

    def kill(self) -> None:
        """Kills it with SIGKILL."""
        self.process.kill()
        self.process.wait()

    def exit_code(self, seconds: float = 40.0) -> int:
        """Returns its exit code once it ends."""
        return self.process.wait(seconds)
