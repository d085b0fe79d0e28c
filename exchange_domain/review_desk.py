"""The queue of calls to be listened to, and one moderator's listening: taken for a time, noted on, judged once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from . import house_rules, score_cards, talk_reports
from .accounts import short_name
from .tables import Hearing, HearingNote, Review
from .talk_reports import TalkReport
from .verdicts import Agreement, agreement, ruling
from .words import HearingVerdict, Outcome, ReviewPay, ReviewWay, Verdict

LONGEST_NOTE = 500
MOST_NOTES = 50
QUEUE_SHOWN = 50


class ReviewError(Exception):
    """Why nothing changed, as a code: gone, somebody_elses, no_reason, no_scores, no_words, too_many."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Waiting:
    """A call in the queue. `reason`: its heaviest, none for one that was drawn by chance."""

    hearing_id: int
    call_id: UUID
    turn: int
    risk: int
    way: ReviewWay
    reasons: list[dict[str, Any]]
    operator: str
    campaign: str
    customer: str
    talk_ms: int
    mine: bool


# Never a call the moderator made, heard before, or whose customer they belong to; nor one that somebody else has now.
_FOR_ME = """
from hearing h join review v on v.call_id = h.call_id join call k on k.id = h.call_id
join recording r on r.call_id = h.call_id and r.state = 'stored'
where h.verdict is null and v.operator_id <> :account
  and (h.moderator_id is null or h.moderator_id = :account or h.leased_until < :now)
  and not exists (select from hearing o where o.call_id = h.call_id and o.id <> h.id and o.moderator_id = :account)
  and not exists (select from customer_member m where m.customer_id = v.customer_id and m.account_id = :account)
"""
_QUEUE = text(f"""
with mine as (
  select h.id, h.call_id, h.turn, h.risk, v.way, v.reasons, v.operator_id, v.campaign_id, v.customer_id,
    r.duration_ms, coalesce(h.moderator_id = :account and h.leased_until >= :now, false) as held
  {_FOR_ME} order by h.risk desc, h.id limit :limit)
select q.*, o.display_name as operator, p.name as campaign, c.name as customer
from mine q join account o on o.id = q.operator_id join campaign p on p.id = q.campaign_id
join customer c on c.id = q.customer_id order by q.held desc, q.risk desc, q.id
""")
_COUNT = text(f"select count(*) from (select {_FOR_ME} limit 1000) x")


async def queue(s: AsyncSession, account_id: int, now: datetime, limit: int = QUEUE_SHOWN) -> list[Waiting]:
    """What this moderator may listen to, one's own first, then the riskiest."""
    rows = (await s.execute(_QUEUE, {"account": account_id, "now": now, "limit": limit})).all()
    return [
        Waiting(
            r.id, r.call_id, r.turn, r.risk, ReviewWay(r.way), list(r.reasons), short_name(r.operator), r.campaign,
            r.customer, r.duration_ms or 0, r.held,
        )
        for r in rows
    ]  # fmt: skip


async def waiting(s: AsyncSession, account_id: int, now: datetime) -> int:
    """How many there are, up to a thousand."""
    return int((await s.execute(_COUNT, {"account": account_id, "now": now})).scalar_one())


async def take(s: AsyncSession, hearing_id: int, account_id: int, now: datetime) -> UUID:
    """It is this moderator's for a time; taken again, the time begins anew. Raises ReviewError."""
    rules = await house_rules.rules(s)
    hearing = await s.get(Hearing, hearing_id, with_for_update=True, populate_existing=True)
    if hearing is None or hearing.verdict is not None:
        raise ReviewError("gone")
    free = await s.execute(
        text(f"select 1 {_FOR_ME} and h.id = :id"), {"account": account_id, "now": now, "id": hearing_id}
    )
    if free.scalar_one_or_none() is None:
        raise ReviewError("somebody_elses")
    if hearing.moderator_id not in (None, account_id):
        # What the one before had begun is not this one's finding.
        await s.execute(text("delete from hearing_note where hearing_id = :id"), {"id": hearing_id})
        hearing.scores, hearing.codes, hearing.words = {}, [], ""
    hearing.moderator_id = account_id
    hearing.leased_until = now + timedelta(minutes=rules.review_lease_minutes)
    s.add(hearing)
    await s.flush()
    return hearing.call_id


