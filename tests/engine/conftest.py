"""A whole exchange without pages: PostgreSQL, Valkey, a switch on its event socket, and the engine."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from redis.asyncio import Redis
from sqlalchemy import text

from call_engine.engine import Engine
from exchange_domain import accounts, campaigns, customers, database
from exchange_domain.hours import every_day
from exchange_domain.messages import campaign_channel
from exchange_domain.settings import settings
from exchange_domain.tables import Call, CampaignManager, Contact, ContactNumber, Tariff
from exchange_domain.words import CampaignStatus, EndpointKind, MemberRole, Outcome
from switch_simulator.simulator import Simulator

from .desk import WAIT_S, ManagerDesk, OperatorDesk
from .preloaded import Forked, Preloaded

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "s3cret"


class EngineProcess:
    """The engine as a process of its own, to be killed."""

    def __init__(self, origin: Preloaded, environment: dict[str, str], log: Path, program: str = "call_engine"):
        self._origin, self._environment, self._log, self._program = origin, environment, log, program
        self.process: Forked | None = None

    async def start(self) -> None:
        await self.launch()
        await self.drives()

    async def drives(self) -> None:
        await self.says("engine: driving switch ")

    async def launch(self) -> None:
        with self._log.open("ab") as log:
            self.process = await self._origin.start(self._program, os.environ | self._environment, log.fileno())

    async def says(self, beginning: str) -> str:
        assert self.process is not None
        async with asyncio.timeout(WAIT_S):
            while line := (await self.process.stdout.readline()).decode():
                if line.startswith(beginning):
                    return line
        raise AssertionError(f"the engine ended: {self.log_text()}")

    def log_text(self) -> str:
        return self._log.read_text()

    async def kill(self, *, lease_runs: bool = False) -> None:
        """As `kill -9`: no chance to say or write anything.

        Its lease ends at once, unless `lease_runs`: it is certainly dead, and most tests need not wait for that.
        """
        await self._end(signal.SIGKILL)
        if not lease_runs:
            async with database.session() as s:
                name = self._environment.get("SWITCH_NAME", "main")
                await s.execute(text("update switch set lease_until = now() where name = :name"), {"name": name})

    def pause(self) -> None:
        """As a machine that stands still: SIGSTOP."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    async def ended(self) -> int:
        assert self.process is not None
        async with asyncio.timeout(WAIT_S):
            return await self.process.wait()

    async def stop(self) -> int:
        return await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> int:
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(how)
        async with asyncio.timeout(WAIT_S):
            return await self.process.wait()


