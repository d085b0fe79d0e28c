"""Who may call campaigns that pay: confirmed by a moderator, after a test or with a word why without one."""

from datetime import datetime
from typing import Any

from sqlalchemy import exists
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from .. import audit
from ..settings import settings
from ..tables import AccountRole, Aptitude, PracticeRun
from ..words import PracticeState, Role
from .runs import PracticeError

LONGEST_WORDS = 2_000


async def lacking(s: AsyncSession, operator_id: int) -> bool:
    """Whether the operator may only practise yet. Nobody lacks anything where the house asks for no test."""
    return settings().aptitude_required and await s.get(Aptitude, operator_id) is None


def is_there(operator_id: Any) -> Any:
    """A condition of a statement: whether a moderator has confirmed the operator."""
    return exists().where(col(Aptitude.operator_id) == operator_id)


async def ask(s: AsyncSession, operator_id: int, run_id: int, now: datetime) -> None:
    """The operator wants a person to look at a test that was measured. Again, it stays asked for. Raises
    PracticeError."""
    run = await s.get(PracticeRun, run_id, with_for_update=True, populate_existing=True)
    if run is None or run.operator_id != operator_id or run.lesson is not None:
        raise PracticeError("unknown")
    if run.state != PracticeState.MEASURED:
        raise PracticeError("not_possible")
    run.asked_at = run.asked_at or now
    s.add(run)
    await s.flush()


async def decide(s: AsyncSession, run_id: int, by: int, words: str, now: datetime, *, confirmed: bool) -> int:
    """A test is confirmed, and its operator may call what pays; or it is to be taken again, with a word why.

    Returns whose it is. Said again, it stays as it is. Raises PracticeError.
    """
    words = checked(words, needed=not confirmed)
    run = await s.get(PracticeRun, run_id, with_for_update=True, populate_existing=True)
    if run is None or run.lesson is not None:
        raise PracticeError("unknown")
    if run.operator_id == by:
        raise PracticeError("own")
    wanted = PracticeState.CONFIRMED if confirmed else PracticeState.RETURNED
    if run.state == wanted:
        return run.operator_id
    if run.state not in (PracticeState.MEASURED, PracticeState.RETURNED):
        raise PracticeError("not_possible")
    run.state, run.decided_by, run.decided_at, run.words = wanted, by, now, words
    s.add(run)
    await audit.write(
        s, by, "aptitude_confirmed" if confirmed else "aptitude_returned", f"account:{run.operator_id}",
        after={"run": run_id, "passed": run.passed, "words": words},
    )  # fmt: skip
    if confirmed:
        await _give(s, run.operator_id, run_id, by, words)
    await s.flush()
    return run.operator_id


async def give(s: AsyncSession, operator_id: int, by: int, words: str) -> None:
    """Without a test: a moderator knows them otherwise, and says from where. Raises PracticeError."""
    words = checked(words, needed=True)
    if operator_id == by:
        raise PracticeError("own")
    role = select(AccountRole).where(AccountRole.account_id == operator_id, AccountRole.role == Role.OPERATOR)
    if (await s.exec(role)).first() is None:
        raise PracticeError("no_operator")
    if await _give(s, operator_id, None, by, words):
        await audit.write(s, by, "aptitude_given", f"account:{operator_id}", after={"words": words})


async def _give(s: AsyncSession, operator_id: int, run_id: int | None, by: int, words: str) -> bool:
    row = {"operator_id": operator_id, "run_id": run_id, "given_by": by, "words": words}
    made = await s.execute(insert(Aptitude).values(**row).on_conflict_do_nothing().returning(col(Aptitude.operator_id)))
    return made.scalar_one_or_none() is not None


def checked(words: str, *, needed: bool) -> str:
    """A moderator's words, cleaned. Raises PracticeError."""
    words = words.strip()
    if needed and not words:
        raise PracticeError("no_words")
    if len(words) > LONGEST_WORDS:
        raise PracticeError("words_too_long")
    return words
