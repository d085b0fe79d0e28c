"""The log of legs' events has the switch's own figures, and settles calls whose record never came."""

import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import select

from call_engine.engine import Engine
from call_engine.switch.leg_events import said_of
from exchange_domain import books, database, lengths, settling
from exchange_domain.leg_events import Said
from exchange_domain.tables import LegEvent, Settlement
from exchange_domain.words import CallState, LegEventKind, OperatorState, RecordSource

from .conftest import EngineProcess, House

TRANSCRIPTS = Path(__file__).resolve().parents[2] / "freeswitch" / "transcripts"
ENDS = (LegEventKind.HUNGUP, LegEventKind.COMPLETED)


def channel_events(value: Any):
    """Every channel event somewhere inside a line of a transcript."""
    if isinstance(value, dict):
        if str(value.get("Event-Name", "")).startswith("CHANNEL_") and "Unique-ID" in value:
            yield value
        for inside in value.values():
            yield from channel_events(inside)


def test_real_events_say_the_length_that_the_switchs_record_says():
    legs: dict[tuple[str, str], dict[str, tuple[Said, str | None]]] = defaultdict(dict)
    for file in sorted(TRANSCRIPTS.glob("*.jsonl")):
        for line in file.read_text().splitlines():
            for event in channel_events(json.loads(line)):
                said = said_of(uuid4(), event)
                if said is not None:
                    legs[file.name, event["Unique-ID"]][event["Event-Name"]] = said, event.get("variable_billsec")
    compared = 0
    for said in legs.values():
        for name in ("CHANNEL_HANGUP_COMPLETE", "CHANNEL_DESTROY"):
            if name not in said or said[name][1] is None:
                continue
            end, billed_s = said[name]
            assert end.kind is LegEventKind.COMPLETED and end.sequence > 0 and end.core_uuid
            length = lengths.whole_seconds(end.answered_at, end.at) if end.answered_at else 0
            assert length == int(billed_s or 0)
            if "CHANNEL_HANGUP" in said:
                assert abs(said["CHANNEL_HANGUP"][0].at - end.at) <= timedelta(milliseconds=60)
                assert said["CHANNEL_HANGUP"][0].answered_at == end.answered_at
            if "CHANNEL_ANSWER" in said:
                assert said["CHANNEL_ANSWER"][0].at == end.answered_at
            compared += 1
    assert compared > 150


def test_an_event_without_its_time_is_not_kept():
    assert said_of(uuid4(), {"Event-Name": "CHANNEL_DESTROY", "Event-Date-Timestamp": "1795390231943629"}) is None
    assert said_of(uuid4(), {"Event-Name": "CHANNEL_PARK", "Event-Date-Timestamp": "1795390231943629"}) is None


async def log_of(leg: UUID) -> dict[LegEventKind, LegEvent]:
    async with database.session() as s:
        return {LegEventKind(row.kind): row for row in await s.exec(select(LegEvent).where(LegEvent.leg == leg))}


@pytest.mark.switch
async def test_a_call_whose_record_never_comes_is_settled_by_the_switchs_own_times(house: House, engine: Engine):
    await house.contact("rings 0.05 s, answers, hangs up 1.3 s later")
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.talk()
    assert engine.operators is not None
    await desk.state(OperatorState.WRAP_UP)
    await desk.close(call_id)
    await house.until_call(call_id, lambda c: c.state == CallState.CLOSED)
    await engine.operators.leg_log.drained()
    kept = await log_of(call_id)
    assert set(kept) >= {LegEventKind.ANSWERED, *ENDS}
    end = kept[LegEventKind.COMPLETED]
    assert end.answered_at is not None and end.call_id == call_id
    async with database.session() as s:
        assert await settling.settle_due(s, datetime.now(UTC), timedelta(seconds=60)) == []
        await settling.settle_due(s, datetime.now(UTC) + timedelta(seconds=90), timedelta(seconds=60))
        settled = await s.get_one(Settlement, call_id)
        assert settled.source == RecordSource.EVENT
        assert settled.billed_s == lengths.whole_seconds(end.answered_at, end.at) in (1, 2)
        assert await books.check(s) == []


@pytest.mark.switch
async def test_managers_legs_are_in_the_log_of_their_call_and_seats_are_not(house: House, engine: Engine):
    await house.contact()
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.talk()
    seat = UUID(await house.until_bridged(call_id))
    await desk.start_transfer(call_id)
    await house.manager().wait(lambda v: v.transfer is not None and v.transfer.answered_ms is not None)
    manager = UUID(await house.until_bridged(seat, but=str(call_id)))
    await desk.return_to_contact(call_id)
    await house.until_switch(lambda channels: str(manager) not in channels)
    await desk.end_shift()
    await desk.hang_up(call_id)
    await desk.state(OperatorState.WRAP_UP)
    assert engine.operators is not None
    await engine.operators.leg_log.drained()
    kept = await log_of(manager)
    assert set(kept) >= {LegEventKind.ANSWERED, *ENDS} and kept[LegEventKind.ANSWERED].call_id == call_id
    assert await log_of(seat) == {}


@pytest.mark.switch
async def test_a_talk_is_seen_by_a_new_engine_and_its_unseen_end_charged_until_there(
    house: House, engine_process: EngineProcess
):
    await house.contact()
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.talk()
    await house.until_bridged(call_id)
    await engine_process.kill()
    await engine_process.start()

    async def seen() -> bool:
        return LegEventKind.SEEN in await log_of(call_id)

    for _ in range(200):
        if await seen():
            break
        await house.redis.blpop(["nothing"], timeout=0.05)
    kept = await log_of(call_id)
    assert kept[LegEventKind.SEEN].at < datetime.now(UTC)
    await engine_process.kill()
    house.switch.peer_hangs_up(str(call_id))
    await house.until_switch(lambda channels: str(call_id) not in channels)
    await engine_process.start()
    call = await house.until_call(call_id, lambda c: c.ended_at is not None)
    assert call.ended_by == "switch"
    await desk.state(OperatorState.WRAP_UP)
    await desk.close(call_id)
    await house.until_call(call_id, lambda c: c.state == CallState.CLOSED)
    async with database.session() as s:
        await settling.settle_due(s, datetime.now(UTC) + timedelta(seconds=90), timedelta(seconds=60))
        settled = await s.get_one(Settlement, call_id)
    answered = kept[LegEventKind.ANSWERED].at
    assert settled.billed_s == lengths.whole_seconds(answered, max(answered, kept[LegEventKind.SEEN].at))
