"""One trial: calls up in all situations, a fault on one link, and the account of what became of everything."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import text

from exchange_domain import database
from exchange_domain.invariants import broken
from exchange_domain.messages import HangUp, StartTransfer
from exchange_domain.words import OperatorState

from .house import House, until
from .people import ON_THE_LINE, Desk, Situation
from .proxy import Fault
from .situations import Act, Acts, call_of, legs_of, never_reached, once_more

FAULT_S = {Fault.DROP: 4.0, Fault.STALL: 8.0, Fault.SILENCE: 0.0, Fault.HALF_CLOSE: 0.0}
"""How long the link is bad. Silence and half-close are a moment: who connects anew has a whole link."""
ACTING_S = 3.5
"""People act within this time from the beginning of the fault."""
SETUP_S = 40.0
OUTCOME_S = 30.0
END_S = 40.0
AUDIT_S = 45.0
"""The engine compares its legs with the switch's each half minute, and ends what is nobody's."""
GRACE_S = 75.0
"""A call without a record is settled after a minute."""
NOT_CLOSED = "state <> 'closed'"


class NotSetUp(Exception):
    """The calls could not be brought up before the fault: nothing was tried."""


@dataclass
class Result:
    link: str
    fault: Fault
    calls_up: int = 0
    acts: int = 0
    commands: int = 0
    again: int = 0
    """Commands refused while the link was away, with the operator told, and pressed once more."""
    recovery_s: float | None = None
    """From the end of the fault until a command pressed at that moment was carried out."""
    never_reached: int = 0
    """Calls whose originate went down with the link: nobody was rung, and the operator was told."""
    calls_lost: list[str] = field(default_factory=list)
    commands_lost: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


class Trial:
    def __init__(self, house: House, link: str, fault: Fault, chance: random.Random):
        self._house, self._fault, self._chance = house, fault, chance
        self._wire = house.wires[link]
        self._probe = next(desk for desk in house.desks if desk.situation is Situation.PROBE)
        self._desks = [desk for desk in house.desks if desk is not self._probe]
        self._again: Counter[UUID] = Counter()
        self.result = Result(link, fault)

    async def run(self) -> Result:
        """Raises NotSetUp."""
        acts = await self._set_up()
        await self._under_the_fault(acts)
        if self._house.engine_ended:
            self.result.wrong.append("the engine ended")
            return self.result
        await self._outcomes(acts)
        await self._end()
        await self._account()
        return self.result

    # --- before ---

    async def _set_up(self) -> list[Act]:
        for desk in self._house.desks:
            desk.made = []
        for situation in Situation:
            count = sum(desk.situation is situation for desk in self._house.desks)
            # Some more than one each: those in wrap-up go on to the next, the probe tries until it works.
            await self._house.contacts(situation, count * (1 if situation in ON_THE_LINE else 3))
        for desk in self._desks:
            await desk.call_next()
        for desk in self._desks:
            wanted = OperatorState.RINGING if desk.situation is Situation.RINGING else OperatorState.TALKING
            await self._wait(desk, lambda desk=desk, wanted=wanted: desk.shows(wanted))
            await self._bring(desk)
        acts = []
        for desk in self._desks:
            await self._wait(desk, lambda desk=desk: self._is_in_place(desk))
            acts.append(Acts(self._house, desk, await legs_of(desk)).chosen())
        self.result.calls_up = sum(self._house.has(desk.call_id) for desk in self._desks)
        self.result.acts = len(acts)
        return acts

    async def _is_in_place(self, desk: Desk) -> bool:
        return await Acts(self._house, desk, await legs_of(desk)).as_before()

    async def _bring(self, desk: Desk) -> None:
        """From talking on to the situation the operator is to be in."""
        assert desk.call_id is not None
        if desk.situation is Situation.CONSULTING:
            await desk.press(StartTransfer(operator_id=desk.operator_id, call_id=desk.call_id))
        elif desk.situation is Situation.WRAP_UP:
            self._house.switch.peer_hangs_up(str(desk.call_id))

    async def _wait(self, desk: Desk, fits) -> None:
        if not await until(fits, SETUP_S):
            view = await desk.view()
            raise NotSetUp(f"operator {desk.operator_id} is not {desk.situation}; shown: {view and view.state}")

    # --- the fault ---

    async def _under_the_fault(self, acts: list[Act]) -> None:
        self._wire.begin(self._fault)
        acting = asyncio.gather(*(self._do(act) for act in acts))
        await asyncio.sleep(FAULT_S[self._fault])
        self._wire.end()
        recovering = asyncio.create_task(self._recover())
        await acting
        self.result.recovery_s = await recovering

    async def _do(self, act: Act) -> None:
        await asyncio.sleep(self._chance.uniform(0.1, ACTING_S))
        if act.happens is not None:
            act.happens()
        if act.command is not None:
            self.result.commands += 1
            act.key = await act.desk.press(act.command)

    async def _recover(self) -> float | None:
        """Seconds until the probe's call is answered, pressed again each time it is refused."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        call_id = await self._probe.call_next()

        gone: UUID | None = None

        async def carried_out() -> bool:
            nonlocal call_id, gone
            channel = self._house.switch.channels().get(str(call_id))
            if channel is not None and channel.is_answered:
                return True
            if call_id != gone and await never_reached(call_id):
                gone = call_id
                await self._probe.press(self._probe.close(call_id))
            elif await self._probe.handled(call_id) and (call_id == gone or await call_of(call_id) is None):
                call_id = await self._probe.call_next()
            return False

        return loop.time() - began if await until(carried_out, OUTCOME_S) else None

    # --- what became of it ---

    async def _outcomes(self, acts: list[Act]) -> None:
        """All commands handled; those that were refused while the link was away are pressed once more."""
        await asyncio.gather(*(self._outcome(act) for act in acts))

    async def _outcome(self, act: Act) -> None:
        if await self._came_out(act):
            return
        if act.untouched:
            self.result.calls_lost.append(self._said(act))
        elif act.key is not None and not await act.desk.handled(act.key):
            self.result.commands_lost.append(f"{self._said(act)}: never handled")
        elif act.again:
            self.result.commands_lost.append(f"{self._said(act)}: refused again")
        else:
            self.result.wrong.append(f"{self._said(act)}: did not come about")

    async def _came_out(self, act: Act) -> bool:
        async def settled() -> bool:
            return await act.holds() or (act.key is not None and await self._may_be_refused(act))

        await until(settled, OUTCOME_S)
        if await act.holds():
            return True
        if act.key is None or not await self._may_be_refused(act):
            return False
        act.again = True
        self.result.again += 1
        assert act.desk.call_id is not None
        self._again[act.desk.call_id] += 1
        act.key = await act.desk.press(once_more(act))
        return await until(act.holds, OUTCOME_S)

    async def _may_be_refused(self, act: Act) -> bool:
        """Only without a switch may a key be refused, and never one that ends something."""
        assert act.key is not None
        ends = isinstance(act.command, HangUp)
        if self.result.link != "switch" or ends or not await act.desk.handled(act.key):
            return False
        # What was carried out needs a moment to be seen in switch and database.
        return not await until(act.holds, 3.0)

    def _said(self, act: Act) -> str:
        return f"{act.desk.situation}, {act.what} (call {act.desk.call_id})"

    # --- the end ---

    async def _end(self) -> None:
        """Every call ends, every result is written, and everybody is ready again."""

        async def all_ended() -> bool:
            for leg in self._house.switch.channels():
                if UUID(leg) in self._made():
                    self._house.switch.peer_hangs_up(leg)
            return not await self._open("ended_at is null")

        if not await until(all_ended, END_S):
            self.result.wrong.append(f"calls without an end: {await self._open('ended_at is null')}")
        closed: set[UUID] = set()

        async def all_closed() -> bool:
            for call_id, operator_id in await self._open(NOT_CLOSED):
                if call_id not in closed:
                    closed.add(call_id)
                    desk = next(d for d in self._house.desks if d.operator_id == operator_id)
                    await desk.press(desk.close(call_id))
            return not await self._open(NOT_CLOSED)

        if not await until(all_closed, END_S):
            self.result.wrong.append(f"calls that cannot be closed: {await self._open(NOT_CLOSED)}")
        for desk in self._house.desks:
            if not await until(lambda desk=desk: desk.shows(OperatorState.READY), END_S):
                self.result.wrong.append(f"operator {desk.operator_id} is not ready again")
        if not await until(self._all_settled, END_S):
            self.result.wrong.append(f"calls without a settlement: {len(await self._open('not settled'))}")

    def _made(self) -> set[UUID]:
        return {call_id for desk in self._house.desks for call_id in desk.made}

    async def _open(self, where: str) -> list[tuple[UUID, int]]:
        async with database.session() as s:
            statement = text(f"select id, operator_id from call where id = any(:ids) and {where}")
            return [(i, o) for i, o in await s.execute(statement, {"ids": list(self._made())})]

    async def _all_settled(self) -> bool:
        """But for calls nobody was rung for: they wait for a record as long as one may come, to the end of the run."""
        return not [call_id for call_id, _ in await self._open("not settled") if not await never_reached(call_id)]

    async def _account(self) -> None:
        """Switch, database and money say the same of every call."""
        records = self._house.records
        async with database.session() as s:
            rows = await s.execute(
                text(
                    "select c.id, c.ringing_at, x.source, x.billed_s, "
                    "(select count(*) from transfer t where t.call_id = c.id) as transfers from call c "
                    "left join settlement x on x.call_id = c.id where c.id = any(:ids)"
                ),
                {"ids": list(self._made())},
            )
            calls = {row.id: row for row in rows}
            self.result.wrong += [f"after the trial: {what}" for what in await broken(s, datetime.now(UTC))]
        for call_id, row in calls.items():
            self.result.never_reached += await never_reached(call_id)
            figures = records.figures.get(call_id)
            if figures is None:
                self._add(row.ringing_at is not None, f"call {call_id} rang and the switch has no record")
                continue
            self._add(records.posted[call_id] > 1, f"call {call_id} was made {records.posted[call_id]} times")
            self._add(
                row.source not in ("record", None), f"call {call_id} is settled by {row.source}, not by its record"
            )
            self._add(row.billed_s != figures.billed_s, f"call {call_id}: {row.billed_s} s, not {figures.billed_s}")
            asked = 1 + self._again[call_id]
            self._add(row.transfers > asked, f"call {call_id} rang managers {row.transfers} times, asked for {asked}")
        known = await self._known()
        unknown = [leg for leg, figures in records.figures.items() if figures.call_id and leg not in known]
        self._add(bool(unknown), f"the switch rang contacts of no call: {unknown}")
        self._add(bool(left := await self._left_over()), f"legs left over: {left}")

    def _add(self, wrong: bool, what: str) -> None:
        if wrong:
            self.result.wrong.append(what)

    async def _known(self) -> set[UUID]:
        async with database.session() as s:
            return set((await s.execute(text("select id from call"))).scalars().all())

    async def _left_over(self) -> list[str]:
        """Legs in the switch that are nobody's seat."""
        left: list[str] = []

        async def none() -> bool:
            nonlocal left
            async with database.session() as s:
                seats = await s.execute(text("select seat_leg from shift where ended_at is null"))
                known = {str(leg) for leg in seats.scalars().all()}
            left = sorted(set(self._house.switch.channels()) - known)
            return not left

        await until(none, AUDIT_S)
        return left


async def open_shifts(desks: Iterable[Desk]) -> None:
    """Raises NotSetUp."""
    desks = list(desks)
    for desk in desks:
        await desk.start_shift()
    for desk in desks:
        if not await until(lambda desk=desk: desk.shows(OperatorState.READY), SETUP_S):
            raise NotSetUp(f"operator {desk.operator_id} was not seated")


async def end_shifts(house: House) -> list[str]:
    """Everybody goes home; what is left then that should not be."""
    for desk in house.desks:
        await desk.end_shift()
    await until(lambda: not house.switch.channels(), END_S)
    left = [f"leg left over at the end: {leg}" for leg in sorted(house.switch.channels())]

    async def unsettled() -> int:
        async with database.session() as s:
            return (await s.execute(text("select count(*) from call where not settled"))).scalar_one()

    async def all_settled() -> bool:
        return await unsettled() == 0

    if not await until(all_settled, GRACE_S):
        left.append(f"calls never settled: {await unsettled()}")
    async with database.session() as s:
        return left + [f"at the end: {what}" for what in await broken(s, datetime.now(UTC))]
