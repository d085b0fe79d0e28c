"""Two switches with an engine each: operators are spread over them, and one that dies takes nothing with it."""

import asyncio
import collections
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import select

from call_engine.places import places
from exchange_domain import books, database, settling, switches
from exchange_domain.messages import StartShift
from exchange_domain.settings import settings
from exchange_domain.tables import Call, Contact, Flag, Settlement, Shift, Switch
from exchange_domain.words import CallState, ContactStatus, FlagKind, OperatorState, Outcome
from switch_simulator.simulator import Simulator

from .conftest import PASSWORD, House, running_engine
from .desk import OperatorDesk
from .wire import Wire

pytestmark = [pytest.mark.switch, pytest.mark.long]

OPERATORS = 20
DEAD_S = "3"


def address(port: int) -> str:
    return f"esl://:{PASSWORD}@127.0.0.1:{port}"


@pytest.fixture
async def other_switch(house: House) -> AsyncIterator[Simulator]:
    """A second switch, `b`; the house's own is `a`."""
    await house.furnish()
    async with Simulator(password=PASSWORD) as other:
        yield other


async def until_up(*names: str) -> None:
    async with asyncio.timeout(20):
        while True:
            async with database.session() as s:
                found = (await s.execute(text("select name from switch where up"))).scalars().all()
            if set(names) <= set(found):
                return
            await asyncio.sleep(0.1)


async def sit_down(house: House, desk: OperatorDesk) -> str:
    """As the page does it: the domain says on which switch; commands go there."""
    async with database.session() as s:
        name = await switches.seat(s, desk.operator_id)
    assert name is not None, "the exchange does not answer"
    desk.sit_on(name)
    await desk.send(StartShift(operator_id=desk.operator_id, campaign_id=desk.campaign_id))
    await desk.state(OperatorState.READY)
    return name


async def contact(house: House, other: Simulator, behaviour: str) -> None:
    e164 = await house.contact(behaviour)
    other.set_number_behaviour(e164, behaviour)


