"""The engine is killed in every situation of seat, call and transfer; another takes up, and people end what is open.

The situations are not chosen: `exploring.py` finds all that people's actions lead to on the pure core. For each of
them an operator is brought there over a real event socket; KILLED_EVERYWHERE=FILE writes the table.
"""

import asyncio
import json
import os
from collections import defaultdict
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from exchange_domain import books, database, settling
from exchange_domain.messages import RECORD_CHANNEL, CallNext, EndShift, NextManager, OperatorView, StartShift
from exchange_domain.words import OperatorState
from switch_simulator.cdr import record
from switch_simulator.channel import Channel
from tests.thorough import figure

from .conftest import EngineProcess, House
from .desk import OperatorDesk
from .exploring import Way, explore

pytestmark = [pytest.mark.switch, pytest.mark.long]

WAYS = explore()
HOW_FAR = ("before", "between", "after")
PATIENCE_S = 60.0
AT_ONCE = 12
"""Operators who take their next call at the same time."""
RINGS = "rings 0.05 s, never answers"
ANNOUNCES = "183 with sound for 60 s"
ON_THE_LINE = (
    OperatorState.RINGING, OperatorState.TALKING, OperatorState.TRANSFERRING, OperatorState.CONNECTION_LOST,
)  # fmt: skip


class Records:
    """The switch's records: kept for the comparison, and stored as the app's intake does it."""

    def __init__(self, house: House):
        self._house = house
        self.billed: dict[str, int] = {}

    async def post(self, channel: Channel, then: Any) -> None:
        body = record(channel)
        self.billed[channel.uuid] = int(body["variables"].get("billsec") or 0)
        async with database.session() as s:
            leg = await settling.store_record(s, body)
        await self._house.redis.publish(RECORD_CHANNEL, str(leg))
        then()


