"""What a run embeds and what it tells its programs."""

import asyncio

import pytest

from launcher import exchange
from launcher.data_directory import DataDirectory

ADDRESSES = {
    "DATABASE_URL": "postgresql://there/x",
    "REDIS_URL": "redis://there/0",
    "SWITCH_URL": "esl://:secret@there:8021",
}


@pytest.fixture
def data(tmp_path):
    opened = DataDirectory(tmp_path / "data")
    opened.open()
    yield opened
    opened.unlock()


@pytest.fixture(autouse=True)
def nothing_given(monkeypatch):
    for name in (*ADDRESSES, "PUBLIC_URL", "CDR_USER", "CDR_PASSWORD", "RECORDINGS_DIR"):
        monkeypatch.delenv(name, raising=False)


def test_without_addresses_everything_is_embedded(data):
    plan = exchange.Plan.make(data, 3456)
    assert plan.database and plan.broker and plan.switch_port
    assert plan.environment["DATABASE_URL"] == plan.database.programs_url(data.secret("programs"))
    assert plan.environment["DATABASE_URL"] != plan.database.url(), "programs own nothing"
    assert plan.environment["REDIS_URL"] == plan.broker.url()
    assert plan.environment["SWITCH_URL"].endswith(f"@127.0.0.1:{plan.switch_port}")
    assert plan.environment["PUBLIC_URL"] == plan.local_url == "http://127.0.0.1:3456"
    assert plan.environment["RECORDINGS_DIR"] == str(data.recordings)


def test_given_addresses_are_used_and_nothing_is_embedded(data, monkeypatch):
    for name, value in ADDRESSES.items():
        monkeypatch.setenv(name, value)
    plan = exchange.Plan.make(data, 3456)
    assert (plan.database, plan.broker, plan.switch_port) == (None, None, None)
    assert {name: plan.environment[name] for name in ADDRESSES} == ADDRESSES
    assert "RECORDINGS_DIR" not in plan.environment


def test_the_switch_posts_its_records_with_what_the_pages_expect(data):
    plan = exchange.Plan.make(data, 3456)
    simulator = plan.simulator()
    command = simulator.command
    assert command[command.index("--cdr-url") + 1] == "http://127.0.0.1:3456/cdr"
    credentials = f"{plan.environment['CDR_USER']}:{plan.environment['CDR_PASSWORD']}"
    assert simulator.environment["SIMULATOR_CDR_CRED"] == credentials
    assert not any(secret in word for word in command for secret in (plan.switch_password, plan.cdr_password))


def test_the_last_line_is_for_programs_that_wait_for_it(data):
    assert exchange.closing_lines(exchange.Plan.make(data, 3456))[-1] == "ready: http://127.0.0.1:3456"


async def test_the_first_failure_of_parallel_work_is_raised_as_it_is():
    ended = []

    async def patient():
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("patient")

    async def failing():
        raise LookupError("the first")

    with pytest.raises(LookupError, match="the first"):
        await exchange.together(patient(), failing())
    assert ended == ["patient"]
