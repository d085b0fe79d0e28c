"""One switch, two engines: killed, stopped and woken again. What an engine does past its lease is refused."""

import asyncio
import contextlib
import itertools
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from genesis import Inbound
from sqlalchemy import text

from call_engine import database_effects
from call_engine.lease import Lease
from exchange_domain import database
from exchange_domain.messages import CallNext, StartShift
from exchange_domain.settings import settings
from exchange_domain.words import CallState, OperatorState

from .conftest import PASSWORD, EngineProcess, House, running_engine
from .desk import WAIT_S, OperatorDesk
from .wire import Wire

pytestmark = [pytest.mark.switch, pytest.mark.long]

OTHER_ENGINE = 1
"""The exit status of an engine that finds another one in its place."""

AUDIT = """
create table audit (who text, what text);
create function note() returns trigger language plpgsql security definer as
  $$ begin insert into audit values (session_user, tg_table_name || ' ' || tg_op); return null; end $$;
"""


class Wired:
    """An engine process behind recorded wires to switch, database and Redis, with a database role of its own."""

    def __init__(self, name: str, process: EngineProcess, switch: Wire, rows: Wire, broker: Wire):
        self.name, self.process, self.switch, self.rows, self.broker = name, process, switch, rows, broker

    def taken_at(self) -> float | None:
        """When it took the switch, by its own log; none if it did not."""
        taken = r'"event": "switch taken".*"level": "info", "timestamp": "([^"]+)"'
        found = re.search(taken, self.process.log_text())
        return None if found is None else datetime.fromisoformat(found[1].replace("Z", "+00:00")).timestamp()


@pytest.fixture
async def wired(house: House, engine_processes: Callable[..., EngineProcess]) -> AsyncIterator[Callable[..., object]]:
    """`await wired("a", SETTING=…)`: an engine process, not started yet."""
    await house.furnish()
    now = settings()
    rows_port, broker_port = (urlsplit(url).port or 0 for url in (now.database_url, now.redis_url))
    async with AsyncExitStack() as stack:

        async def make(name: str, **other: str) -> Wired:
            async with database.session() as s:
                await s.execute(text(f"create role {name} superuser login"))
            switch, rows, broker = [
                await stack.enter_async_context(Wire(port)) for port in (house.switch.port, rows_port, broker_port)
            ]
            database_name = urlsplit(now.database_url).path
            process = engine_processes(
                SWITCH_URL=f"esl://:{PASSWORD}@127.0.0.1:{switch.port}",
                DATABASE_URL=f"postgresql://{name}@127.0.0.1:{rows.port}{database_name}",
                REDIS_URL=f"redis://127.0.0.1:{broker.port}/0",
                **other,
            )
            return Wired(name, process, switch, rows, broker)

        yield make
    async with database.session() as s:
        roles = (await s.execute(text("select rolname from pg_roles where rolname like 'engine\\_%'"))).scalars().all()
        for role in roles:
            await s.execute(text(f"drop role {role}"))


async def audit_writes() -> None:
    """From now on every changed row is noted, with who changed it."""
    async with database.session() as s:
        for statement in AUDIT.split(";\n"):
            if statement.strip():
                await s.execute(text(statement))
        tables = await s.execute(
            text("select tablename from pg_tables where schemaname = 'public' and tablename <> 'audit'")
        )
        for table in tables.scalars().all():
            await s.execute(
                text(
                    f'create trigger audit after insert or update or delete on "{table}" '
                    "for each row execute function note()"
                )
            )


async def writers() -> set[str]:
    async with database.session() as s:
        return set((await s.execute(text("select distinct who from audit"))).scalars())


async def talking(house: House, desk: OperatorDesk) -> UUID:
    call_id = await desk.talk()
    await house.until_bridged(call_id)
    return call_id


async def done(desk: OperatorDesk, call_id: UUID) -> None:
    await desk.state(OperatorState.WRAP_UP)
    await desk.close(call_id)
    await desk.state(OperatorState.READY)


async def test_killed_in_a_talk_the_stand_by_goes_on_with_it(house: House, wired, record_property):
    first, second = await wired("engine_a"), await wired("engine_b")
    await first.process.start()
    await second.process.launch()
    await second.process.says("engine: standing by for switch main")
    await house.contact()
    desk = await house.operator()
    await desk.start_shift()
    call_id = await talking(house, desk)
    legs = set(house.switch.channels())
    await first.process.kill(lease_runs=True)
    killed = time.monotonic()
    await second.process.drives()
    took_s = time.monotonic() - killed
    record_property("takeover_s", round(took_s, 2))
    print(f"takeover after kill -9: {took_s:.2f} s")
    assert took_s < settings().switch_lease_s + 4
    assert set(house.switch.channels()) == legs, "nobody was hung up, and nobody called"
    await desk.state(OperatorState.TALKING)
    await desk.hang_up(call_id)
    await done(desk, call_id)


