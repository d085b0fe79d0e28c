"""The robot operator of the demo: works as a person at the page does, by the same commands and the same live views.

    python -m demo.robot_operator

Off until the demo's page wishes it on; the wish outlives this process. SIGTERM ends call and shift, then the process.
"""

import asyncio
import signal
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import redis.asyncio as aioredis
import structlog
from pydantic import ValidationError
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_domain import accounts, campaigns, database, drafts, forms, switches
from exchange_domain.cancelling import cancelled
from exchange_domain.clock import now_ms
from exchange_domain.demo_robot import CHANNEL, ON, REPORT_KEY, REPORT_LIVES_S, WISH_KEY, RobotReport
from exchange_domain.messages import (
    Command,
    OperatorView,
    StartShift,
    command_stream,
    operator_channel,
    operator_snapshot_key,
)
from exchange_domain.settings import settings
from exchange_domain.tables import Call, Campaign, CustomerMember, Script
from exchange_domain.words import CampaignStatus, MemberRole

from .people import CUSTOMER, ROBOT
from .robot_mind import Idle, Mind, Send, Sheet, Step, Write

log = structlog.get_logger(__name__)

BEAT_S = 5.0
"""At least this often it looks at the snapshot and says that it is there, so a lost message costs no more than this."""
STOPPING_S = 4.0
"""How long a stopping process works on ending its shift; the engine ends what is left."""
RETRY_S = 2.0
MOST_COMMANDS = 100_000
"""Entries a stream keeps, as with the pages' commands."""


@dataclass(frozen=True)
class Place:
    """Who the robot is and where it works."""

    operator_id: int
    campaign_id: int


async def place_of(s: AsyncSession) -> Place | None:
    """The robot's account, and the first running campaign (else the first) of the sample customer. None: no data."""
    robot, owner = await accounts.find_by_email(s, ROBOT.email), await accounts.find_by_email(s, CUSTOMER.email)
    if robot is None or robot.id is None or owner is None:
        return None
    found = await s.exec(
        select(Campaign.id)
        .join(CustomerMember, col(CustomerMember.customer_id) == Campaign.customer_id)
        .where(CustomerMember.account_id == owner.id, CustomerMember.role == MemberRole.OWNER)
        .order_by(col(Campaign.status) != CampaignStatus.ACTIVE, col(Campaign.id))
    )
    campaign_id = found.first()
    return None if campaign_id is None else Place(robot.id, campaign_id)


async def sheet_of(s: AsyncSession, call_id: UUID, operator_id: int) -> Sheet:
    """Form and dispositions of one of the robot's own calls, as its page would show them."""
    call = await s.get(Call, call_id)
    if call is None or call.operator_id != operator_id:
        return Sheet()
    script = await s.get_one(Script, call.script_id)
    by_outcome = {d.outcome: d.id for d in reversed(await campaigns.dispositions(s, call.campaign_id)) if d.id}
    return Sheet(forms.parse_form(script.form), by_outcome)


