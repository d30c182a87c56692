"""What every Sink keeps to. A new one is one line in SINKS."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from detector.errors import SinkError
from detector.sinks.stdout import StdoutSink
from detector.types import Alert, Origin, Reason, Record, Rejection, Request, Sink
from tests.contracts import kafka_ends


def standard_output() -> tuple[Sink, Callable[[], list[Any]]]:
    stream = io.BytesIO()
    return StdoutSink(stream), lambda: [orjson.loads(x) for x in stream.getvalue().splitlines()]


def kafka_topics() -> tuple[Sink, Callable[[], list[Any]]]:
    return kafka_ends.sink()


SINKS: list[Callable[[], tuple[Sink, Callable[[], list[Any]]]]] = [standard_output, kafka_topics]
REJECTION = Rejection(Record(Origin("log", 0, 99), 1.0, b"\x00"), Reason.NOT_TEXT)


def alert(offset: int) -> Alert:
    return Alert(
        record=Record(Origin("log", 0, offset), 1.0, b"{}"),
        request=Request("GET", "/", query="q=\udcff\n'"),
        score=0.9,
        threshold=0.5,
        family="sqli",
        evidence=None,
        bundle="shop-1",
        created=2.0,
    )


@pytest.fixture(params=SINKS, ids=lambda make: make.__name__)
def sink(request: pytest.FixtureRequest) -> tuple[Sink, Callable[[], list[Any]]]:
    """A sink, and what reads the alerts that have arrived."""
    made: tuple[Sink, Callable[[], list[Any]]] = request.param()
    return made


def test_alerts_have_arrived_once_send_returns(
    sink: tuple[Sink, Callable[[], list[Any]]],
) -> None:
    """Each of them, once and in order, without waiting for close."""
    target, arrived = sink
    alerts = [alert(offset) for offset in range(20)]
    target.send(alerts[:5])
    assert len(arrived()) == 5
    target.send(alerts[5:])
    assert [found["event"]["id"] for found in arrived()] == [item.record.id for item in alerts]
    target.close()


def test_rejections_among_alerts_do_not_get_in_the_way(
    sink: tuple[Sink, Callable[[], list[Any]]],
) -> None:
    """A batch may hold both."""
    target, arrived = sink
    target.send([REJECTION, alert(1), REJECTION])
    assert [found["event"]["id"] for found in arrived()] == [alert(1).record.id]
    target.close()


def test_nothing_to_send_sends_nothing(sink: tuple[Sink, Callable[[], list[Any]]]) -> None:
    """An empty batch leaves no trace."""
    target, arrived = sink
    target.send([])
    assert arrived() == []
    target.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_standard_output_that_takes_no_more_is_said() -> None:
    """A full disk is an error, never a silent loss."""
    with Path("/dev/full").open("wb", buffering=0) as full, pytest.raises(SinkError, match="space"):
        StdoutSink(full).send([alert(1)])
