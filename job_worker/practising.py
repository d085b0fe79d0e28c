"""Measures tests and lessons whose calls are over: what was heard in each recording, and the report of all."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import structlog

from exchange_domain import database, house_rules
from exchange_domain.practice import runs, scoring
from exchange_domain.practice.lessons import BY_KEY
from exchange_domain.practice.runs import Placed, ToMeasure
from exchange_domain.practice.scoring import Heard, Practised
from exchange_domain.settings import settings
from exchange_domain.words import RecordingState
from object_storage import NotThere, Storage, StorageAway
from robots.persona import personas
from speech_analysis import Report, Unreadable, measure, read

from .fetching import fetched
from .measuring import CONTACT, OPERATOR
from .recognising import recognise

log = structlog.get_logger(__name__)
Tell = Callable[[int], Awaitable[None]]
"""Tells an operator's page that there is something new."""


async def measure_practice(tell: Tell) -> int:
    """How many were measured. While the storage is away nothing is: the next look finds them again."""
    async with database.session() as s:
        waiting = await runs.due(s)
    storage = Storage(settings().recording_storage)
    done = 0
    for one in waiting:
        try:
            calls = [await _practised(storage, call, one.language) for call in one.calls]
        except StorageAway as away:
            log.warning("storage away", reason=str(away))
            return done
        await _keep(one, calls, tell)
        done += 1
    return done


async def _keep(one: ToMeasure, calls: list[Practised], tell: Tell) -> None:
    lesson = BY_KEY.get(one.lesson or "")
    # An answered call without its recording is the exchange's fault, and judges nobody.
    unheard = any(
        call.heard is None and placed.recording is not None for call, placed in zip(calls, one.calls, strict=True)
    )
    async with database.session() as s:
        marks = (await house_rules.rules(s)).aptitude_marks
        report = None if unheard else scoring.report(calls, one.language, marks, lesson)
        passed = report is not None and scoring.passed(report, lesson)
        told = await runs.finish(s, one.run_id, report, passed, datetime.now(UTC))
    if told is not None:
        log.info("practice measured", run=one.run_id, lesson=one.lesson, passed=passed, heard=not unheard)
        await tell(one.operator_id)


async def _practised(storage: Storage, call: Placed, language: str) -> Practised:
    """Raises StorageAway."""
    assert call.call_id is not None
    heard = await _heard(storage, call, language) if call.recording == RecordingState.STORED else None
    fits = call.outcome in personas()[call.persona].fits
    return Practised(call.place, call.persona, call.call_id, call.outcome or "", fits, call.talked_s, heard)


async def _heard(storage: Storage, call: Placed, language: str) -> Heard | None:
    assert call.storage_key is not None and call.size_bytes is not None
    try:
        async with fetched(storage, call.storage_key, call.size_bytes) as path:
            return await _measured(path, language)
    except (NotThere, Unreadable) as reason:
        log.warning("recording not measured", call_id=str(call.call_id), reason=type(reason).__name__)
        return None


async def _measured(path: Path, language: str) -> Heard:
    """Raises Unreadable."""
    sound = await asyncio.to_thread(read, path)
    if len(sound.samples) < 2:
        raise Unreadable("one channel")
    found = await asyncio.to_thread(measure, sound)
    words = await recognise(settings().speech_recogniser, sound, OPERATOR, language, path.parent)
    return heard_of(found, words)


def heard_of(found: Report, words: str | None) -> Heard:
    own, robot = found.channels[OPERATOR], found.channels[CONTACT]
    silence_share = found.silence_s / found.seconds if found.seconds else 0.0
    slowest = own.slowest_answer_at, own.slowest_answer_s
    return Heard(
        seconds=found.seconds, operator=own.speech_share, robot=robot.speech_share, silence=silence_share,
        first_word_s=own.first_word_s, answer_delay_s=own.answer_delay_s,
        slowest_answer=None if slowest[0] is None or slowest[1] is None else (slowest[0], slowest[1]),
        interruptions=own.interrupted_at,
        longest_silence=(found.longest_silence_at, found.longest_silence_s) if found.longest_silence_s else None,
        pace=own.pace, paces=own.paces, loudness_lufs=own.loudness_lufs, noise_db=own.noise_db,
        clipped=own.clipped_share, words=words,
    )  # fmt: skip
