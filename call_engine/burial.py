"""Switches that lost their engine as well, and nobody came: any other engine ends what was left on them.

Without this the contacts of a machine that carried both, switch and engine, would stay in work for ever.
"""

import asyncio
from uuid import UUID

import structlog
from redis.asyncio import Redis

from exchange_domain import switches
from exchange_domain.cancelling import cancelled

from .broker_fence import FencedBroker
from .command_reader import CommandReader
from .core.effects import OriginateContact, OriginateManager, OriginateSeat, SwitchCommand
from .core.events import Fact, LegState, NotSent
from .database_effects import DatabaseEffects, while_away
from .executor import EngineExecutor
from .lease import Lease, clock_s, current_lease
from .mailbox import Mailbox
from .operators import Operators
from .ownership import OwnedElsewhere, Ownership
from .publisher import Publisher
from .readiness import Readiness
from .switch.command_text import CommandText
from .switch_loss import give_up, heard_before
from .taking_over import take_over

log = structlog.get_logger()

LOOK_S = 5.0
REST_S = 0.5


class NoSwitch:
    """Stands where the switch's commands go, for a switch that is not there: nothing is sent."""

    async def run(self, mailbox: Mailbox, effect: SwitchCommand) -> None:
        if isinstance(effect, OriginateSeat | OriginateContact | OriginateManager):
            mailbox.post(NotSent, leg=effect.leg)

    async def facts(self, legs: tuple[UUID, ...]) -> dict[UUID, Fact]:
        return {leg: Fact(LegState.GONE) for leg in legs}


def may_judge(mine: Lease, dead_s: float) -> bool:
    """Only who renewed its own lease all the time knows that others could have: else the database was away."""
    return mine.holds() and clock_s() - mine.since > dead_s


async def bury_abandoned(ownership: Ownership, mine: Lease, redis: Redis, text: CommandText, dead_s: float) -> None:
    """For ever: looks for switches without an engine for `dead_s` that people or calls are still on."""
    while True:
        await asyncio.sleep(LOOK_S)
        if not may_judge(mine, dead_s):
            continue
        for name in await while_away(lambda s: switches.abandoned(s, dead_s)):
            # Another engine may be faster.
            if (lease := await ownership.take(name)) is not None:
                await _bury(ownership, lease, redis, text)


async def _bury(ownership: Ownership, lease: Lease, redis: Redis, text: CommandText) -> None:
    work = asyncio.create_task(_end_everything(ownership, lease, redis, text))
    try:
        await work
    except OwnedElsewhere:
        log.warning("an engine came for it after all", switch=lease.switch_name)
    finally:
        await cancelled(work)
        await ownership.release(lease)


async def _end_everything(ownership: Ownership, lease: Lease, redis: Redis, text: CommandText) -> None:
    """An engine's work without a switch, until nobody has a call or a shift there; fenced by that switch's token."""
    current_lease.set(lease)
    operators = Operators()
    broker = FencedBroker(redis, lease)
    publisher = Publisher(broker)
    readiness = Readiness(lease)
    readiness.connected()  # there is no switch to wait for
    rows = DatabaseEffects(lease.switch_name, text, publisher.campaign, readiness)
    operators.executor = EngineExecutor(NoSwitch(), rows, publisher, operators)

    async def empty() -> None:
        await broker.begin()
        await take_over(operators, lease.switch_name)
        heard_ms = await heard_before(lease.switch_name)
        tasks.append(asyncio.create_task(CommandReader(broker, operators, None, readiness.ready).run()))
        await give_up(operators, lease.switch_name, heard_ms)
        while any(m.state.call is not None or m.state.shift is not None for m in operators):
            await asyncio.sleep(REST_S)
            await give_up(operators, lease.switch_name, heard_ms)
        await publisher.drained()

    keeping = asyncio.create_task(ownership.keep(lease, lambda: switches.Health(up=False), lambda: None))
    emptying = asyncio.create_task(empty())
    tasks = [keeping, emptying, asyncio.create_task(publisher.run())]
    try:
        done, _ = await asyncio.wait({keeping, emptying}, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        await cancelled(*tasks)
        await operators.close()
