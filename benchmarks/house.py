"""Servers, pages and worker for a measurement, with an operator and a customer's owner."""

import contextlib
import os
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alembic import command
from alembic.config import Config

from exchange_app.security import passwords
from exchange_domain import accounts, customers, database
from exchange_domain.settings import settings
from exchange_domain.tables import Aptitude, Tariff
from exchange_domain.words import MemberRole
from fault_trials.servers import ROOT, running_postgres, running_program, running_valkey
from launcher.ports import free_ports

OPERATOR, OWNER, PASSWORD = "operator@example.org", "owner@example.org", "long enough"


@dataclass(frozen=True)
class House:
    """Ids, and the numbers of processes."""

    customer: int
    operator: int
    url: str
    web: int
    worker: int


@contextlib.asynccontextmanager
async def open_house(folder: Path) -> AsyncIterator[House]:
    async with running_postgres(folder) as cluster, running_valkey(folder) as broker:
        (port,) = free_ports(1)
        url = f"http://127.0.0.1:{port}"
        environment = {
            "DATABASE_URL": cluster.url(), "REDIS_URL": broker.url(), "PUBLIC_URL": url, "WEB_PORT": str(port),
            "DATA_DIR": str(folder),
        }  # fmt: skip
        os.environ |= environment
        settings.cache_clear()
        with ThreadPoolExecutor(1) as thread:
            thread.submit(command.upgrade, Config(ROOT / "alembic.ini"), "head").result()
        customer, operator = await _people()
        served = running_program(folder, "exchange_app.serve", b"web: listening on", environment)
        async with served as web, running_program(folder, "job_worker", b"jobs: working", environment) as worker:
            yield House(customer, operator, url, web.pid, worker.pid)
        await database.dispose()


async def _people() -> tuple[int, int]:
    hashed = await passwords.hashed(PASSWORD)
    async with database.session() as s:
        s.add(Tariff(valid_from=datetime.now(UTC) - timedelta(days=1), operator_share_bp=6000, per_answered_call=100))
        await s.flush()
        operator = await accounts.create(
            s, email=OPERATOR, display_name="Operator", password_hash=hashed, roles=("operator",)
        )
        owner = await accounts.create(s, email=OWNER, display_name="Owner", password_hash=hashed)
        made = await customers.create(s, name="Measured")
        assert made.id is not None and operator.id is not None and owner.id is not None
        s.add(Aptitude(operator_id=operator.id))
        await customers.add_member(s, made.id, owner.id, MemberRole.OWNER)
        return made.id, operator.id
