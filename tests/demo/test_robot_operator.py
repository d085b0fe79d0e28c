"""The robot at work with an engine's streams and views: it calls, writes, hands over, closes, waits, and stops."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import redis.asyncio as aioredis
from sqlmodel import col, select

from demo import robot_mind, robot_operator
from demo.robot_operator import place_of, run
from exchange_domain import calls, database
from exchange_domain.cancelling import cancelled
from exchange_domain.demo_robot import CHANNEL, OFF, ON, REPORT_KEY, WISH_KEY, RobotReport
from exchange_domain.messages import Notice, OperatorView
from exchange_domain.settings import settings
from exchange_domain.tables import Call, Disposition
from exchange_domain.words import OperatorState

from .fake_engine import FakeEngine, until

ROOT = Path(__file__).parents[2]


@pytest.fixture
def database_template(sampled_template: str) -> str:
    return sampled_template


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses of milliseconds."""
    for name in ("PAUSE_MS", "WRITING_MS", "TALK_AFTER_MS", "CONSULTATION_MS"):
        monkeypatch.setattr(robot_mind, name, (1, 3))
    # Longer than an engine takes from "carried out" to its effect, as is the pause before the next press.
    monkeypatch.setattr(robot_mind, "REFUSED_MS", (400, 500))
    monkeypatch.setattr(robot_operator, "BEAT_S", 0.2)
    monkeypatch.setattr(robot_mind.Mind._command, "__kwdefaults__", {"after_ms": (60, 90)})


@pytest.fixture
async def engine(
    sampled: None, redis_url: str, settings_env: Callable[..., None], quick: None
) -> AsyncIterator[FakeEngine]:
    settings_env(redis_url=redis_url)
    client = aioredis.from_url(redis_url, decode_responses=True)
    async with database.session() as s:
        place = await place_of(s)
    assert place is not None
    fake = FakeEngine(client, place.operator_id)
    task = asyncio.create_task(fake.run())
    yield fake
    await cancelled(task)
    assert task.cancelled(), task.exception()
    await client.aclose()


@pytest.fixture
async def robot(engine: FakeEngine) -> AsyncIterator[asyncio.Event]:
    """The robot in this process; the event tells it to stop."""
    stopping = asyncio.Event()
    task = asyncio.create_task(run(stopping))
    yield stopping
    stopping.set()
    async with asyncio.timeout(20):
        await task


async def wish(engine: FakeEngine, value: str) -> None:
    await engine.redis.set(WISH_KEY, value)
    await engine.redis.publish(CHANNEL, "wish")


async def closed_calls(engine: FakeEngine) -> list[Call]:
    async with database.session() as s:
        return list(await s.exec(select(Call).where(Call.operator_id == engine.operator_id, Call.state == "closed")))


async def report(engine: FakeEngine) -> RobotReport | None:
    raw = await engine.redis.get(REPORT_KEY)
    return RobotReport.model_validate_json(raw) if raw else None


async def said(engine: FakeEngine, doing: str) -> RobotReport:
    async with asyncio.timeout(10):
        while (found := await report(engine)) is None or found.doing != doing:  # noqa: ASYNC110 - a key, no event
            await asyncio.sleep(0.01)
    return found


async def test_it_does_nothing_until_it_is_wanted(engine: FakeEngine, robot: asyncio.Event) -> None:
    await said(engine, "off")
    assert engine.commands == []


async def test_it_works_through_calls_as_an_operator_would(engine: FakeEngine, robot: asyncio.Event) -> None:
    await wish(engine, ON)
    await until(lambda: engine.transferred and engine.kinds().count("close_call") >= 12, 60)
    await wish(engine, OFF)
    await until(lambda: engine.view.state == OperatorState.OFF_SHIFT)
    done = await closed_calls(engine)
    outcomes = {str(c.outcome) for c in done}
    assert {"success", "busy"} <= outcomes
    successes = [c for c in done if c.outcome == "success"]
    assert all(c.result.get("furniture") and c.result.get("visit") for c in successes)
    assert any(c.transferred for c in successes)
    assert all(c.outcome == "success" for c in done if c.transferred)
    async with database.session() as s:
        by_id = {
            d.id: d
            for d in await s.exec(select(Disposition).where(col(Disposition.id).in_({c.disposition_id for c in done})))
        }
    assert all(c.disposition_id in by_id for c in done), "each was closed with a disposition of its campaign"
    assert engine.kinds()[0] == "start_shift"
    assert len({c.key for c in engine.commands}) == len(engine.commands), (
        "nothing was sent twice to an engine that answers"
    )


