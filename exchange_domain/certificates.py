"""Certificates: given and withdrawn by moderators, asked for by campaigns, looked at before each claim."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from . import audit
from .call_rows import IN_EARNEST
from .tables import AccountRole, Campaign, Certificate, CertificateKind
from .words import Role


@dataclass(frozen=True)
class Kind:
    """`holders`: operators who have it now; `campaigns`: those not over that ask for it."""

    id: int
    name: str
    goal: str
    holders: int
    campaigns: int


@dataclass(frozen=True)
class Candidate:
    """An operator beside one kind: what speaks for a certificate, and the one they have."""

    operator_id: int
    name: str
    calls: int
    accepted: int
    rejected: int
    """Reviewed calls by their verdict."""
    given_at: datetime | None
    given_by: str | None
    words: str | None


class CertificateError(ValueError):
    """Why nothing was changed, as a code: no_name, name_too_long, name_taken, no_goal, goal_too_long, no_words, own,
    no_operator, unknown."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


_KINDS = text("""
select k.id, k.name, k.goal,
  (select count(*) from certificate c where c.kind_id = k.id and c.withdrawn_at is null) as holders,
  (select count(*) from campaign p where p.certificate_kind_id = k.id and p.status <> 'finished') as campaigns
from certificate_kind k order by lower(k.name), k.id
""")

_CANDIDATES = text(f"""
select a.id as operator_id, a.display_name as name,
  (select count(*) from call k where k.operator_id = a.id and k.answered_at is not null
     and {IN_EARNEST}) as calls,
  (select count(*) from review v where v.operator_id = a.id and v.verdict = 'accepted') as accepted,
  (select count(*) from review v where v.operator_id = a.id and v.verdict = 'rejected') as rejected,
  c.given_at, m.display_name as given_by, c.words
from account a join account_role r on r.account_id = a.id and r.role = 'operator'
left join certificate c on c.operator_id = a.id and c.kind_id = :kind and c.withdrawn_at is null
left join account m on m.id = c.given_by
where a.suspended_at is null and a.id <> :viewer
order by (c.id is null), lower(a.display_name), a.id limit 300
""")


async def kinds(s: AsyncSession) -> list[Kind]:
    return [Kind(**row) for row in (await s.execute(_KINDS)).mappings()]


async def make_kind(s: AsyncSession, by: int, name: str, goal: str) -> int:
    """A new kind. Raises CertificateError."""
    name, goal = " ".join(name.split()), goal.strip()
    for field, given, longest in (("name", name, 60), ("goal", goal, 500)):
        if not given:
            raise CertificateError(f"no_{field}")
        if len(given) > longest:
            raise CertificateError(f"{field}_too_long")
    made = CertificateKind(name=name, goal=goal, created_by=by)
    try:
        async with s.begin_nested():
            s.add(made)
            await s.flush()
    except IntegrityError as refused:
        raise CertificateError("name_taken") from refused
    assert made.id is not None
    await audit.write(s, by, "certificate_kind_made", f"certificate_kind:{made.id}", after={"name": name, "goal": goal})
    return made.id


async def candidates(s: AsyncSession, kind_id: int, viewer: int) -> list[Candidate]:
    """Operators who may sign in, the holders first; not the viewer: nobody certifies themself."""
    rows = await s.execute(_CANDIDATES, {"kind": kind_id, "viewer": viewer})
    return [Candidate(**row) for row in rows.mappings()]


async def give(s: AsyncSession, kind_id: int, operator_id: int, by: int, words: str) -> None:
    """Given again it stays as it is. Raises CertificateError."""
    words = words.strip()
    if by == operator_id:
        raise CertificateError("own")
    if not words:
        raise CertificateError("no_words")
    if await s.get(CertificateKind, kind_id) is None:
        raise CertificateError("unknown")
    # The row of the role is locked, so that two who give at once make one certificate.
    role = select(AccountRole).where(AccountRole.account_id == operator_id, AccountRole.role == Role.OPERATOR)
    if (await s.exec(role.with_for_update())).first() is None:
        raise CertificateError("no_operator")
    if await _held(s, kind_id, operator_id) is not None:
        return
    s.add(Certificate(kind_id=kind_id, operator_id=operator_id, given_by=by, words=words))
    await audit.write(
        s, by, "certificate_given", f"account:{operator_id}", after={"kind": kind_id, "words": words}
    )  # fmt: skip
    await s.flush()


async def withdraw(s: AsyncSession, kind_id: int, operator_id: int, by: int, words: str, now: datetime) -> None:
    """From the next contact on; a call that is under way goes on. Raises CertificateError."""
    words = words.strip()
    if by == operator_id:
        raise CertificateError("own")
    if not words:
        raise CertificateError("no_words")
    if (held := await _held(s, kind_id, operator_id, lock=True)) is None:
        return
    held.withdrawn_by, held.withdrawn_at, held.withdrawn_words = by, now, words
    s.add(held)
    await audit.write(
        s, by, "certificate_withdrawn", f"account:{operator_id}",
        before={"kind": kind_id, "words": held.words}, after={"words": words},
    )  # fmt: skip
    await s.flush()


async def _held(s: AsyncSession, kind_id: int, operator_id: int, *, lock: bool = False) -> Certificate | None:
    query = select(Certificate).where(
        Certificate.kind_id == kind_id, Certificate.operator_id == operator_id,
        Certificate.withdrawn_at == None,  # noqa: E711
    )  # fmt: skip
    return (await s.exec(query.with_for_update() if lock else query)).first()


async def held(s: AsyncSession, operator_id: int) -> set[int]:
    """The kinds that the operator is certified for now."""
    query = select(Certificate.kind_id).where(
        Certificate.operator_id == operator_id, col(Certificate.withdrawn_at).is_(None)
    )
    return set(await s.exec(query))


def is_held(kind_id: Any, operator_id: Any) -> Any:
    """A condition of a statement: whether the operator is certified for a kind now."""
    return exists().where(
        col(Certificate.kind_id) == kind_id, col(Certificate.operator_id) == operator_id,
        col(Certificate.withdrawn_at).is_(None),
    )  # fmt: skip


async def ask_for(s: AsyncSession, campaign: Campaign, kind_id: int | None) -> None:
    """What the campaign asks of operators from the next contact on. Raises CertificateError (unknown)."""
    if kind_id is not None and await s.get(CertificateKind, kind_id) is None:
        raise CertificateError("unknown")
    campaign.certificate_kind_id = kind_id
    s.add(campaign)
    await s.flush()


async def names_of(s: AsyncSession, operator_id: int) -> list[str]:
    """What the operator is certified for now."""
    rows = await s.execute(
        text(
            "select k.name from certificate c join certificate_kind k on k.id = c.kind_id "
            "where c.operator_id = :operator and c.withdrawn_at is null order by lower(k.name)"
        ),
        {"operator": operator_id},
    )
    return list(rows.scalars())
