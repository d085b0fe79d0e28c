"""Invitations as admins work with them: many at once, by mail or as links, sent anew, withdrawn."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from . import accounts, audit, invitations, mails
from .settings import settings
from .tables import Invitation
from .texts import say, speaking

AT_ONCE = 50
VALID_FOR = timedelta(days=7)
LONGEST_WORDS = 500
_EMAIL = re.compile(r"[^@\s,;<>]{1,64}@[^@\s,;<>]{1,190}\.[^@\s,;<>.]{2,}")
State = Literal["waiting", "accepted", "expired", "withdrawn"]


class InviteError(Exception):
    """Why nothing was sent, as a code: nobody, too_many, bad_role, needs_customer, gone."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Invited:
    """What became of one address. `fault`: bad_address, has_account, waits; empty for one that was invited. The link is
    kept nowhere: it is here once."""

    email: str
    link: str
    fault: str = ""


@dataclass(frozen=True)
class Shown:
    """An invitation in the list."""

    id: int
    email: str
    roles: tuple[str, ...]
    customer: str
    state: State
    created_at: datetime
    until: datetime
    by: str


def addresses(written: str) -> list[str]:
    """One on a line, or apart by commas; each once, in their order."""
    found = [part.strip() for part in re.split(r"[\n,;]", written.replace("\x00", ""))]
    return list({part.lower(): part for part in found if part}.values())


def link_of(token: str) -> str:
    return f"{settings().public_url.rstrip('/')}/join/{token}"


async def invite(
    s: AsyncSession,
    by: int | None,
    emails: Sequence[str],
    roles: Sequence[str],
    *,
    language: str = "ru",
    words: str = "",
    customer_id: int | None = None,
    customer_name: str = "",
) -> list[Invited]:
    """Invites each address that can be, by a mail in `language` with first `words`; no address at all: one link.

    A bad address loses nothing of the others. Raises InviteError.
    """
    if len(emails) > AT_ONCE:
        raise InviteError("too_many")
    found: list[Invited] = []
    for email in emails or [""]:
        if email and not _EMAIL.fullmatch(email):
            found.append(Invited(email, "", "bad_address"))
        elif email and await accounts.find_by_email(s, email) is not None:
            found.append(Invited(email, "", "has_account"))
        elif email and await _waits(s, email):
            found.append(Invited(email, "", "waits"))
        else:
            link = await _one(s, by, email, roles, language, words, customer_id, customer_name)
            found.append(Invited(email, link))
    sent = sum(not one.fault for one in found)
    if sent:
        await audit.write(s, by, "invited", "invitation", after={"roles": sorted(roles), "people": sent})
    return found


async def _one(
    s: AsyncSession, by: int | None, email: str, roles: Sequence[str], language: str, words: str,
    customer_id: int | None, customer_name: str,
) -> str:  # fmt: skip
    try:
        token = await invitations.issue(
            s, roles=roles, email=email or None, customer_id=customer_id, customer_name=customer_name or None,
            created_by=by, valid_for=VALID_FOR, language=language,
        )  # fmt: skip
    except invitations.InvitationError as refused:
        raise InviteError(refused.code) from refused
    if email:
        await _write(s, email, token, language, words)
    return link_of(token)


async def _write(s: AsyncSession, email: str, token: str, language: str, words: str) -> None:
    first = " ".join(words.replace("\x00", "").split())[:LONGEST_WORDS]
    with speaking(language):
        parts = [
            say("Hello!"), first, say("You are invited to the operator exchange. Make your account here:"),
            link_of(token),
            say("The link works once, for seven days. If you did not expect this letter, leave it be."),
        ]  # fmt: skip
        await mails.write_to(
            s, email, say("Invitation to the operator exchange"), "\n\n".join(part for part in parts if part) + "\n"
        )


async def _waits(s: AsyncSession, email: str) -> bool:
    found = await s.execute(
        text(
            "select 1 from invitation where lower(email) = lower(:email) and used_at is null "
            "and withdrawn_at is null and expires_at > now() limit 1"
        ),
        {"email": email},
    )
    return found.scalar_one_or_none() is not None


async def send_anew(s: AsyncSession, by: int | None, invitation_id: int) -> str:
    """Another link in the place of the one before, and another mail; returns the link. Raises InviteError."""
    row = await _open(s, invitation_id)
    token = invitations.fresh_token()
    row.token_hash, row.expires_at = invitations.hashed(token), datetime.now(UTC) + VALID_FOR
    row.withdrawn_at = None
    s.add(row)
    await s.flush()
    if row.email:
        await _write(s, row.email, token, row.language, "")
    await audit.write(s, by, "invited_anew", f"invitation:{invitation_id}")
    return link_of(token)


async def withdraw(s: AsyncSession, by: int | None, invitation_id: int) -> None:
    """Its link opens nothing any more; again, nothing changes. Raises InviteError."""
    row = await _open(s, invitation_id)
    if row.withdrawn_at is None:
        row.withdrawn_at = datetime.now(UTC)
        s.add(row)
        await audit.write(s, by, "invitation_withdrawn", f"invitation:{invitation_id}")
    await s.flush()


async def _open(s: AsyncSession, invitation_id: int) -> Invitation:
    row = await s.get(Invitation, invitation_id, with_for_update=True, populate_existing=True)
    if row is None or row.used_at is not None:
        raise InviteError("gone")
    return row


_STATE = """
case when i.used_at is not null then 'accepted' when i.withdrawn_at is not null then 'withdrawn'
     when i.expires_at <= now() then 'expired' else 'waiting' end
"""


async def shown(
    s: AsyncSession, *, state: str = "", search: str = "", before_id: int | None = None, limit: int = 50
) -> list[Shown]:
    """The latest first."""
    escaped = search.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    rows = await s.execute(
        text(
            f"select * from (select i.id, coalesce(u.email, i.email, '') as email, i.roles, "
            f"coalesce(c.name, i.customer_name, '') as customer, {_STATE} as state, i.created_at, "
            "case when i.used_at is not null then i.used_at else i.expires_at end as until, "
            "coalesce(a.display_name, '') as by from invitation i left join customer c on c.id = i.customer_id "
            "left join account a on a.id = i.created_by left join account u on u.id = i.used_by) x "
            "where (:state = '' or state = :state) and (:like = '' or email ilike :like) "
            "and (cast(:before as bigint) is null or id < :before) order by id desc limit :limit"
        ),
        {"state": state, "like": f"%{escaped}%" if escaped else "", "before": before_id, "limit": limit},
    )
    return [
        Shown(r.id, r.email, tuple(r.roles), r.customer, r.state, r.created_at, r.until, accounts.short_name(r.by))
        for r in rows
    ]


async def counts(s: AsyncSession) -> dict[str, int]:
    """How many there are in each state."""
    rows = await s.execute(text(f"select {_STATE} as state, count(*) as n from invitation i group by 1"))
    return {r.state: r.n for r in rows}
