"""An operator's appeal against a rejection: with a moment of the call and a word, decided once by another moderator."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from .accounts import short_name
from .tables import Appeal, Review
from .words import AppealState, Outcome, ReviewPay, Verdict

LONGEST_WORD = 2000


class AppealError(Exception):
    """Why nothing changed, as a code: not_yours, not_rejected, too_late, no_words, unknown, decided, own_verdict."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def _words(written: str) -> str:
    words = written.replace("\x00", "").strip()[:LONGEST_WORD]
    if not words:
        raise AppealError("no_words")
    return words


async def appeal(s: AsyncSession, call_id: UUID, operator_id: int, at_ms: int, words: str, now: datetime) -> Appeal:
    """Appeals once; again, it gives the appeal that there is. Raises AppealError."""
    review = await s.get(Review, call_id, with_for_update=True, populate_existing=True)
    if review is None or review.operator_id != operator_id:
        raise AppealError("not_yours")
    known = await s.execute(text("select id from appeal where call_id = :call"), {"call": call_id})
    if (appeal_id := known.scalar_one_or_none()) is not None:
        return await s.get_one(Appeal, appeal_id)
    if review.verdict is not Verdict.REJECTED:
        raise AppealError("not_rejected")
    if review.appeal_until is None or review.appeal_until < now or review.pay is ReviewPay.KEPT:
        raise AppealError("too_late")
    values = {
        "call_id": call_id, "operator_id": operator_id, "at_ms": max(0, min(at_ms, 86_400_000)),
        "words": _words(words), "opened_at": now,
    }  # fmt: skip
    made = (await s.execute(insert(Appeal).values(**values).returning(col(Appeal.id)))).scalar_one()
    return await s.get_one(Appeal, made)


@dataclass(frozen=True)
class OpenAppeal:
    """An appeal with what the moderators found."""

    id: int
    call_id: UUID
    operator: str
    campaign: str
    customer: str
    opened_at: datetime
    called_at: datetime
    at_ms: int
    words: str
    codes: list[str]
    outcome: Outcome | None
    note: str
    campaign_id: int


_OPEN = text("""
select a.id, a.call_id, a.at_ms, a.words, a.opened_at, v.codes, v.campaign_id, k.claimed_at, k.outcome, k.note,
  o.display_name as operator, p.name as campaign, c.name as customer
from appeal a join review v on v.call_id = a.call_id join call k on k.id = a.call_id
join account o on o.id = a.operator_id join campaign p on p.id = v.campaign_id join customer c on c.id = v.customer_id
where a.state = 'open' and a.operator_id <> :account
  and not exists (select from hearing h
                  where h.call_id = a.call_id and h.moderator_id = :account and h.verdict is not null)
  and not exists (select from customer_member m where m.customer_id = v.customer_id and m.account_id = :account)
order by a.opened_at, a.id limit 100
""")


async def open_appeals(s: AsyncSession, account_id: int) -> list[OpenAppeal]:
    """Those that this moderator may decide, the oldest first: none of their own verdicts, calls or customers."""
    return [
        OpenAppeal(
            r.id, r.call_id, short_name(r.operator), r.campaign, r.customer, r.opened_at, r.claimed_at, r.at_ms,
            r.words, list(r.codes), Outcome(r.outcome) if r.outcome else None, r.note, r.campaign_id,
        )
        for r in (await s.execute(_OPEN, {"account": account_id})).all()
    ]  # fmt: skip


async def decide(s: AsyncSession, appeal_id: int, account_id: int, *, granted: bool, words: str, now: datetime) -> UUID:
    """Ends an appeal; returns whose call's money follows (`review_pay.carry_out`). Raises AppealError.

    The same decision again changes nothing.
    """
    appeal = await s.get(Appeal, appeal_id, with_for_update=True, populate_existing=True)
    if appeal is None:
        raise AppealError("unknown")
    wanted = AppealState.GRANTED if granted else AppealState.REFUSED
    if appeal.state is not AppealState.OPEN:
        if appeal.state is wanted and appeal.decided_by == account_id:
            return appeal.call_id
        raise AppealError("decided")
    if all(one.id != appeal_id for one in await open_appeals(s, account_id)):
        raise AppealError("own_verdict")
    appeal.state, appeal.decided_by, appeal.decision, appeal.decided_at = wanted, account_id, _words(words), now
    s.add(appeal)
    await s.flush()
    return appeal.call_id
