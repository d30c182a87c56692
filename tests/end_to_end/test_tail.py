"""`breachline tail` as a user runs it."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest

from tests.commands import BREACHLINE, breachline, environment
from tests.integration.brokers.lines import benign, breach


@contextmanager
def _tailing(bundle: Path, *arguments: str | Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [BREACHLINE, "tail", "--bundle", bundle, "--threads", "1", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _next_path(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    path: str = orjson.loads(process.stdout.readline())["url"]["path"]
    return path


@pytest.mark.timeout(60)
def test_alerts_come_as_they_happen_through_a_replacement(
    hand_made_bundle: Path, tmp_path: Path
) -> None:
    """Each alert is there before the next line is written; SIGINT ends it with 0."""
    log = tmp_path / "access.log"
    log.write_bytes(breach(0) + b"\n")
    with _tailing(hand_made_bundle, "--from-start", log) as process:
        assert _next_path(process) == "/n/0"
        with log.open("ab") as file:
            file.write(benign(1) + b"\n" + breach(2) + b"\n")
        assert _next_path(process) == "/n/2"
        log.rename(tmp_path / "access.log.1")
        log.write_bytes(breach(3) + b"\n")
        assert _next_path(process) == "/n/3"
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


def test_a_missing_file_is_said(hand_made_bundle: Path, tmp_path: Path) -> None:
    """One line on standard error, and a non-zero exit."""
    found = breachline("tail", "--bundle", hand_made_bundle, tmp_path / "nosuch.log")
    assert found.returncode == 1
    assert b"nosuch.log" in found.stderr
    assert b"Traceback" not in found.stderr
