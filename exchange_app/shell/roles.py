"""Collects the pages of the role folders."""

import importlib
from pathlib import Path

from .page import Page

FOLDERS = ("operator", "customer", "manager", "demo", "moderator", "admin", "account", "notices")
"""Each has `pages() -> list[Page]`."""


def collected() -> list[Page]:
    """Pages of every folder that is there. A folder that cannot be imported stops the start: it is never left out."""
    pages: list[Page] = []
    here = Path(__file__).parents[1]
    for folder in FOLDERS:
        if (here / folder / "__init__.py").exists():
            pages += importlib.import_module(f"exchange_app.{folder}").pages()
    routes = [page.route for page in pages]
    if twice := {route for route in routes if routes.count(route) > 1}:
        raise ValueError(f"two pages at the same address: {', '.join(sorted(twice))}")
    return pages
