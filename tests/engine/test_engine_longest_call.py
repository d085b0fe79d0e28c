"""The longest call is the switch's own: it warns and ends the call with the engine dead, and both are noted after."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from exchange_domain import database, settling
from exchange_domain.clock import now_ms
from exchange_domain.words import OperatorState
from switch_simulator.channel import Channel

from .conftest import House
from .desk import OperatorDesk

pytestmark = [pytest.mark.switch, pytest.mark.long]

LONGEST_S, WARNING_S = 30, 20
"""The shortest that a campaign may have."""
TONE = "tone_stream://%(200,100,1400)%(200,0,1400)"


async def talking(house: House, desk: OperatorDesk) -> UUID:
    await house.contact()
    await desk.start_shift()
    call_id = await desk.talk()
    await house.until_bridged(call_id)
    return call_id


async def handed_over(house: House, desk: OperatorDesk) -> UUID:
    call_id = await talking(house, desk)
    await desk.start_transfer(call_id)
    await house.manager().wait(lambda v: v.transfer is not None and v.transfer.answered_ms is not None)
    await desk.complete_transfer(call_id)
    await desk.state(OperatorState.WRAP_UP)
    return call_id


def tones(channel: Channel) -> list[float]:
    """When the warning sounded on a leg, in seconds after the contact's answer."""
    return [at / 1e6 for name, path, at in channel.applications_run if name == "playback" and path == TONE]


def answered(channel: Channel) -> float:
    return channel.profile.times.answered / 1e6


async def gone(house: House, legs: list[UUID]) -> None:
    async with asyncio.timeout(LONGEST_S + 10):
        while any(str(leg) in house.switch.channels() for leg in legs):  # noqa: ASYNC110 - no event for this
            await asyncio.sleep(0.05)


async def store_record(channel: Channel) -> None:
    """The record that the switch posts of a leg, as it does without the engine."""
    begun, end = channel.profile.times.answered, channel.profile.times.hangup
    variables: dict[str, Any] = {
        "uuid": channel.uuid, "exchange_call": channel.uuid, "billsec": str((end - begun) // 1_000_000),
        "answer_uepoch": str(begun), "end_uepoch": str(end), "hangup_cause": channel.hangup_cause,
    }  # fmt: skip
    async with database.session() as s:
        await settling.store_record(s, {"variables": variables})


async def test_with_the_engine_killed_the_switch_warns_ends_the_call_and_it_counts_as_an_overrun(
    house, engine_processes
):
    await house.furnish(longest_call_s=LONGEST_S, warning_s=WARNING_S)
    engine = engine_processes()
    await engine.start()
    first, second = await house.operator(), await house.operator()
    with_operator, with_manager = await talking(house, first), await handed_over(house, second)
    legs = [with_operator, with_manager]
    channels = [house.switch.channels()[str(leg)] for leg in legs]
    await engine.kill()
    killed_ms = now_ms()
    await gone(house, legs)
    for channel in channels:
        assert channel.hangup_cause == "ALLOTTED_TIMEOUT"
        talked = (channel.profile.times.hangup - channel.profile.times.answered) / 1e6
        # Whole seconds of the switch's clock: up to one early.
        assert LONGEST_S - 1.1 <= talked <= LONGEST_S + 1
        (warned,) = tones(channel)
        assert LONGEST_S - WARNING_S - 1.1 <= warned - answered(channel) <= LONGEST_S - WARNING_S + 1
        await store_record(channel)
    await engine.start()
    for leg, channel in zip(legs, channels, strict=True):
        call = await house.until_call(leg, lambda c: c.ended_at is not None)
        assert (call.overran, call.ended_by, call.hangup_cause) == (True, "limit", "ALLOTTED_TIMEOUT")
        assert call.ended_at is not None and call.ended_at.timestamp() * 1000 > killed_ms
        assert abs(call.ended_at.timestamp() - channel.profile.times.hangup / 1e6) < 0.01
    await first.notice("limit_reached")
