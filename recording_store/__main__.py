"""`python -m recording_store`: moves the recordings of the settings' switch until SIGTERM or SIGINT."""

import asyncio
import os
import signal
import sys

from exchange_domain import program_logs
from exchange_domain.cancelling import cancelled
from exchange_domain.settings import settings
from observability import serving, tracing

from .mover import Mover


async def serve() -> int:
    mover = Mover(settings())
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, mover.stop)
    print(f"recordings: moving those of switch {settings().switch_name}", flush=True)
    serving.serve(settings().metrics_port, settings().metrics_address)
    watching = asyncio.create_task(serving.watch_loop(), name="loop watched")
    try:
        await mover.run()
    finally:
        await cancelled(watching)
    return 0


def main() -> int:
    """0 after an orderly end, 2 for unusable settings."""
    program_logs.set_up("recordings")
    tracing.set_up("recordings")
    # What people said is nobody else's on this machine.
    os.umask(0o077)
    try:
        return asyncio.run(serve())
    except ValueError as error:
        print(f"recordings: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
