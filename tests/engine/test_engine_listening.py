"""A moderator on an operator's line, over a real event socket: who hears whom, and how it ends."""

from uuid import UUID, uuid4

import pytest

from call_engine.engine import Engine
from exchange_domain.messages import (
    Listen,
    ListenerView,
    ListenMode,
    OverheardView,
    StopListening,
    listener_snapshot_key,
    moderator_channel,
    operator_channel,
    overheard_snapshot_key,
)
from exchange_domain.words import ListeningMode, OperatorState

from .conftest import EngineProcess, House
from .desk import Desk, OperatorDesk

pytestmark = pytest.mark.switch
MODERATOR = 900


class Ear(Desk[ListenerView]):
    """A moderator's page without the page."""

    def __init__(self, house: House, desk: OperatorDesk, moderator_id: int = MODERATOR):
        super().__init__(
            house.redis, listener_snapshot_key(moderator_id), moderator_channel(moderator_id), ListenerView
        )
        self.moderator_id, self.desk = moderator_id, desk
        self.overheard = Desk(
            house.redis, overheard_snapshot_key(desk.operator_id), operator_channel(desk.operator_id), OverheardView
        )
        house.switch.set_user_behaviour(f"moderator-{moderator_id}", "rings 0.05 s, answers")

    async def listen(self) -> UUID:
        """Presses "listen"; the moderator's leg."""
        command = Listen(operator_id=self.desk.operator_id, moderator_id=self.moderator_id)
        await self.desk.send(command)
        return command.key

    async def on(self, leg: UUID, mode: ListeningMode = ListeningMode.LISTEN) -> ListenerView:
        return await self.wait(lambda v: (v.leg, v.state, v.mode) == (leg, "on", mode))

    async def over(self, leg: UUID) -> str:
        return (await self.wait(lambda v: v.leg == leg and v.state == "over")).reason

    async def speak(self, leg: UUID, mode: ListeningMode) -> None:
        await self.desk.send(ListenMode(operator_id=self.desk.operator_id, leg=leg, mode=mode))
        await self.on(leg, mode)

    async def stop(self, leg: UUID) -> None:
        await self.desk.send(StopListening(operator_id=self.desk.operator_id, leg=leg))

    async def seen_by_operator(self, mode: ListeningMode | None) -> None:
        await self.overheard.wait(lambda v: v.mode is mode)


async def talking(house: House) -> tuple[OperatorDesk, UUID, str]:
    """An operator who talks to a contact: her desk, the call, her seat's leg."""
    await house.contact()
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.talk()
    return desk, call_id, await house.until_bridged(call_id)


async def until_heard(house: House, leg: UUID, seat: str, *, operator: bool, contact: bool) -> None:
    """Waits until the moderator is on the operator's seat in the switch, and is heard by these."""

    def fits(channels: dict) -> bool:
        one = channels[str(leg)].eavesdrop
        return one is not None and (one.target.uuid, one.to_target, one.to_other) == (seat, operator, contact)

    await house.until_switch(fits)


async def test_listen_whisper_step_in_and_stop(house: House, engine: Engine):
    desk, call_id, seat = await talking(house)
    ear = Ear(house, desk)
    leg = await ear.listen()
    await ear.wait(lambda v: v.leg == leg and v.state == "calling")
    await ear.on(leg)
    await ear.seen_by_operator(ListeningMode.LISTEN)
    await until_heard(house, leg, seat, operator=False, contact=False)
    for mode, operator, contact in [
        (ListeningMode.WHISPER, True, False),
        (ListeningMode.STEP_IN, True, True),
        (ListeningMode.LISTEN, False, False),
    ]:
        await ear.speak(leg, mode)
        await ear.seen_by_operator(mode)
        await until_heard(house, leg, seat, operator=operator, contact=contact)
    await ear.stop(leg)
    assert await ear.over(leg) == "stopped"
    await ear.seen_by_operator(None)
    await house.until_bridged(call_id, seat)
    view = await desk.view()
    assert view is not None and view.state is OperatorState.TALKING, "the call goes on"
    assert str(leg) not in house.switch.channels()