async def give_back(s: AsyncSession, hearing_id: int, account_id: int, now: datetime) -> None:
    """Somebody else may have it. What was noted stays until another takes it. Raises ReviewError."""
    hearing = await _held(s, hearing_id, account_id, now)
    hearing.leased_until = now - timedelta(seconds=1)
    s.add(hearing)
    await s.flush()


async def _held(s: AsyncSession, hearing_id: int, account_id: int, now: datetime) -> Hearing:
    """The hearing, if it is this moderator's now; each sign of life prolongs it."""
    hearing = await s.get(Hearing, hearing_id, with_for_update=True, populate_existing=True)
    if hearing is None or hearing.verdict is not None:
        raise ReviewError("gone")
    if hearing.moderator_id != account_id or hearing.leased_until is None or hearing.leased_until < now:
        raise ReviewError("somebody_elses")
    rules = await house_rules.rules(s)
    hearing.leased_until = now + timedelta(minutes=rules.review_lease_minutes)
    s.add(hearing)
    return hearing


async def note(s: AsyncSession, hearing_id: int, account_id: int, at_ms: int, words: str, now: datetime) -> int:
    """Pins a note to a moment of the recording. Raises ReviewError."""
    await _held(s, hearing_id, account_id, now)
    words = " ".join(words.replace("\x00", "").split())[:LONGEST_NOTE]
    if not words:
        raise ReviewError("no_words")
    count = await s.exec(select(func.count()).select_from(HearingNote).where(HearingNote.hearing_id == hearing_id))
    if count.one() >= MOST_NOTES:
        raise ReviewError("too_many")
    made = HearingNote(hearing_id=hearing_id, at_ms=max(0, min(at_ms, 86_400_000)), words=words)
    s.add(made)
    await s.flush()
    assert made.id is not None
    return made.id


async def remove_note(s: AsyncSession, hearing_id: int, account_id: int, note_id: int, now: datetime) -> None:
    """Takes a note of this hearing away; one that is gone already is gone. Raises ReviewError."""
    await _held(s, hearing_id, account_id, now)
    await s.execute(
        text("delete from hearing_note where id = :note and hearing_id = :hearing"),
        {"note": note_id, "hearing": hearing_id},
    )


async def keep(
    s: AsyncSession, hearing_id: int, account_id: int, scores: dict[str, int], codes: list[str], now: datetime
) -> None:
    """What is chosen so far, so that nothing is lost when the page is. Raises ReviewError."""
    hearing = await _held(s, hearing_id, account_id, now)
    hearing.scores, hearing.codes = scores, codes
    s.add(hearing)
    await s.flush()


async def give(
    s: AsyncSession, hearing_id: int, account_id: int, verdict: HearingVerdict, words: str, now: datetime
) -> Verdict | None:
    """This moderator's finding, once; what it comes to with the others', or None while another has to listen.

    The same finding again changes nothing. The money follows by `review_pay.carry_out`. Raises ReviewError.
    """
    before = await s.get(Hearing, hearing_id, populate_existing=True)
    if before is not None and before.moderator_id == account_id and before.verdict is verdict:
        return (await s.get_one(Review, before.call_id, populate_existing=True)).verdict
    hearing = await _held(s, hearing_id, account_id, now)
    review = await s.get_one(Review, hearing.call_id, with_for_update=True, populate_existing=True)
    card = await score_cards.of_campaign(s, review.campaign_id)
    if verdict is not HearingVerdict.UNSURE and not set(card.criteria) <= set(hearing.scores):
        raise ReviewError("no_scores")
    if verdict is HearingVerdict.REJECTED and not hearing.codes:
        raise ReviewError("no_reason")
    if verdict is not HearingVerdict.REJECTED:
        hearing.codes = []
    hearing.codes = score_cards.clean_codes(card, hearing.codes)
    hearing.verdict, hearing.given_at = verdict, now
    hearing.words = words.replace("\x00", "").strip()[:2000]
    s.add(hearing)
    await s.flush()
    return await _conclude(s, review, now)


