"""Calls as rows of the customer's table: one query for a page of them, one row for a live change."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid
from sqlmodel.ext.asyncio.session import AsyncSession

from .accounts import short_name
from .messages import CallRow
from .searching import patterns
from .words import CallState, ManagerResult, Outcome


def in_earnest(call: str) -> str:
    """That a call (the name of its row in a statement) is one to a person: none of practice with robots."""
    return f"not exists (select from campaign trial where trial.id = {call}.campaign_id and trial.practice)"


IN_EARNEST = in_earnest("k")
DIALLED = "(k.dial_at is not null or k.ringing_at is not null or k.answered_at is not null)"
"""A contact that was only shown to an operator, and passed over, is no call to anybody who looks at calls."""
QUERY = f"""
select k.id, k.campaign_id, k.contact_id, c.name as contact_name, k.person_name, k.e164, o.display_name as operator,
       k.attempt, k.state, k.claimed_at, k.answered_at, k.ended_at, k.outcome, d.label as disposition, k.result, k.note,
       k.transferred, x.charge, x.billed_s, {DIALLED} as dialled,
       m.display_name as manager, m.manager_result, m.manager_note
from call k
join contact c on c.id = k.contact_id
join account o on o.id = k.operator_id
left join disposition d on d.id = k.disposition_id
left join settlement x on x.call_id = k.id
left join lateral (select a.display_name, t.manager_result, t.manager_note from transfer t
                   join account a on a.id = t.manager_id
                   where t.call_id = k.id order by t.started_at desc limit 1) m on true
"""


def epoch_ms(at: datetime | None) -> int | None:
    return None if at is None else round(at.timestamp() * 1000)


def _row(r: Any) -> CallRow:
    talk = r.billed_s
    if talk is None and r.answered_at and r.ended_at:
        talk = max(0, round((r.ended_at - r.answered_at).total_seconds()))
    return CallRow(
        campaign_id=r.campaign_id,
        call_id=r.id,
        contact_id=r.contact_id,
        contact_name=r.contact_name,
        person_name=r.person_name,
        number=r.e164,
        operator_name=short_name(r.operator),
        attempt=r.attempt,
        state=CallState(r.state),
        claimed_ms=epoch_ms(r.claimed_at) or 0,
        answered_ms=epoch_ms(r.answered_at),
        ended_ms=epoch_ms(r.ended_at),
        talk_s=talk,
        outcome=Outcome(r.outcome) if r.outcome else None,
        disposition=r.disposition,
        result=r.result,
        note=r.note,
        transferred=r.transferred,
        manager_name=r.manager,
        manager_result=ManagerResult(r.manager_result) if r.manager_result else None,
        manager_note=r.manager_note or "",
        charge=r.charge,
        settled=r.charge is not None,
        dialled=r.dialled,
    )


async def one(s: AsyncSession, call_id: UUID) -> CallRow:
    """The row of one call, as it stands now."""
    return _row((await s.execute(text(QUERY + "where k.id = :id"), {"id": call_id})).one())


async def of_contact(s: AsyncSession, contact_id: int) -> list[CallRow]:
    """All calls to a contact, the latest first."""
    query = f"{QUERY} where k.contact_id = :contact and {DIALLED} order by k.claimed_at desc, k.id desc limit 200"
    return [_row(r) for r in (await s.execute(text(query), {"contact": contact_id})).all()]


_OF_CALLS = text(f"{QUERY} where k.id = any(:ids) order by k.claimed_at, k.id").bindparams(
    bindparam("ids", type_=ARRAY(Uuid))
)


async def of_calls(s: AsyncSession, call_ids: list[UUID]) -> list[CallRow]:
    """These calls, in the order they were made."""
    return [_row(r) for r in (await s.execute(_OF_CALLS, {"ids": call_ids})).all()]


async def page(
    s: AsyncSession,
    campaign_id: int,
    *,
    outcome: Outcome | None = None,
    search: str = "",
    before: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[CallRow]:
    """A campaign's calls, latest first. `search` looks into names and numbers; `before`: last row of the page above."""
    where = ["k.campaign_id = :campaign", DIALLED]
    params: dict[str, Any] = {"campaign": campaign_id, "limit": limit}
    if outcome is not None:
        where.append("k.outcome = :outcome")
        params["outcome"] = outcome.value
    if search.strip():
        where.append("(c.name ilike :like or k.person_name ilike :like or k.e164 like :digits)")
        params |= patterns(search)
    if before is not None:
        where.append("(k.claimed_at, k.id) < (:before_at, :before_id)")
        params |= {"before_at": before[0], "before_id": before[1]}
    query = f"{QUERY} where {' and '.join(where)} order by k.claimed_at desc, k.id desc limit :limit"
    return [_row(r) for r in (await s.execute(text(query), params)).all()]
