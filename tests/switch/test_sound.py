"""What people hear, and what ends a call by sound or by time. Tones are listened to on the real switch."""

import asyncio
import time
import wave
from array import array
from collections.abc import Callable
from pathlib import Path

import pytest

from call_engine.engine import Engine
from exchange_domain.words import CallState, OperatorState
from tests.engine.conftest import running_engine

from .conftest import House, RealHouse
from .real_switch import CONTACT_HZ, PERSON_HZ
from .sip_media import loudness, strength
from .sip_peer import Telephone

pytestmark = [pytest.mark.switch, pytest.mark.long]

RINGING_HZ, WARNING_HZ = 425, 1400
SECOND = 8000
COMFORT = Path(__file__).parents[2] / "freeswitch" / "sounds" / "exchange" / "ru" / "comfort.wav"
real_only = pytest.mark.parametrize("house", ["freeswitch"], indirect=True)


async def hears(
    telephone: Telephone, fits: Callable[[array], bool], seconds: float = 0.4, patience: float = 12
) -> None:
    """Waits until the last so many seconds at a telephone sound like that."""
    async with asyncio.timeout(patience):
        while not fits(telephone.sound.heard[-int(seconds * SECOND) :]):  # noqa: ASYNC110 - sound has no event
            await asyncio.sleep(0.05)


def a_tone(frequency: int, least: float = 500) -> Callable[[array], bool]:
    return lambda samples: len(samples) > 1000 and strength(samples, frequency) > least


def only(frequency: int) -> Callable[[array], bool]:
    """That tone, and nothing else: a sine's amplitude is √2 times its mean power's root."""
    return lambda samples: len(samples) > 1000 and strength(samples, frequency) > max(500, 1.3 * loudness(samples))


@real_only
async def test_both_hear_each_other_and_the_operator_the_ringing_before(house: RealHouse, engine: Engine):
    await house.contact("rings, never answers")
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.call_next()
    await house.until_call(call_id, lambda c: c.state == CallState.RINGING)
    seat = next(uuid for uuid in house.switch.channels() if uuid != str(call_id))
    operator, contact = house.switch.telephone(seat), house.switch.telephone(str(call_id))
    await hears(operator, a_tone(RINGING_HZ))
    house.switch.peer_answers(str(call_id))
    await hears(operator, only(CONTACT_HZ))
    await hears(contact, only(PERSON_HZ))


@real_only
async def test_the_contact_waits_with_words_and_then_music_until_the_operator_is_back(house: RealHouse, engine: Engine):
    await house.contact()
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.talk()
    seat = await house.until_bridged(call_id)
    contact = house.switch.telephone(str(call_id))
    await hears(contact, only(PERSON_HZ))
    name = f"operator-{desk.operator_id}"
    house.switch.set_user_behaviour(name, "not registered")
    house.switch.media_stops(seat)
    await desk.notice("seat_lost")
    began = len(contact.sound.heard)
    with wave.open(str(COMFORT)) as file:
        words = array("h", file.readframes(file.getnframes()))
    await asyncio.sleep(len(words) / SECOND + 4)
    heard = contact.sound.heard[began:]
    assert likeness(words, heard) > 0.9, "the words are not heard"
    assert loudness(heard[-2 * SECOND :]) > 200, "no music after the words"
    house.switch.set_user_behaviour(name, "rings, answers at once")
    await desk.state(OperatorState.TALKING)
    await house.until_bridged(call_id, but=seat)
    await hears(contact, only(PERSON_HZ))


def likeness(known: array, heard: array) -> float:
    """The best correlation of two courses of loudness, 50 ms a step, at any delay."""

    def course(samples: array) -> list[float]:
        return [loudness(samples[start : start + 400]) for start in range(0, len(samples) - 400, 400)]

    wanted, found = course(known), course(heard)
    return max(
        (correlation(wanted, found[delay : delay + len(wanted)]) for delay in range(len(found) - len(wanted) + 1)),
        default=0.0,
    )


def correlation(one: list[float], other: list[float]) -> float:
    mean_one, mean_other = sum(one) / len(one), sum(other) / len(other)
    product = sum((a - mean_one) * (b - mean_other) for a, b in zip(one, other, strict=True))
    sizes = sum((a - mean_one) ** 2 for a in one) * sum((b - mean_other) ** 2 for b in other)
    return product / sizes**0.5 if sizes else 0.0


async def test_a_seat_whose_sound_stops_is_lost_and_called_again(house: House, engine: Engine):
    await house.contact()
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.talk()
    seat = await house.until_bridged(call_id)
    began = time.monotonic()
    house.switch.media_stops(seat)
    await desk.notice("seat_lost")
    assert 3 < time.monotonic() - began < 7, "media_timeout of a page is 4 s"
    await house.until_bridged(call_id, but=seat)
    await desk.state(OperatorState.TALKING)


async def test_the_limit_holds_with_the_engine_dead_and_warns_before(house: House, engine_processes):
    # The shortest call a campaign may allow is longer than a test should take.
    await house.furnish(longest_call_s=30, warning_s=25)
    await house.contact()
    process = engine_processes()
    await process.start()
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.talk()
    seat = await house.until_bridged(call_id)
    began = time.monotonic()
    await process.kill()
    if isinstance(house, RealHouse):
        for leg in (seat, str(call_id)):
            await hears(house.switch.telephone(leg), a_tone(WARNING_HZ), seconds=0.2)
        assert 3.5 < time.monotonic() - began < 7, "the warning comes 25 s before the end"
    async with asyncio.timeout(35):
        while str(call_id) in house.switch.channels():  # noqa: ASYNC110 - both switches are asked alike
            await asyncio.sleep(0.05)
    assert 28 < time.monotonic() - began < 32.5
    await process.start()
    call = await house.until_call(call_id, lambda c: c.ended_at is not None)
    assert (call.overran, call.ended_by) == (True, "limit")


@real_only
async def test_a_recording_has_contact_and_operator_apart(house: RealHouse):
    await house.furnish(longest_call_s=60, warning_s=10, recording=True)
    await house.contact()
    async with running_engine():
        desk = await house.operator()
        await desk.start_shift()
        call_id = await desk.talk()
        await house.until_bridged(call_id)
        await asyncio.sleep(3)
        house.switch.peer_hangs_up(str(call_id))
        await desk.state(OperatorState.WRAP_UP)
        call = await house.until_call(call_id, lambda c: c.ended_at is not None)
        await house.until_switch(lambda channels: str(call_id) not in channels)
    assert call.recording_path is not None and call.answered_at is not None and call.ended_at is not None
    path = Path(call.recording_path)
    assert path.parts[-4:-1] == tuple(f"{call.claimed_at:%Y %m %d}".split())
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, 8000)
        length = file.getnframes() / 8000
        both = array("h", file.readframes(file.getnframes()))
    talked = (call.ended_at - call.answered_at).total_seconds()
    assert abs(length - talked) < 0.5, "not the length of the talk"
    left, right = both[0::2][-SECOND:], both[1::2][-SECOND:]
    assert strength(left, CONTACT_HZ) > 500 > 50 > strength(left, PERSON_HZ)
    assert strength(right, PERSON_HZ) > 500 > 50 > strength(right, CONTACT_HZ)
