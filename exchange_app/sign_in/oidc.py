"""Signing in by an OpenID provider (OpenID Connect Core 1.0, code flow with PKCE, RFC 7636), through Authlib.

Who is known there by issuer and subject is signed in; an invitation makes a new account; somebody signed in links one.
What is asked for is kept in Redis for ten minutes, bound to the browser by a cookie, and used once.
"""

import hashlib
import json
import secrets
import time
import warnings
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import authlib.deprecate  # noqa: F401  it turns its own warnings on: from now on they can be turned off
import httpx
import structlog
from authlib.common.errors import AuthlibBaseError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy.exc import IntegrityError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from exchange_app.broker import redis
from exchange_app.security import rate_limit, sessions
from exchange_app.security.http import address_of, same_origin, session_of
from exchange_app.security.principals import forget, principal
from exchange_domain import database, identities, invitations
from exchange_domain.invitations import InvitationError
from exchange_domain.settings import settings
from exchange_domain.texts import choose

from .entering import after_first_step, back, enter

with warnings.catch_warnings():
    # It asks for another client than the one everybody has; what is used here stays until 2.0.
    warnings.simplefilter("ignore")
    from authlib.integrations.httpx_client import AsyncOAuth2Client
    from authlib.oidc.core import CodeIDToken

log = structlog.get_logger(__name__)
COOKIE = "oidc"
GOOD_FOR_S = 600
ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA"]
"""Never one with a shared secret, nor none."""
LEEWAY_S = 60
PATIENCE_S = 8.0


class ProviderDown(Exception):
    """The provider does not answer, or not what the standard says."""


class BadAnswer(Exception):
    """What came back is not an answer to what was asked: wrong state, nonce, code, token."""


@dataclass(frozen=True)
class Asked:
    """What a browser was sent away with."""

    state: str
    nonce: str
    verifier: str
    browser: str
    """Digest of the cookie."""
    invitation: str
    link_to: int
    """The account that is signed in and wants to link; 0: none."""


@dataclass(frozen=True)
class Person:
    """Who somebody is at the provider."""

    issuer: str
    subject: str
    email: str
    """Empty unless the provider has verified it."""
    name: str


def offered() -> str:
    """What the button says; empty: there is no provider."""
    rules = settings()
    if not rules.oidc_issuer or not rules.oidc_client_id:
        return ""
    return rules.oidc_name or urlsplit(rules.oidc_issuer).hostname or rules.oidc_issuer


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


def _back_address() -> str:
    return f"{settings().public_url.rstrip('/')}/auth/oidc/back"


async def _get(url: str) -> Any:
    try:
        async with httpx.AsyncClient(timeout=PATIENCE_S, follow_redirects=False) as client:
            answer = await client.get(url)
        if answer.status_code != 200:
            raise ProviderDown(f"{answer.status_code}")
        return answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise ProviderDown(type(error).__name__) from error


async def discovered() -> dict[str, Any]:
    """The provider's own description (OpenID Connect Discovery 1.0, section 4). Raises ProviderDown."""
    issuer = settings().oidc_issuer.rstrip("/")
    found = await _get(f"{issuer}/.well-known/openid-configuration")
    needed = ("authorization_endpoint", "token_endpoint", "jwks_uri", "issuer")
    if not isinstance(found, dict) or not all(isinstance(found.get(name), str) for name in needed):
        raise ProviderDown("no description")
    if found["issuer"].rstrip("/") != issuer:
        raise ProviderDown("another issuer")
    return found


def _client() -> Any:
    rules = settings()
    return AsyncOAuth2Client(
        rules.oidc_client_id, rules.oidc_client_secret.get_secret_value() or None, scope="openid email profile",
        redirect_uri=_back_address(), code_challenge_method="S256", timeout=PATIENCE_S,
    )  # fmt: skip


async def start(request: Request) -> Response:
    """Sends the browser to the provider; from sign-in, from an invitation, or from one's own account."""
    form = await request.form()
    invitation = str(form.get("invitation") or "")[:200]
    here = f"/join/{invitation}" if invitation else "/sign-in"
    if not same_origin(request):
        return back(here, "other_origin")
    if not offered():
        return Response(status_code=404)
    limit = await rate_limit.take(rate_limit.PER_ADDRESS, address_of(request))
    if limit.retry_after_s:
        return back(here, "too_many", wait_s=limit.retry_after_s)
    account = await session_of(request) if form.get("link") else None
    browser, verifier, nonce = (secrets.token_urlsafe(32) for _ in range(3))
    try:
        provider = await discovered()
        async with _client() as client:
            address, state = client.create_authorization_url(
                provider["authorization_endpoint"], nonce=nonce, code_verifier=verifier
            )
    except (ProviderDown, AuthlibBaseError, httpx.HTTPError) as error:
        log.warning("oidc provider down", reason=str(error)[:100])
        return back(here, "provider_down")
    asked = {
        "nonce": nonce, "verifier": verifier, "browser": _digest(browser), "invitation": invitation,
        "link_to": account.account_id if account else 0,
    }  # fmt: skip
    await redis().set(f"oidc:{_digest(state)}", json.dumps(asked), ex=GOOD_FOR_S)
    response = RedirectResponse(address, 303)
    secure = sessions.is_secure()
    response.set_cookie(
        COOKIE, browser, max_age=GOOD_FOR_S, path="/auth/oidc", httponly=True, samesite="lax", secure=secure
    )
    return response


