"""Brings up one whole exchange: embedded servers where no address is given, the engine, the pages, the demo's robot."""

import asyncio
import os
import signal
from collections.abc import Coroutine
from dataclasses import dataclass, replace

from launcher.children import ChildFailed, ChildSpec
from launcher.console import Console
from launcher.data_directory import DataDirectory, DataDirectoryRefused, Run
from launcher.embedded import postgres, valkey
from launcher.embedded.postgres import ClusterFailed
from launcher.embedded.valkey import ServerMissing
from launcher.environment import ROOT, program_environment, python_module
from launcher.ports import LOOPBACK, free_ports
from launcher.readiness import serves
from launcher.supervisor import Supervisor

STOPPING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
CDR_USER = "switch"


@dataclass(frozen=True)
class Plan:
    """What is embedded in this run, and the addresses and secrets all programs get."""

    data: DataDirectory
    web_port: int
    environment: dict[str, str]
    database: postgres.Cluster | None
    broker: valkey.Server | None
    switch_port: int | None
    media_port: int
    """Where pages are telephones at the simulated switch."""
    switch_password: str
    cdr_password: str

    @classmethod
    def make(cls, data: DataDirectory, web_port: int) -> "Plan":
        """Parts whose address the environment gives are used as they are; the others are embedded on free ports."""
        database_port, broker_port, switch_port, media_port = free_ports(4)
        given = os.environ
        database = broker = None
        if not given.get("DATABASE_URL"):
            database = postgres.Cluster(data.postgres, database_port, data.secret("database"))
        if not given.get("REDIS_URL"):
            broker = valkey.Server(data.valkey, broker_port, data.secret("valkey"))
        simulated = not given.get("SWITCH_URL")
        switch_password = data.secret("event-socket")
        cdr_password = given.get("CDR_PASSWORD") or data.secret("cdr")
        settings = {
            "DATABASE_URL": (database.programs_url(data.secret("programs")) if database else given["DATABASE_URL"]),
            "REDIS_URL": broker.url() if broker else given["REDIS_URL"],
            "SWITCH_URL": f"esl://:{switch_password}@{LOOPBACK}:{switch_port}" if simulated else given["SWITCH_URL"],
            "PUBLIC_URL": given.get("PUBLIC_URL") or f"http://{LOOPBACK}:{web_port}",
            "WEB_PORT": str(web_port),
            "DATA_DIR": str(data.path),
            "CDR_USER": given.get("CDR_USER") or CDR_USER,
            "CDR_PASSWORD": cdr_password,
            "EXCHANGE_DEMO": "1",
            "PAYMENTS": given.get("PAYMENTS") or "sandbox",
            "SANDBOX_SECRET": data.secret("sandbox"),
            "SELLER_NAME": given.get("SELLER_NAME") or "Operator Exchange (demo)",
            # Programs that are tried beside the demo are on this machine.
            "WEBHOOKS_INSIDE": given.get("WEBHOOKS_INSIDE") or "1",
        }
        if simulated:
            settings["RECORDINGS_DIR"] = str(data.recordings)
            settings["SIP_WS_URL"] = given.get("SIP_WS_URL") or f"ws://{LOOPBACK}:{media_port}"
            settings["SWITCH_DIRECTORY_USER"] = CDR_USER
            settings["SWITCH_DIRECTORY_PASSWORD"] = data.secret("directory")
        if not given.get("RECORDING_STORAGE"):
            settings["RECORDING_STORAGE"] = data.storage.as_uri()
        return cls(
            data=data,
            web_port=web_port,
            environment=program_environment() | settings,
            database=database,
            broker=broker,
            switch_port=switch_port if simulated else None,
            media_port=media_port,
            switch_password=switch_password,
            cdr_password=cdr_password,
        )

    @property
    def local_url(self) -> str:
        return f"http://{LOOPBACK}:{self.web_port}"

    def run(self) -> Run:
        return Run(
            pid=os.getpid(),
            public_url=self.environment["PUBLIC_URL"],
            database_url=self.environment["DATABASE_URL"],
            redis_url=self.environment["REDIS_URL"],
            switch_url=self.environment["SWITCH_URL"],
        )

    def program(self, name: str, module: str, *arguments: str) -> ChildSpec:
        """A program of this checkout under `name`."""
        return ChildSpec(name, python_module(module, *arguments), self.environment, ROOT)

    def simulator(self) -> ChildSpec:
        port = self.switch_port or 0
        options = {
            "--host": LOOPBACK,
            "--port": str(port),
            "--cdr-url": f"{self.local_url}/cdr",
            "--cdr-spool": str(self.data.cdr_spool),
            "--recordings": str(self.data.recordings),
            "--media-port": str(self.media_port),
            "--directory-url": f"{self.local_url}/switch/directory",
        }
        arguments = [word for pair in options.items() for word in pair] + ["--recorded-sound"]
        secrets = {
            "SIMULATOR_PASSWORD": self.switch_password,
            "SIMULATOR_CDR_CRED": f"{self.environment['CDR_USER']}:{self.cdr_password}",
            "SIMULATOR_DIRECTORY_CRED": f"{CDR_USER}:{self.environment['SWITCH_DIRECTORY_PASSWORD']}",
        }
        program = self.program("switch", "switch_simulator", *arguments)
        return replace(program, environment={**program.environment, **secrets}, ready_line="listening on")


