"""Tests and lessons: begun with robots of their own, called in the workspace, measured when all calls are over."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from robots import numbers
from robots.persona import personas

from ..tables import AccountRole, Campaign, Contact, ContactNumber, PracticeContact, PracticeRun
from ..words import PracticeState, Role
from . import house
from .lessons import BY_KEY, personas_of
from .reports import PracticeReport

NAMES = {"ru": "Робот {n}", "en": "Robot {n}"}
"""Who is called does not say what it will do."""
CLOCKS_APART = timedelta(minutes=5)
"""Robots are due at once, also where an engine's clock is behind."""


class PracticeError(ValueError):
    """Why nothing was done, as a code: no_operator, unknown, own, no_words, words_too_long, not_possible."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Begun:
    run_id: int
    campaign_id: int


async def begin(s: AsyncSession, operator_id: int, lesson: str | None, language: str) -> Begun:
    """A new test (no lesson) or lesson; what else is open is left. The one that is open, if it is the same.

    Raises PracticeError.
    """
    if (lesson is not None and lesson not in BY_KEY) or language not in house.COUNTRIES:
        raise PracticeError("unknown")
    # The row of the role is locked, so that two presses make one run.
    role = select(AccountRole).where(AccountRole.account_id == operator_id, AccountRole.role == Role.OPERATOR)
    if (await s.exec(role.with_for_update())).first() is None:
        raise PracticeError("no_operator")
    campaign = await house.campaign_of(s, language)
    assert campaign.id is not None
    before = await open_run(s, operator_id)
    if before is not None:
        assert before.id is not None
        if (before.lesson, before.language) == (lesson, language):
            return Begun(before.id, campaign.id)
        await _leave(s, before)
    run = PracticeRun(operator_id=operator_id, lesson=lesson, language=language)
    s.add(run)
    await s.flush()
    assert run.id is not None
    for place, name in enumerate(personas_of(lesson), start=1):
        await _robot(s, run, campaign, place, name)
    return Begun(run.id, campaign.id)


async def _robot(s: AsyncSession, run: PracticeRun, campaign: Campaign, place: int, name: str) -> None:
    assert run.id is not None and campaign.id is not None
    contact = Contact(
        campaign_id=campaign.id, name=NAMES[run.language].format(n=place), time_zone=campaign.time_zone,
        bound_to=run.operator_id, due_at=datetime.now(UTC) - CLOCKS_APART + timedelta(seconds=place),
    )  # fmt: skip
    s.add(contact)
    await s.flush()
    assert contact.id is not None
    e164 = numbers.number_of(personas()[name], run.language, contact.id)
    s.add(ContactNumber(contact_id=contact.id, campaign_id=contact.campaign_id, e164=e164))
    s.add(PracticeContact(contact_id=contact.id, run_id=run.id, place=place, persona=name))
    await s.flush()


async def open_run(s: AsyncSession, operator_id: int) -> PracticeRun | None:
    found = select(PracticeRun).where(PracticeRun.operator_id == operator_id, PracticeRun.state == PracticeState.OPEN)
    return (await s.exec(found)).first()


async def leave(s: AsyncSession, operator_id: int) -> None:
    """Gives up what is open: nothing of it counts."""
    run = await open_run(s, operator_id)
    if run is not None:
        await _leave(s, run)


_LET_GO = text("""
update contact set status = 'done' where status = 'waiting'
  and id in (select contact_id from practice_contact where run_id = :run)
""")


async def _leave(s: AsyncSession, run: PracticeRun) -> None:
    run.state = PracticeState.LEFT
    s.add(run)
    await s.execute(_LET_GO, {"run": run.id})
    await s.flush()


@dataclass(frozen=True)
class Placed:
    """A robot of a run, and the call with it that counts: the last that was placed. None: not called yet."""

    place: int
    persona: str
    call_id: UUID | None
    outcome: str | None
    over: bool
    """Nothing more will come of it."""
    talked_s: float
    storage_key: str | None
    size_bytes: int | None
    recording: str | None
    """State of its recording; none: it was not answered, so there is none."""


_PLACED = text("""
select p.place, p.persona, k.id as call_id, k.outcome,
  coalesce(k.state = 'closed' and (k.answered_at is not null or c.status = 'done'), false) as over,
  coalesce(extract(epoch from k.ended_at - k.answered_at), 0)::float as talked_s,
  r.storage_key, r.size_bytes, r.state as recording
from practice_contact p join contact c on c.id = p.contact_id
left join lateral (
  select k.* from call k where k.contact_id = c.id and (k.ringing_at is not null or k.answered_at is not null)
  order by k.claimed_at desc limit 1) k on true
left join recording r on r.call_id = k.id
where p.run_id = :run order by p.place
""")


async def placed(s: AsyncSession, run_id: int) -> list[Placed]:
    return [Placed(**row) for row in (await s.execute(_PLACED, {"run": run_id})).mappings()]


@dataclass(frozen=True)
class ToMeasure:
    run_id: int
    operator_id: int
    lesson: str | None
    language: str
    calls: tuple[Placed, ...]


_MOVING = ("expected", "recording", "waiting")
_OPEN = text("select id, operator_id, lesson, language from practice_run where state = 'open' order by id limit :most")


async def due(s: AsyncSession, most: int = 200) -> list[ToMeasure]:
    """Runs whose calls are all over and whose recordings have come where they go."""
    found: list[ToMeasure] = []
    for run in (await s.execute(_OPEN, {"most": most})).all():
        calls = await placed(s, run.id)
        if all(call.over and call.recording not in _MOVING for call in calls):
            found.append(ToMeasure(run.id, run.operator_id, run.lesson, run.language, tuple(calls)))
    return found


async def finish(
    s: AsyncSession, run_id: int, report: PracticeReport | None, passed: bool, now: datetime
) -> dict[str, Any] | None:
    """Keeps what was measured, once. Without a report the recordings were lost, and it may be taken again.

    Returns what to tell the operator's page, or None when it was done before.
    """
    run = await s.get(PracticeRun, run_id, with_for_update=True, populate_existing=True)
    if run is None or run.state != PracticeState.OPEN:
        return None
    run.state = PracticeState.UNHEARD if report is None else PracticeState.MEASURED
    run.measured_at, run.passed = now, report is not None and passed
    run.report = None if report is None else report.model_dump(mode="json")
    s.add(run)
    # A robot that asked to be called back is not called again.
    await s.execute(_LET_GO, {"run": run_id})
    await s.flush()
    return {"operator_id": run.operator_id, "run_id": run_id}
