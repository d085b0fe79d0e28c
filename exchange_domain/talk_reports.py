"""What was measured in a call that is put before moderators, as its page shows it: kept with the review."""

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from .tables import Review


@dataclass(frozen=True)
class Speaker:
    """Shares in percent, times in tenths of a second; None where there was nothing to measure."""

    share: int
    first: int | None
    delay: int | None
    """The middle one of the times from the other's end to this one's beginning."""
    interruptions: int
    pace: int | None
    """Tenths of a syllable a second."""
    loudness: int
    """LUFS, EBU R 128."""


@dataclass(frozen=True)
class TalkReport:
    operator: Speaker
    contact: Speaker
    both: int
    silence: int
    longest_silence: int


@dataclass(frozen=True)
class ToMeasure:
    call_id: UUID
    storage_key: str
    size_bytes: int


# Not yet measured, and not judged yet: who listens next is shown figures. A moment for each, whatever else is to do.
_DUE = text("""
select v.call_id, r.storage_key, r.size_bytes from review v join recording r on r.call_id = v.call_id
where v.measured_at is null and v.verdict is null and r.state = 'stored' and r.channels = 2
order by v.risk desc, v.call_id limit :most
""")


async def due(s: AsyncSession, most: int = 20) -> list[ToMeasure]:
    return [ToMeasure(r.call_id, r.storage_key, r.size_bytes) for r in (await s.execute(_DUE, {"most": most})).all()]


async def keep(s: AsyncSession, call_id: UUID, report: TalkReport | None) -> None:
    """None: there was nothing that could be measured; it is not tried again."""
    await s.execute(
        text("update review set measured_at = now() where call_id = :call and measured_at is null"), {"call": call_id}
    )
    if report is not None:
        review = await s.get_one(Review, call_id, populate_existing=True)
        review.figures = asdict(report)
        s.add(review)
        await s.flush()


def read(figures: dict[str, Any]) -> TalkReport | None:
    """As it was kept; None for a call that was not measured."""
    if not figures:
        return None
    rest = {name: value for name, value in figures.items() if name not in ("operator", "contact")}
    return TalkReport(Speaker(**figures["operator"]), Speaker(**figures["contact"]), **rest)