async def test_an_orderly_stop_frees_the_switch_at_once(house: House, wired):
    first, second = await wired("engine_a"), await wired("engine_b", SWITCH_LEASE_S="60")
    await first.process.start()
    await second.process.launch()
    await second.process.says("engine: standing by")
    assert await first.process.stop() == 0
    stopped = time.monotonic()
    await second.process.drives()
    assert time.monotonic() - stopped < 5


async def test_stopped_past_its_lease_and_woken_it_does_nothing_more(house: House, wired):
    first, second = await wired("engine_a"), await wired("engine_b")
    await first.process.start()
    await second.process.launch()
    await second.process.says("engine: standing by")
    await house.contact()
    await house.contact()
    desk = await house.operator()
    await desk.start_shift()
    call_id = await talking(house, desk)

    first.process.pause()
    # The first engine's read of the stream is still open: this press goes into its hands.
    await desk.hang_up(call_id)
    await second.process.drives()
    await done(desk, call_id)
    next_call = await talking(house, desk)

    await audit_writes()
    legs, entries = set(house.switch.channels()), len(first.broker.sent)
    to_switch, woke = len(first.switch.sent), time.time()
    first.process.wake()
    assert await first.process.ended() == OTHER_ENGINE
    assert first.switch.sent[to_switch:] == [], "not a byte for the switch"
    said = b"".join(data for _, data in first.broker.sent[entries:])
    assert not re.search(rb"EVALSHA|XACK|PUBLISH|\$3\r\nSET\r", said), "nothing shown, nothing acknowledged"
    assert time.time() - woke < 10
    assert "another engine drives this switch now" in first.process.log_text()

    assert set(house.switch.channels()) == legs
    assert house.partner(next_call) is not None, "the talk on the second engine goes on"
    house.switch.peer_hangs_up(str(next_call))
    await done(desk, next_call)
    await house.until_call(next_call, lambda c: c.state == CallState.CLOSED)
    assert await writers() == {"engine_b"}, "only the second engine wrote rows"
    async with asyncio.timeout(WAIT_S):
        while (await house.redis.xpending("engine:main:commands", "engine"))["pending"]:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def shown(desk: OperatorDesk, call_id: UUID) -> bool:
    """Whether her page shows this call, within the time that a takeover needs."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(10):
            await desk.wait(lambda v: v.call is not None and v.call.call_id == call_id)
            return True
    return False


@pytest.mark.timeout(300)
async def test_woken_at_any_moment_around_the_end_of_its_lease(house: House, wired):
    """Presses wait for whoever is right; each call is dialled once, and an old engine's bytes end with its lease."""
    lease_s, rounds = 2.0, [1.0, 1.4, 1.6, 1.7, 1.8, 1.9, 2.0, 2.2, 2.6]
    everybody: list[Wired] = []

    async def another() -> Wired:
        everybody.append(await wired(f"engine_{len(everybody)}", SWITCH_LEASE_S=str(lease_s)))
        await everybody[-1].process.launch()
        return everybody[-1]

    driving = await another()
    await driving.process.drives()
    waiting = await another()
    await waiting.process.says("engine: standing by")
    desks = [await house.operator() for _ in range(3)]
    for desk in desks:
        await desk.start_shift()
    pressed: list[UUID] = []
    calls: list[UUID] = []
    taken_over = 0
    for stopped_s in rounds:
        presses = [CallNext(operator_id=desk.operator_id) for desk in desks]
        for _ in presses:
            await house.contact()
        driving.process.pause()
        for desk, press in zip(desks, presses, strict=True):
            await desk.send(press)
        await asyncio.sleep(stopped_s)
        driving.process.wake()
        for desk, press in zip(desks, presses, strict=True):
            pressed.append(press.key)
            if not await shown(desk, press.key):
                # Read in the last moment of a lease, and not sent: nobody was rung, and she presses again.
                await house.contact()
                await desk.state(OperatorState.READY)
                press = CallNext(operator_id=desk.operator_id)
                pressed.append(press.key)
                await desk.send(press)
                assert await shown(desk, press.key)
            await desk.state(OperatorState.TALKING)
            await house.until_bridged(press.key)
            house.switch.peer_hangs_up(str(press.key))
            await done(desk, press.key)
            calls.append(press.key)
        if waiting.taken_at() is not None:
            assert await driving.process.ended() == OTHER_ENGINE
            driving, waiting, taken_over = waiting, await another(), taken_over + 1
            await waiting.process.says("engine: standing by")
    again = len(pressed) - len(calls)
    print(f"{len(rounds)} rounds, {taken_over} ended with the stand-by; {len(calls)} calls, {again} pressed again")
    assert again < len(rounds)
    assert 0 < taken_over < len(rounds), "some woke in time and some did not"
    for before, after in itertools.pairwise(everybody):
        taken_at = after.taken_at()
        if taken_at is not None:
            assert before.switch.sent[-1][0] < taken_at, "nothing was sent to the switch past the lease"
    sent = b"".join(data for engine in everybody for _, data in engine.switch.sent)
    for key in pressed:
        dialled = len(re.findall(rb"originate \{[^}]*origination_uuid=%s" % str(key).encode(), sent))
        assert dialled == (1 if key in calls else 0)
    for call_id in calls:
        assert (await house.call(call_id)).state == CallState.CLOSED
    assert len(house.switch.channels()) == len(desks), "the seats, and nobody else"


