"""An exchange with the sample data in it."""

from collections.abc import AsyncIterator, Callable

import pytest
from sqlalchemy import text

from exchange_domain import database


@pytest.fixture
async def exchange(database_url: str, settings_env: Callable[..., None]) -> AsyncIterator[None]:
    settings_env(database_url=database_url, exchange_demo="1", switch_name="demo-test")
    yield
    await database.dispose()


@pytest.fixture
def sampled(exchange: None) -> None:
    """The sample data is in this module's template."""


async def counts() -> dict[str, int]:
    async with database.session() as s:
        tables = ("account", "customer", "campaign", "contact", "contact_number", "call", "settlement", "ledger_entry",
                  "tariff", "shift", "transfer", "switch_record", "list_import")  # fmt: skip
        return {t: (await s.execute(text(f"select count(*) from {t}"))).scalar_one() for t in tables}
