"""What must always hold is found when it does not, each by its own words, and nothing else is."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from exchange_domain import database, leg_events
from exchange_domain.claiming import Claim
from exchange_domain.invariants import broken

from .conftest import Exchange


async def talked(exchange: Exchange, *, closed: bool = True, **limits: int) -> Claim:
    campaign = await exchange.campaign(**limits)
    await exchange.contact(campaign, "+78125550001")
    claim = await exchange.claim(await exchange.operator(campaign))
    assert isinstance(claim, Claim)
    if closed:
        await exchange.talk(claim, 30)
        await exchange.close(claim, "refused")
        await exchange.record(claim, 30)
        await exchange.settle()
    return claim


async def wrong(exchange: Exchange, after: timedelta = timedelta(0)) -> list[str]:
    async with database.session() as s:
        return await broken(s, exchange.now + after)


async def forge(statement: str, **values: object) -> None:
    """Changes rows as only a fault could."""
    async with database.session() as s:
        await s.execute(text("set local session_replication_role = replica"))
        await s.execute(text(statement), values)


@pytest.mark.parametrize("closed", [True, False])
async def test_a_healthy_exchange_breaks_nothing(exchange: Exchange, closed: bool):
    await talked(exchange, closed=closed)
    assert await wrong(exchange) == []


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("update campaign_hours set opens = '00:00', closes = '00:01'", "calls outside permitted hours"),
        ("update contact set status = 'working'", "contacts in work without a call"),
        ("update number_lock set leased_until = now() + interval '1 day'", "numbers locked for calls that are over"),
        ("delete from settlement; update call set settled = false", "closed calls without a settlement"),
        ("update call set ended_at = null", "calls without an end long after their limit"),
        ("update call set recording_path = 'x.wav'", "answered calls of which no recording is known"),
        (
            "update switch_record set applied_at = now() - interval '1 year', body = jsonb_set("
            "body, '{variables,execute_on_answer_4}', '\"record_session x.wav\"')",
            "records that tell of a recording nobody looks for",
        ),
        (
            "insert into recording (call_id, switch_name, state, switch_path) "
            "select id, 'main', 'recording', 'x.wav' from call",
            "recordings that neither wait nor are stored nor reported",
        ),
        (
            "update switch_record set body = jsonb_set(body, '{variables,end_uepoch}', '\"9000000000000000\"')",
            "calls longer than their limit",
        ),
    ],
)
async def test_a_fault_in_closed_calls_is_found(exchange: Exchange, fault: str, found: str):
    await talked(exchange)
    for statement in fault.split(";"):
        await forge(statement)
    faults = await wrong(exchange, timedelta(hours=1))
    assert found in [fault.split(":")[0] for fault in faults]


async def test_hours_of_before_a_change_can_be_left_out(exchange: Exchange):
    await talked(exchange)
    await forge("delete from campaign_hours")
    assert len(await wrong(exchange)) == 1
    async with database.session() as s:
        assert await broken(s, exchange.now, hours_since=exchange.now + timedelta(seconds=1)) == []


async def test_a_number_in_two_calls_is_found(exchange: Exchange):
    claim = await talked(exchange, closed=False)
    other = await exchange.campaign()
    await exchange.contact(other, "+78125550002")
    second = await exchange.claim(await exchange.operator(other))
    assert isinstance(second, Claim)
    async with database.session() as s:
        await s.execute(text("drop index uq_call_number_on_the_line"))
    await forge("update call set e164 = '+78125550001'")
    (found,) = await wrong(exchange)
    assert found.startswith("numbers in two calls at the same time: 1, such as ")
    assert found.split()[-1] in (str(claim.call_id), str(second.call_id))


async def test_a_leg_seen_alive_after_its_limit_is_found(exchange: Exchange):
    claim = await talked(exchange, closed=False, longest_call_s=60, warning_s=10)
    await forge("update call set answered_at = :at, state = 'talking'", at=exchange.now)
    async with database.session() as s:
        await leg_events.seen(s, [claim.call_id, uuid4()], exchange.now + timedelta(seconds=70))
    assert await wrong(exchange, timedelta(seconds=70)) == [
        f"calls longer than their limit: 1, such as {claim.call_id}"
    ]


async def test_open_calls_that_nobody_ends_are_found(exchange: Exchange):
    claim = await talked(exchange, closed=False)
    await exchange.talk(claim, 30)
    assert [x.split(":")[0] for x in await wrong(exchange, timedelta(hours=1))] == [
        "calls in wrap-up long after its time"
    ]
    await forge("update contact set status = 'waiting'")
    assert [x.split(":")[0] for x in await wrong(exchange)] == [
        "contacts with an open call that are not in work",
        "campaigns whose contacts are not as many as was counted",
    ]
