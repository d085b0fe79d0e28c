"""What came of a call, as a customer's program is told: one shape for the API, webhooks and exported files."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid
from sqlmodel.ext.asyncio.session import AsyncSession

from .accounts import short_name
from .words import ManagerResult, Outcome

_QUERY = text("""
select k.id, k.campaign_id, k.contact_id, c.name as contact_name, c.fields, k.person_name, k.e164,
       o.display_name as operator, k.attempt, k.claimed_at, k.answered_at, k.ended_at, k.closed_at, k.outcome,
       d.label as disposition, k.result, k.note, k.call_back_at, k.transferred, x.charge, x.billed_s, t.currency,
       m.display_name as manager, m.manager_result, m.manager_note, r.state as recording
from call k
join contact c on c.id = k.contact_id
join account o on o.id = k.operator_id
join tariff t on t.id = k.tariff_id
left join disposition d on d.id = k.disposition_id
left join settlement x on x.call_id = k.id
left join recording r on r.call_id = k.id
left join lateral (select a.display_name, f.manager_result, f.manager_note from transfer f
                   join account a on a.id = f.manager_id
                   where f.call_id = k.id order by f.started_at desc limit 1) m on true
where k.id = any(:ids)
""").bindparams(bindparam("ids", type_=ARRAY(Uuid)))


class CallResult(BaseModel):
    """One call and what came of it. Moments are UTC; money is in minor units of its currency."""

    call_id: UUID
    campaign_id: int
    contact_id: int
    contact_name: str = Field(description="Empty when the contact was erased.")
    contact_fields: dict[str, Any] = Field(description="The list's other columns, as they were given.")
    person_name: str
    number: str = Field(description="E.164; empty when it was erased.")
    operator: str = Field(description="First name and initial.")
    attempt: int
    claimed_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    closed_at: datetime | None = None
    talk_s: int | None = Field(default=None, description="Seconds that were billed; none until they are counted.")
    outcome: Outcome | None = None
    disposition: str | None = Field(default=None, description="Your own words for the outcome, if any.")
    answers: dict[str, Any] = Field(default_factory=dict, description="The form, by the keys of its fields.")
    note: str = ""
    call_back_at: datetime | None = None
    transferred: bool = False
    manager: str | None = None
    manager_result: ManagerResult | None = None
    manager_note: str = ""
    charge: int | None = Field(default=None, description="Minor units; none until the call is settled.")
    currency: str
    recorded: bool = Field(default=False, description="The recording can be had now.")


async def of_calls(s: AsyncSession, call_ids: list[UUID]) -> dict[UUID, CallResult]:
    """By call, as they are now. Calls that are gone are left out."""
    if not call_ids:
        return {}
    rows = await s.execute(_QUERY, {"ids": call_ids})
    return {
        r.id: CallResult(
            call_id=r.id, campaign_id=r.campaign_id, contact_id=r.contact_id, contact_name=r.contact_name,
            contact_fields=r.fields, person_name=r.person_name, number=r.e164, operator=short_name(r.operator),
            attempt=r.attempt, claimed_at=r.claimed_at, answered_at=r.answered_at, ended_at=r.ended_at,
            closed_at=r.closed_at, talk_s=r.billed_s, outcome=r.outcome, disposition=r.disposition, answers=r.result,
            note=r.note, call_back_at=r.call_back_at, transferred=r.transferred, manager=r.manager,
            manager_result=r.manager_result or None, manager_note=r.manager_note or "", charge=r.charge,
            currency=r.currency, recorded=r.recording == "stored",
        )
        for r in rows
    }  # fmt: skip
