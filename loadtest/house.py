"""A whole exchange of its own for a load test: every part as in production, the switch simulated, people and lists."""

import asyncio
import contextlib
import os
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

from alembic import command
from alembic.config import Config
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_app.security import passwords, sessions
from exchange_domain import accounts, campaigns, customers, database
from exchange_domain.hours import every_day
from exchange_domain.settings import settings
from exchange_domain.tables import Aptitude, CampaignManager, Tariff
from exchange_domain.words import CampaignStatus, EndpointKind, MemberRole
from fault_trials.servers import ROOT, running_engine, running_program, running_server
from launcher.embedded import postgres, valkey
from launcher.ports import LOOPBACK, free_ports

from .parts import Parts
from .plan import Somebody

PASSWORD = "s3cret of the switch"
SIGN_IN_PASSWORD = "a long phrase of theirs"
RING_S, WRAP_UP_S, LONGEST_CALL_S = 20, 120, 180
OPERATORS_A_CUSTOMER = 10

CONTACTS = text("""
with made as (
  insert into contact (campaign_id, name, time_zone, due_at)
  select :campaign, 'Contact ' || i, 'Europe/Moscow', now() - interval '1 hour' from generate_series(1, :count) i
  returning id)
insert into contact_number (contact_id, campaign_id, e164)
select id, :campaign, '+7' || (9000000000 + id) from made
""")


@dataclass
class People:
    operators: list[Somebody] = field(default_factory=list)
    customers: list[Somebody] = field(default_factory=list)
    managers: list[Somebody] = field(default_factory=list)
    moderators: list[Somebody] = field(default_factory=list)
    sign_ins: list[tuple[str, str]] = field(default_factory=list)


@contextlib.asynccontextmanager
async def open_house(folder: Path, webs: int = 1) -> AsyncIterator[Parts]:
    """Servers and programs, up and running; all end with the block."""
    ports = free_ports(6 + 2 * (webs - 1))
    cluster = postgres.Cluster(folder / "postgres", ports[0], durable=True)
    broker = valkey.Server(folder / "valkey", ports[1], durable=True)
    await asyncio.to_thread(cluster.initialise)
    broker.initialise()
    switch_port, web_port, engine_metrics, web_metrics = ports[2:6]
    urls = [f"http://{LOOPBACK}:{port}" for port in (web_port, *ports[6::2])]
    metrics = {"engine": engine_metrics, "web": web_metrics}
    metrics |= {f"web-{n}": port for n, port in enumerate(ports[7::2], 2)}
    parts = Parts(urls=urls, metrics=metrics)
    try:
        await parts.add(
            "database",
            lambda: running_server(
                cluster.command(), folder / "postgres.log", postgres.STOP_SIGNAL, cluster.answers, cluster.identity
            ),
            stop_signal=postgres.STOP_SIGNAL,
        )
        await cluster.ensure_database()
        await parts.add(
            "broker",
            lambda: running_server(broker.command(), folder / "valkey.log", valkey.STOP_SIGNAL, broker.answers),
        )
        await _programs(folder, parts, _environment(folder, cluster, broker, switch_port, web_port))
        yield parts
    finally:
        await parts.close()
        await database.dispose()


def _environment(
    folder: Path, cluster: postgres.Cluster, broker: valkey.Server, switch_port: int, web_port: int
) -> dict[str, str]:
    for name in ("recordings", "storage", "spool"):
        (folder / name).mkdir(exist_ok=True)
    environment = {
        "DATABASE_URL": cluster.url(), "REDIS_URL": broker.url(), "PUBLIC_URL": f"http://{LOOPBACK}:{web_port}",
        "WEB_PORT": str(web_port), "DATA_DIR": str(folder),
        "SWITCH_URL": f"esl://:{PASSWORD.replace(' ', '%20')}@{LOOPBACK}:{switch_port}",
        "RECORDINGS_DIR": str(folder / "recordings"), "RECORDING_STORAGE": (folder / "storage").as_uri(),
        "CDR_USER": "switch", "CDR_PASSWORD": uuid4().hex, "CDR_SPOOL_DIR": str(folder / "spool"),
        "SECRET_KEY": uuid4().hex * 2, "PREVIEW_S": "0", "TWO_FACTOR_REQUIRED": "false",
    }  # fmt: skip
    os.environ |= environment
    settings.cache_clear()
    return environment


def _web(folder: Path, environment: dict[str, str]) -> contextlib.AbstractAsyncContextManager[Process]:
    return running_program(folder, "exchange_app.serve", b"web: listening on", environment)


