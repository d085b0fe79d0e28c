"""Headers of every answer: what the browser may load, who may frame us, what may be cached."""

from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from exchange_domain.settings import settings

from . import sessions

CONTENT_POLICY = "; ".join([
    "default-src 'self'",
    # Pages are prerendered with inline scripts; what a handler sends back to run (a toast, say) is evaluated.
    "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "connect-src 'self' {sockets}",
    "worker-src 'self' blob:",
    "frame-ancestors 'none'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
])  # fmt: skip


def _content_policy() -> str:
    host = settings().public_url.split("://", 1)[-1].rstrip("/")
    # The line of a page goes to the switch, which may have an address of its own.
    line = urlsplit(settings().softphone_url)
    own = f" {line.scheme}://{line.netloc}" if line.netloc not in ("", host) else ""
    return CONTENT_POLICY.format(sockets=f"ws://{host} wss://{host}{own}")


class SecurityHeaders:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.content_policy = _content_policy()
        self.secure = sessions.is_secure()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("content-security-policy", self.content_policy)
                headers.setdefault("x-content-type-options", "nosniff")
                headers.setdefault("referrer-policy", "same-origin")
                headers.setdefault("cross-origin-opener-policy", "same-origin")
                headers.setdefault("permissions-policy", "camera=(), geolocation=(), microphone=(self)")
                if self.secure:
                    headers.setdefault("strict-transport-security", "max-age=31536000")
                if scope["path"].startswith("/assets/") and message["status"] == 200:
                    # Names carry the content's hash.
                    headers["cache-control"] = "public, max-age=31536000, immutable"
                elif "cache-control" not in headers:
                    headers["cache-control"] = "no-cache"
            await send(message)

        await self.app(scope, receive, with_headers)