async def test_a_manager_who_is_busy_does_not_hold_it_up(engine: FakeEngine, robot: asyncio.Event) -> None:
    engine.manager_answers = False
    await wish(engine, ON)
    await until(lambda: "start_transfer" in engine.kinds(), 60)
    asked = engine.kinds().index("start_transfer")
    await until(lambda: "close_call" in engine.kinds()[asked:])
    after = engine.kinds()[asked:]
    assert after.index("hang_up") < after.index("close_call")
    assert "complete_transfer" not in after


async def test_with_nothing_due_it_waits_and_says_for_what(
    engine: FakeEngine, robot: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(robot_mind, "PATIENCE_MS", (300, 400))
    engine.refuses["call_next"] = Notice(code="nothing_due", at_ms=0, until_ms=1)
    await wish(engine, ON)
    waiting = await said(engine, "waiting")
    assert waiting.notice == "nothing_due" and waiting.until_ms
    await until(lambda: engine.kinds().count("call_next") >= 2)


async def test_an_engine_that_is_away_gets_the_same_command_again(
    engine: FakeEngine, robot: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(robot_mind, "AGAIN_MS", 100)
    handle = engine._handle

    async def away(command) -> None:
        engine._seen.clear()

    engine._handle = away  # type: ignore[method-assign]
    await wish(engine, ON)
    await until(lambda: len(engine.commands) >= 3)
    assert len({c.key for c in engine.commands}) == 1
    await said(engine, "no_engine")
    engine._handle = handle  # type: ignore[method-assign]
    await until(lambda: engine.kinds().count("close_call") >= 1)


async def test_answers_that_do_not_fit_are_closed_otherwise(engine: FakeEngine, robot: asyncio.Event) -> None:
    engine.refuses["close_call"] = Notice(code="bad_disposition", at_ms=0)
    await wish(engine, ON)
    await until(lambda: engine.kinds().count("close_call") >= 2)
    first, second = [c for c in engine.commands if c.kind == "close_call"][:2]
    assert first.call_id == second.call_id and first.key != second.key
    await until(lambda: engine.kinds().count("call_next") >= 2)


async def test_a_view_that_begins_anew_is_taken(
    engine: FakeEngine, robot: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An engine that lost its snapshots counts its versions from the beginning."""
    monkeypatch.setattr(robot_mind, "TALK_AFTER_MS", (60_000, 60_000))
    await wish(engine, ON)
    await until(lambda: engine.view.state == OperatorState.TALKING)
    assert engine.view.call is not None
    async with database.session() as s:
        await calls.close(s, engine.view.call.call_id, at=datetime.now(UTC))
    engine.view = OperatorView(operator_id=engine.operator_id, version=-1, state=OperatorState.OFF_SHIFT)
    await engine.show()
    await until(lambda: engine.kinds().count("start_shift") == 2)


async def test_told_to_stop_in_a_call_it_ends_call_and_shift(engine: FakeEngine) -> None:
    """As the process does it: SIGTERM, then an end in order with nothing left open."""
    await wish(engine, ON)
    environment = os.environ | {
        "DATABASE_URL": settings().database_url, "REDIS_URL": settings().redis_url, "EXCHANGE_DEMO": "1",
        "SWITCH_NAME": settings().switch_name,
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "demo.robot_operator", cwd=ROOT, env=environment
    )
    try:
        await until(lambda: engine.view.state in (OperatorState.TALKING, OperatorState.WRAP_UP), 60)
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(15):
            await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0
    assert engine.view.state == OperatorState.OFF_SHIFT
    assert await report(engine) is None
    assert await engine.redis.get(WISH_KEY) == ON, "the next start goes on"


def test_outside_the_demo_it_refuses_to_run() -> None:
    environment = {k: v for k, v in os.environ.items() if k != "EXCHANGE_DEMO"}
    done = subprocess.run([sys.executable, "-m", "demo.robot_operator"], cwd=ROOT, env=environment, capture_output=True)
    assert done.returncode == 2
