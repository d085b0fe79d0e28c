"""Serves pages, sockets and routes on one port, with one worker.

    python -m exchange_app.serve          HOST (127.0.0.1) and WEB_PORT from the environment
"""

import os
import sys
import threading
import time
import urllib.error
import urllib.request
from typing import Any

from exchange_app.build import ROOT, build
from exchange_domain.settings import settings


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


def application() -> Any:
    """The ASGI app, in the worker."""
    _prepare()
    from exchange_app.exchange_app import app

    made = app()
    # Only here: a thread in the parent could hold an import lock at the moment the worker is forked from it.
    threading.Thread(target=_announce, args=(_address(),), daemon=True).start()
    return made


def _address() -> str:
    host = os.environ.get("HOST", "127.0.0.1")
    return f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{settings().web_port}"


def _announce(address: str) -> None:
    while True:
        try:
            with urllib.request.urlopen(f"{address}/ping", timeout=2) as answer:
                if answer.status == 200:
                    print(f"web: listening on {address}", flush=True)
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)


def main() -> int:
    build()
    _prepare()
    from granian.constants import Interfaces, Loops
    from granian.log import LogLevels
    from granian.server import Server

    host, port = os.environ.get("HOST", "127.0.0.1"), settings().web_port
    # One worker: sessions live in its memory. More processes stand side by side behind the proxy.
    server = Server(
        "exchange_app.serve:application", factory=True, address=host, port=port, interface=Interfaces.ASGI, workers=1,
        loop=Loops.auto, log_level=LogLevels.warning, websockets=True, workers_kill_timeout=10, working_dir=ROOT,
    )  # fmt: skip
    server.serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
