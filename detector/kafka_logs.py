"""What kafka-python logs, in our own log: it uses the standard library's logging."""

from __future__ import annotations

import logging
import re

import structlog

_log = structlog.get_logger()

_QUIET_SECONDS = 30.0
_NUMBERS = re.compile(r"[\d.]+")


def adopt() -> None:
    """Passes its warnings and errors on. Below them it would log the contents of messages.

    It repeats the same few lines at every attempt to connect: of lines that are alike but for their
    numbers one is passed on in half a minute.
    """
    logger = logging.getLogger("kafka")
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    logger.addHandler(_Adopted())


class _Adopted(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self._passed_on: dict[str, float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        kind = _NUMBERS.sub("", message)
        recent = record.created - _QUIET_SECONDS
        self._passed_on = {line: at for line, at in self._passed_on.items() if at > recent}
        if kind in self._passed_on:
            return
        self._passed_on[kind] = record.created
        _log.log(
            min(record.levelno, logging.ERROR),
            "kafka.logged",
            logger=record.name,
            message=message,
        )
