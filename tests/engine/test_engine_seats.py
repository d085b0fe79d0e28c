"""Seats through the whole engine: in the page, in a SIP telephone, at a telephone number; lost and found again."""

from collections.abc import AsyncIterator

import pytest
from sqlmodel import select

from call_engine.engine import Engine
from exchange_domain import database, seats
from exchange_domain.messages import RingSeat, StartShift
from exchange_domain.tables import SeatLeg, Tariff
from exchange_domain.words import CallState, EndpointKind, OperatorState

from .conftest import House, running_engine
from .desk import OperatorDesk

pytestmark = pytest.mark.switch

TELEPHONE = "+78125550999"


@pytest.fixture
async def paid_telephones(house: House, engine: Engine) -> AsyncIterator[None]:
    """The tariff allows seats by telephone, and the operator's own telephone answers."""
    async with database.session() as s:
        tariff = (await s.exec(select(Tariff))).one()
        tariff.number_seats, tariff.number_seat_per_minute = True, 240
        s.add(tariff)
    house.switch.set_number_behaviour(TELEPHONE, "rings 0.1 s, answers")
    yield


async def choose(desk: OperatorDesk, kind: EndpointKind, number: str | None = None) -> None:
    async with database.session() as s:
        await seats.choose(s, desk.operator_id, kind, number)


def dialled(house: House, leg: str) -> str:
    """The address that the switch called for a leg."""
    return house.switch.channels()[leg].name


async def seat_of(house: House, desk: OperatorDesk) -> str:
    await house.until_switch(lambda channels: bool(channels))
    (leg,) = house.switch.channels()
    return leg


async def test_a_sip_telephone_is_rung_under_a_name_of_its_own(house: House, engine: Engine):
    desk = await house.operator()
    await choose(desk, EndpointKind.SIP)
    house.switch.set_user_behaviour(f"operator-{desk.operator_id}-phone", "rings 0.05 s, answers")
    await desk.start_shift()
    assert f"operator-{desk.operator_id}-phone@" in dialled(house, await seat_of(house, desk))


async def test_a_telephone_number_as_seat_takes_calls_and_its_legs_are_kept(house: House, paid_telephones: None):
    await house.contact()
    desk = await house.operator()
    await choose(desk, EndpointKind.NUMBER, TELEPHONE)
    await desk.start_shift()
    seat = await seat_of(house, desk)
    assert TELEPHONE[1:] in dialled(house, seat)
    call_id = await desk.talk()
    await house.until_bridged(call_id, seat)
    async with database.session() as s:
        kept = (await s.exec(select(SeatLeg))).one()
    assert (str(kept.leg), kept.per_minute, kept.cost) == (seat, 240, None)


async def test_a_telephone_number_that_the_tariff_does_not_pay_is_not_rung(house: House, engine: Engine):
    desk = await house.operator()
    await choose(desk, EndpointKind.NUMBER, TELEPHONE)
    await desk.send(StartShift(operator_id=desk.operator_id, campaign_id=desk.campaign_id))
    view = await desk.notice("no_seat_by_number")
    assert view.state == OperatorState.OFF_SHIFT
    assert not house.switch.channels()


async def test_a_page_whose_socket_broke_keeps_its_talk(house: House, engine: Engine):
    await house.contact()
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.talk()
    seat = await house.until_bridged(call_id)
    name = f"operator-{desk.operator_id}"
    house.switch.unregister(name, call_id="page")
    house.switch.register(name, call_id="page")
    await desk.hang_up(call_id)
    await desk.state(OperatorState.WRAP_UP)
    await house.until_switch(lambda channels: set(channels) == {seat})


async def test_an_old_registration_that_runs_out_says_nothing_of_the_present_page(house: House, engine: Engine):
    await house.contact()
    desk = await house.operator()
    name = f"operator-{desk.operator_id}"
    house.switch.register(name, call_id="present page")
    await desk.start_shift()
    call_id = await desk.talk()
    seat = await house.until_bridged(call_id)
    house.switch.unregister(name, call_id="page of yesterday")
    house.switch.register(name, call_id="present page")
    await desk.hang_up(call_id)
    await desk.state(OperatorState.WRAP_UP)
    await house.until_switch(lambda channels: set(channels) == {seat})


async def test_a_page_lost_in_a_talk_comes_back_in_time_and_the_contact_was_asked_to_wait(house: House, engine: Engine):
    await house.contact()
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.talk()
    seat = await house.until_bridged(call_id)
    name = f"operator-{desk.operator_id}"
    house.switch.unregister(name, call_id="old page")
    house.switch.peer_hangs_up(seat)
    await desk.notice("seat_lost")

    def asked_to_wait(channels: dict) -> bool:
        playing = channels[str(call_id)].playback
        return playing is not None and playing.started and "exchange/ru/comfort.wav" in playing.path

    await house.until_switch(asked_to_wait)
    house.switch.register(name, call_id="new page")
    await desk.state(OperatorState.TALKING)
    await house.until_bridged(call_id, but=seat)
    call = await house.call(call_id)
    assert (call.state, call.ended_at) == (CallState.TALKING, None)


async def test_the_telephone_is_rung_instead_of_a_page_that_is_lost(house: House, paid_telephones: None):
    await house.contact()
    desk = await house.operator()
    await choose(desk, EndpointKind.BROWSER, TELEPHONE)
    await desk.start_shift()
    call_id = await desk.talk()
    seat = await house.until_bridged(call_id)
    house.switch.unregister(f"operator-{desk.operator_id}", call_id="page")
    house.switch.peer_hangs_up(seat)
    await desk.notice("seat_lost")
    await desk.send(RingSeat(operator_id=desk.operator_id, by_number=True))
    await desk.state(OperatorState.TALKING)
    other = await house.until_bridged(call_id, but=seat)
    assert TELEPHONE[1:] in dialled(house, other)


async def test_an_idle_seat_is_released(house: House, settings_env):
    settings_env(seat_idle_s=1)
    await house.furnish()
    async with running_engine():
        desk = await house.operator()
        await desk.start_shift()
        await desk.notice("seat_idle")
        await house.until_switch(lambda channels: not channels)
