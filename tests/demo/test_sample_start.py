"""The first start makes the sample data whole, once, or leaves nothing."""

import asyncio

from demo import sample_campaigns, sample_data
from exchange_domain import database

from .conftest import counts


async def test_two_starts_at_once_make_it_once(exchange: None) -> None:
    async def start() -> bool:
        async with database.session() as s:
            return await sample_data.make(s)

    assert sorted(await asyncio.gather(start(), start())) == [False, True]


async def test_a_start_that_failed_leaves_nothing(exchange: None, monkeypatch) -> None:
    async def fails(*_: object) -> int:
        raise RuntimeError("no")

    before = await counts()
    with monkeypatch.context() as patch:
        patch.setattr(sample_campaigns, "survey_draft", fails)
        try:
            async with database.session() as s:
                await sample_data.make(s)
        except RuntimeError:
            pass
    assert await counts() == before
    async with database.session() as s:
        assert await sample_data.make(s)
