"""Who an account is at providers of OpenID Connect: by issuer and subject, never by an e-mail address."""

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from . import audit

NO_PASSWORD = "-"
"""A hash that no password has."""


async def account_of(s: AsyncSession, issuer: str, subject: str) -> int | None:
    """The account that is this person there."""
    found = await s.execute(
        text(
            "update outside_identity set used_at = now() where issuer = :issuer and subject = :subject "
            "returning account_id"
        ),
        {"issuer": issuer, "subject": subject},
    )
    return found.scalar_one_or_none()


async def link(s: AsyncSession, issuer: str, subject: str, account_id: int) -> bool:
    """This account is that person from now on. False: another account is already."""
    made = await s.execute(
        text(
            "insert into outside_identity (issuer, subject, account_id) values (:issuer, :subject, :account) "
            "on conflict do nothing returning account_id"
        ),
        {"issuer": issuer, "subject": subject, "account": account_id},
    )
    if made.scalar_one_or_none() is not None:
        await audit.write(s, account_id, "identity_linked", f"account:{account_id}", after={"issuer": issuer})
        return True
    return await account_of(s, issuer, subject) == account_id


async def issuers(s: AsyncSession, account_id: int) -> list[str]:
    """Where the account can sign in from."""
    found = await s.execute(
        text("select issuer from outside_identity where account_id = :id order by issuer"), {"id": account_id}
    )
    return list(found.scalars())


async def unlink(s: AsyncSession, issuer: str, account_id: int) -> bool:
    """Whether there was one."""
    gone = await s.execute(
        text("delete from outside_identity where issuer = :issuer and account_id = :id returning subject"),
        {"issuer": issuer, "id": account_id},
    )
    if gone.first() is None:
        return False
    await audit.write(s, account_id, "identity_unlinked", f"account:{account_id}", before={"issuer": issuer})
    return True
