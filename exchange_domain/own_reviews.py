"""An operator's judged calls: the verdict, the notes that go with it, what becomes of the pay, the appeal."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from . import review_desk
from .tables import HearingNote
from .words import AppealState, HearingVerdict, Outcome, ReviewPay, Verdict

PAGE = 30


@dataclass(frozen=True)
class OwnReview:
    """Money in minor units."""

    call_id: UUID
    campaign_id: int
    campaign: str
    called_at: datetime
    outcome: Outcome | None
    verdict: Verdict
    codes: list[str]
    pay: ReviewPay
    withheld: int
    earned: int
    currency: str
    decided_at: datetime
    appeal_until: datetime | None
    appeal: AppealState | None
    appeal_words: str
    decision: str
    heard: bool
    duration_ms: int
    peaks: bytes
    peak_ms: int


_OWN = """
select v.call_id, v.campaign_id, p.name as campaign, k.claimed_at, k.outcome, v.verdict, v.codes, v.pay,
  v.withheld - v.cut as withheld, coalesce(x.operator_pay, 0) as earned, t.currency, v.decided_at, v.appeal_until,
  a.state as appeal, coalesce(a.words, '') as appeal_words, coalesce(a.decision, '') as decision,
  coalesce(r.state = 'stored', false) as heard, coalesce(r.duration_ms, 0) as duration_ms,
  coalesce(r.peaks, '') as peaks, coalesce(r.peak_ms, 100) as peak_ms
from review v join call k on k.id = v.call_id join campaign p on p.id = v.campaign_id
join tariff t on t.id = k.tariff_id left join settlement x on x.call_id = v.call_id
left join appeal a on a.call_id = v.call_id left join recording r on r.call_id = v.call_id
where v.operator_id = :operator and v.verdict is not null
"""


def _read(r: Any) -> OwnReview:
    return OwnReview(
        r.call_id, r.campaign_id, r.campaign, r.claimed_at, Outcome(r.outcome) if r.outcome else None,
        Verdict(r.verdict), list(r.codes), ReviewPay(r.pay), r.withheld, r.earned, r.currency, r.decided_at,
        r.appeal_until, AppealState(r.appeal) if r.appeal else None, r.appeal_words, r.decision, r.heard,
        r.duration_ms, bytes(r.peaks), r.peak_ms,
    )  # fmt: skip


async def of_operator(
    s: AsyncSession, operator_id: int, *, rejected_only: bool = False, limit: int = PAGE
) -> list[OwnReview]:
    """The latest verdicts first."""
    query = _OWN + (" and v.verdict = 'rejected'" if rejected_only else "")
    rows = await s.execute(
        text(query + " order by v.decided_at desc, v.call_id limit :limit"), {"operator": operator_id, "limit": limit}
    )
    return [_read(r) for r in rows.all()]


async def one(s: AsyncSession, operator_id: int, call_id: UUID) -> OwnReview | None:
    """None for another's call, and for one that is not judged."""
    rows = await s.execute(text(_OWN + " and v.call_id = :call"), {"operator": operator_id, "call": call_id})
    row = rows.one_or_none()
    return None if row is None else _read(row)


@dataclass(frozen=True)
class Findings:
    """What those moderators found whose finding the verdict is; who they are stays with the house."""

    notes: list[HearingNote]
    scores: dict[str, int]
    words: list[str]


async def findings(s: AsyncSession, review: OwnReview) -> Findings:
    given = await review_desk.hearings(s, review.call_id)
    wanted = HearingVerdict(review.verdict.value)
    agreeing = [h for h in given if h.verdict is wanted] or [h for h in given if h.verdict is not None]
    scores: dict[str, int] = {}
    for hearing in agreeing:
        for name, points in hearing.scores.items():
            scores[name] = min(points, scores.get(name, 2))
    notes = await review_desk.notes(s, [h.id for h in agreeing if h.id])
    return Findings(notes, scores, [h.words for h in agreeing if h.words])


_SUMS = text("""
select count(*) as judged, count(*) filter (where verdict = 'accepted') as accepted,
  count(*) filter (where pay = 'withheld') as apart, coalesce(sum(withheld - cut) filter (where pay = 'withheld'), 0)
    as apart_sum
from review where operator_id = :operator and verdict is not null
""")


@dataclass(frozen=True)
class Sums:
    """`apart`: rejected calls whose pay lies apart, and how much that is."""

    judged: int
    accepted: int
    apart: int
    apart_sum: int


async def sums(s: AsyncSession, operator_id: int) -> Sums:
    r = (await s.execute(_SUMS, {"operator": operator_id})).one()
    return Sums(r.judged, r.accepted, r.apart, int(r.apart_sum))
