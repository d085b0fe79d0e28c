"""`python -m job_worker`: does jobs until SIGTERM or SIGINT."""

import asyncio
import logging
import os
import sys

from procrastinate import App, PsycopgConnector

from exchange_domain import database, program_logs
from exchange_domain.cancelling import cancelled
from exchange_domain.settings import settings
from observability import serving, tracing

from . import metrics
from .tasks import Tasks
from .telling import Bus
from .webhooks import WebhookTeller

AT_ONCE = 8
STOPPING_S = 1
"""Jobs that are not done this long after the signal are put off until the next start."""


def set_up_logs() -> None:
    """One line an event on standard error; ids and codes only."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(name)s: %(message)s", force=True)
    # It logs each job with its arguments.
    logging.getLogger("procrastinate").setLevel(logging.ERROR)
    program_logs.set_up("worker")


async def serve() -> int:
    stalled_s = settings().job_stalled_s
    app = App(connector=PsycopgConnector(conninfo=settings().database_url, min_size=1, max_size=3))
    bus, teller = Bus(), WebhookTeller()
    tasks = Tasks(app, bus, teller, stalled_s)
    serving.serve(settings().metrics_port, settings().metrics_address)
    async with app.open_async():
        beside = [
            asyncio.create_task(serving.watch_loop(), name="loop watched"),
            asyncio.create_task(metrics.look_for_ever(), name="backlog"),
            asyncio.create_task(tasks.rescue_for_ever(), name="rescue"),
            asyncio.create_task(tasks.watch_webhooks(), name="webhooks"),
        ]
        print("jobs: working", flush=True)
        try:
            await app.run_worker_async(
                concurrency=AT_ONCE, shutdown_graceful_timeout=STOPPING_S, delete_jobs="successful",
                update_heartbeat_interval=stalled_s / 3, stalled_worker_timeout=stalled_s,
            )  # fmt: skip
        finally:
            await cancelled(*beside)
            await teller.close()
            await bus.close()
            await database.dispose()
    return 0


def main() -> int:
    """0 after an orderly end."""
    set_up_logs()
    tracing.set_up("worker")
    # Lists are nobody else's on this machine.
    os.umask(0o077)
    return asyncio.run(serve())


if __name__ == "__main__":
    sys.exit(main())