class Robot:
    """Joins the mind to Redis and the database; everything it knows it can lose and read again."""

    def __init__(self, redis: aioredis.Redis, place: Place, mind: Mind, stopping: asyncio.Event) -> None:
        self._redis, self._place, self._mind, self._stopping = redis, place, mind, stopping
        self._view: OperatorView | None = None
        self._wanted = False
        self._sheets: dict[UUID, Sheet] = {}
        self._said: RobotReport | None = None
        self._said_at = self._look_at = 0.0

    async def work(self) -> None:
        """Until told to stop and off shift. Raises RedisError, SQLAlchemyError or OSError when a server is away."""
        async with self._redis.pubsub() as heard:
            await heard.subscribe(operator_channel(self._place.operator_id), CHANNEL)
            waker = asyncio.create_task(self._wake_to_stop())
            try:
                step = None
                while not (isinstance(step, Idle) and self._stopping.is_set()):
                    step = await self._step(heard)
            finally:
                await cancelled(waker)

    async def _wake_to_stop(self) -> None:
        """The wait below is for messages only: being told to stop becomes one."""
        await self._stopping.wait()
        await self._redis.publish(CHANNEL, "wish")

    async def _look(self) -> None:
        """Wish and snapshot as they stand: also what was missed while away, and a view that began anew."""
        wish, seen = await self._redis.mget(WISH_KEY, operator_snapshot_key(self._place.operator_id))
        self._wanted, self._view = wish == ON, _view(seen)
        self._look_at = time.monotonic() + BEAT_S

    async def _step(self, heard: PubSub) -> Step:
        """Looks if it is time to, takes the mind's next step, and waits if that is the step."""
        if time.monotonic() >= self._look_at:
            await self._look()
        wanted = self._wanted and not self._stopping.is_set()
        step = self._mind.decide(self._view, await self._sheet(), wanted=wanted, now_ms=now_ms())
        await self._report(step.doing)
        if isinstance(step, Send):
            await self._send(step.command)
        elif isinstance(step, Write):
            await self._write(step)
        elif not (self._stopping.is_set() and isinstance(step, Idle)):
            seconds = self._look_at - time.monotonic()
            if step.until_ms is not None:
                seconds = min(seconds, (step.until_ms - now_ms()) / 1000)
            await self._listen(heard, max(seconds, 0.01))
        return step

    async def _send(self, command: Command) -> None:
        """To the switch on which it sits; a shift begins on the least loaded one, when there is any."""
        async with database.session() as s:
            if isinstance(command, StartShift):
                name = await switches.seat(s, self._place.operator_id)
            else:
                name = await switches.of_operator(s, self._place.operator_id)
        stream = command_stream(name or settings().switch_name)
        await self._redis.xadd(stream, {"command": command.model_dump_json()}, maxlen=MOST_COMMANDS)

    async def _listen(self, heard: PubSub, seconds: float) -> None:
        message = await heard.get_message(ignore_subscribe_messages=True, timeout=seconds)
        if message is None:
            return
        if message["channel"] == CHANNEL:
            if message["data"] == "wish":
                self._look_at = 0.0
        elif (fresh := _view(message["data"])) and (self._view is None or fresh.version > self._view.version):
            self._view = fresh

    async def _sheet(self) -> Sheet:
        call = self._view.call if self._view else None
        if call is None:
            self._sheets.clear()
            return Sheet()
        if call.call_id not in self._sheets:
            async with database.session() as s:
                found = await sheet_of(s, call.call_id, self._place.operator_id)
            if not found.dispositions:
                return found
            self._sheets = {call.call_id: found}
        return self._sheets[call.call_id]

    async def _write(self, step: Write) -> None:
        async with database.session() as s:
            with suppress(drafts.NotYours):  # closed meanwhile: there is nothing left to write on
                await drafts.save_field(s, step.call_id, self._place.operator_id, step.key, step.value)

    async def _report(self, doing: RobotReport) -> None:
        """Tells the page, when it changed; and again before the report expires."""
        if doing == self._said and time.monotonic() < self._said_at + BEAT_S:
            return
        changed = doing != self._said
        self._said, self._said_at = doing, time.monotonic()
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.set(REPORT_KEY, doing.model_dump_json(), ex=REPORT_LIVES_S)
            if changed:
                pipe.publish(CHANNEL, "report")
            await pipe.execute()


def _view(raw: str | bytes | None) -> OperatorView | None:
    if not raw:
        return None
    try:
        return OperatorView.model_validate_json(raw)
    except ValidationError as problem:
        log.error("view_not_understood", errors=problem.error_count())
        return None


async def run(stopping: asyncio.Event) -> None:
    """Works until `stopping` is set and the shift is ended. A server that is away is waited for."""
    client = aioredis.from_url(settings().redis_url, decode_responses=True, socket_connect_timeout=5)
    try:
        mind: Mind | None = None
        while not stopping.is_set() or mind is not None:
            try:
                async with database.session() as s:
                    place = await place_of(s)
                if place is None:
                    log.warning("no_sample_data", hint="python -m demo.sample_data")
                elif mind is None or mind.campaign_id != place.campaign_id:
                    mind = Mind(place.operator_id, place.campaign_id)
                if mind is not None and place is not None:
                    await Robot(client, place, mind, stopping).work()
                    return
            except (RedisError, SQLAlchemyError, OSError) as problem:
                log.warning("robot_waits_for_a_server", error=type(problem).__name__)
                if stopping.is_set():
                    return
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), RETRY_S)
    finally:
        with suppress(RedisError, OSError):
            await client.delete(REPORT_KEY)
            await client.publish(CHANNEL, "report")
        await client.aclose()
        await database.dispose()


async def _main() -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    work = asyncio.create_task(run(stopping))
    told = asyncio.create_task(stopping.wait())
    await asyncio.wait({work, told}, return_when=asyncio.FIRST_COMPLETED)
    if not work.done():
        await asyncio.wait({work}, timeout=STOPPING_S)
        if not work.done():
            # Without an engine nobody ends the shift; the engine takes it up, or ends it, when it is back.
            log.warning("robot_left_its_shift")
            await cancelled(work)
    told.cancel()
    if not work.cancelled():
        work.result()


def main() -> int:
    if not settings().exchange_demo:
        print("the robot operator works in the demo only (EXCHANGE_DEMO is not set)", file=sys.stderr)
        return 2
    asyncio.run(_main())
    return 0


if __name__ == "__main__":
    sys.exit(main())