async def _conclude(s: AsyncSession, review: Review, now: datetime) -> Verdict | None:
    given = [h for h in await hearings(s, review.call_id) if h.verdict is not None]
    result = ruling([h.verdict for h in given if h.verdict], review.double)
    if result.another:
        s.add(Hearing(call_id=review.call_id, turn=len(given) + 1, risk=review.risk))
    elif result.verdict is not None:
        rules = await house_rules.rules(s)
        review.verdict, review.decided_at, review.pay = result.verdict, now, ReviewPay.DUE
        if result.verdict is Verdict.REJECTED:
            codes = [code for h in given if h.verdict is HearingVerdict.REJECTED for code in h.codes]
            review.codes = list(dict.fromkeys(codes))
            review.appeal_until = now + timedelta(hours=rules.appeal_hours)
        s.add(review)
    await s.flush()
    return result.verdict


async def hearings(s: AsyncSession, call_id: UUID) -> list[Hearing]:
    found = select(Hearing).where(Hearing.call_id == call_id).order_by(col(Hearing.turn))
    return list(await s.exec(found, execution_options={"populate_existing": True}))


async def notes(s: AsyncSession, hearing_ids: list[int]) -> list[HearingNote]:
    """In the order of the recording."""
    found = select(HearingNote).where(col(HearingNote.hearing_id).in_(hearing_ids))
    return list(await s.exec(found.order_by(col(HearingNote.at_ms), col(HearingNote.id))))


@dataclass(frozen=True)
class Heard:
    """All that a moderator sees of a call beside its sound."""

    call_id: UUID
    operator: str
    campaign: str
    customer: str
    campaign_id: int
    called_at: datetime
    outcome: Outcome | None
    disposition: str
    result: dict[str, Any]
    note: str
    markdown: str
    form: list[dict[str, Any]]
    reasons: list[dict[str, Any]]
    way: ReviewWay
    duration_ms: int
    peaks: bytes
    peak_ms: int
    channels: int
    report: TalkReport | None
    """What was measured in it; None: not yet, or nothing could be."""


_CALL = text("""
select k.id, o.display_name as operator, p.name as campaign, c.name as customer, v.campaign_id, k.claimed_at,
  k.outcome, coalesce(d.label, '') as disposition, k.result, k.note, x.markdown, x.form, v.reasons, v.way, v.figures,
  coalesce(r.duration_ms, 0) as duration_ms, coalesce(r.peaks, '') as peaks, coalesce(r.peak_ms, 100) as peak_ms,
  coalesce(r.channels, 2) as channels
from review v join call k on k.id = v.call_id join account o on o.id = v.operator_id
join campaign p on p.id = v.campaign_id join customer c on c.id = v.customer_id join script x on x.id = k.script_id
left join disposition d on d.id = k.disposition_id left join recording r on r.call_id = k.id
where v.call_id = :call
""")


async def heard(s: AsyncSession, call_id: UUID) -> Heard | None:
    """Rights are the caller's to check. Names and numbers of contacts are not in it."""
    r = (await s.execute(_CALL, {"call": call_id})).one_or_none()
    if r is None:
        return None
    return Heard(
        r.id, short_name(r.operator), r.campaign, r.customer, r.campaign_id, r.claimed_at,
        Outcome(r.outcome) if r.outcome else None, r.disposition, r.result, r.note, r.markdown, list(r.form),
        list(r.reasons), ReviewWay(r.way), r.duration_ms, bytes(r.peaks), r.peak_ms, r.channels,
        talk_reports.read(r.figures),
    )  # fmt: skip


_PAIRS = text("""
select a.verdict as one, b.verdict as other, a.scores as one_scores, b.scores as other_scores
from hearing a join hearing b on b.call_id = a.call_id and b.turn = 2 and b.verdict is not null
where a.turn = 1 and a.verdict is not null and b.given_at > :since
  and (cast(:account as bigint) is null or :account in (a.moderator_id, b.moderator_id))
order by b.given_at desc limit 500
""")


async def agreed(s: AsyncSession, since: datetime, account_id: int | None = None) -> Agreement:
    """How alike two moderators judge the same call: all of them, or those with this one among the two."""
    rows = (await s.execute(_PAIRS, {"since": since, "account": account_id})).all()
    apart = [
        abs(points - r.other_scores[key]) for r in rows for key, points in r.one_scores.items() if key in r.other_scores
    ]
    return agreement([(HearingVerdict(r.one), HearingVerdict(r.other)) for r in rows], apart)
