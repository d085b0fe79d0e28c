"""The fixtures every other test stands on."""

import asyncpg
import redis.asyncio

from exchange_domain.settings import settings


async def test_each_test_gets_a_migrated_database(database_url):
    connection = await asyncpg.connect(database_url)
    try:
        assert await connection.fetchval("SELECT count(*) FROM alembic_version") == 1
        assert await connection.fetchval("SELECT lower('ПРИВЕТ')") == "привет"
        assert await connection.fetchval("SHOW timezone") == "UTC"
        await connection.execute("CREATE TABLE left_behind ()")
    finally:
        await connection.close()


async def test_nothing_of_another_test_is_in_it(database_url):
    connection = await asyncpg.connect(database_url)
    try:
        assert await connection.fetchval("SELECT to_regclass('left_behind')") is None
    finally:
        await connection.close()


async def test_valkey_takes_entries(redis_url):
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        await client.set("left behind", 1)


async def test_valkey_is_empty_again(redis_url):
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        assert await client.dbsize() == 0


def test_settings_follow_the_environment(settings_env):
    settings_env(web_port=4321, exchange_demo=True)
    assert (settings().web_port, settings().exchange_demo) == (4321, True)
