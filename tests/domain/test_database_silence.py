"""A database that says nothing more is left within its time, with its locks, and asked again on a new connection."""

import asyncio
import re
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from call_engine.database_effects import while_away
from exchange_domain import database
from fault_trials.proxy import Fault, Proxy


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> Iterator[float]:
    monkeypatch.setattr(database.patience, "command_s", 1.0)
    yield 1.0


async def test_a_transaction_on_a_silent_connection_is_done_again_on_another(
    database_url: str, settings_env, patience: float
):
    port = urlsplit(database_url).port
    assert port is not None
    async with Proxy(port) as wire:
        settings_env(database_url=re.sub(r":\d+/", f":{wire.port}/", database_url, count=1))
        async with database.session() as s:
            await s.execute(text("create table t (n int)"))
            await s.execute(text("insert into t values (0)"))
        locked = asyncio.Event()
        tries = 0

        async def work(s) -> int:
            nonlocal tries
            tries += 1
            n = (await s.execute(text("update t set n = n + 1 returning n"))).scalar_one()
            locked.set()
            if tries == 1:
                wire.begin(Fault.SILENCE)
            return (await s.execute(text("select n from t"))).scalar_one() + n

        async with asyncio.timeout(15):
            began = time.monotonic()
            assert await while_away(work) == 2, "the first try has left nothing, its lock neither"
        assert tries >= 2 and time.monotonic() - began >= patience
        async with database.session() as s:
            assert (await s.execute(text("select n from t"))).scalar_one() == 1
        await database.dispose()