async def test_a_leg_that_an_older_engine_still_made_is_ended_when_it_begins(house: House):
    await house.furnish()
    async with running_engine(), Inbound("127.0.0.1", house.switch.port, PASSWORD) as client:
        async with database.session() as s:
            token = (await s.execute(text("select fencing_token from switch"))).scalar_one()
        older, newer = uuid4(), uuid4()
        for leg, made_by in ((newer, token + 1), (older, token - 1)):
            variables = f"origination_uuid={leg},exchange_seat=99,exchange_engine={made_by}"
            await client.send(f"api originate {{{variables}}}user/op1@pbx.example &park()")
        # The audit would take half a minute.
        async with asyncio.timeout(5):
            await house.until_switch(lambda channels: str(older) not in channels)
        assert str(newer) in house.switch.channels(), "a newer engine's leg is not this one's business"


async def test_every_transaction_of_an_engine_begins_with_the_fence(house: House, monkeypatch: pytest.MonkeyPatch):
    fenced, begun = 0, 0
    real = Lease.fence

    class Recorded:
        @staticmethod
        def session():
            nonlocal begun
            begun += 1
            return database.session()

    async def fence(self: Lease, s) -> None:
        nonlocal fenced
        fenced += 1
        await real(self, s)

    await house.furnish()
    monkeypatch.setattr(database_effects, "database", Recorded)
    monkeypatch.setattr(Lease, "fence", fence)
    async with running_engine():
        await house.contact()
        desk = await house.operator()
        await desk.start_shift()
        call_id = await talking(house, desk)
        await desk.start_transfer(call_id)
        await house.manager().wait(lambda v: v.transfer is not None and v.transfer.answered_ms is not None)
        await desk.return_to_contact(call_id)
        await desk.state(OperatorState.TALKING)
        await desk.hang_up(call_id)
        await done(desk, call_id)
        await desk.end_shift()
        await desk.state(OperatorState.OFF_SHIFT)
    assert begun == fenced > 10


async def test_while_the_database_is_away_for_longer_than_the_lease_nobody_is_commanded(house: House, wired):
    """The talk goes on in the switch; when the database is back, the engine takes stock and goes on."""
    engine = await wired("engine_a", SWITCH_LEASE_S="2")
    await engine.process.start()
    await house.contact()
    desk = await house.operator()
    await desk.start_shift()
    call_id = await talking(house, desk)
    engine.rows.hold()
    engine.rows.cut()
    async with asyncio.timeout(10):
        while "lease has lapsed" not in engine.process.log_text():  # noqa: ASYNC110 - a file, no event
            await asyncio.sleep(0.05)
    sent = len(engine.switch.sent)
    await desk.hang_up(call_id)
    await asyncio.sleep(2)
    assert engine.switch.sent[sent:] == []
    assert house.partner(call_id) is not None
    engine.rows.release()
    await done(desk, call_id)
    assert str(call_id) not in house.switch.channels()
    view = await desk.view()
    assert view is not None and view.notice is None


async def test_a_press_on_a_switch_without_engine_waits_for_the_next_one(house: House, wired):
    first = await wired("engine_a")
    desk = await house.operator()
    await desk.send(StartShift(operator_id=desk.operator_id, campaign_id=desk.campaign_id))
    await first.process.start()
    await desk.state(OperatorState.READY)
