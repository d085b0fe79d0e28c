"""One-use, expiring invitations: the only way to an account."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from . import accounts, customers
from .tables import Account, Invitation
from .words import MemberRole, Role

PLATFORM_ROLES = frozenset({Role.OPERATOR.value, Role.MODERATOR.value, Role.ADMIN.value})
CUSTOMER_ROLES = {Role.CUSTOMER.value: MemberRole.OWNER, Role.MANAGER.value: MemberRole.MANAGER}


class InvitationError(Exception):
    """Why an invitation cannot be issued or accepted, as a code: invalid, used, expired, email_taken, other_email,
    bad_role, needs_customer."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def fresh_token() -> str:
    return secrets.token_urlsafe(32)


async def issue(
    s: AsyncSession,
    *,
    roles: Iterable[str],
    email: str | None = None,
    customer_id: int | None = None,
    customer_name: str | None = None,
    created_by: int | None = None,
    valid_for: timedelta = timedelta(days=7),
    language: str = "ru",
) -> str:
    """Makes an invitation and returns its token, which is kept nowhere.

    Roles `customer` and `manager` need a customer: an existing one, or the name of one to be made on acceptance.
    """
    wanted = sorted(set(roles))
    if not wanted or not set(wanted) <= PLATFORM_ROLES | set(CUSTOMER_ROLES):
        raise InvitationError("bad_role")
    if set(wanted) & set(CUSTOMER_ROLES) and customer_id is None and not customer_name:
        raise InvitationError("needs_customer")
    token = fresh_token()
    s.add(
        Invitation(
            token_hash=hashed(token), email=email.strip() if email else None, roles=wanted, customer_id=customer_id,
            customer_name=customer_name, created_by=created_by, expires_at=datetime.now(UTC) + valid_for,
            language=language,
        )
    )  # fmt: skip
    await s.flush()
    return token


async def find(s: AsyncSession, token: str) -> Invitation | None:
    """The invitation of a token that can still be used, else None."""
    found = (await s.exec(select(Invitation).where(Invitation.token_hash == hashed(token)))).one_or_none()
    if found is None or found.used_at is not None or found.withdrawn_at is not None:
        return None
    return found if found.expires_at > datetime.now(UTC) else None


async def accept(
    s: AsyncSession, token: str, *, email: str, display_name: str, password_hash: str, language: str
) -> Account:
    """Makes the account with the invitation's roles, once. Raises InvitationError."""
    found = (
        await s.exec(select(Invitation).where(Invitation.token_hash == hashed(token)).with_for_update())
    ).one_or_none()
    if found is None:
        raise InvitationError("invalid")
    if found.used_at is not None:
        raise InvitationError("used")
    if found.withdrawn_at is not None:
        raise InvitationError("invalid")
    if found.expires_at <= datetime.now(UTC):
        raise InvitationError("expired")
    if found.email and found.email.lower() != email.strip().lower():
        raise InvitationError("other_email")
    if await accounts.find_by_email(s, email) is not None:
        raise InvitationError("email_taken")
    platform = tuple(r for r in found.roles if r in PLATFORM_ROLES)
    account = await accounts.create(
        s, email=email, display_name=display_name, password_hash=password_hash, language=language, roles=platform
    )
    assert account.id is not None
    if memberships := [CUSTOMER_ROLES[r] for r in found.roles if r in CUSTOMER_ROLES]:
        customer_id = found.customer_id
        if customer_id is None:
            customer_id = (await customers.create(s, name=found.customer_name or display_name)).id
        assert customer_id is not None
        for role in memberships:
            await customers.add_member(s, customer_id, account.id, role)
    found.used_at, found.used_by = datetime.now(UTC), account.id
    s.add(found)
    await s.flush()
    return account
