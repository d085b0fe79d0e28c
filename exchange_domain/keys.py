"""The house's own secret, and keys made from it for one purpose each (RFC 5869, HKDF with SHA-256)."""

import hashlib
import hmac
import os
import secrets
from functools import cache
from pathlib import Path

from .settings import settings

LEAST = 32
FILE = "secret-key"


class WeakSecret(ValueError):
    """SECRET_KEY is shorter than 32 characters."""


@cache
def _file_secret(path: Path) -> bytes:
    """Made once, readable by its owner only; of several processes that make it at once, one wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(32))
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return path.read_bytes()


def key(purpose: str) -> bytes:
    """32 bytes for this purpose. Raises WeakSecret."""
    given = settings().secret_key.get_secret_value().encode()
    if given and len(given) < LEAST:
        raise WeakSecret(f"SECRET_KEY has {len(given)} characters, it needs at least {LEAST}")
    secret = given or _file_secret(settings().data_dir.absolute() / FILE)
    extracted = hmac.digest(b"operator exchange", secret, hashlib.sha256)
    return hmac.digest(extracted, purpose.encode() + b"\x01", hashlib.sha256)
