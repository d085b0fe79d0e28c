"""What the engine does by the clock: leases renewed, calls settled, the switch's channels audited."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from exchange_domain import claiming, correcting, overruns, own_legs, seats, settling
from exchange_domain.cancelling import cancelled
from exchange_domain.messages import RECORD_CHANNEL

from .core.events import LeaseLost
from .core.state import leases_of
from .database_effects import LEASE, while_away
from .operators import Operators
from .publisher import Publisher

log = structlog.get_logger()

RENEW_S = 10.0
SETTLE_S = 3.0
OVERRUNS_S = 60.0
RECORD_GRACE = timedelta(seconds=60)
"""How long settlement waits for the switch's record: it posts at once, and repeats for a few seconds."""
SETTLE_AT_ONCE = 100
LISTEN_S = 60.0
REST_S = 0.5
"""Between two rounds of settling."""
TOLD_EVERY_S = 2.0


async def renew_leases(operators: Operators) -> None:
    """Renews every lease well before it ends, for ever."""
    while True:
        await asyncio.sleep(RENEW_S)
        try:
            await renew_once(operators)
        except Exception:
            log.exception("leases not renewed")


async def renew_once(operators: Operators) -> None:
    owners = {call_id: m for m in operators for call_id in leases_of(m.state)}
    leases = {call_id: token for m in operators for call_id, token in leases_of(m.state).items()}
    if not leases:
        return
    until = datetime.now(UTC) + LEASE
    for call_id in await while_away(lambda s: claiming.renew(s, leases, until)):
        # Only what is still on the line: a call that ended meanwhile gave its lease back itself.
        if call_id in leases_of(owners[call_id].state):
            owners[call_id].post(LeaseLost, call_id=call_id)


async def watch_overruns(rule: overruns.Rule) -> None:
    """Tells moderators of regular overruns, for ever."""
    while True:
        try:
            await while_away(lambda s: overruns.flag_regular(s, rule, datetime.now(UTC)))
        except Exception:
            log.exception("overruns not looked at")
        await asyncio.sleep(OVERRUNS_S)


class Settler:
    """Settles what is due each few seconds, and at once when a record arrives."""

    def __init__(self, redis: Redis, publisher: Publisher):
        self._redis = redis
        self._publisher = publisher
        self._nudged = asyncio.Event()
        self._moved: set[int] = set()
        """Campaigns whose money moved since it was last told."""
        self._tell_at = 0.0

    async def run(self) -> None:
        listening = asyncio.create_task(self._listen())
        try:
            while True:
                try:
                    await self.settle()
                except Exception:
                    log.exception("settlement failed")
                self._tell()
                # Records come in crowds: what comes meanwhile is settled together.
                await asyncio.sleep(REST_S)
                try:
                    async with asyncio.timeout(TOLD_EVERY_S if self._moved else SETTLE_S):
                        await self._nudged.wait()
                except TimeoutError:
                    pass
                self._nudged.clear()
        finally:
            await cancelled(listening)

    async def settle(self) -> None:
        """Everything that is due now. Any number of engines may do this at once."""
        while True:
            done = await while_away(lambda s: settling.settle_due(s, datetime.now(UTC), RECORD_GRACE, SETTLE_AT_ONCE))
            late = await while_away(lambda s: correcting.correct_due(s, datetime.now(UTC), SETTLE_AT_ONCE))
            await while_away(lambda s: seats.book_costs(s, SETTLE_AT_ONCE))
            await while_away(lambda s: own_legs.book_costs(s, SETTLE_AT_ONCE))
            for settled in (*done, *late):
                self._publisher.row(settled.call_id)
                self._moved.add(settled.campaign_id)
            if len(done) < SETTLE_AT_ONCE and len(late) < SETTLE_AT_ONCE:
                return

    def _tell(self) -> None:
        """Of a campaign's money not at each call: every page that shows it reads it again."""
        now = time.monotonic()
        if self._moved and now >= self._tell_at:
            self._tell_at = now + TOLD_EVERY_S
            for campaign_id in self._moved:
                self._publisher.campaign(campaign_id)
            self._moved.clear()

    async def _listen(self) -> None:
        while True:
            try:
                # A new connection now and then: one that died without a word would be listened to for ever.
                async with asyncio.timeout(LISTEN_S), self._redis.pubsub() as subscriber:
                    await subscriber.subscribe(RECORD_CHANNEL)
                    async for message in subscriber.listen():
                        if message["type"] == "message":
                            self._nudged.set()
            except TimeoutError:
                continue
            except (RedisError, OSError):
                await asyncio.sleep(1)
