"""A program's figures for Prometheus and its health, on a port of its own: `METRICS_PORT` at `METRICS_ADDRESS`.

/metrics   figures
/live      200 while the event loop runs; else it should be started anew
/ready     200 when the program can do its work now; the text says what it waits for
"""

import asyncio
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import Histogram, make_wsgi_app
from prometheus_client.exposition import ThreadingWSGIServer

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
DEAD_S = 15.0
"""An event loop that has not come round for so long will not do so any more."""


class Beat:
    """When the event loop last came round."""

    def __init__(self) -> None:
        self._at = time.monotonic()

    def tick(self) -> None:
        self._at = time.monotonic()

    def is_alive(self) -> bool:
        return time.monotonic() - self._at < DEAD_S


beat = Beat()


async def watch_loop() -> None:
    """Measures the event loop it runs in, until it is cancelled."""
    while True:
        began = time.perf_counter()
        await asyncio.sleep(LOOKED_AT_S)
        LOOP_LAG.observe(max(0.0, time.perf_counter() - began - LOOKED_AT_S))
        beat.tick()


def always() -> str:
    return ""


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Whoever asks every few seconds is not worth a line."""


def application(waits_for: Callable[[], str], alive: Callable[[], bool]) -> Callable[..., Iterable[bytes]]:
    """WSGI. `waits_for`: what the program cannot work without and has not; empty: it works."""
    figures = make_wsgi_app()

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/live":
            missing = "" if alive() else "event loop stands still"
        elif environ["PATH_INFO"] == "/ready":
            missing = waits_for()
        else:
            return figures(environ, start_response)
        start_response("503 Service Unavailable" if missing else "200 OK", [("Content-Type", "text/plain")])
        return [f"{missing or 'ok'}\n".encode()]

    return answer


def serve(port: int, address: str, waits_for: Callable[[], str] = always) -> None:
    """In a thread of its own. A port of 0: nothing is served. Raises OSError when the port is taken."""
    if port:
        app = application(waits_for, beat.is_alive)
        server = make_server(address, port, app, ThreadingWSGIServer, handler_class=_Quiet)
        threading.Thread(target=server.serve_forever, name="figures", daemon=True).start()
