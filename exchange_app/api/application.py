"""The API as an application of its own, mounted beside the pages."""

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import calls, campaigns, contacts, problems, webhook_routes

AT = "/api/v1"
PARTS = (campaigns, contacts, calls, webhook_routes)
LONGEST_BODY = 8 * 1024 * 1024
ABOUT = """
Campaigns, contacts, results and recordings of one customer, for its own programs.

A request carries `Authorization: Bearer TOKEN`; tokens are made and revoked on the customer's page "Programs".
600 requests a minute are answered for each token. Money is in minor units (kopecks, cents), moments are UTC.
Whatever is another customer's is answered like what does not exist.
"""


class BoundedBody:
    """ASGI middleware: a longer body is refused, as soon as it is seen to be longer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        size = 0

        async def bounded() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > LONGEST_BODY:
                raise HTTPException(413)
            return message

        await self.app(scope, bounded if scope["type"] == "http" else receive, send)


def application() -> FastAPI:
    app = FastAPI(
        title="Operator exchange", version="1.0", description=ABOUT, docs_url=None, redoc_url=None,
        openapi_url="/openapi.json", servers=[{"url": AT}], root_path_in_servers=False,
    )  # fmt: skip
    app.add_middleware(BoundedBody)
    problems.install(app)
    for part in PARTS:
        app.include_router(part.router)
    return app


def routes() -> list[BaseRoute]:
    return [Mount(AT, application())]