async def test_it_goes_on_between_calls_and_ends_with_the_shift(house: House, engine: Engine):
    desk, call_id, _ = await talking(house)
    ear = Ear(house, desk)
    leg = await ear.listen()
    await ear.on(leg)
    house.switch.peer_hangs_up(str(call_id))
    await desk.state(OperatorState.WRAP_UP)
    await desk.close(call_id)
    await desk.state(OperatorState.READY)
    await house.contact()
    second = await desk.talk()
    await house.until_bridged(second)
    assert str(leg) in house.switch.channels()
    await desk.hang_up(second)
    await desk.state(OperatorState.WRAP_UP)
    await desk.close(second, then="end_shift")
    assert await ear.over(leg) == "line_over"
    await ear.seen_by_operator(None)


async def test_the_one_who_is_heard_by_most_is_shown(house: House, engine: Engine):
    desk, *_ = await talking(house)
    first, second = Ear(house, desk), Ear(house, desk, MODERATOR + 1)
    legs = [await ear.listen() for ear in (first, second)]
    await first.on(legs[0])
    await second.on(legs[1])
    await first.speak(legs[0], ListeningMode.WHISPER)
    await first.seen_by_operator(ListeningMode.WHISPER)
    await first.stop(legs[0])
    await first.seen_by_operator(ListeningMode.LISTEN)


async def test_a_page_that_does_not_answer(house: House, engine: Engine):
    desk, *_ = await talking(house)
    ear = Ear(house, desk)
    house.switch.set_user_behaviour(f"moderator-{MODERATOR}", "not registered")
    assert await ear.over(await ear.listen()) == "no_page"
    await ear.seen_by_operator(None)


async def test_an_operator_without_a_line(house: House, engine: Engine):
    desk = await house.operator()
    ear = Ear(house, desk)
    assert await ear.over(await ear.listen()) == "no_line"
    assert not house.switch.channels()


async def test_repeated_commands_change_nothing(house: House, engine: Engine):
    desk, *_ = await talking(house)
    ear = Ear(house, desk)
    command = Listen(operator_id=desk.operator_id, moderator_id=MODERATOR)
    await desk.send(command)
    await ear.on(command.key)
    channels = set(house.switch.channels())
    await desk.send(command)
    await ear.speak(command.key, ListeningMode.WHISPER)
    await ear.speak(command.key, ListeningMode.WHISPER)
    assert set(house.switch.channels()) == channels
    await ear.stop(command.key)
    await ear.stop(command.key)
    assert await ear.over(command.key) == "stopped"


async def test_a_leg_on_another_operators_line_is_not_changed(house: House, engine: Engine):
    desk, _, seat = await talking(house)
    ear = Ear(house, desk)
    leg = await ear.listen()
    await ear.on(leg)
    await desk.send(ListenMode(operator_id=desk.operator_id + 1, leg=leg, mode=ListeningMode.STEP_IN))
    await desk.send(ListenMode(operator_id=desk.operator_id, leg=uuid4(), mode=ListeningMode.STEP_IN))
    await ear.speak(leg, ListeningMode.WHISPER)
    await until_heard(house, leg, seat, operator=True, contact=False)


@pytest.mark.long
async def test_another_engine_goes_on_with_it(house: House, engine_process: EngineProcess):
    desk, _, seat = await talking(house)
    ear = Ear(house, desk)
    leg = await ear.listen()
    await ear.on(leg)
    await ear.speak(leg, ListeningMode.WHISPER)
    await engine_process.kill()
    before = await ear.view()
    assert before is not None
    await engine_process.start()
    await ear.wait(lambda v: v.version > before.version and (v.state, v.mode) == ("on", ListeningMode.WHISPER))
    await ear.seen_by_operator(ListeningMode.WHISPER)
    await ear.speak(leg, ListeningMode.STEP_IN)
    await until_heard(house, leg, seat, operator=True, contact=True)
    await ear.stop(leg)
    assert await ear.over(leg) == "stopped"


@pytest.mark.long
async def test_it_ended_while_no_engine_was_there(house: House, engine_process: EngineProcess):
    desk, *_ = await talking(house)
    ear = Ear(house, desk)
    leg = await ear.listen()
    await ear.on(leg)
    await engine_process.kill()
    house.switch.peer_hangs_up(str(leg))
    await house.until_switch(lambda channels: str(leg) not in channels)
    await engine_process.start()
    assert await ear.over(leg) == "line_over"
    await ear.seen_by_operator(None)
