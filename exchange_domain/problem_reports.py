"""What operators report about a call: the sound, the script, the contact's data, the page."""

from datetime import datetime
from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from . import flags
from .drafts import NotYours
from .tables import Call, ProblemReport
from .words import FlagKind, ProblemKind

LONGEST = 2000


async def report(
    s: AsyncSession, call_id: UUID, operator_id: int, kind: ProblemKind, words: str, at: datetime
) -> ProblemReport:
    """Keeps a report and flags its call. The same words about the same call again are one report. Raises NotYours."""
    call = await s.get(Call, call_id)
    if call is None or call.operator_id != operator_id:
        raise NotYours
    said = " ".join(words.split())[:LONGEST]
    same = select(ProblemReport).where(
        ProblemReport.call_id == call_id, ProblemReport.kind == kind, ProblemReport.words == said
    )
    if (known := (await s.exec(same)).first()) is not None:
        return known
    made = ProblemReport(call_id=call_id, operator_id=operator_id, kind=kind, words=said, said_at=at)
    s.add(made)
    await s.flush()
    await flags.raise_flag(
        s, FlagKind.PROBLEM_REPORTED, f"call:{call_id}", at, customer_id=call.customer_id,
        campaign_id=call.campaign_id, operator_id=operator_id, call_id=call_id, about=kind.value, report=made.id,
    )  # fmt: skip
    return made
