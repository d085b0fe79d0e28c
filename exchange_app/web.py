"""The plain HTTP routes beside the pages. A role folder adds its own by `routes() -> list[Route]` in its `__init__`."""

import importlib
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from exchange_app.api import routes as api_routes
from exchange_app.health import routes as health_routes
from exchange_app.payments import routes as payment_routes
from exchange_app.recordings import routes as recording_routes
from exchange_app.records import routes as record_routes
from exchange_app.shell.roles import FOLDERS
from exchange_app.sign_in.routes import routes as sign_in_routes
from exchange_app.softphone import routes as softphone_routes
from exchange_app.switch_directory import routes as directory_routes


def routes() -> Starlette:
    """Sign-in, what switch, softphones and providers of payments ask, what role folders bring; else it is a page."""
    found: list[BaseRoute] = [
        *sign_in_routes(), *record_routes(), *directory_routes(), *softphone_routes(), *payment_routes(),
        *api_routes(), *recording_routes(), *health_routes(),
    ]  # fmt: skip
    here = Path(__file__).parent
    for folder in FOLDERS:
        if (here / folder / "__init__.py").exists():
            module = importlib.import_module(f"exchange_app.{folder}")
            if hasattr(module, "routes"):
                found += module.routes()
    return Starlette(routes=found)
