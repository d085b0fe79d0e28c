"""Figures of a program for Prometheus, on a port of their own: `METRICS_PORT` at `METRICS_ADDRESS`."""

import asyncio
import time

from prometheus_client import Histogram, start_http_server

FINE = (
    0.001, 0.002, 0.003, 0.004, 0.005, 0.0065, 0.008, 0.01, 0.0125, 0.015, 0.0175, 0.02, 0.025, 0.03, 0.04, 0.05,
    0.065, 0.08, 0.1, 0.125, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1.0, 2.0, 5.0, 10.0,
)  # fmt: skip
"""Bounds of histograms in seconds: close to each other where the promises lie."""


LOOP_LAG = Histogram(
    "exchange_loop_lag_seconds", "How much later than it should the event loop comes back to a waiting task.",
    buckets=FINE,
)  # fmt: skip
LOOKED_AT_S = 0.05


async def watch_loop() -> None:
    """Measures the event loop it runs in, until it is cancelled."""
    while True:
        began = time.perf_counter()
        await asyncio.sleep(LOOKED_AT_S)
        LOOP_LAG.observe(max(0.0, time.perf_counter() - began - LOOKED_AT_S))


def serve(port: int, address: str) -> None:
    """In a thread of its own. A port of 0: nothing is served. Raises OSError when the port is taken."""
    if port:
        start_http_server(port, addr=address)
