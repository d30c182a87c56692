"""Log lines on standard error."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import structlog

from detector import logs


@pytest.fixture(autouse=True)
def _reset() -> Iterator[None]:
    """Leaves logging as it was for the tests that follow."""
    yield
    structlog.reset_defaults()


def test_off_a_terminal_each_event_is_a_json_line(capsys: pytest.CaptureFixture[str]) -> None:
    """With its time in UTC, its level and its facts; standard output stays clean."""
    logs.configure("info", "auto")
    structlog.get_logger().info("alert.sent", origin="shop:0:7")
    out, err = capsys.readouterr()
    event = json.loads(err)
    assert out == ""
    assert event.pop("timestamp").endswith("Z")
    assert event == {"event": "alert.sent", "level": "info", "origin": "shop:0:7"}


def test_what_is_below_the_level_is_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    """The level itself is."""
    logs.configure("warning", "json")
    structlog.get_logger().info("batch.scored")
    structlog.get_logger().warning("broker.lost")
    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == [
        "broker.lost"
    ]


def test_an_exception_is_one_line_too(capsys: pytest.CaptureFixture[str]) -> None:
    """A shipper reads line by line."""
    logs.configure("info", "json")
    try:
        int("x")
    except ValueError:
        structlog.get_logger().exception("daemon.failed")
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["exception"][0]["exc_type"] == "ValueError"


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_traceback_shows_no_local_variable(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One may hold a request."""
    logs.configure("info", form)
    request = "GET /" + "secret"
    try:
        int(request[:0])
    except ValueError:
        structlog.get_logger().exception("daemon.failed")
    err = capsys.readouterr().err
    assert "ValueError" in err
    assert request not in err


def test_console_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    """Chosen, it writes no JSON."""
    logs.configure("info", "console")
    structlog.get_logger().info("alert.sent", origin="shop:0:7")
    err = capsys.readouterr().err
    assert "alert.sent" in err
    assert "origin=shop:0:7" in err
    assert not err.startswith("{")
