"""Log lines that the hand-made bundle judges as their names say; each carries its number."""

from __future__ import annotations


def benign(number: int) -> bytes:
    """A request that raises no alert."""
    return _line(number, "page=2")


def breach(number: int) -> bytes:
    """A request that raises an alert: it has a quote in it."""
    return _line(number, "q=%27")


def poison(number: int) -> bytes:
    """Bytes that no parser takes."""
    return b"\x00\xff poison %d" % number


def address(number: int) -> str:
    """The client of request `number`."""
    return f"192.0.2.{number % 250}"


def _line(number: int, query: str) -> bytes:
    text = (
        f"{address(number)} - - [10/Oct/2030:13:55:36 +0000] "
        f'"GET /n/{number}?{query} HTTP/1.1" 200 512 "-" "test"'
    )
    return text.encode()
