"""The programs' user of the database: it does all they need, and cannot touch what is in the books by any statement."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from sqlalchemy import text

from exchange_domain import books, campaigns, contact_counts, database, disputes, earnings, jobs, program_role
from exchange_domain.words import Outcome
from tests.app.conftest import world
from tests.app.customer.conftest import Shop, shop

__all__ = ["shop", "world"]
ROLE = "programs_of_tests"
PASSWORD = "pass'word"
BY_FORCE = (
    "update ledger_entry set amount = amount + 1",
    "delete from ledger_entry",
    "truncate ledger_entry cascade",
    "update ledger_transaction set kind = 'deposit'",
    "delete from ledger_transaction",
    "update ledger_account set balance = balance + 100 where customer_id is not null",
    "delete from ledger_account",
    "delete from settlement",
    "alter table ledger_entry disable trigger all",
    "alter table ledger_account disable trigger user",
    "drop table ledger_entry cascade",
    "drop function if exists count_inserted_contacts cascade",
    "set session_replication_role = replica",
    "create or replace function pg_temp.x() returns int language sql as 'select 1'; alter role current_user superuser",
    "insert into ledger_entry (transaction_id, account_id, amount) "
    "select transaction_id, account_id, 5 from ledger_entry limit 1",
)


@pytest.fixture
async def as_programs(shop: Shop, database_url: str, settings_env: Callable[..., None]) -> str:
    """The settings' database user is the programs' from here on; returns its address."""
    owner = await asyncpg.connect(database_url)
    await program_role.grant(owner, ROLE, PASSWORD)
    await program_role.grant(owner, ROLE, PASSWORD)
    await owner.close()
    await database.dispose()
    url = database_url.replace("exchange@", f"{ROLE}@")
    settings_env(database_url=url)
    return url


async def test_it_does_what_programs_do(shop: Shop, as_programs: str) -> None:
    await shop.ready()
    now = datetime.now(UTC)
    async with database.session() as s:
        assert (await s.execute(text("select current_user"))).scalar_one() == ROLE
        await campaigns.start(s, shop.campaign)
    call = await shop.call(Outcome.SUCCESS, result={"den": "2026-12-01"})
    async with database.session() as s:
        contested = await disputes.contest(s, call, shop.customer, shop.owner, "не тот", now)
        await disputes.decide(s, contested.id or 0, None, refund=True, operator_keeps=True, at=now)
        assert await earnings.release_due(s, now + timedelta(days=30)) == 1
        await jobs.order(s, "send_mail", {"mail_id": 1})
        await contact_counts.sum_up(s, shop.campaign)
    async with database.session() as s:
        assert await books.check(s) == []


@pytest.mark.parametrize("statement", BY_FORCE)
async def test_it_cannot_change_what_is_in_the_books(shop: Shop, as_programs: str, statement: str) -> None:
    await shop.ready()
    async with database.session() as s:
        await campaigns.start(s, shop.campaign)
    await shop.call(Outcome.SUCCESS, result={"den": "2026-12-01"})

    async def seen(connection: asyncpg.Connection) -> list:
        return [
            list(map(tuple, await connection.fetch(f"select * from {table} order by 1, 2")))
            for table in ("ledger_entry", "ledger_transaction", "ledger_account", "settlement")
        ]

    connection = await asyncpg.connect(as_programs)
    before = await seen(connection)
    with pytest.raises(asyncpg.PostgresError):
        await connection.execute(statement)
    assert await seen(connection) == before
    await connection.close()