class Bringing:
    """The order of a start: what needs what, and everything else at the same time."""

    def __init__(self, plan: Plan, supervisor: Supervisor, console: Console) -> None:
        self._plan = plan
        self._supervisor = supervisor
        self._console = console

    async def bring_up(self) -> None:
        """Raises ChildFailed, ClusterFailed or ServerMissing when a part does not come up."""
        simulator = self._simulator() if self._plan.switch_port else _nothing()
        await together(self._database(), self._broker(), simulator, self._pages())
        await together(self._engine(), self._web(), self._recordings(), self._jobs())
        await self._supervisor.start(self._plan.program("robot", "demo.robot_operator"))

    async def _database(self) -> None:
        cluster = self._plan.database
        if cluster is not None:
            with self._console.step("database (PostgreSQL)"):
                await asyncio.to_thread(cluster.initialise)
                await self._supervisor.start(
                    ChildSpec(
                        "postgres",
                        cluster.command(),
                        ready=cluster.answers,
                        restarts=False,
                        stop_signal=postgres.STOP_SIGNAL,
                        echoes=False,
                        identity=cluster.identity,
                    )
                )
                await cluster.ensure_database()
        with self._console.step("database tables"):
            await self._migrate()
        with self._console.step("sample data"):
            await self._step("sample", "demo.sample_data")

    async def _migrate(self) -> None:
        """Tables belong to another user than the programs': what the database refuses them they cannot switch off."""
        cluster = self._plan.database
        migrate = self._plan.program("migrate", "alembic", "upgrade", "head")
        if cluster is not None:
            migrate = replace(migrate, environment={**migrate.environment, "DATABASE_URL": cluster.url()})
        await self._supervisor.run_step(replace(migrate, echoes=False))
        if cluster is not None:
            await cluster.ensure_programs(self._plan.data.secret("programs"))

    async def _broker(self) -> None:
        server = self._plan.broker
        if server is None:
            return
        with self._console.step("messages (Valkey)"):
            server.initialise()
            await self._supervisor.start(
                ChildSpec(
                    "valkey",
                    server.command(),
                    ready=server.answers,
                    restarts=False,
                    stop_signal=valkey.STOP_SIGNAL,
                    echoes=False,
                )
            )

    async def _simulator(self) -> None:
        with self._console.step("simulated switch"):
            await self._supervisor.start(self._plan.simulator())

    async def _pages(self) -> None:
        with self._console.step("pages (the first build takes a minute or two)"):
            await self._step("build", "exchange_app.build")

    async def _engine(self) -> None:
        with self._console.step("call engine"):
            engine = self._plan.program("engine", "call_engine")
            await self._supervisor.start(replace(engine, ready_line="engine: driving switch"))

    async def _recordings(self) -> None:
        with self._console.step("recordings"):
            mover = self._plan.program("recordings", "recording_store")
            await self._supervisor.start(replace(mover, ready_line="recordings: moving"))

    async def _jobs(self) -> None:
        with self._console.step("background jobs"):
            worker = self._plan.program("jobs", "job_worker")
            await self._supervisor.start(replace(worker, ready_line="jobs: working"))

    async def _web(self) -> None:
        with self._console.step("web server"):
            web = self._plan.program("web", "exchange_app.serve")
            await self._supervisor.start(replace(web, ready=serves(self._plan.local_url), ready_timeout=120))

    async def _step(self, name: str, module: str, *arguments: str) -> None:
        await self._supervisor.run_step(replace(self._plan.program(name, module, *arguments), echoes=False))


async def together(*work: Coroutine[object, object, object]) -> None:
    """Run at the same time; when one fails the others are cancelled, and the first failure is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            for each in work:
                group.create_task(each)
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None


async def _nothing() -> None:
    return


def run(data: DataDirectory, web_port: int, fresh: bool) -> int:
    """Bring the exchange up and keep it up until a signal or a failure ends it. Exit status for the shell."""
    console = Console()
    try:
        data.open(fresh=fresh)
    except DataDirectoryRefused as problem:
        console.line(f"run demo: {problem}")
        console.close()
        return 2
    try:
        return asyncio.run(_run(data, web_port, console))
    finally:
        console.close()
        data.unlock()


async def _run(data: DataDirectory, web_port: int, console: Console) -> int:
    stop_on_signals(console)
    is_up = False
    try:
        plan = Plan.make(data, web_port)
        async with Supervisor(data.logs, console, data.lock_descriptor) as supervisor:
            await Bringing(plan, supervisor, console).bring_up()
            data.write_run(plan.run())
            is_up = True
            for line in closing_lines(plan):
                console.line(line)
            await supervisor.wait_for_failure()
    except (ChildFailed, ClusterFailed, ServerMissing) as problem:
        console.line(f"[stop] {problem}")
        return 1
    except asyncio.CancelledError:
        console.line("[stop] everything is stopped")
        return 0 if is_up else 130
    finally:
        data.remove_run()
    return 0


def stop_on_signals(console: Console) -> None:
    """The first signal stops everything in order, a second one at once: each cancels the current task."""
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()
    seen: list[int] = []

    def stop(number: int) -> None:
        console.line("[stop] stopping …" if not seen else "[stop] killing what still runs")
        seen.append(number)
        if task is not None:
            task.cancel()

    for number in STOPPING_SIGNALS:
        loop.add_signal_handler(number, stop, number)


def closing_lines(plan: Plan) -> list[str]:
    """What is said when all is up; the last line is for programs that wait for it."""
    return [
        "",
        "The exchange is up. Open the address below and choose an account: each role has a one-click sign-in there.",
        f"Alone? {plan.local_url}/demo has a robot operator that works while you watch.",
        f"Logs and data: {plan.data.path}   Stop: Ctrl-C",
        f"ready: {plan.local_url}",
    ]
