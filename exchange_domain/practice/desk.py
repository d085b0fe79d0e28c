"""Training as its people see it: an operator's own way, and for moderators who trains and who waits for them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from ..tables import Account, Aptitude, PracticeNote
from ..words import PracticeState
from .aptitude import checked
from .lessons import BY_KEY, LESSONS
from .reports import PracticeReport
from .runs import PracticeError


@dataclass(frozen=True)
class Run:
    id: int
    lesson: str | None
    state: PracticeState
    started_at: datetime
    measured_at: datetime | None
    report: PracticeReport | None
    passed: bool
    asked_at: datetime | None
    decided_by: str
    decided_at: datetime | None
    words: str


@dataclass(frozen=True)
class Note:
    id: int
    at: datetime
    by: str
    words: str
    lesson: str | None


@dataclass(frozen=True)
class LessonDone:
    """How a lesson went so far."""

    key: str
    times: int
    """Measured; left ones do not count."""
    reached: bool
    last: int | None
    """The run that was measured last."""


@dataclass(frozen=True)
class Progress:
    admitted: bool
    """May call campaigns that pay, or the house asks for no test."""
    admitted_words: str
    tests: tuple[Run, ...]
    """The last first; left ones are not among them."""
    lessons: tuple[LessonDone, ...]
    notes: tuple[Note, ...]


_RUNS = """
select r.id, r.lesson, r.state, r.started_at, r.measured_at, r.report, r.passed, r.asked_at,
  coalesce(m.display_name, '') as decided_by, r.decided_at, r.words
from practice_run r left join account m on m.id = r.decided_by
"""
_OF_OPERATOR = text(f"{_RUNS} where r.operator_id = :operator and r.state <> 'left' order by r.id desc limit 300")
_ONE = text(f"{_RUNS} where r.id = :run and r.operator_id = :operator")
_NOTES = text("""
select n.id, n.written_at as at, coalesce(a.display_name, '') as by, n.words, n.lesson
from practice_note n left join account a on a.id = n.moderator_id
where n.operator_id = :operator order by n.id desc limit 100
""")


def _run(row) -> Run:
    known = dict(row)
    report = PracticeReport.model_validate(known.pop("report")) if known["report"] else None
    return Run(**known | {"state": PracticeState(known["state"]), "report": report})


async def runs(s: AsyncSession, operator_id: int) -> list[Run]:
    """Tests and lessons, the last first; what was left is not among them."""
    return [_run(row) for row in (await s.execute(_OF_OPERATOR, {"operator": operator_id})).mappings()]


async def one(s: AsyncSession, operator_id: int, run_id: int) -> Run | None:
    row = (await s.execute(_ONE, {"run": run_id, "operator": operator_id})).mappings().one_or_none()
    return None if row is None else _run(row)


async def progress(s: AsyncSession, operator_id: int, *, required: bool) -> Progress:
    """`required`: the house asks for the test."""
    found = await runs(s, operator_id)
    held = await s.get(Aptitude, operator_id)
    notes = (await s.execute(_NOTES, {"operator": operator_id})).mappings()
    measured = [run for run in found if run.state == PracticeState.MEASURED and run.lesson]
    lessons = []
    for lesson in LESSONS:
        own = [run for run in measured if run.lesson == lesson.key]
        done = LessonDone(lesson.key, len(own), any(run.passed for run in own), own[0].id if own else None)
        lessons.append(done)
    return Progress(
        held is not None or not required, held.words if held else "",
        tuple(run for run in found if run.lesson is None), tuple(lessons), tuple(Note(**row) for row in notes),
    )  # fmt: skip


@dataclass(frozen=True)
class Trainee:
    """An operator who trains. `waits`: a measured test that nobody has decided about."""

    operator_id: int
    name: str
    joined_at: datetime
    admitted: bool
    waits: bool
    passed: bool
    """Of the last test that was measured."""
    asked: bool
    tests: int
    lessons: int
    """Lessons whose goal was reached."""
    last_at: datetime | None
    practising: bool
    """Something is open."""


_TRAINEES = text("""
select a.id as operator_id, a.display_name as name, a.created_at as joined_at, p.operator_id is not null as admitted,
  coalesce(t.state = 'measured', false) and p.operator_id is null as waits,
  coalesce(t.passed, false) as passed, coalesce(t.asked_at is not null and t.state = 'measured', false) as asked,
  (select count(*) from practice_run r where r.operator_id = a.id and r.lesson is null
     and r.state not in ('open', 'left')) as tests,
  (select count(distinct r.lesson) from practice_run r where r.operator_id = a.id and r.passed
     and r.lesson is not null) as lessons,
  (select max(r.started_at) from practice_run r where r.operator_id = a.id) as last_at,
  exists (select from practice_run r where r.operator_id = a.id and r.state = 'open') as practising
from account a join account_role o on o.account_id = a.id and o.role = 'operator'
left join aptitude p on p.operator_id = a.id
left join lateral (
  select r.* from practice_run r where r.operator_id = a.id and r.lesson is null
    and r.state in ('measured', 'confirmed', 'returned') order by r.id desc limit 1) t on true
where a.suspended_at is null and a.id <> :viewer and (:like = '' or a.display_name ilike :like)
  and (:like <> '' or p.operator_id is null
       or exists (select from practice_run r where r.operator_id = a.id and r.started_at > now() - interval '30 days'))
order by waits desc, asked desc, admitted, last_at desc nulls last, lower(a.display_name), a.id limit :most
""")


async def trainees(s: AsyncSession, viewer: int, *, search: str = "", most: int = 200) -> list[Trainee]:
    """Who waits for a moderator first; then those who may not call yet, and who trained in the last month. With
    `search` every operator of that name. Not the viewer: nobody judges themself."""
    escaped = search.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    values = {"viewer": viewer, "like": f"%{escaped}%" if escaped else "", "most": most}
    return [Trainee(**row) for row in (await s.execute(_TRAINEES, values)).mappings()]


async def waiting(s: AsyncSession, viewer: int) -> int:
    """How many tests wait for this moderator."""
    return sum(one.waits for one in await trainees(s, viewer))


async def note(s: AsyncSession, operator_id: int, by: int, words: str, lesson: str | None) -> None:
    """A moderator's word to an operator who trains; `lesson`: this one is to be next. Raises PracticeError."""
    words = checked(words, needed=True)
    if lesson is not None and lesson not in BY_KEY:
        raise PracticeError("unknown")
    if operator_id == by:
        raise PracticeError("own")
    if await s.get(Account, operator_id) is None:
        raise PracticeError("no_operator")
    s.add(PracticeNote(operator_id=operator_id, moderator_id=by, words=words, lesson=lesson))
    await s.flush()