async def test_twenty_operators_are_spread_and_a_dead_switch_returns_its_calls(
    house: House, other_switch: Simulator, engine_processes
):
    for name, port in (("a", house.switch.port), ("b", other_switch.port)):
        engine = engine_processes(SWITCH_NAME=name, SWITCH_URL=address(port), SWITCH_DEAD_S=DEAD_S)
        await engine.start()
    await until_up("a", "b")
    desks = [await house.operator() for _ in range(OPERATORS)]
    seats = await asyncio.gather(*(sit_down(house, desk) for desk in desks))
    assert collections.Counter(seats) == {"a": OPERATORS // 2, "b": OPERATORS // 2}
    assert len(house.switch.channels()) == len(other_switch.channels()) == OPERATORS // 2

    # On each switch some talk and some still ring.
    talking: dict[UUID, str] = {}
    ringing: dict[UUID, str] = {}
    for i, (desk, name) in enumerate(zip(desks, seats, strict=True)):
        rings = i % 4 < 2
        await contact(house, other_switch, "rings, never answers" if rings else "rings 0.05 s, answers")
        call_id = await desk.call_next()
        wanted = CallState.RINGING if rings else CallState.TALKING
        await house.until_call(call_id, lambda c, wanted=wanted: c.state == wanted)
        (ringing if rings else talking)[call_id] = name
    assert set(talking.values()) == set(ringing.values()) == {"a", "b"}

    died = datetime.now(UTC)
    await other_switch.close()
    by_call = {await call_of(desk): desk for desk in desks}
    for call_id, desk in by_call.items():
        if (talking | ringing)[call_id] == "b":
            view = await desk.notice("switch_dead")
            assert view.state == (OperatorState.WRAP_UP if call_id in talking else OperatorState.OFF_SHIFT)
    gone_s = (datetime.now(UTC) - died).total_seconds()
    print(f"{OPERATORS // 2} operators of a dead switch told after {gone_s:.1f} s (given up after {DEAD_S} s)")

    async with database.session() as s:
        calls = {call.id: call for call in await s.exec(select(Call))}
        contacts = {one.id: one for one in await s.exec(select(Contact))}
        open_shifts = (await s.execute(text("select switch_name from shift where ended_at is null"))).scalars().all()
        (flag,) = (await s.exec(select(Flag).where(Flag.kind == FlagKind.SWITCH_LOST))).all()
    assert set(open_shifts) == {"a"} and len(open_shifts) == OPERATORS // 2
    assert (flag.subject, flag.details["operators"], flag.count) == ("switch:b", OPERATORS // 2, 1)
    for call_id, name in talking.items():
        call = calls[call_id]
        if name == "a":
            assert call.state == CallState.TALKING, "the others are undisturbed"
            assert house.partner(call_id) is not None
        else:
            assert (call.state, call.hangup_cause, call.ended_by) == (CallState.WRAP_UP, "SWITCH_LOST", "switch")
            assert call.ended_at is not None and call.ended_at <= died, "nothing is charged after its last word"
    for call_id, name in ringing.items():
        call, one = calls[call_id], contacts[calls[call_id].contact_id]
        if name == "a":
            assert call.state == CallState.RINGING
        else:
            assert (call.state, call.outcome) == (CallState.CLOSED, Outcome.UNREACHABLE)
            assert (one.status, one.attempts) == (ContactStatus.WAITING, 0), "waits again, as if not rung"

    # Everybody of the dead switch writes what she has to write, begins again, and sits on the other one.
    for call_id, desk in by_call.items():
        if (talking | ringing)[call_id] == "b":
            if call_id in talking:
                await desk.close(call_id)
                await desk.state(OperatorState.OFF_SHIFT)
            assert await sit_down(house, desk) == "a"
    async with database.session() as s:
        later = datetime.now(UTC) + timedelta(minutes=5)
        await settling.settle_due(s, later, timedelta(seconds=60))
    async with database.session() as s:
        charges = {x.call_id: x for x in await s.exec(select(Settlement))}
        assert await books.check(s) == []
    for call_id, name in ringing.items():
        if name == "b":
            assert charges[call_id].charge == 0, "nobody talked"
    for call_id, name in talking.items():
        if name == "b":
            call = calls[call_id]
            assert call.answered_at is not None and call.ended_at is not None
            # As the switch counts: whole seconds of the clock. It is counted by the switch's own moments, which are
            # some milliseconds from the row's: another second may have begun in between.
            billed = int(call.ended_at.timestamp()) - int(call.answered_at.timestamp())
            assert abs(charges[call_id].billed_s - billed) <= 1


async def call_of(desk: OperatorDesk) -> UUID:
    view = await desk.view()
    assert view is not None and view.call is not None
    return view.call.call_id


async def test_a_switch_that_comes_back_does_not_bring_its_calls_back(house: House, settings_env: Callable[..., None]):
    await house.furnish()
    async with Wire(house.switch.port) as wire:
        settings_env(switch_url=address(wire.port), switch_dead_s="2")
        async with running_engine():
            await house.contact()
            desk = await house.operator()
            await desk.start_shift()
            call_id = await desk.talk()
            await house.until_bridged(call_id)
            cut = time.monotonic()
            wire.hold()
            wire.cut()
            await desk.notice("switch_dead")
            assert time.monotonic() - cut > 1.5, "it is given the time it is promised"
            assert house.partner(call_id) is not None, "they still talk, only nobody can know"
            wire.release()
            wire.cut()
            await house.until_switch(lambda channels: not channels)
            call = await house.call(call_id)
            assert (call.state, call.hangup_cause) == (CallState.WRAP_UP, "SWITCH_LOST")
            await desk.close(call_id)
            await desk.state(OperatorState.OFF_SHIFT)
            await until_up("main")
            async with database.session() as s:
                assert (await s.get_one(Switch, "main")).lost_at is None
            await desk.start_shift()


async def test_a_short_break_is_no_death(house: House, settings_env: Callable[..., None]):
    await house.furnish()
    async with Wire(house.switch.port) as wire:
        settings_env(switch_url=address(wire.port), switch_dead_s="6")
        async with running_engine():
            await house.contact()
            desk = await house.operator()
            await desk.start_shift()
            call_id = await desk.talk()
            await house.until_bridged(call_id)
            wire.hold()
            wire.cut()
            await desk.state(OperatorState.CONNECTION_LOST)
            await asyncio.sleep(1)
            wire.release()
            wire.cut()
            await desk.state(OperatorState.TALKING)
            assert house.partner(call_id) is not None


async def test_a_restarted_switch_has_no_calls_any_more(house: House, settings_env: Callable[..., None]):
    """Known at once by its answers; its new Core-UUID is kept."""
    await house.furnish()
    async with Wire(house.switch.port) as wire:
        settings_env(switch_url=address(wire.port))
        async with running_engine():
            await house.contact()
            desk = await house.operator()
            await desk.start_shift()
            call_id = await desk.talk()
            await until_core(house.switch.switch.core_uuid)
            await house.switch.close()
            async with Simulator(password=PASSWORD) as restarted:
                wire.point_at(restarted.port)
                wire.cut()
                view = await desk.state(OperatorState.WRAP_UP)
                assert view.call is not None and view.call.ended_by in ("switch", "contact")
                await desk.close(call_id)
                await desk.state(OperatorState.READY)
                await until_core(restarted.switch.core_uuid)
                assert len(restarted.channels()) == 1, "the operator is seated again"


async def until_core(core_uuid: str) -> None:
    async with asyncio.timeout(20):
        while True:
            async with database.session() as s:
                if (await s.get_one(Switch, "main", populate_existing=True)).core_uuid == core_uuid:
                    return
            await asyncio.sleep(0.2)


async def test_a_machine_that_carried_switch_and_engine_is_cleared_up_by_another_engine(
    house: House, other_switch: Simulator, engine_processes
):
    first = engine_processes(SWITCH_NAME="a", SWITCH_URL=address(house.switch.port), SWITCH_DEAD_S=DEAD_S)
    gone = engine_processes(SWITCH_NAME="b", SWITCH_URL=address(other_switch.port), SWITCH_DEAD_S=DEAD_S)
    await gone.start()
    await until_up("b")
    rings, talks = await house.operator(), await house.operator()
    for desk in (rings, talks):
        assert await sit_down(house, desk) == "b"
    await contact(house, other_switch, "rings, never answers")
    returned = await rings.call_next()
    await house.until_call(returned, lambda c: c.state == CallState.RINGING)
    await contact(house, other_switch, "rings 0.05 s, answers")
    talk = await talks.call_next()
    await house.until_call(talk, lambda c: c.state == CallState.TALKING)
    await first.start()
    await until_up("a")
    await gone.kill()
    await other_switch.close()
    died = time.monotonic()
    await rings.notice("switch_dead")
    print(f"cleared up by another engine after {time.monotonic() - died:.1f} s")
    assert (await rings.view()).state == OperatorState.OFF_SHIFT  # type: ignore[union-attr]
    await talks.state(OperatorState.WRAP_UP)
    await talks.close(talk)
    await talks.state(OperatorState.OFF_SHIFT)
    call = await house.call(returned)
    assert (call.state, call.hangup_cause) == (CallState.CLOSED, "SWITCH_LOST")
    assert await sit_down(house, rings) == "a"
    async with database.session() as s:
        assert (await s.exec(select(Shift).where(Shift.switch_name == "b", Shift.ended_at == None))).all() == []  # noqa: E711
        assert await switches.abandoned(s, 0) == []


async def test_a_stand_by_for_several_switches_takes_the_first_that_is_free(
    house: House, other_switch: Simulator, engine_processes
):
    both = f"a={address(house.switch.port)},b={address(other_switch.port)}"
    engines = [engine_processes(SWITCHES=both) for _ in range(3)]
    assert "switch a at" in await started(engines[0])
    assert "switch b at" in await started(engines[1])
    await engines[2].launch()
    await engines[2].says("engine: standing by for switch a, b")
    await engines[1].kill(lease_runs=True)
    assert "switch b at" in await engines[2].says("engine: driving switch")


async def started(engine) -> str:
    await engine.launch()
    return await engine.says("engine: driving switch")


def test_settings_that_name_no_switch_are_refused():
    now = settings()
    assert [place.name for place in places(now)] == [now.switch_name]
    for listed, wrong in (
        ("a=esl://:secret@h:1 a=esl://:secret@h:2", "a stands there twice"),
        ("a", "entry 1 is not NAME="),
        ("a=http://:secret@h", "expected esl://"),
        ("a=esl://:secret@h:port", "the port is not a number"),
        ("a/b=esl://:secret@h", "letters, digits"),
    ):
        with pytest.raises(ValueError, match=wrong) as refused:
            places(now.model_copy(update={"switches": listed}))
        assert "secret" not in str(refused.value)