async def _programs(folder: Path, parts: Parts, environment: dict[str, str]) -> None:
    with ThreadPoolExecutor(1) as thread:
        thread.submit(command.upgrade, Config(ROOT / "alembic.ini"), "head").result()
    simulator = [
        "--port", environment["SWITCH_URL"].rsplit(":", 1)[1], "--dialplan",
        str(Path(__file__).with_name("dialplan.toml")), "--cdr-url", f"{parts.urls[0]}/cdr",
        "--cdr-spool", str(folder / "spool"), "--recordings", str(folder / "recordings"), "--recorded-sound",
    ]  # fmt: skip
    secrets = {"SIMULATOR_PASSWORD": PASSWORD, "SIMULATOR_CDR_CRED": f"switch:{environment['CDR_PASSWORD']}"}
    of_engine = environment | {"METRICS_PORT": str(parts.metrics["engine"])}
    webs = [name for name in parts.metrics if name.startswith("web")]
    for name, url in zip(webs, parts.urls, strict=True):
        # Each has an address of its own: there is no proxy before them.
        own = {"PUBLIC_URL": url, "WEB_PORT": url.rsplit(":", 1)[1], "METRICS_PORT": str(parts.metrics[name])}
        await parts.add(name, partial(_web, folder, environment | own))
    await parts.add(
        "switch",
        lambda: running_program(
            folder, "switch_simulator", b"switch simulator: listening", environment | secrets, *simulator
        ),
    )
    await parts.add("engine", lambda: running_engine(folder, of_engine))
    await parts.add("worker", lambda: running_program(folder, "job_worker", b"jobs: working", environment))
    await parts.add("mover", lambda: running_program(folder, "recording_store", b"recordings: moving", environment))


async def furnish(operators: int, watching: int, contacts_each: int, recorded_share: float) -> People:
    """Customers with a campaign each, ten operators to one, managers, two moderators; sessions for all of them.

    `contacts_each`: for one operator. `recorded_share`: of the campaigns, so many are recorded.
    """
    people = People()
    hashed = await passwords.hashed(SIGN_IN_PASSWORD)
    customers_needed = max(1, -(-operators // OPERATORS_A_CUSTOMER), watching)
    ids: list[tuple[int, int, int]] = []
    async with database.session() as s:
        s.add(Tariff(
            valid_from=datetime.now(UTC) - timedelta(days=1), per_answered_call=100, per_minute=60, per_success=500,
            operator_share_bp=5000, operator_per_call=10, registration_bonus=1_000_000_000_00,
        ))  # fmt: skip
        await s.flush()
        for number in range(customers_needed):
            recorded = number < round(recorded_share * customers_needed)
            ids.append(await _customer(s, number, hashed, contacts_each * OPERATORS_A_CUSTOMER, recorded=recorded))
    async with database.session() as s:
        for number in range(operators):
            account = await _person(s, f"operator-{number}", hashed, ("operator",))
            s.add(Aptitude(operator_id=account))
            campaign = ids[number % len(ids)][0]
            people.operators.append(await _somebody(account, "operator", campaign))
        for number in range(2):
            account = await _person(s, f"moderator-{number}", hashed, ("moderator",))
            people.moderators.append(await _somebody(account, "moderator"))
    people.customers = [await _somebody(owner, "customer", campaign) for campaign, owner, _ in ids[:watching]]
    people.managers = [await _somebody(manager, "manager", campaign) for campaign, _, manager in ids[:20]]
    people.sign_ins = [(f"operator-{n}@load.example", SIGN_IN_PASSWORD) for n in range(min(operators, 50))]
    async with database.engine().connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("vacuum analyze"))
    return people


async def _customer(
    s: AsyncSession, number: int, hashed: str, contacts: int, *, recorded: bool
) -> tuple[int, int, int]:
    """(campaign, owner, manager)"""
    owner = await _person(s, f"owner-{number}", hashed, ())
    manager = await _person(s, f"manager-{number}", hashed, ())
    customer = await customers.create(s, name=f"Customer {number}")
    assert customer.id is not None
    await customers.add_member(s, customer.id, owner, MemberRole.OWNER)
    await customers.add_member(s, customer.id, manager, MemberRole.MANAGER, EndpointKind.SIP, f"manager-{manager}")
    campaign = await campaigns.create(
        s, customer.id, name=f"Campaign {number}", min_gap_s=0, ring_s=RING_S, wrap_up_s=WRAP_UP_S,
        holidays_off=False, recording=recorded, longest_call_s=LONGEST_CALL_S,
    )  # fmt: skip
    assert campaign.id is not None
    await campaigns.set_hours(s, campaign.id, every_day(time(0), time(0)))
    await campaigns.save_script(s, campaign.id, "Good day, {{name}}! Do you still think of a new kitchen?", [])
    s.add(CampaignManager(campaign_id=campaign.id, account_id=manager, position=0))
    campaign.status = CampaignStatus.ACTIVE
    s.add(campaign)
    await s.execute(CONTACTS, {"campaign": campaign.id, "count": contacts})
    return campaign.id, owner, manager


async def _person(s: AsyncSession, name: str, hashed: str, roles: tuple[str, ...]) -> int:
    made = await accounts.create(
        s, email=f"{name}@load.example", display_name=name.replace("-", " ").title(), password_hash=hashed,
        roles=roles, language="en",
    )  # fmt: skip
    assert made.id is not None
    return made.id


async def _somebody(account: int, role: str, campaign: int = 0) -> Somebody:
    sid = await sessions.begin(account, frozenset({role}))
    return Somebody(account, f"{sessions.COOKIE}={sid}", campaign)
