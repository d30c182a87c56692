"""What kafka-python logs, in our own log: it uses the standard library's logging."""

from __future__ import annotations

import logging

import structlog

_log = structlog.get_logger()


def adopt() -> None:
    """Passes its warnings and errors on. Below them it would log the contents of messages."""
    logger = logging.getLogger("kafka")
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    logger.addHandler(_Adopted())


class _Adopted(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        _log.log(
            min(record.levelno, logging.ERROR),
            "kafka.logged",
            logger=record.name,
            message=record.getMessage(),
        )
