"""Second factors: authenticator apps (TOTP, RFC 6238), passkeys (W3C Web Authentication), one-use recovery codes.

Secrets are kept encrypted with a key of the house (`keys`), recovery codes as hashes. A code is taken once.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from pyotp.totp import TOTP
from sqlalchemy import delete, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from . import audit, keys
from .tables import Passkey, RecoveryCode, SecondFactor

ISSUER = "Operator Exchange"
STEP_S = 30
DRIFT = 1
"""So many steps the clocks may differ, either way."""
CODES = 10
LONGEST_NAME = 100
MOST_PASSKEYS = 10


class FactorError(Exception):
    """Why nothing changed, as a code: wrong_code, not_begun, too_many, known."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Factors:
    """What an account has."""

    app: bool
    passkeys: int
    codes_left: int

    @property
    def any(self) -> bool:
        return self.app or self.passkeys > 0


@cache
def _cipher(key: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(key))


def _sealed(secret: str) -> str:
    return _cipher(keys.key("second factors")).encrypt(secret.encode()).decode()


def _opened(sealed: str) -> str:
    """Raises InvalidToken when the house's secret is another one."""
    return _cipher(keys.key("second factors")).decrypt(sealed.encode()).decode()


def _hashed(code: str) -> str:
    plain = "".join(ch for ch in code.upper() if ch.isalnum())
    return hmac.new(keys.key("recovery codes"), plain.encode(), hashlib.sha256).hexdigest()


async def of_account(s: AsyncSession, account_id: int) -> Factors:
    row = (
        await s.execute(
            text(
                "select exists (select from second_factor where account_id = :id and confirmed_at is not null) as app, "
                "(select count(*) from passkey where account_id = :id) as passkeys, "
                "(select count(*) from recovery_code where account_id = :id and used_at is null) as codes"
            ),
            {"id": account_id},
        )
    ).one()
    return Factors(row.app, row.passkeys, row.codes)


# --- the authenticator app ---


async def begin(s: AsyncSession, account_id: int, name: str) -> tuple[str, str]:
    """A secret to be put into an app, and its address for a QR code; it asks for nothing until `confirm`.

    An app that is confirmed stays until then.
    """
    row = await s.get(SecondFactor, account_id, with_for_update=True, populate_existing=True)
    secret = pyotp.random_base32()
    if row is None:
        row = SecondFactor(account_id=account_id, secret="")
    elif row.confirmed_at is not None:
        raise FactorError("known")
    row.secret, row.last_step = _sealed(secret), 0
    s.add(row)
    await s.flush()
    return secret, TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


async def confirm(s: AsyncSession, account_id: int, code: str, now: datetime) -> list[str]:
    """The app is set up when it can say a code; returns recovery codes, shown once. Raises FactorError."""
    row = await s.get(SecondFactor, account_id, with_for_update=True, populate_existing=True)
    if row is None or row.confirmed_at is not None:
        raise FactorError("not_begun")
    step = _step_of(row, code, now)
    if step is None:
        raise FactorError("wrong_code")
    row.confirmed_at, row.last_step = now, step
    s.add(row)
    await audit.write(s, account_id, "second_factor_set", f"account:{account_id}")
    return await fresh_codes(s, account_id)


def _step_of(row: SecondFactor, code: str, now: datetime) -> int | None:
    """The time step that a code belongs to, if it is later than the last one taken."""
    digits = "".join(ch for ch in code if ch.isdigit())
    if len(digits) != 6:
        return None
    try:
        totp = TOTP(_opened(row.secret))
    except InvalidToken:
        return None
    present = int(now.timestamp()) // STEP_S
    steps = range(present - DRIFT, present + DRIFT + 1)
    fits = [step for step in steps if hmac.compare_digest(totp.generate_otp(step), digits)]
    return next((step for step in fits if step > row.last_step), None)


async def fresh_codes(s: AsyncSession, account_id: int) -> list[str]:
    """New recovery codes in the place of all before."""
    await s.execute(delete(RecoveryCode).where(col(RecoveryCode.account_id) == account_id))
    alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    made = ["-".join("".join(secrets.choice(alphabet) for _ in range(5)) for _ in range(2)) for _ in range(CODES)]
    s.add_all([RecoveryCode(account_id=account_id, code_hash=_hashed(code)) for code in made])
    await s.flush()
    return made


async def check(s: AsyncSession, account_id: int, code: str, now: datetime) -> bool:
    """Whether a code of the app, or a recovery code, is right; it is taken once."""
    row = await s.get(SecondFactor, account_id, with_for_update=True, populate_existing=True)
    if row is not None and row.confirmed_at is not None and (step := _step_of(row, code, now)) is not None:
        row.last_step = step
        s.add(row)
        await s.flush()
        return True
    taken = await s.execute(
        text(
            "update recovery_code set used_at = :now where id = (select id from recovery_code "
            "where account_id = :id and code_hash = :hash and used_at is null limit 1 for update) returning id"
        ),
        {"now": now, "id": account_id, "hash": _hashed(code)},
    )
    return taken.scalar_one_or_none() is not None


async def reset(s: AsyncSession, by: int | None, account_id: int) -> None:
    """Takes everything away, for who has lost it; it has to be set up anew where it is required."""
    had = await of_account(s, account_id)
    for table in (SecondFactor, Passkey, RecoveryCode):
        await s.execute(delete(table).where(col(table.account_id) == account_id))
    if had.any:
        before = {"app": had.app, "passkeys": had.passkeys}
        await audit.write(s, by, "second_factor_reset", f"account:{account_id}", before=before)


# --- passkeys ---


async def passkeys(s: AsyncSession, account_id: int) -> list[Passkey]:
    return list(await s.exec(select(Passkey).where(Passkey.account_id == account_id).order_by(col(Passkey.id))))


async def passkey_called(s: AsyncSession, credential_id: str) -> Passkey | None:
    return (await s.exec(select(Passkey).where(Passkey.credential_id == credential_id))).one_or_none()


async def add_passkey(
    s: AsyncSession, account_id: int, *, credential_id: str, public_key: str, sign_count: int, name: str
) -> list[str]:
    """Keeps a device's key; with the first factor of an account come recovery codes. Raises FactorError."""
    if await passkey_called(s, credential_id) is not None:
        raise FactorError("known")
    had = await of_account(s, account_id)
    if had.passkeys >= MOST_PASSKEYS:
        raise FactorError("too_many")
    s.add(
        Passkey(
            account_id=account_id, credential_id=credential_id, public_key=public_key, sign_count=sign_count,
            name=" ".join(name.replace("\x00", "").split())[:LONGEST_NAME],
        )
    )  # fmt: skip
    await audit.write(s, account_id, "passkey_added", f"account:{account_id}")
    return [] if had.codes_left else await fresh_codes(s, account_id)


async def remove_passkey(s: AsyncSession, account_id: int, passkey_id: int) -> bool:
    """Whether there was one of this account."""
    gone = await s.execute(
        delete(Passkey)
        .where(col(Passkey.id) == passkey_id, col(Passkey.account_id) == account_id)
        .returning(col(Passkey.id))
    )
    if gone.scalar_one_or_none() is None:
        return False
    await audit.write(s, account_id, "passkey_removed", f"account:{account_id}")
    return True


async def passkey_used(s: AsyncSession, passkey: Passkey, sign_count: int, now: datetime) -> None:
    passkey.sign_count, passkey.used_at = sign_count, now
    s.add(passkey)
    await s.flush()
