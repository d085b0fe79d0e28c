"""Addresses of built pages without the trailing slash that the static files want: no redirect for each page load."""

from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send


class PageAddresses:
    """ASGI middleware: `/sign-in` is answered with the page built into `sign-in/index.html`."""

    def __init__(self, app: ASGIApp, built: Path) -> None:
        self.app = app
        self.pages = (
            {f"/{index.parent.relative_to(built)}" for index in built.rglob("index.html")} if built.exists() else set()
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and scope["path"] in self.pages:
            path = scope["path"] + "/"
            scope = {**scope, "path": path, "raw_path": path.encode()}
        await self.app(scope, receive, send)
