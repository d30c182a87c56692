"""structlog on stderr: JSON lines, or coloured text on a terminal. Never a request's contents.

Events are dotted and past tense (`alert.sent`); a record is named by its origin.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog
import structlog.tracebacks


def configure(level: str, form: str) -> None:
    """Sets logging up for the process.

    Args:
        level: least severe level to log: debug, info, warning or error.
        form: "json", "console", or "auto" for console on a terminal and JSON elsewhere.
    """
    readable = form == "console" or (form == "auto" and sys.stderr.isatty())
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
    last: list[Any]  # neither shows local variables: they may hold a request
    if readable:
        plain = structlog.dev.plain_traceback
        colors = sys.stderr.isatty()
        last = [structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=plain)]
    else:
        tracebacks = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        last = [
            structlog.processors.ExceptionRenderer(tracebacks),
            structlog.processors.JSONRenderer(),
        ]
    structlog.configure(
        processors=[structlog.processors.add_log_level, stamp, *last],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
