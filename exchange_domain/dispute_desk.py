"""Contested charges as moderators decide them: the call, what the customer says, what the operator wrote."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from .accounts import short_name
from .words import Outcome


@dataclass(frozen=True)
class OpenDispute:
    """Money in minor units; `talk_s` as it was billed."""

    id: int
    call_id: UUID
    customer: str
    campaign: str
    operator: str
    opened_at: datetime
    called_at: datetime
    amount: int
    currency: str
    words: str
    outcome: Outcome | None
    note: str
    talk_s: int
    heard: bool


_OPEN = text("""
select d.id, d.call_id, d.amount, d.words, d.opened_at, c.name as customer, p.name as campaign,
  o.display_name as operator, k.claimed_at, k.outcome, k.note, x.billed_s, t.currency,
  coalesce(r.state = 'stored', false) as heard
from dispute d join call k on k.id = d.call_id join customer c on c.id = d.customer_id
join campaign p on p.id = k.campaign_id join account o on o.id = k.operator_id
join settlement x on x.call_id = k.id join tariff t on t.id = k.tariff_id
left join recording r on r.call_id = k.id
where d.state = 'open' and k.operator_id <> :account and not exists (
  select from customer_member m where m.customer_id = d.customer_id and m.account_id = :account)
order by d.opened_at, d.id limit 100
""")


async def open_disputes(s: AsyncSession, account_id: int) -> list[OpenDispute]:
    """Those that wait, the oldest first; never of a customer the moderator belongs to, nor of their own calls."""
    return [
        OpenDispute(
            r.id, r.call_id, r.customer, r.campaign, short_name(r.operator), r.opened_at, r.claimed_at, r.amount,
            r.currency, r.words, Outcome(r.outcome) if r.outcome else None, r.note, r.billed_s, r.heard,
        )
        for r in (await s.execute(_OPEN, {"account": account_id})).all()
    ]  # fmt: skip