@dataclass
class House:
    """Everything a test needs to let people work; `switch` plays the far ends."""

    switch: Simulator
    redis: Redis
    campaign_id: int = 0
    customer_id: int = 0
    manager_ids: list[int] = field(default_factory=list)
    telephones: dict[int, str] = field(default_factory=dict)
    """Managers' telephones: the name or number that is dialled."""
    numbers: int = 0

    def manager_does(self, index: int, behaviour: str) -> None:
        """What a manager's telephone does from now on."""
        name = self.telephones[self.manager_ids[index]]
        change = self.switch.set_number_behaviour if name.startswith("+") else self.switch.set_user_behaviour
        change(name, behaviour)

    async def furnish(self, *, managers: int = 2, endpoint: EndpointKind = EndpointKind.BROWSER, **limits: int) -> None:
        """A customer with money, a campaign with managers, open at all hours."""
        async with database.session() as s:
            long_ago = datetime.now(UTC) - timedelta(days=1)
            s.add(
                Tariff(
                    valid_from=long_ago, per_answered_call=100, per_minute=60, per_success=500,
                    operator_share_bp=5000, operator_per_call=10, registration_bonus=1_000_000,
                )
            )  # fmt: skip
            await s.flush()
            customer = await customers.create(s, name="Мебель")
            assert customer.id is not None
            self.customer_id = customer.id
            campaign = await campaigns.create(
                s, customer.id, name="Опрос", **({"min_gap_s": 0, "holidays_off": False} | limits)
            )
            assert campaign.id is not None
            self.campaign_id = campaign.id
            await campaigns.set_hours(s, campaign.id, every_day(time(0), time(0)))
            await campaigns.save_script(s, campaign.id, "Здравствуйте, {{name}}!", [])
            campaign.status = CampaignStatus.ACTIVE
            s.add(campaign)
            for position in range(managers):
                manager_id = await self._person(s, f"Менеджер Номер{position}", ())
                name = f"+7812600{position:04}" if endpoint is EndpointKind.NUMBER else f"manager-{manager_id}"
                await customers.add_member(s, customer.id, manager_id, MemberRole.MANAGER, endpoint, name)
                s.add(CampaignManager(campaign_id=campaign.id, account_id=manager_id, position=position))
                self.manager_ids.append(manager_id)
                self.telephones[manager_id] = name
                self.manager_does(position, "rings 0.05 s, answers")

    async def _person(self, s, name: str, roles: tuple[str, ...]) -> int:
        account = await accounts.create(
            s, email=f"{uuid4().hex}@example.org", display_name=name, password_hash="-", roles=roles
        )
        assert account.id is not None
        return account.id

    async def operator(self) -> OperatorDesk:
        async with database.session() as s:
            operator_id = await self._person(s, "Мария Светлова", ("operator",))
            dispositions = await campaigns.dispositions(s, self.campaign_id)
            refused = next(d.id for d in dispositions if d.outcome == Outcome.REFUSED)
        assert refused is not None
        return OperatorDesk(self.redis, operator_id, self.campaign_id, refused)

    async def contact(self, behaviour: str = "rings 0.05 s, answers", bound_to: int | None = None) -> str:
        """One more contact to be called, whose telephone does that; by this operator only, from its first moment. Its
        number."""
        self.numbers += 1
        e164 = f"+7812555{self.numbers:04}"
        self.switch.set_number_behaviour(e164, behaviour)
        async with database.session() as s:
            contact = Contact(
                campaign_id=self.campaign_id, name="Ромашка", time_zone="Europe/Moscow", due_at=datetime.now(UTC),
                bound_to=bound_to,
            )  # fmt: skip
            s.add(contact)
            await s.flush()
            assert contact.id is not None
            number = ContactNumber(contact_id=contact.id, campaign_id=self.campaign_id, e164=e164, person_name="Ирина")
            s.add(number)
        return e164

    def manager(self, index: int = 0) -> ManagerDesk:
        return ManagerDesk(self.redis, self.manager_ids[index])

    async def call(self, call_id: UUID) -> Call:
        async with database.session() as s:
            return await s.get_one(Call, call_id)

    async def until_call(self, call_id: UUID, fits: Callable[[Call], bool]) -> Call:
        """The call's row once it fits: looked at again whenever a row of the campaign is shown, and now and then."""
        async with asyncio.timeout(WAIT_S), self.redis.pubsub() as subscriber:
            await subscriber.subscribe(campaign_channel(self.campaign_id))
            while not fits(call := await self.call(call_id)):
                await subscriber.get_message(ignore_subscribe_messages=True, timeout=0.1)
            return call

    async def until_switch(self, fits: Callable[[dict], bool]) -> None:
        async with asyncio.timeout(WAIT_S):
            while not fits(self.switch.channels()):  # noqa: ASYNC110 - the simulator has no event for this
                await asyncio.sleep(0.01)

    def partner(self, leg: object) -> str | None:
        """The leg that this one is bridged with, in the switch."""
        channel = self.switch.channels().get(str(leg))
        if channel is None or channel.bridge is None or not channel.bridge.joined:
            return None
        return channel.bridge.other(channel).uuid

    def plays(self, leg: object) -> str | None:
        """What the switch plays to a leg, by its path; none when nothing is heard but a partner, if there is one."""
        channel = self.switch.channels().get(str(leg))
        playback = None if channel is None else channel.playback
        return None if playback is None else playback.path

    async def until_plays(self, leg: object, wanted: str) -> None:
        await self.until_switch(lambda _: wanted in (self.plays(leg) or ""))

    async def until_bridged(self, leg: object, other: object = None, but: object = None) -> str:
        """Waits until a leg is bridged: with `other`, or with any one but `but`. Whom with."""

        def fits(_: object) -> bool:
            partner = self.partner(leg)
            return partner is not None and other in (None, partner) and partner != but

        await self.until_switch(fits)
        partner = self.partner(leg)
        assert partner is not None
        return partner


@pytest.fixture
async def house(
    database_url: str, redis_url: str, settings_env: Callable[..., None], tmp_path: Path
) -> AsyncIterator[House]:
    async with Simulator(password=PASSWORD, recordings=tmp_path) as switch, Redis.from_url(redis_url) as redis:
        settings_env(
            database_url=database_url,
            redis_url=redis_url,
            switch_url=f"esl://:{PASSWORD}@127.0.0.1:{switch.port}",
            recordings_dir=tmp_path,
        )
        yield House(switch, redis)
        await database.dispose()


@contextlib.asynccontextmanager
async def running_engine() -> AsyncIterator[Engine]:
    """The engine of the present settings in this process, ready to work."""
    ready = asyncio.Event()
    engine = Engine(settings(), say=lambda line: ready.set() if "driving" in line else None)
    task = asyncio.create_task(engine.run())
    try:
        async with asyncio.timeout(WAIT_S):
            await ready.wait()
        yield engine
    finally:
        engine.stop()
        await task


@pytest.fixture
async def engine(house: House) -> AsyncIterator[Engine]:
    await house.furnish()
    async with running_engine() as running:
        yield running


@pytest.fixture(scope="session")
def preloaded() -> Iterator[Preloaded]:
    """What engines are forked from."""
    made = Preloaded()
    yield made
    made.close()


@pytest.fixture
async def engine_processes(
    house: House, tmp_path: Path, preloaded: Preloaded
) -> AsyncIterator[Callable[..., EngineProcess]]:
    """`engine_processes(SETTING=…)`: the engine in a process of its own, by the test's settings and these."""
    now = settings()
    environment = {
        "DATABASE_URL": now.database_url,
        "REDIS_URL": now.redis_url,
        "SWITCH_URL": now.switch_url,
        "RECORDINGS_DIR": str(now.recordings_dir),
    }
    made: list[EngineProcess] = []

    def make(program: str = "call_engine", **other: str) -> EngineProcess:
        made.append(EngineProcess(preloaded, environment | other, tmp_path / f"engine-{len(made)}.log", program))
        return made[-1]

    yield make
    for process in made:
        if process.process is not None:
            await process.kill(lease_runs=True)


@pytest.fixture
async def engine_process(house: House, engine_processes: Callable[..., EngineProcess]) -> EngineProcess:
    """The engine as a process at work; a test kills it and starts it again."""
    await house.furnish()
    process = engine_processes()
    await process.start()
    return process
