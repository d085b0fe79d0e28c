"""`python -m call_engine`: drives the switch of the settings until SIGTERM or SIGINT."""

import asyncio
import signal
import sys

import asyncpg
import structlog
import uvloop
from sqlalchemy.exc import DBAPIError

from exchange_domain import database
from exchange_domain.settings import settings
from observability import serving, tracing

from .engine import Engine
from .logs import set_up
from .ownership import OwnedElsewhere

log = structlog.get_logger()

DATABASE_S = 8.0
"""For one statement: people wait on the line for its outcome."""


async def serve() -> int:
    engine = Engine(settings(), say=lambda line: print(line, flush=True))
    serving.serve(settings().metrics_port, settings().metrics_address, engine.waits_for)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, engine.stop)
    watching = asyncio.create_task(serving.watch_loop(), name="loop watched")
    try:
        await engine.run()
    finally:
        watching.cancel()
    return 0


def main() -> int:
    """0 after an orderly end, 1 when another engine took over or the database is away, 2 for unusable settings."""
    set_up()
    tracing.set_up("engine")
    database.patience.command_s = DATABASE_S
    try:
        return uvloop.run(serve())
    except ValueError as error:
        print(f"engine: {error}", file=sys.stderr)
        return 2
    except OwnedElsewhere:
        print("engine: another engine drives this switch now", file=sys.stderr)
        return 1
    except (OSError, asyncpg.PostgresError, DBAPIError) as error:
        print(f"engine: database: {type(error).__name__}: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
