"""Who drives a switch, and where operators are seated."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from exchange_domain import books, database, returned_calls, shifts, switches
from exchange_domain.claiming import Claim
from exchange_domain.switches import Health, SwitchLeaseLost
from exchange_domain.tables import Call, CampaignTally, Contact, Switch
from exchange_domain.words import CallState, ContactStatus, EndpointKind, Outcome

from .conftest import Exchange

UP = Health(up=True, silent_ms=0, core_uuid="core-1", sessions=3)


async def take(name: str, engine: UUID | None = None, lease_s: float = 60) -> int | None:
    async with database.session() as s:
        return await switches.take(s, name, engine or uuid4(), lease_s)


async def renew(name: str, token: int | None, health: Health = UP, lease_s: float = 60) -> bool:
    assert token is not None
    async with database.session() as s:
        return await switches.renew(s, name, token, health, lease_s)


async def alive(name: str, **columns: object) -> int:
    """A switch with an engine that is connected to it."""
    token = await take(name)
    assert token is not None and await renew(name, token)
    async with database.session() as s:
        switch = await s.get_one(Switch, name)
        for column, value in columns.items():
            setattr(switch, column, value)
        s.add(switch)
    return token


async def run_out(name: str, ago_s: float = 0) -> None:
    async with database.session() as s:
        await s.execute(
            text("update switch set lease_until = now() - make_interval(secs => :ago) where name = :name"),
            {"name": name, "ago": ago_s},
        )


async def test_a_switch_has_one_owner_until_its_lease_runs_out(exchange: Exchange):
    first = await take("a")
    assert await take("a") is None
    await run_out("a")
    second = await take("a")
    assert first is not None and second is not None and second > first
    assert not await renew("a", first)
    assert await renew("a", second)


async def test_many_engines_at_once_make_one_owner(exchange: Exchange):
    tokens = await asyncio.gather(*(take("a") for _ in range(8)))
    assert len([token for token in tokens if token is not None]) == 1


async def test_a_lease_that_ran_out_and_nobody_took_goes_on(exchange: Exchange):
    token = await take("a")
    await run_out("a", 100)
    assert await renew("a", token)
    assert await take("a") is None


async def test_a_released_switch_is_free_at_once(exchange: Exchange):
    token = await take("a")
    assert token is not None
    async with database.session() as s:
        await switches.release(s, "a", token)
    assert await take("a") is not None


async def test_a_switch_that_is_not_enabled_is_nobodys(exchange: Exchange):
    await alive("a", enabled=False)
    await run_out("a")
    assert await take("a") is None


async def test_the_fence_stops_who_lost_the_switch(exchange: Exchange):
    first = await take("a")
    assert first is not None
    async with database.session() as s:
        await switches.fence(s, "a", first)
    await run_out("a")
    await take("a")
    with pytest.raises(SwitchLeaseLost):
        async with database.session() as s:
            await switches.fence(s, "a", first)


async def test_nobody_takes_a_switch_while_a_fenced_transaction_is_under_way(exchange: Exchange):
    first = await take("a")
    assert first is not None
    async with database.session() as s:
        await switches.fence(s, "a", first)
        await run_out_elsewhere("a")
        assert await take("a") is None, "the transaction that was let in can still write"
    assert await take("a") is not None


async def run_out_elsewhere(name: str) -> None:
    """A renewal, or this, never waits for the owner's own transactions."""
    async with asyncio.timeout(5):
        await run_out(name)


@pytest.mark.parametrize("within_a_statement", [False, True])
async def test_a_transaction_that_stands_still_is_ended_by_the_database(exchange: Exchange, within_a_statement: bool):
    """An engine stopped in the middle of one keeps the switch from nobody, also within a statement."""
    first = await take("a")
    assert first is not None
    with pytest.raises(DBAPIError) as ended:
        async with database.session() as s:
            await switches.fence(s, "a", first, idle_s=0.2)
            if within_a_statement:
                driver = (await (await s.connection()).get_raw_connection()).driver_connection
                assert driver is not None
                await driver.prepare("select 1")
                assert await state_of(driver.get_server_pid()) == "active", "for the database it is not idle"
            await run_out_elsewhere("a")
            async with asyncio.timeout(10):
                while await take("a") is None:  # noqa: ASYNC110 - the database has no event for this
                    await asyncio.sleep(0.05)
            await s.execute(text("select 1"))
    # 25P03: it stood idle too long; 25P04: it lasted too long.
    assert ended.value.connection_invalidated or getattr(ended.value.orig, "sqlstate", "") in ("25P03", "25P04")


async def state_of(pid: int) -> str:
    async with database.session() as s:
        found = await s.execute(text("select state from pg_stat_activity where pid = :pid"), {"pid": pid})
        return str(found.scalar_one())


# --- seats ---


async def person(exchange: Exchange, campaign: int) -> int:
    """An operator without a shift."""
    account, shift = await exchange.operator(campaign)
    async with database.session() as s:
        await shifts.end(s, shift, exchange.now)
    return account


async def sit(operator_id: int, campaign: int, name: str) -> None:
    async with database.session() as s:
        await shifts.open(
            s, operator_id=operator_id, campaign_id=campaign, switch_name=name, endpoint_kind=EndpointKind.SIP,
            endpoint="x",
        )  # fmt: skip


async def seat(operator_id: int) -> str | None:
    async with database.session() as s:
        return await switches.seat(s, operator_id)