@dataclass
class Fate:
    """One operator, and the situation that she is brought to."""

    situation: str
    how_far: str
    way: Way
    desk: OperatorDesk
    house: House
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    seen: list[str] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    left: set[str] = field(default_factory=set)
    """Legs whose far end has hung up."""

    @property
    def operator_id(self) -> int:
        return self.desk.operator_id

    def says(self, situation: str) -> None:
        if situation.startswith("stopped: "):
            self.reached.set()
        else:
            self.seen.append(situation)
        self.changed.set()

    def leg(self, kind: str) -> str | None:
        """The latest leg of hers in the switch: the contact's, the manager's or the seat's."""
        found = [
            uuid for uuid, channel in self.house.switch.channels().items()
            if channel.variables.get("exchange_seat") == str(self.operator_id)
            and _kind(channel) == kind
            and channel.is_up
            and uuid not in self.left
        ]  # fmt: skip
        return found[-1] if found else None

    async def until(self, situation: str) -> None:
        """Waits until she is in this situation, or stopped."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not self.reached.is_set() and (not self.seen or self.seen[-1] != situation):
                    self.changed.clear()
                    await self.changed.wait()
        except TimeoutError:
            raise AssertionError(f"{self.situation}: waited for {situation}, came through {self.seen}") from None

    async def go(self, at_once: asyncio.Semaphore) -> None:
        """Her way, action by action, until she is stopped. A few at once: a crowd's bridges would take seconds."""
        async with at_once:
            await self._go()

    async def _go(self) -> None:
        for action, rest in zip(self.way.actions[:-1], self.way.rests[:-1], strict=True):
            await self._act(action)
            await self.until(rest)
        await self._act(self.way.actions[-1])
        await self.until("stopped")

    async def _act(self, action: str) -> None:
        desk = self.desk
        if action.endswith(("answers", "leaves", "is lost")):
            leg = await self._leg({"contact": "call", "manager": "transfer", "operator": "seat"}[action.split()[0]])
            if action.endswith("answers"):
                self.house.switch.peer_answers(leg)
            else:
                self.left.add(leg)
                self.house.switch.peer_hangs_up(leg)
            return
        if action == "start shift":
            await desk.send(StartShift(operator_id=desk.operator_id, campaign_id=desk.campaign_id))
        elif action == "end shift":
            await desk.send(EndShift(operator_id=desk.operator_id))
        elif action.startswith("call"):
            await self.contact(ANNOUNCES if "announcement" in action else RINGS)
            await desk.send(CallNext(operator_id=desk.operator_id))
        else:
            await self._about_the_call(action)

    async def _leg(self, kind: str) -> str:
        async with asyncio.timeout(PATIENCE_S):
            while (leg := self.leg(kind)) is None:  # noqa: ASYNC110 - the simulator has no event for this
                await asyncio.sleep(0.02)
        return leg

    async def _about_the_call(self, action: str) -> None:
        view = await self.desk.wait(lambda v: v.call is not None)
        assert view.call is not None
        call_id = view.call.call_id
        match action:
            case "hang up":
                await self.desk.hang_up(call_id)
            case "transfer":
                await self.desk.start_transfer(call_id)
            case "next manager":
                await self.desk.send(NextManager(operator_id=self.operator_id, call_id=call_id))
            case "return":
                await self.desk.return_to_contact(call_id)
            case "connect":
                await self.desk.complete_transfer(call_id)
            case "close":
                await self.desk.close(call_id)

    async def contact(self, behaviour: str) -> None:
        """A contact whom only she is given."""
        await self.house.contact(behaviour, bound_to=self.operator_id)

    async def finish(self) -> None:
        """What people do when the exchange is back: hang up, say how it ended."""
        try:
            await self._end_what_is_open()
        except TimeoutError:
            raise AssertionError(f"{self.situation}: not ended, last {await self.desk.view()}") from None
        if self.leg("call") is not None or self.leg("transfer") is not None:
            raise AssertionError(f"{self.situation}: a leg is left over")

    async def next_call(self, at_once: asyncio.Semaphore) -> None:
        """She takes another call, as if nothing had been."""
        async with at_once:
            await self._next_call()

    async def _next_call(self) -> None:
        view = await self.desk.view()
        if view is None or view.state == OperatorState.OFF_SHIFT:
            await self.desk.start_shift()
        await self.desk.state(OperatorState.READY)
        # Only now: what is kept for an operator who is off shift is anybody's at the next claim.
        await self.contact(RINGS)
        call_id = await self.desk.call_next()
        await self.desk.state(OperatorState.RINGING)
        await self.desk.hang_up(call_id)
        await self.desk.state(OperatorState.WRAP_UP)
        await self.desk.close(call_id)
        await self.desk.wait(lambda v: v.call is None)

    async def _end_what_is_open(self) -> None:
        pressed: set[tuple[str, UUID]] = set()
        async with asyncio.timeout(PATIENCE_S):
            while True:
                view = await self.desk.view()
                if view is not None and view.call is not None:
                    await self._press(view, pressed)
                elif await self._all_ended():
                    return
                elif (leg := self.leg("call")) is not None and self.house.partner(leg) == self.leg("transfer"):
                    self.house.switch.peer_hangs_up(leg)
                await asyncio.sleep(0.1)

    async def _press(self, view: OperatorView, pressed: set[tuple[str, UUID]]) -> None:
        assert view.call is not None
        call_id = view.call.call_id
        if view.state in ON_THE_LINE and ("hang up", call_id) not in pressed:
            pressed.add(("hang up", call_id))
            await self.desk.hang_up(call_id)
        if view.state == OperatorState.WRAP_UP and ("close", call_id) not in pressed:
            pressed.add(("close", call_id))
            await self.desk.close(call_id)

    async def _all_ended(self) -> bool:
        async with database.session() as s:
            left = await s.execute(
                text("select count(*) from call where operator_id = :o and (state <> 'closed' or ended_at is null)"),
                {"o": self.operator_id},
            )
        return left.scalar_one() == 0


def _kind(channel: Channel) -> str:
    return next((kind for kind in ("call", "transfer") if f"exchange_{kind}" in channel.variables), "seat")


RESULTS = text("""
select k.operator_id, k.id, k.state, k.outcome, k.answered_at is not null as answered, c.status,
       (select count(*) from settlement x where x.call_id = k.id) as settlements,
       (select x.billed_s from settlement x where x.call_id = k.id) as billed,
       (select count(*) from number_lock l where l.call_id = k.id and l.leased_until > now()) as locks
from call k join contact c on c.id = k.contact_id order by k.claimed_at
""")


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    situation: str
    how_far: str
    results: int
    settlements: int
    billed: int
    right_length: bool
    moved_on: bool
    released: bool

    @property
    def good(self) -> bool:
        return self.results == self.settlements and self.right_length and self.moved_on and self.released