async def _asked(request: Request) -> Asked:
    """What this browser was sent away with, once. Raises BadAnswer."""
    state = request.query_params.get("state", "")
    kept = await redis().getdel(f"oidc:{_digest(state)}") if state else None
    if kept is None:
        raise BadAnswer("state")
    asked = Asked(state=state, **json.loads(kept))
    if not secrets.compare_digest(asked.browser, _digest(request.cookies.get(COOKIE, ""))):
        raise BadAnswer("browser")
    return asked


async def _person(request: Request, asked: Asked) -> Person:
    """Exchanges the code and checks the ID token. Raises BadAnswer, ProviderDown."""
    code = request.query_params.get("code", "")
    if request.query_params.get("error") or not code:
        raise BadAnswer("refused")
    provider = await discovered()
    try:
        async with _client() as client:
            token = await client.fetch_token(
                provider["token_endpoint"], code=code, code_verifier=asked.verifier, grant_type="authorization_code"
            )
    except httpx.HTTPError as error:
        raise ProviderDown(type(error).__name__) from error
    except (AuthlibBaseError, ValueError) as error:
        raise BadAnswer("code") from error
    keys = await _get(provider["jwks_uri"])
    return read_id_token(token, keys, asked.nonce, provider["issuer"], time.time())


def read_id_token(token: dict[str, Any], keys: Any, nonce: str, issuer: str, now: float) -> Person:
    """Who it says somebody is (OpenID Connect Core 1.0, 3.1.3.7). Raises BadAnswer."""
    raw = token.get("id_token")
    if not isinstance(raw, str):
        raise BadAnswer("no token")
    client_id = settings().oidc_client_id
    try:
        read = jwt.decode(raw, KeySet.import_key_set(keys), algorithms=ALGORITHMS)
        claims = CodeIDToken(
            read.claims, read.header,
            {"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": client_id},
             "exp": {"essential": True}, "iat": {"essential": True}, "sub": {"essential": True}},
            {"nonce": nonce, "client_id": client_id, "access_token": token.get("access_token")},
        )  # fmt: skip
        claims.validate(now=int(now), leeway=LEEWAY_S)
    except (JoseError, AuthlibBaseError, ValueError, TypeError, KeyError) as error:
        raise BadAnswer(f"token: {type(error).__name__}") from error
    if not secrets.compare_digest(str(claims.get("nonce", "")), nonce):
        raise BadAnswer("nonce")
    email = str(claims.get("email") or "") if claims.get("email_verified") is True else ""
    name = " ".join(str(claims.get("name") or "").split())[:200]
    return Person(issuer, str(claims["sub"])[:255], email, name)


async def come_back(request: Request) -> Response:
    """The browser is back from the provider."""
    if not offered():
        return Response(status_code=404)
    try:
        asked = await _asked(request)
    except BadAnswer as wrong:
        log.warning("oidc refused", reason=str(wrong))
        return back("/sign-in", "oidc_failed")
    here = f"/join/{asked.invitation}" if asked.invitation else "/sign-in"
    try:
        person = await _person(request, asked)
    except ProviderDown as down:
        log.warning("oidc provider down", reason=str(down))
        return back(here, "provider_down")
    except BadAnswer as wrong:
        log.warning("oidc refused", reason=str(wrong))
        return back(here, "oidc_failed")
    if asked.link_to:
        return await _link(request, asked, person)
    async with database.session() as s:
        account_id = await identities.account_of(s, person.issuer, person.subject)
    if account_id is None:
        return await _join(request, asked, person) if asked.invitation else back("/sign-in", "no_account")
    forget(account_id)
    found = await principal(account_id)
    return await after_first_step(request, found) if found else back("/sign-in", "suspended")


async def _link(request: Request, asked: Asked, person: Person) -> Response:
    account = await session_of(request)
    if account is None or account.account_id != asked.link_to:
        return back("/sign-in", "oidc_failed")
    async with database.session() as s:
        linked = await identities.link(s, person.issuer, person.subject, account.account_id)
    return RedirectResponse(f"/account/security?{'linked=yes' if linked else 'error=linked_elsewhere'}", 303)


async def _join(request: Request, asked: Asked, person: Person) -> Response:
    """An invitation becomes an account whose only key is the provider; a password can be set by an administrator's
    new invitation only."""
    here = f"/join/{asked.invitation}"
    if not person.email:
        return back(here, "email_unverified")
    language = choose(request.cookies.get("lang"), request.headers.get("accept-language"))
    try:
        async with database.session() as s:
            account = await invitations.accept(
                s, asked.invitation, email=person.email, display_name=person.name or person.email.split("@")[0],
                password_hash=identities.NO_PASSWORD, language=language,
            )  # fmt: skip
            assert account.id is not None
            await identities.link(s, person.issuer, person.subject, account.id)
    except InvitationError as refused:
        return back(here, refused.code)
    except IntegrityError:
        return back(here, "email_taken")
    found = await principal(account.id)
    return await enter(request, found) if found else back("/sign-in", "unavailable")


def routes() -> list[Route]:
    return [
        Route("/auth/oidc/start", start, methods=["POST"]),
        Route("/auth/oidc/back", come_back, methods=["GET"]),
    ]
