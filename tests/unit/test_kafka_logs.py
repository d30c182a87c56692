"""What kafka-python logs, as we pass it on."""

from __future__ import annotations

import logging

import structlog
from structlog.testing import capture_logs

from detector import kafka_logs


def test_lines_alike_but_for_their_numbers_are_passed_on_once() -> None:
    """Each cause is said; its repetitions at every attempt are not."""
    structlog.reset_defaults()
    logger = logging.getLogger("kafka")
    before = (logger.level, logger.propagate, list(logger.handlers))
    try:
        kafka_logs.adopt()
        with capture_logs() as passed_on:
            for pause in (0.1, 0.45, 1.9):
                logging.getLogger("kafka.net").warning("no answer (waiting %s s)", pause)
            logging.getLogger("kafka.net").error("credentials refused")
            logging.getLogger("kafka.net").info("contents of a message")
    finally:
        logger.setLevel(before[0])
        logger.propagate = before[1]
        logger.handlers = before[2]
    assert [line["message"] for line in passed_on] == [
        "no answer (waiting 0.1 s)",
        "credentials refused",
    ]
    assert [line["log_level"] for line in passed_on] == ["warning", "error"]
