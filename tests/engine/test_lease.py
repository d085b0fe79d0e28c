"""The engine's own clock of its lease, which also counts the time in which it was stopped."""

import asyncio

import pytest

from call_engine import lease as lease_module
from call_engine.burial import may_judge
from call_engine.lease import MARGIN, Lease, clock_s
from call_engine.switch.address import SwitchAddress
from call_engine.switch.connection import SwitchConnection
from call_engine.switch.errors import CommandNotSent
from call_engine.switch.leased_inbound import LeasedWriter, LeaseLapsed


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1_000.0]
    monkeypatch.setattr(lease_module, "clock_s", lambda: now[0])
    return now


def test_it_ends_before_the_databases_lease_does(clock: list[float]):
    lease = Lease("a", 7, clock[0], 6)
    clock[0] += 6 * (1 - MARGIN) - 0.001
    assert lease.holds()
    clock[0] += 0.002
    assert not lease.holds()


def test_a_slow_answer_of_the_database_gives_no_more_time(clock: list[float]):
    lease = Lease("a", 7, clock[0], 6)
    asked = clock[0] + 2
    clock[0] += 4.5
    lease.prolong(asked)
    assert lease.remaining_s() == pytest.approx(2 + 6 * (1 - MARGIN) - 4.5)


def test_a_lost_lease_never_holds_again(clock: list[float]):
    lease = Lease("a", 7, clock[0], 6)
    lease.lose()
    lease.prolong(clock[0])
    assert not lease.holds()


def test_a_gap_begins_a_new_stretch(clock: list[float]):
    lease = Lease("a", 7, clock[0], 6)
    clock[0] += 2
    lease.prolong(clock[0])
    assert lease.since == 1_000
    clock[0] += 60
    lease.prolong(clock[0])
    assert lease.since == 1_062


async def test_who_waits_for_it_goes_on_when_it_is_renewed():
    lease = Lease("a", 7, clock_s() - 100, 6)
    waiting = asyncio.create_task(lease.held())
    await asyncio.sleep(0)
    assert not waiting.done()
    lease.prolong(clock_s())
    async with asyncio.timeout(1):
        await waiting


async def test_who_waits_for_a_lost_one_waits_for_ever():
    lease = Lease("a", 7, clock_s(), 6)
    lease.lose()
    waiting = asyncio.create_task(lease.held())
    lease.prolong(clock_s())
    await asyncio.sleep(0.05)
    assert not waiting.done()
    waiting.cancel()


def test_only_who_held_its_lease_all_the_time_calls_another_switch_abandoned():
    mine = Lease("a", 7, clock_s(), 6)
    assert not may_judge(mine, 45)
    mine.since -= 46
    assert may_judge(mine, 45)
    mine.lose()
    assert not may_judge(mine, 45)


class Sink:
    def __init__(self) -> None:
        self.written: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.written.append(data)


def test_not_a_byte_leaves_past_the_lease(clock: list[float]):
    sink, lease = Sink(), Lease("a", 7, clock[0], 6)
    writer = LeasedWriter(sink, lease)  # type: ignore[arg-type]
    writer.write(b"api status")
    clock[0] += 6
    with pytest.raises(LeaseLapsed):
        writer.write(b"api uuid_kill x")
    assert sink.written == [b"api status"]


async def test_a_command_past_the_lease_was_certainly_not_sent(clock: list[float]):
    lease = Lease("a", 7, clock[0], 6)

    async def nothing() -> None:
        return

    connection = SwitchConnection(
        SwitchAddress("127.0.0.1", 1, "x"), on_event=lambda _: None, on_up=nothing, on_down=lambda: None, lease=lease
    )
    connection._inbound = object()  # type: ignore[assignment]
    clock[0] += 6
    with pytest.raises(CommandNotSent):
        await connection.api("status")
