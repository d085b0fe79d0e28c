"""People who sign in, and what they may do."""

from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from . import second_factors
from .tables import Account, AccountRole, CustomerMember
from .words import MemberRole, Role


@dataclass(frozen=True)
class Principal:
    """An account with everything its rights follow from."""

    account_id: int
    display_name: str
    email: str
    language: str
    theme: str
    gender: str | None
    roles: frozenset[str]
    customers: tuple[int, ...]
    """Customers it owns: it may order, import and pay there."""
    manages: tuple[int, ...]
    """Customers whose transfers it takes."""
    suspended: bool
    second_factor: bool = False
    """Whether there is an authenticator app or a passkey."""
    held_back: frozenset[str] = frozenset()
    """Roles that do nothing until there is a second factor; they are not among `roles`."""


async def find_by_email(s: AsyncSession, email: str) -> Account | None:
    """The account of an e-mail address, whatever its capitals."""
    return (await s.exec(select(Account).where(func.lower(Account.email) == email.strip().lower()))).one_or_none()


async def principal(s: AsyncSession, account_id: int) -> Principal | None:
    account = await s.get(Account, account_id)
    if account is None or account.id is None:
        return None
    roles = {r.value if isinstance(r, Role) else str(r) for r in (await s.exec(
        select(AccountRole.role).where(AccountRole.account_id == account_id))).all()}  # fmt: skip
    members = (await s.exec(select(CustomerMember).where(CustomerMember.account_id == account_id))).all()
    owned = tuple(sorted(m.customer_id for m in members if m.role == MemberRole.OWNER))
    managed = tuple(sorted(m.customer_id for m in members if m.role == MemberRole.MANAGER))
    if owned:
        roles.add(Role.CUSTOMER.value)
    if managed:
        roles.add(Role.MANAGER.value)
    return Principal(
        account.id, account.display_name, account.email, account.language, account.theme, account.gender,
        frozenset(roles), owned, managed, account.suspended_at is not None,
        (await second_factors.of_account(s, account_id)).any,
    )  # fmt: skip


async def create(
    s: AsyncSession,
    *,
    email: str,
    display_name: str,
    password_hash: str,
    language: str = "ru",
    roles: tuple[str, ...] = (),
    gender: str | None = None,
) -> Account:
    """A new account with platform roles. Raises IntegrityError when the e-mail is taken."""
    account = Account(
        email=email.strip(), display_name=display_name.strip(), password_hash=password_hash,
        language=language, gender=gender,
    )  # fmt: skip
    s.add(account)
    await s.flush()
    assert account.id is not None
    for role in roles:
        s.add(AccountRole(account_id=account.id, role=Role(role)))
    await s.flush()
    return account


async def _set(s: AsyncSession, account_id: int, **values: str | None) -> None:
    account = await s.get(Account, account_id)
    if account is not None:
        for name, value in values.items():
            setattr(account, name, value)
        s.add(account)
        await s.flush()


async def set_language(s: AsyncSession, account_id: int, language: str) -> None:
    await _set(s, account_id, language=language)


async def set_theme(s: AsyncSession, account_id: int, theme: str) -> None:
    await _set(s, account_id, theme=theme)


async def set_display_name(s: AsyncSession, account_id: int, display_name: str) -> None:
    """`display_name` has 1 to 200 characters."""
    await _set(s, account_id, display_name=display_name)


async def set_gender(s: AsyncSession, account_id: int, gender: str | None) -> None:
    """f, m, or None: no word forms are chosen."""
    await _set(s, account_id, gender=gender)


async def set_password_hash(s: AsyncSession, account_id: int, password_hash: str) -> None:
    await _set(s, account_id, password_hash=password_hash)


def first_name(display_name: str) -> str:
    return display_name.split()[0] if display_name.split() else ""


def short_name(display_name: str) -> str:
    """First name and initial, as other organisations see a person.

    >>> short_name("Мария Светлова")
    'Мария С.'
    """
    first, *rest = display_name.split()[:2] or [""]
    return f"{first} {rest[0][0]}." if rest else first


async def names(s: AsyncSession, account_ids: set[int]) -> dict[int, str]:
    """Display names by account."""
    rows = await s.exec(select(Account.id, Account.display_name).where(col(Account.id).in_(account_ids)))
    return {account_id: name for account_id, name in rows.all() if account_id is not None}
