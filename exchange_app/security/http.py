"""Rights in plain HTTP routes: the session behind a request, and where a form may come from."""

from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request

from exchange_domain.accounts import Principal
from exchange_domain.settings import settings

from .principals import principal
from .sessions import cookie_name, find


def same_origin(request: Request) -> bool:
    """Whether a form or upload comes from our own pages: Origin (or, without one, Referer) is the public address."""
    sent = request.headers.get("origin") or request.headers.get("referer") or ""
    ours, theirs = urlsplit(settings().public_url), urlsplit(sent)
    return (theirs.scheme, theirs.netloc) == (ours.scheme, ours.netloc)


async def session_of(request: Request) -> Principal | None:
    session = await find(request.cookies.get(cookie_name(), ""))
    return await principal(session.account_id) if session else None


async def require_session(request: Request, *roles: str) -> Principal:
    """The signed-in account, with one of these roles if any are named.

    Raises HTTPException 401 without a session, 403 without the role or when a writing request comes from another site.
    """
    if request.method not in ("GET", "HEAD") and not same_origin(request):
        raise HTTPException(403, "other_origin")
    account = await session_of(request)
    if account is None:
        raise HTTPException(401, "signed_out")
    if roles and not set(roles) & account.roles:
        raise HTTPException(403, "role_missing")
    return account


def address_of(request: Request) -> str:
    """The peer's address, for limits; behind TRUSTED_PROXIES the one that they name (exchange_app/serve.py)."""
    return request.client.host if request.client else "unknown"