async def rows_of(fates: list[Fate], records: Records) -> list[Row]:
    """What became of every operator's calls, once all are settled."""
    found: list[Any] = []
    for _ in range(int(PATIENCE_S * 2)):
        async with database.session() as s:
            found = list((await s.execute(RESULTS)).all())
        if all(r.settlements for r in found):
            break
        await asyncio.sleep(0.5)
    by_operator: dict[int, list[Any]] = defaultdict(list)
    for r in found:
        by_operator[r.operator_id].append(r)
    made = []
    for fate in fates:
        calls = by_operator[fate.operator_id]
        made.append(
            Row(
                fate.situation, fate.how_far, sum(r.state == "closed" and r.outcome is not None for r in calls),
                sum(r.settlements for r in calls), sum(r.billed or 0 for r in calls),
                all(r.billed == records.billed.get(str(r.id), 0) for r in calls),
                all(r.status != "working" for r in calls), not any(r.locks for r in calls),
            )
        )  # fmt: skip
    return made


async def together(works: Iterable[Coroutine[Any, Any, None]]) -> None:
    """All of them to their end, and then what went wrong in any."""
    done = await asyncio.gather(*works, return_exceptions=True)
    wrong = "\n".join(str(one) for one in done if one is not None)
    assert not wrong, wrong


async def listen(process: EngineProcess, fates: dict[int, Fate]) -> None:
    assert process.process is not None and process.process.stdout is not None
    async for line in process.process.stdout:
        operator_id, _, situation = line.decode().strip().partition(" ")
        if operator_id.isdecimal():
            fates[int(operator_id)].says(situation)


@pytest.mark.parametrize("turn", figure([0], [0, 1, 2]))
async def test_killed_in_every_situation(house: House, engine_processes: Any, turn: int):
    """In a turn the engine dies in every situation, before its effects, between or after them; three turns do all."""
    await house.furnish(min_gap_s=0)
    records = Records(house)
    house.switch.switch.cdr = records  # type: ignore[assignment]
    for index in range(len(house.manager_ids)):
        house.manager_does(index, RINGS)
    fates = [
        Fate(situation, HOW_FAR[(place + turn) % len(HOW_FAR)], way, await house.operator(), house)
        for place, (situation, way) in enumerate(WAYS.items())
    ]
    for fate in fates:
        # Slower than two legs are bridged: what a lost operator leaves behind is seen before her line is back.
        house.switch.set_user_behaviour(f"operator-{fate.operator_id}", "rings 1 s, answers")
    by_operator = {fate.operator_id: fate for fate in fates}
    doomed = engine_processes(program="tests.engine.dying_engine", FATE=_fate(fates))
    await doomed.start()
    listening = asyncio.create_task(listen(doomed, by_operator))
    some = asyncio.Semaphore(AT_ONCE)
    await together(fate.go(some) for fate in fates)
    await doomed.kill()
    await listening
    following = engine_processes(program="tests.engine.dying_engine")
    await following.start()
    draining = asyncio.create_task(listen(following, by_operator))
    await together(fate.finish() for fate in fates)
    at_once = asyncio.Semaphore(AT_ONCE)
    await together(fate.next_call(at_once) for fate in fates)
    table = await rows_of(fates, records)
    draining.cancel()
    write(table)
    async with database.session() as s:
        assert await books.check(s) == []
    bad = "\n".join(str(row) for row in table if not row.good)
    assert not bad, bad
    assert "not persisted" not in following.log_text()


def _fate(fates: list[Fate]) -> str:
    return json.dumps({str(fate.operator_id): [fate.situation, fate.how_far] for fate in fates})


def write(table: list[Row]) -> None:
    if not (path := os.environ.get("KILLED_EVERYWHERE")):
        return
    with Path(path).open("a") as file:
        for row in table:
            length = f"{row.billed} s, {'as recorded' if row.right_length else 'not as recorded'}"
            situation = row.situation.replace(" | ", "; ")
            file.write(f"| {situation} | {row.how_far} | {row.results} | {row.settlements} | {length} |\n")
