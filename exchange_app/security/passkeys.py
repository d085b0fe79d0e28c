"""Passkeys in plain HTTP: what the browser is asked to sign, and the check of what it has signed."""

import json
from typing import Any
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from exchange_domain.accounts import Principal
from exchange_domain.settings import settings
from exchange_domain.tables import Passkey

NAME = "Operator Exchange"


def _host() -> str:
    return urlsplit(settings().public_url).hostname or "localhost"


def _origin() -> str:
    ours = urlsplit(settings().public_url)
    return f"{ours.scheme}://{ours.netloc}"


def _known(keys: list[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(key.credential_id)) for key in keys]


def to_make(account: Principal, keys: list[Passkey]) -> tuple[dict[str, Any], bytes]:
    """What `navigator.credentials.create` takes, and the challenge in it."""
    options = webauthn.generate_registration_options(
        rp_id=_host(), rp_name=NAME, user_id=str(account.account_id).encode(), user_name=account.email,
        user_display_name=account.display_name, exclude_credentials=_known(keys),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
    )  # fmt: skip
    return json.loads(options_to_json(options)), options.challenge


def made(answer: Any, challenge: bytes) -> dict[str, Any] | None:
    """What is to be kept of a new key; None when the answer is none of ours."""
    try:
        found = webauthn.verify_registration_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=_host(), expected_origin=_origin()
        )
    except (WebAuthnException, ValueError, TypeError, KeyError):
        return None
    return {
        "credential_id": bytes_to_base64url(found.credential_id),
        "public_key": bytes_to_base64url(found.credential_public_key), "sign_count": found.sign_count,
    }  # fmt: skip


def to_show(keys: list[Passkey]) -> tuple[dict[str, Any], bytes]:
    """What `navigator.credentials.get` takes, and the challenge in it."""
    options = webauthn.generate_authentication_options(
        rp_id=_host(), allow_credentials=_known(keys), user_verification=UserVerificationRequirement.PREFERRED
    )
    return json.loads(options_to_json(options)), options.challenge


def shown(answer: Any, challenge: bytes, key: Passkey) -> int | None:
    """The key's new count when it has signed the challenge, else None."""
    try:
        found = webauthn.verify_authentication_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=_host(), expected_origin=_origin(),
            credential_public_key=base64url_to_bytes(key.public_key), credential_current_sign_count=key.sign_count,
        )  # fmt: skip
    except (WebAuthnException, ValueError, TypeError, KeyError):
        return None
    return found.new_sign_count
