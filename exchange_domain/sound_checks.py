"""Checks of microphone, speaker and network before a shift, and how the line was during it. The verdicts are pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from .tables import LineQuality, Shift, SoundCheck
from .words import SoundVerdict

GOOD_FOR = timedelta(hours=12)
"""A check belongs to the shift that begins within this."""
QUIET_DB, LOUD_DB = -45, -3
"""Speech below is hardly heard, above it distorts."""
FAINT_DB = -38
NOISY_DB, LOUD_ROOM_DB = -50, -35
"""A room louder than this is heard by the contact, or drowns the operator."""
NETWORK = ((SoundVerdict.BAD, 80, 80, 500), (SoundVerdict.WEAK, 30, 30, 300))
"""Verdict, and the loss (thousandths), jitter and round trip (ms) above which it is given: docs/softphone.md."""
ORDER = (SoundVerdict.GOOD, SoundVerdict.WEAK, SoundVerdict.BAD)


@dataclass(frozen=True)
class Measured:
    """What the page measured. Loudness in dB below full scale, loss in thousandths, times in milliseconds."""

    device: str
    voice_db: int
    noise_db: int
    heard: bool
    loss_pm: int
    jitter_ms: int
    trip_ms: int
    relay: bool | None = None


def of_network(loss_pm: int, jitter_ms: int, trip_ms: int) -> SoundVerdict:
    for verdict, loss, jitter, trip in NETWORK:
        if loss_pm > loss or jitter_ms > jitter or trip_ms > trip:
            return verdict
    return SoundVerdict.GOOD


def of_voice(voice_db: int) -> SoundVerdict:
    if voice_db < QUIET_DB:
        return SoundVerdict.BAD
    return SoundVerdict.WEAK if voice_db < FAINT_DB or voice_db > LOUD_DB else SoundVerdict.GOOD


def of_room(noise_db: int) -> SoundVerdict:
    if noise_db > LOUD_ROOM_DB:
        return SoundVerdict.BAD
    return SoundVerdict.WEAK if noise_db > NOISY_DB else SoundVerdict.GOOD


def verdict(measured: Measured) -> SoundVerdict:
    """The worst of its parts; who did not hear themselves has no line to work with. A loud room alone stops nobody."""
    if not measured.heard:
        return SoundVerdict.BAD
    room = of_room(measured.noise_db)
    parts = [
        of_network(measured.loss_pm, measured.jitter_ms, measured.trip_ms),
        of_voice(measured.voice_db),
        SoundVerdict.WEAK if room is SoundVerdict.BAD else room,
    ]
    return max(parts, key=ORDER.index)


async def keep(s: AsyncSession, account_id: int, measured: Measured) -> SoundCheck:
    """Keeps a check; a shift that is open already gets it too."""
    made = SoundCheck(
        account_id=account_id, verdict=verdict(measured), device=measured.device[:200], voice_db=measured.voice_db,
        noise_db=measured.noise_db, heard=measured.heard, loss_pm=measured.loss_pm, jitter_ms=measured.jitter_ms,
        trip_ms=measured.trip_ms, relay=measured.relay,
    )  # fmt: skip
    s.add(made)
    await s.flush()
    shift = (await s.exec(select(Shift).where(Shift.operator_id == account_id, col(Shift.ended_at).is_(None)))).first()
    if shift is not None:
        shift.sound_check_id = made.id
        s.add(shift)
        await s.flush()
    return made


async def latest(s: AsyncSession, account_id: int, now: datetime | None = None) -> SoundCheck | None:
    """The last check that still says something about a shift beginning now."""
    since = (now or datetime.now(UTC)) - GOOD_FOR
    found = await s.exec(
        select(SoundCheck)
        .where(SoundCheck.account_id == account_id, col(SoundCheck.made_at) >= since)
        .order_by(col(SoundCheck.made_at).desc(), col(SoundCheck.id).desc())
        .limit(1)
    )
    return found.first()


async def line_was(s: AsyncSession, operator_id: int, loss_pm: int, jitter_ms: int, trip_ms: int) -> SoundVerdict:
    """Notes how the line of an open shift is. The same verdict again is not written twice in a row."""
    said = of_network(loss_pm, jitter_ms, trip_ms)
    shift = (await s.exec(select(Shift).where(Shift.operator_id == operator_id, col(Shift.ended_at).is_(None)))).first()
    if shift is None or shift.id is None:
        return said
    last = await s.exec(
        select(LineQuality.verdict)
        .where(LineQuality.shift_id == shift.id)
        .order_by(col(LineQuality.id).desc())
        .limit(1)
    )
    if last.first() != said:
        s.add(LineQuality(shift_id=shift.id, verdict=said, loss_pm=loss_pm, jitter_ms=jitter_ms, trip_ms=trip_ms))
        await s.flush()
    return said
