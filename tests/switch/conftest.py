"""The exchange without pages on two switches: the simulator always, a real FreeSWITCH where its program is found.

Tests get the same `house` as those of the engine (tests/engine/conftest.py) and do not know which switch it has.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uvicorn
from redis.asyncio import Redis
from starlette.applications import Starlette

from exchange_app import broker
from exchange_app.records import routes as record_routes
from exchange_app.switch_directory import routes as directory_routes
from exchange_domain import database, sip_credentials
from exchange_domain.words import Role, SipUserKind
from launcher.ports import LOOPBACK, free_ports
from switch_simulator.cdr import CdrPoster
from switch_simulator.simulator import Simulator
from tests.engine.conftest import (  # noqa: F401 - fixtures
    PASSWORD,
    House,
    engine,
    engine_process,
    engine_processes,
    preloaded,
)
from tests.engine.desk import OperatorDesk

from .real_switch import DOMAIN, RealSwitch, real_switch

KINDS = ("simulator", "freeswitch")


@pytest.fixture(scope="session")
def web_port() -> int:
    """Where the exchange takes records and questions about users; the switch is told once."""
    return free_ports(1)[0]


@pytest.fixture(scope="session")
def sipp_port() -> int:
    return free_ports(1)[0]


@pytest.fixture(scope="session")
def freeswitch(tmp_path_factory: pytest.TempPathFactory, web_port: int, sipp_port: int) -> Iterator[RealSwitch]:
    """The session's FreeSWITCH. Skips where there is none, saying why."""
    with real_switch(tmp_path_factory.mktemp("freeswitch"), web_port, sipp_port) as switch:
        yield switch


class Web:
    """The exchange's routes for the switch, on the loop of the test; a test may close and open them."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._server: uvicorn.Server | None = None
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        app = Starlette(routes=[*record_routes(), *directory_routes()])
        config = uvicorn.Config(app, host=LOOPBACK, port=self._port, log_level="warning", lifespan="off")
        self._server = uvicorn.Server(config)
        self._task = asyncio.create_task(self._server.serve())
        while not self._server.started:  # noqa: ASYNC110 - it has no event for this
            await asyncio.sleep(0.01)

    async def close(self) -> None:
        if self._server is not None and self._task is not None:
            self._server.should_exit = True
            await self._task
            self._server = None


@pytest.fixture
async def web(web_port: int) -> AsyncIterator[Web]:
    made = Web(web_port)
    await made.open()
    yield made
    await made.close()


class RealHouse(House):
    """People here have telephones, which register with passwords that the exchange issued."""

    switch: RealSwitch  # type: ignore[assignment]

    async def furnish(self, *, managers: int = 2, **limits: int) -> None:
        await super().furnish(managers=managers, **limits)
        for manager_id in self.manager_ids:
            await self.give_telephones(Role.MANAGER, manager_id)

    async def operator(self) -> OperatorDesk:
        desk = await super().operator()
        await self.give_telephones(Role.OPERATOR, desk.operator_id)
        return desk

    async def give_telephones(self, role: Role, account_id: int) -> None:
        """Page and telephone, both registered, whatever the person is rung at."""
        for kind in SipUserKind:
            async with database.session() as s:
                made = await sip_credentials.issue(
                    s, role, account_id, kind, realm=DOMAIN, at=datetime.now(UTC), longest=timedelta(hours=1)
                )
            self.switch.passwords[made.username] = made.password
            does = self.switch._users.get(made.username, "rings, answers at once")
            answer = await asyncio.wrap_future(self.switch.register(made.username, does, "registration-1"))
            assert answer.status == 200, answer.start


@pytest.fixture(params=KINDS)
async def house(
    request: pytest.FixtureRequest, database_url: str, redis_url: str, settings_env: Callable[..., None],
    tmp_path: Path, web_port: int, web: Web,
) -> AsyncIterator[House]:  # fmt: skip
    real: RealSwitch | None = request.getfixturevalue("freeswitch") if request.param == "freeswitch" else None
    cdr_password = real.cdr_password if real else "of the records"
    spool = real.spool if real else tmp_path / "spool"
    spool.mkdir(exist_ok=True)
    posts = CdrPoster(f"http://{LOOPBACK}:{web_port}/cdr", f"switch:{cdr_password}", spool=spool)
    async with (
        Simulator(password=PASSWORD, recordings=tmp_path, cdr=posts) as simulator,
        Redis.from_url(redis_url) as redis,
    ):
        settings_env(
            database_url=database_url, redis_url=redis_url, recordings_dir=tmp_path, sip_domain=DOMAIN,
            switch_url=f"esl://:{PASSWORD}@{LOOPBACK}:{real.port if real else simulator.port}",
            cdr_user="switch", cdr_password=cdr_password, cdr_spool_dir=spool,
            switch_directory_user="switch", switch_directory_password=real.directory_password if real else "-",
        )  # fmt: skip
        yield RealHouse(real, redis) if real else House(simulator, redis)  # type: ignore[arg-type]
        if real is not None:
            await real.forget()
        # Before the broker: a record that just came is still announced.
        await web.close()
        await broker.close()
        await database.dispose()
