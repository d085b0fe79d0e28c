"""Measures the recordings of calls that are put before moderators: fetched whole, measured beside the event loop."""

import asyncio

import structlog

from exchange_domain import database, talk_reports
from exchange_domain.settings import settings
from exchange_domain.talk_reports import Speaker, TalkReport, ToMeasure
from object_storage import NotThere, Storage, StorageAway
from speech_analysis import Channel, Report, Unreadable, measure, read

from .fetching import fetched

log = structlog.get_logger(__name__)
CONTACT, OPERATOR = 0, 1
"""Channels of a recording."""


async def measure_due() -> int:
    """How many were measured. While the storage is away nothing is: the next look finds them again."""
    async with database.session() as s:
        waiting = await talk_reports.due(s)
    storage = Storage(settings().recording_storage)
    for done, one in enumerate(waiting):
        try:
            report = await _one(storage, one)
        except StorageAway as away:
            log.warning("storage away", reason=str(away))
            return done
        async with database.session() as s:
            await talk_reports.keep(s, one.call_id, report)
    return len(waiting)


async def _one(storage: Storage, one: ToMeasure) -> TalkReport | None:
    """None for what is not there, or is no sound. Raises StorageAway."""
    try:
        async with fetched(storage, one.storage_key, one.size_bytes) as path:
            return shown(await asyncio.to_thread(lambda: measure(read(path))))
    except (NotThere, Unreadable) as reason:
        log.warning("recording not measured", call_id=str(one.call_id), reason=type(reason).__name__)
        return None


def shown(report: Report) -> TalkReport:
    """In whole numbers, as people read them."""

    def part(seconds: float) -> int:
        return round(100 * seconds / report.seconds) if report.seconds else 0

    return TalkReport(
        _speaker(report.channels[OPERATOR]), _speaker(report.channels[CONTACT]), part(report.both_s),
        part(report.silence_s), round(10 * report.longest_silence_s),
    )  # fmt: skip


def _speaker(channel: Channel) -> Speaker:
    def tenths(value: float | None) -> int | None:
        return None if value is None else round(10 * value)

    return Speaker(
        round(100 * channel.speech_share), tenths(channel.first_word_s), tenths(channel.answer_delay_s),
        channel.interruptions, tenths(channel.pace), round(channel.loudness_lufs),
    )  # fmt: skip