async def test_operators_are_spread_by_the_size_of_the_switches(exchange: Exchange):
    campaign = await exchange.campaign()
    await alive("a", max_seats=10)
    await alive("b", max_seats=20)
    seated = []
    for _ in range(12):
        operator = await person(exchange, campaign)
        name = await seat(operator)
        assert name is not None
        await sit(operator, campaign, name)
        seated.append(name)
    assert (seated.count("a"), seated.count("b")) == (4, 8)


async def test_many_who_begin_at_the_same_moment_are_spread_as_well(exchange: Exchange):
    campaign = await exchange.campaign()
    await alive("a")
    await alive("b")
    people = [await person(exchange, campaign) for _ in range(20)]
    seated = await asyncio.gather(*(seat(operator) for operator in people))
    assert (seated.count("a"), seated.count("b")) == (10, 10)


async def test_who_has_a_shift_stays_where_she_is(exchange: Exchange):
    campaign = await exchange.campaign()
    await alive("a")
    await alive("b")
    operator = await person(exchange, campaign)
    await sit(operator, campaign, "b")
    assert [await seat(operator) for _ in range(3)] == ["b", "b", "b"]


async def test_a_promise_that_was_not_kept_takes_no_seat_for_long(exchange: Exchange):
    campaign = await exchange.campaign()
    await alive("a", max_seats=1)
    first, second = [await person(exchange, campaign) for _ in range(2)]
    assert await seat(first) == "a"
    assert await seat(second) is None, "the only seat is promised"
    async with database.session() as s:
        await s.execute(text("update seat_promise set promised_at = now() - interval '1 hour'"))
    assert await seat(second) == "a"


@pytest.mark.parametrize("flaw", ["draining", "disabled", "not connected", "no engine", "full"])
async def test_nobody_is_seated_on_a_switch_that_cannot_take_her(exchange: Exchange, flaw: str):
    campaign = await exchange.campaign()
    token = await alive("a", draining=flaw == "draining", enabled=flaw != "disabled", max_seats=1)
    if flaw == "not connected":
        await renew("a", token, Health(up=False))
    if flaw == "no engine":
        await run_out("a")
    if flaw == "full":
        await sit(await person(exchange, campaign), campaign, "a")
    assert await seat(await person(exchange, campaign)) is None


# --- a switch that is lost ---


async def test_a_lost_switch_is_noted_once_until_it_is_back(exchange: Exchange):
    token = await alive("a")
    async with database.session() as s:
        assert await switches.lose(s, "a")
        assert not await switches.lose(s, "a")
    assert await renew("a", token, Health(up=False, silent_ms=9_000))
    async with database.session() as s:
        assert (await s.get_one(Switch, "a")).lost_at is not None
    await renew("a", token)
    async with database.session() as s:
        assert (await s.get_one(Switch, "a")).lost_at is None
        assert await switches.lose(s, "a")


async def test_what_the_owner_says_of_its_switch_is_kept(exchange: Exchange):
    token = await alive("a")
    await renew("a", token, Health(up=False, silent_ms=60_000, sessions=1))
    async with database.session() as s:
        switch = await s.get_one(Switch, "a")
        now = (await s.execute(text("select now()"))).scalar_one()
    assert (switch.core_uuid, switch.sessions, switch.up) == ("core-1", 1, False)
    assert switch.heard_at is not None and now - switch.heard_at < timedelta(seconds=30), "it never goes back"


async def test_a_switch_without_engine_is_abandoned_only_with_people_or_calls_on_it(exchange: Exchange):
    campaign = await exchange.campaign()
    await alive("a")
    await alive("b")
    await sit(await person(exchange, campaign), campaign, "a")

    async def abandoned() -> list[str]:
        async with database.session() as s:
            return await switches.abandoned(s, 45)

    assert await abandoned() == []
    await run_out("a", 30)
    await run_out("b", 300)
    assert await abandoned() == []
    await run_out("a", 50)
    assert await abandoned() == ["a"]


async def test_a_call_that_nobody_answered_gives_its_contact_back(exchange: Exchange):
    campaign = await exchange.campaign()
    contact_id = await exchange.contact(campaign, "+78125550001")
    claim = await exchange.claim(await exchange.operator(campaign))
    assert isinstance(claim, Claim)
    heard, now = exchange.now + timedelta(seconds=20), exchange.now + timedelta(seconds=70)
    for _ in range(2):
        async with database.session() as s:
            await returned_calls.returned(s, claim.call_id, claim.fencing_token, ended_at=heard, at=now)
    call: Call = await exchange.call(claim.call_id)
    assert (call.state, call.outcome, call.hangup_cause) == (CallState.CLOSED, Outcome.UNREACHABLE, "SWITCH_LOST")
    assert (call.ended_at, call.ended_by) == (heard, "switch")
    async with database.session() as s:
        contact = await s.get_one(Contact, contact_id)
        assert (contact.status, contact.attempts, contact.due_at) == (ContactStatus.WAITING, 0, now)
        tally = await s.get_one(CampaignTally, (campaign, Outcome.UNREACHABLE))
        assert (tally.calls, tally.answered) == (1, 0)
    (settled,) = await exchange.settle(after=timedelta(minutes=5))
    assert settled.charge == 0
    async with database.session() as s:
        assert await books.check(s) == []
    again = await exchange.claim(await exchange.operator(campaign), at=now)
    assert isinstance(again, Claim) and again.attempt == 1
