"""How programs log: a line of JSON an event on standard error, ids and words of the field, never names, numbers, texts.

Whoever gathers the lines tells programs apart by where they come from; `program` says it too.
"""

import logging
import sys
from typing import Any

import structlog
from structlog.typing import EventDict


def set_up(program: str) -> None:
    """For the whole process; call it before the first line is logged."""

    def named(_: Any, __: str, said: EventDict) -> EventDict:
        return {"program": program, **said}

    structlog.configure(
        processors=[
            named,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=False, default=str),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
