"""Serves pages, sockets and routes on one port, with one worker.

python -m exchange_app.serve          HOST (127.0.0.1) and WEB_PORT from the environment
"""

import os
import sys

from granian.utils.proxies import wrap_asgi_with_proxy_headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from exchange_app.build import ROOT, build
from exchange_domain import program_logs
from exchange_domain.settings import settings
from observability import serving, tracing


def _prepare() -> None:
    """Before the app is imported: no compile at start, the built pages mounted."""
    from reflex_base.constants import Env
    from reflex_base.environment import environment

    os.chdir(ROOT)
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    environment.REFLEX_ENV_MODE.set(Env.PROD)
    environment.REFLEX_SKIP_COMPILE.set(True)
    environment.REFLEX_MOUNT_FRONTEND_COMPILED_APP.set(True)
    environment.REFLEX_CHECK_LATEST_VERSION.set(False)


def _address() -> tuple[str, int]:
    return os.environ.get("HOST", "127.0.0.1"), settings().web_port


def believing(inner: ASGIApp, proxies: str) -> ASGIApp:
    """Takes the client's address and scheme from proxies that are trusted, and from nobody else."""
    trusted = [each.strip() for each in proxies.split(",") if each.strip()]
    return wrap_asgi_with_proxy_headers(inner, trusted_hosts=trusted) if trusted else inner


def application() -> ASGIApp:
    """The ASGI app, in the worker. Says where it listens once its start is complete."""
    _prepare()
    from exchange_app.exchange_app import app

    program_logs.set_up("web")
    tracing.set_up("web")
    inner = believing(app(), settings().trusted_proxies)
    serving.serve(settings().metrics_port, settings().metrics_address)
    host, port = _address()

    async def announced(scope: Scope, receive: Receive, send: Send) -> None:
        async def tell(message: Message) -> None:
            await send(message)
            if message["type"] == "lifespan.startup.complete":
                print(f"web: listening on http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}", flush=True)

        await inner(scope, receive, tell if scope["type"] == "lifespan" else send)

    return announced


def main() -> int:
    build()
    _prepare()
    from granian.constants import Interfaces, Loops
    from granian.log import LogLevels
    from granian.server import Server

    host, port = _address()
    # One worker: sessions live in its memory. More processes stand side by side behind the proxy.
    server = Server(
        "exchange_app.serve:application", factory=True, address=host, port=port, interface=Interfaces.ASGI, workers=1,
        loop=Loops.auto, log_level=LogLevels.warning, websockets=True, workers_kill_timeout=10, working_dir=ROOT,
    )  # fmt: skip
    server.serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
