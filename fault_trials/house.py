"""A whole exchange without pages for the trials: the engine's three links go through wires that can fail."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from uuid import uuid4

from alembic import command
from alembic.config import Config
from redis.asyncio import Redis
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_domain import accounts, campaigns, customers, database
from exchange_domain.hours import every_day
from exchange_domain.settings import settings
from exchange_domain.tables import Aptitude, CampaignManager, Contact, ContactNumber, Tariff
from exchange_domain.words import CampaignStatus, EndpointKind, MemberRole, Outcome
from switch_simulator.cdr import CdrPoster
from switch_simulator.simulator import Simulator

from .people import ON_THE_LINE, Desk, Situation
from .proxy import Proxy
from .records import RecordReceiver
from .servers import ROOT, running_engine, running_postgres, running_valkey

PASSWORD = "s3cret"
RING_S = 120
PAUSE_S = 0.05
BEHAVIOUR = {
    Situation.RINGING: "rings, never answers",
    Situation.TALKING: "rings 0.05 s, answers",
    Situation.CONSULTING: "rings 0.05 s, answers",
    Situation.WRAP_UP: "rings 0.05 s, answers",
    Situation.PROBE: "rings 0.05 s, answers",
}
"""What a contact's telephone does, by the situation its operator is to be in."""


async def until(fits: Callable[[], Awaitable[bool] | bool], seconds: float) -> bool:
    """Whether it came to be so in time."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while True:
        answer = fits()
        if answer if isinstance(answer, bool) else await answer:
            return True
        if loop.time() > end:
            return False
        await asyncio.sleep(PAUSE_S)


@dataclass
class House:
    """`wires` are the engine's links by name; everybody else reaches the servers directly."""

    switch: Simulator
    redis: Redis
    records: RecordReceiver
    wires: dict[str, Proxy]
    engine: asyncio.subprocess.Process
    desks: list[Desk] = field(default_factory=list)
    _campaigns: dict[Situation, int] = field(default_factory=dict)
    _numbers: int = 0

    async def furnish(self, calls: int, wrap_ups: int) -> None:
        """A customer with money, a campaign for each situation, operators for them, and one kept for probing."""
        async with database.session() as s:
            s.add(
                Tariff(
                    valid_from=datetime.now(UTC) - timedelta(days=1), per_answered_call=100, per_minute=60,
                    per_success=500, operator_share_bp=5000, operator_per_call=10, registration_bonus=1_000_000_000,
                )
            )  # fmt: skip
            await s.flush()
            customer = await customers.create(s, name="Trial")
            assert customer.id is not None
            for situation in Situation:
                self._campaigns[situation] = await self._campaign(s, customer.id, situation)
            for number in range(calls):
                self.desks.append(await self._operator(s, ON_THE_LINE[number % 3], number // 3))
            for number in range(wrap_ups):
                self.desks.append(await self._operator(s, Situation.WRAP_UP, number))
            self.desks.append(await self._operator(s, Situation.PROBE, 0))

    async def _campaign(self, s: AsyncSession, customer_id: int, situation: Situation) -> int:
        campaign = await campaigns.create(s, customer_id, name=situation, min_gap_s=0, ring_s=RING_S, wrap_up_s=600)
        assert campaign.id is not None
        await campaigns.set_hours(s, campaign.id, every_day(time(0), time(0)))
        await campaigns.save_script(s, campaign.id, "Trial", [])
        campaign.status = CampaignStatus.ACTIVE
        s.add(campaign)
        manager = await self._person(s, "Manager", ())
        dial_name = f"manager-{manager}"
        await customers.add_member(s, customer_id, manager, MemberRole.MANAGER, EndpointKind.BROWSER, dial_name)
        s.add(CampaignManager(campaign_id=campaign.id, account_id=manager, position=0))
        self.switch.set_user_behaviour(dial_name, "rings 0.05 s, answers")
        return campaign.id

    async def _person(self, s: AsyncSession, name: str, roles: tuple[str, ...]) -> int:
        email = f"{uuid4().hex}@example.org"
        made = await accounts.create(s, email=email, display_name=name, password_hash="-", roles=roles)
        assert made.id is not None
        return made.id

    async def _operator(self, s: AsyncSession, situation: Situation, place: int) -> Desk:
        operator_id = await self._person(s, "Operator", ("operator",))
        s.add(Aptitude(operator_id=operator_id))
        campaign_id = self._campaigns[situation]
        dispositions = await campaigns.dispositions(s, campaign_id)
        refused = next(d.id for d in dispositions if d.outcome == Outcome.REFUSED)
        assert refused is not None
        return Desk(self.redis, operator_id, campaign_id, refused, situation, place)

    async def contacts(self, situation: Situation, count: int) -> None:
        """More contacts to be called, each with a number of its own."""
        async with database.session() as s:
            for _ in range(count):
                self._numbers += 1
                e164 = f"+7812{self._numbers:07}"
                self.switch.set_number_behaviour(e164, BEHAVIOUR[situation])
                contact = Contact(
                    campaign_id=self._campaigns[situation], name="Contact", time_zone="Europe/Moscow",
                    due_at=datetime.now(UTC),
                )  # fmt: skip
                s.add(contact)
                await s.flush()
                assert contact.id is not None
                s.add(ContactNumber(contact_id=contact.id, campaign_id=contact.campaign_id, e164=e164))

    def partner(self, leg: object) -> str | None:
        """The leg that this one is bridged with, in the switch."""
        channel = self.switch.channels().get(str(leg))
        if channel is None or channel.bridge is None or not channel.bridge.joined:
            return None
        return channel.bridge.other(channel).uuid

    @property
    def engine_ended(self) -> bool:
        return self.engine.returncode is not None

    def has(self, leg: object) -> bool:
        return str(leg) in self.switch.channels()


@contextlib.asynccontextmanager
async def open_house(folder: Path) -> AsyncIterator[House]:
    """Everything up and migrated, the engine driving. The environment's settings are this house's meanwhile."""
    async with running_postgres(folder) as cluster, running_valkey(folder) as valkey:
        with _settings(DATABASE_URL=cluster.url(), REDIS_URL=valkey.url()):
            with ThreadPoolExecutor(1) as thread:
                await asyncio.wrap_future(thread.submit(command.upgrade, Config(ROOT / "alembic.ini"), "head"))
            async with (
                Redis.from_url(valkey.url()) as redis,
                RecordReceiver(redis) as records,
                Simulator(
                    password=PASSWORD, recordings=folder / "recordings",
                    cdr=CdrPoster(f"http://127.0.0.1:{records.port}/cdr", "switch:trial"),
                ) as switch,
                Proxy(switch.port) as to_switch,
                Proxy(valkey.port) as to_redis,
                Proxy(cluster.port) as to_postgres,
            ):  # fmt: skip
                environment = {
                    "DATABASE_URL": cluster.url().replace(f":{cluster.port}/", f":{to_postgres.port}/"),
                    "REDIS_URL": valkey.url().replace(f":{valkey.port}/", f":{to_redis.port}/"),
                    "SWITCH_URL": f"esl://:{PASSWORD}@127.0.0.1:{to_switch.port}",
                    "RECORDINGS_DIR": str(folder / "recordings"),
                }
                wires = {"switch": to_switch, "redis": to_redis, "postgres": to_postgres}
                async with running_engine(folder, environment) as engine:
                    yield House(switch, redis, records, wires, engine)
                await database.dispose()


@contextlib.contextmanager
def _settings(**values: str):
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    settings.cache_clear()
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        settings.cache_clear()
