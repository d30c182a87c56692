"""The three pages, over HTTP."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from detector.errors import ConfigError
from detector.health import HealthServer
from detector.metrics import Metrics
from detector.status import Status


@pytest.fixture
def status() -> Status:
    return Status()


@pytest.fixture
def server(status: Status) -> Iterator[HealthServer]:
    server = HealthServer("127.0.0.1", 0, Metrics(), status)
    yield server
    server.close()


def _get(server: HealthServer, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://{server.address}{path}") as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
def test_an_ipv6_address_can_be_listened_on() -> None:
    """It is shown in brackets, as a URL needs it."""
    server = HealthServer("::1", 0, Metrics(), Status())
    assert server.address.startswith("[::1]:")
    assert _get(server, "/livez")[0] == 200
    server.close()


def test_ready_means_joined_and_not_draining(server: HealthServer, status: Status) -> None:
    """Neither before the group is joined nor after a signal."""
    assert _get(server, "/readyz") == (503, "group not joined, or no answer from the brokers\n")
    status.joined = True
    assert _get(server, "/readyz") == (200, "ready\n")
    status.draining = True
    assert _get(server, "/readyz") == (503, "draining\n")


def test_live_until_the_watchdog_says_otherwise(server: HealthServer, status: Status) -> None:
    """The page tells the age of the last pass, and why it fails."""
    code, body = _get(server, "/livez")
    assert (code, body.startswith("last pass 0.")) == (200, True)
    status.stalled = "nothing moves"
    assert _get(server, "/livez") == (503, "nothing moves\n")


def test_metrics_are_in_prometheus_text(server: HealthServer) -> None:
    """Our own and the process's."""
    code, body = _get(server, "/metrics")
    assert code == 200
    assert "\nbreachline_loop_age_seconds " in body
    assert "\nprocess_resident_memory_bytes " in body


def test_other_paths_are_not_found(server: HealthServer) -> None:
    """And name those that are there."""
    assert _get(server, "/") == (404, "/metrics, /livez or /readyz\n")


def test_a_taken_address_is_a_fault_of_the_configuration(server: HealthServer) -> None:
    """The message names it."""
    host, port = server.address.split(":")
    with pytest.raises(ConfigError, match=server.address):
        HealthServer(host, int(port), Metrics(), Status())
