"""`python -m recording_store`: moves the recordings of the settings' switch until SIGTERM or SIGINT."""

import asyncio
import logging
import os
import signal
import sys

import structlog

from exchange_domain.settings import settings

from .mover import Mover


def set_up_logs() -> None:
    """One line an event on standard error; ids and codes only."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


async def serve() -> int:
    mover = Mover(settings())
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, mover.stop)
    print(f"recordings: moving those of switch {settings().switch_name}", flush=True)
    await mover.run()
    return 0


def main() -> int:
    """0 after an orderly end, 2 for unusable settings."""
    set_up_logs()
    # What people said is nobody else's on this machine.
    os.umask(0o077)
    try:
        return asyncio.run(serve())
    except ValueError as error:
        print(f"recordings: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
