"""An exchange with the sample data in it."""

from collections.abc import AsyncIterator, Callable

import pytest

from demo import sample_data
from exchange_domain import database


@pytest.fixture
async def exchange(database_url: str, settings_env: Callable[..., None]) -> AsyncIterator[None]:
    settings_env(database_url=database_url, exchange_demo="1", switch_name="demo-test")
    yield
    await database.dispose()


@pytest.fixture
async def sampled(exchange: None) -> None:
    async with database.session() as s:
        assert await sample_data.make(s)
