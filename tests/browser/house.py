"""The whole house on loopback: simulator in this process, engine and web as processes of their own."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import httpx

from exchange_app.security import passwords
from exchange_domain import accounts, campaigns, customers, database, tours
from exchange_domain.hours import every_day
from exchange_domain.settings import settings
from exchange_domain.tables import Contact, ContactNumber, Tariff
from exchange_domain.words import MemberRole, Role
from launcher.ports import free_ports
from launcher.processes import before_exec
from switch_simulator.cdr import CdrPoster
from switch_simulator.media.directory import ExchangeDirectory
from switch_simulator.media_options import MediaOptions
from switch_simulator.simulator import Simulator
from tests import weak_passwords
from tests.switch.real_switch import RealSwitch

weak_passwords.use()
ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "сосновая доска 40"
CDR_USER, CDR_PASSWORD = "switch", "record-of-tests"


@dataclass
class Child:
    """A process of the house; what it says is kept for the moment when something goes wrong."""

    name: str
    process: Process
    said: list[str] = field(default_factory=list)
    reader: asyncio.Task | None = None

    async def line(self, part: str, seconds: float = 60) -> None:
        """Waits until it has said a line with `part`."""
        async with asyncio.timeout(seconds):
            while not any(part in line for line in self.said):
                if self.process.returncode is not None:
                    raise RuntimeError(f"{self.name} ended:\n" + "\n".join(self.said[-40:]))
                await asyncio.sleep(0.05)

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process.returncode is None:
            self.process.send_signal(how)
            try:
                await asyncio.wait_for(self.process.wait(), 15)
            except TimeoutError:
                self.process.kill()
                await self.process.wait()
        if self.reader is not None:
            await self.reader


@dataclass
class House:
    """A running exchange and the people of one customer."""

    url: str
    simulator: Simulator | RealSwitch
    recordings: Path
    environment: dict[str, str]
    people: dict[str, int] = field(default_factory=dict)
    customer_id: int = 0
    children: dict[str, Child] = field(default_factory=dict)

    async def run(self, name: str, module: str, ready: str) -> Child:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, cwd=ROOT, env=self.environment, stdout=PIPE, stderr=asyncio.subprocess.STDOUT,
            preexec_fn=before_exec(None, signal.SIGKILL),
        )  # fmt: skip
        child = self.children[name] = Child(name, process)
        child.reader = asyncio.create_task(_read(child))
        await child.line(ready)
        return child

    async def start_engine(self) -> Child:
        return await self.run("engine", "call_engine", "engine: driving switch")

    async def start_jobs(self) -> Child:
        return await self.run("jobs", "job_worker", "jobs: working")

    async def start_web(self) -> Child:
        child = await self.run("web", "exchange_app.serve", "web: listening on")
        async with httpx.AsyncClient() as client, asyncio.timeout(30):
            while not await self._answers(client):  # noqa: ASYNC110 - another process, no event to wait for
                await asyncio.sleep(0.1)
        return child

    async def _answers(self, client: httpx.AsyncClient) -> bool:
        """Whether the web process serves pages: it says that its start is complete a moment before it listens."""
        try:
            return (await client.get(f"{self.url}/sign-in")).status_code == 200
        except httpx.ConnectError:
            return False


async def _read(child: Child) -> None:
    assert child.process.stdout is not None
    async for line in child.process.stdout:
        child.said.append(line.decode(errors="replace").rstrip())


@asynccontextmanager
async def open_house(
    database_url: str, redis_url: str, folder: Path, change_settings, *, sound: bool = False, engine: bool = True,
    host: str = "127.0.0.1", **more: str,
) -> AsyncIterator[House]:  # fmt: skip
    """Starts everything, and leaves nothing behind. `sound`: pages are telephones, and contacts speak. Without an
    `engine` a test says itself what the engine would."""
    (port,) = free_ports(1)
    url, recordings = f"http://{host}:{port}", folder / "recordings"
    recordings.mkdir()
    poster = CdrPoster(f"{url}/cdr", f"{CDR_USER}:{CDR_PASSWORD}", spool=folder / "spool")
    media = None
    if sound:
        media = MediaOptions(ExchangeDirectory(f"{url}/switch/directory", f"{CDR_USER}:{CDR_PASSWORD}"))
    async with Simulator(cdr=poster, recordings=recordings, media=media) as simulator:
        values = {
            "switch_url": f"esl://:{simulator.password}@127.0.0.1:{simulator.port}", "recordings_dir": recordings,
            "cdr_password": CDR_PASSWORD, "switch_directory_password": CDR_PASSWORD,
        }  # fmt: skip
        if sound:
            values["sip_ws_url"] = f"ws://127.0.0.1:{simulator.media_port}"
        values |= {"public_url": url} | more
        async with _open(simulator, port, values, database_url, redis_url, folder, change_settings, engine) as house:
            yield house


@asynccontextmanager
async def open_real_house(
    switch: RealSwitch, database_url: str, redis_url: str, folder: Path, change_settings
) -> AsyncIterator[House]:
    """The same on a FreeSWITCH that runs already."""
    values = {
        "switch_url": f"esl://:{switch.password}@127.0.0.1:{switch.port}", "recordings_dir": switch.recordings,
        "cdr_password": switch.cdr_password, "switch_directory_password": switch.directory_password,
        "sip_domain": switch.domain, "sip_ws_url": f"ws://{switch.values.operators_ws}",
    }  # fmt: skip
    async with _open(switch, switch.web_port, values, database_url, redis_url, folder, change_settings) as house:
        yield house


@asynccontextmanager
async def _open(
    switch: Simulator | RealSwitch, port: int, of_switch: dict, database_url: str, redis_url: str, folder: Path,
    change_settings, engine: bool = True,
) -> AsyncIterator[House]:  # fmt: skip
    url = of_switch.get("public_url", f"http://127.0.0.1:{port}")
    values = {
        "database_url": database_url, "redis_url": redis_url, "public_url": url, "web_port": port, "data_dir": folder,
        "cdr_user": CDR_USER, "switch_directory_user": CDR_USER, "preview_s": 3,
        "payments": "sandbox", "sandbox_secret": "s3cret", "payout_least": 1_000,
        "seller_name": "ООО «Биржа операторов»", "seller_tax_id": "7812345678", "seller_bank": "р/с 40702810; БИК 0445",
        "two_factor_required": "false", "vat_bp": 2_000, "recording_storage": (folder / "storage").as_uri(),
        **of_switch,
    }  # fmt: skip
    change_settings(**values)
    environment = {**os.environ, **{k.upper(): str(v) for k, v in values.items()}}
    house = House(url, switch, of_switch["recordings_dir"], environment)
    assert settings().public_url == url
    try:
        await _people(house)
        await asyncio.gather(*([house.start_engine()] if engine else []), house.start_web())
        yield house
    finally:
        for child in reversed(list(house.children.values())):
            await child.stop()
        await database.dispose()


async def _people(house: House) -> None:
    """A tariff, a customer with owner and manager, an operator: all with the same password."""
    hashed = await passwords.hashed(PASSWORD)
    async with database.session() as s:
        s.add(
            Tariff(
                valid_from=datetime.now(UTC) - timedelta(days=1), per_answered_call=1500, per_minute=600,
                per_success=6000, operator_share_bp=6000, operator_per_call=100, registration_bonus=500_000,
            )
        )  # fmt: skip
        await s.flush()
        customer = await customers.create(s, name="Мебельная мастерская «Дубрава»")
        house.customer_id = customer.id or 0
        for name, who, roles in (
            ("owner", "Пётр Дубравин", ()),
            ("manager", "Олег Ершов", ()),
            ("operator", "Мария Светлова", ("operator",)),
            ("second", "Иван Громов", ("operator",)),
            ("moderator", "Кира Нова", ("moderator",)),
            ("admin", "Нина Ковач", ("admin",)),
        ):
            account = await accounts.create(
                s, email=f"{name}@example.org", display_name=who, password_hash=hashed, roles=roles, language="en"
            )
            house.people[name] = account.id or 0
        await customers.add_member(s, house.customer_id, house.people["owner"], MemberRole.OWNER)
        await customers.add_member(s, house.customer_id, house.people["manager"], MemberRole.MANAGER)
        for who, role in (("owner", Role.CUSTOMER), ("manager", Role.MANAGER), ("operator", Role.OPERATOR),
                          ("second", Role.OPERATOR)):  # fmt: skip
            # Whoever is here for something else knows their way around.
            await tours.saw(s, house.people[who], role)


async def running_campaign(house: House, *numbers: str, **limits: int) -> int:
    """A campaign that runs, with one contact for each number: for tests that begin where calling begins."""
    async with database.session() as s:
        made = await campaigns.create(
            s, house.customer_id, name="Autumn kitchens", min_gap_s=0, holidays_off=False, **limits
        )
        campaign = made.id or 0
        await campaigns.set_hours(s, campaign, every_day(time(0), time(0)))
        await campaigns.set_managers(s, campaign, [house.people["manager"]])
        form = [{"key": "wish", "label": "What they wish", "kind": "text", "required": True}]
        await campaigns.save_script(s, campaign, "Good day, {{name}}! Do you still think of a new kitchen?", form)
        for place, number in enumerate(numbers, 1):
            contact = Contact(campaign_id=campaign, name=f"Workshop {place}", time_zone="Europe/Moscow")
            s.add(contact)
            await s.flush()
            s.add(ContactNumber(contact_id=contact.id or 0, campaign_id=campaign, e164=number, person_name="Irina"))
        await campaigns.start(s, campaign)
    return campaign
