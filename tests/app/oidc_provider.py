"""A provider of OpenID Connect on loopback, made of Authlib's own server: discovery, code flow, PKCE, signed tokens.

It says yes to whoever comes. `Provider` has switches for what can go wrong.
"""

import json
import threading
import time
import warnings
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

warnings.simplefilter("ignore")
from authlib.integrations.flask_oauth2 import AuthorizationServer  # noqa: E402
from authlib.oauth2.rfc6749 import grants  # noqa: E402
from authlib.oauth2.rfc7636 import CodeChallenge  # noqa: E402
from authlib.oidc.core import UserInfo  # noqa: E402
from authlib.oidc.core.grants import OpenIDCode  # noqa: E402
from flask import Flask, jsonify, request  # noqa: E402
from joserfc.jwk import RSAKey  # noqa: E402

CLIENT, SECRET = "exchange", "the client's secret"


@dataclass
class Person:
    subject: str = "person-7"
    email: str = "lena@mail.example"
    verified: bool = True
    name: str = "Лена Орлова"

    def get_user_id(self) -> str:
        return self.subject


@dataclass
class Provider:
    """`nonce`, `age_s`, `audience`: put into tokens instead of the right ones."""

    back: str
    port: int = 0
    person: Person = field(default_factory=Person)
    nonce: str = ""
    age_s: int = 0
    audience: str = ""
    other_key: bool = False
    codes: dict[str, Any] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        return


class _Client:
    """What Authlib asks of a client that is registered."""

    client_id, client_secret = CLIENT, SECRET

    def __init__(self, back: str) -> None:
        self.back = back

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return self.back

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, uri: str) -> bool:
        return uri == self.back

    def check_client_secret(self, secret: str) -> bool:
        return secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, kind: str) -> bool:
        return kind == "code"

    def check_grant_type(self, kind: str) -> bool:
        return kind == "authorization_code"


def _app(provider: Provider, key: RSAKey, stranger: RSAKey) -> Flask:
    app = Flask("provider")
    app.config["OAUTH2_REFRESH_TOKEN_GENERATOR"] = False
    server = AuthorizationServer(
        app, query_client=lambda client_id: _Client(provider.back) if client_id == CLIENT else None,
        save_token=lambda token, request: None,
    )  # fmt: skip

    class CodeGrant(grants.AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

        def save_authorization_code(self, code: str, request: Any) -> None:
            # Read now: at the token endpoint the same object is about another request.
            data, scope, back = dict(request.payload.data), request.payload.scope, request.payload.redirect_uri
            begun = int(time.time())
            provider.codes[code] = SimpleNamespace(
                code=code, redirect_uri=back, code_challenge=data.get("code_challenge"),
                code_challenge_method=data.get("code_challenge_method"), get_redirect_uri=lambda: back,
                get_scope=lambda: scope, get_nonce=lambda: data.get("nonce"), get_auth_time=lambda: begun,
                get_acr=lambda: None, get_amr=lambda: None,
            )  # fmt: skip

        def query_authorization_code(self, code: str, client: Any) -> Any:
            return provider.codes.get(code)

        def delete_authorization_code(self, code: Any) -> None:
            provider.codes.pop(code.code, None)

        def authenticate_user(self, code: Any) -> Person:
            return provider.person

    class Identity(OpenIDCode):
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return False

        def resolve_client_private_key(self, client: Any) -> Any:
            return stranger if provider.other_key else key

        def get_client_algorithm(self, client: Any) -> str:
            return "RS256"

        def get_client_claims(self, client: Any) -> dict[str, Any]:
            # Asked at each token: what a test has changed holds at once.
            return {
                "iss": provider.issuer, "aud": [provider.audience or CLIENT],
                "exp": int(time.time()) + 300 - provider.age_s,
            }  # fmt: skip

        def generate_user_info(self, user: Person, scope: str) -> UserInfo:
            return UserInfo(sub=user.subject, email=user.email, email_verified=user.verified, name=user.name)

    server.register_grant(CodeGrant, [Identity(require_nonce=True), CodeChallenge(required=True)])

    @app.get("/.well-known/openid-configuration")
    def described() -> Any:
        at = provider.issuer
        return jsonify(
            issuer=at, authorization_endpoint=f"{at}/authorize", token_endpoint=f"{at}/token", jwks_uri=f"{at}/jwks",
            response_types_supported=["code"], id_token_signing_alg_values_supported=["RS256"],
            code_challenge_methods_supported=["S256"],
        )  # fmt: skip

    @app.get("/jwks")
    def keys() -> Any:
        return jsonify(keys=[key.as_dict(private=False)])

    @app.get("/authorize")
    def authorize() -> Any:
        provider.seen.append(request.query_string.decode())
        grant = server.get_consent_grant(end_user=provider.person)
        answer = server.create_authorization_response(grant_user=provider.person, grant=grant)
        if provider.nonce:
            for code in provider.codes.values():
                code.get_nonce = lambda: provider.nonce
        return answer

    @app.post("/token")
    def token() -> Any:
        return server.create_token_response()

    return app


class Running:
    """The provider in a thread of its own."""

    def __init__(self, provider: Provider) -> None:
        import os

        os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
        self.provider = provider
        key = RSAKey.generate_key(2048, parameters={"kid": "one"})
        stranger = RSAKey.generate_key(2048, parameters={"kid": "one"})
        self.server = make_server("127.0.0.1", 0, _app(provider, key, stranger), handler_class=_Quiet)
        provider.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def body_of(token: str) -> dict[str, Any]:
    """The claims of a token, unchecked."""
    import base64

    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
