"""The pilot: no more than its calls however many press at once, then it stands until its customer says go on."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import text

from exchange_domain import calls, campaigns, claiming, database, pilots, shifts
from exchange_domain.claiming import Claim, Refusal
from exchange_domain.tables import Campaign
from exchange_domain.words import CampaignStatus, EndpointKind, Outcome, PilotState
from tests.app.conftest import make_account, world
from tests.app.customer.conftest import LEASE, Shop, shop

__all__ = ["shop", "world"]
NUMBERS = 30
OPERATORS = 6


async def _campaign(shop: Shop) -> None:
    await shop.ready()
    async with database.session() as s:
        await pilots.choose(s, shop.campaign, PilotState.DUE)
        await campaigns.start(s, shop.campaign)
    for n in range(NUMBERS):
        await shop.contact(f"Контакт {n}", f"+78125560{n:03}")


async def _shift(operator: int, campaign: int) -> int:
    async with database.session() as s:
        shift = await shifts.open(
            s, operator_id=operator, campaign_id=campaign, switch_name="main", endpoint_kind=EndpointKind.BROWSER,
            endpoint=f"operator-{operator}",
        )  # fmt: skip
        assert shift.id is not None
        return shift.id


async def _claim(operator: int, shift: int) -> Claim | Refusal:
    async with database.session() as s:
        return await claiming.claim(
            s, call_id=uuid4(), operator_id=operator, shift_id=shift, now=datetime.now(UTC), lease=LEASE
        )


async def _close(claim: Claim, *, placed: bool = True) -> None:
    async with database.session() as s:
        at = datetime.now(UTC)
        if not placed:
            await calls.not_placed(s, claim.call_id, claim.fencing_token, at)
            return
        await calls.ringing(s, claim.call_id, claim.fencing_token, at)
        await calls.ended(
            s, claim.call_id, claim.fencing_token, at + timedelta(seconds=20), cause="NO_ANSWER", ended_by="network",
            overran=False,
        )  # fmt: skip
        await calls.close(s, claim.call_id, outcome=Outcome.NO_ANSWER, at=at + timedelta(seconds=21))


async def _state(shop: Shop) -> tuple[CampaignStatus, PilotState]:
    async with database.session() as s:
        campaign = await s.get_one(Campaign, shop.campaign)
        return campaign.status, campaign.pilot


async def test_no_operator_gets_a_contact_beyond_it(shop: Shop) -> None:
    await _campaign(shop)
    people = [await make_account(f"o{n}@mail.example", f"Operator {n}", "operator") for n in range(OPERATORS)]
    on = {operator: await _shift(operator, shop.campaign) for operator in people}
    made = 0
    while True:
        found = await asyncio.gather(*(_claim(operator, shift) for operator, shift in on.items()))
        claims = [one for one in found if isinstance(one, Claim)]
        assert {one.code for one in found if isinstance(one, Refusal)} <= {"pilot"}
        if not claims:
            break
        made += len(claims)
        for one in claims:
            await _close(one)
    assert made == pilots.CALLS
    async with database.session() as s:
        ordered = await s.execute(text("select count(*) from procrastinate_jobs where task_name = 'end_pilot'"))
        assert ordered.scalar_one() == made
        assert await pilots.end(s, shop.campaign) is CampaignStatus.PAUSED
    assert await _state(shop) == (CampaignStatus.PAUSED, PilotState.REVIEW)
    async with database.session() as s:
        assert await pilots.end(s, shop.campaign) is None, "once"
        assert len(await pilots.first_calls(s, shop.campaign)) == pilots.CALLS


async def test_a_call_that_was_never_placed_is_none_of_it(shop: Shop) -> None:
    await _campaign(shop)
    shift = await _shift(shop.operator, shop.campaign)
    for n in range(pilots.CALLS + 1):
        found = await _claim(shop.operator, shift)
        assert isinstance(found, Claim)
        await _close(found, placed=n > 0)
    assert await _claim(shop.operator, shift) == Refusal("pilot")


async def test_it_stands_until_its_customer_says_go_on(shop: Shop) -> None:
    await _campaign(shop)
    shift = await _shift(shop.operator, shop.campaign)
    async with database.session() as s:
        assert await pilots.end(s, shop.campaign) is None, "not before its calls are made"
    for _ in range(pilots.CALLS):
        found = await _claim(shop.operator, shift)
        assert isinstance(found, Claim)
        await _close(found)
    async with database.session() as s:
        await pilots.end(s, shop.campaign)
    async with database.session() as s:
        try:
            await campaigns.start(s, shop.campaign)
            raise AssertionError("it was started without a look")
        except campaigns.CampaignError as refused:
            assert refused.code == "pilot"
    assert await _claim(shop.operator, shift) == Refusal("campaign_not_active")
    async with database.session() as s:
        await pilots.choose(s, shop.campaign, PilotState.OVER)
    assert (await _state(shop))[1] is PilotState.REVIEW, "the switch of the draft does not end it"
    async with database.session() as s:
        await pilots.go_on(s, shop.campaign)
        await campaigns.start(s, shop.campaign)
    assert await _state(shop) == (CampaignStatus.ACTIVE, PilotState.OVER)
    for _ in range(3):
        found = await _claim(shop.operator, shift)
        assert isinstance(found, Claim)
        await _close(found)
    async with database.session() as s:
        await pilots.choose(s, shop.campaign, PilotState.DUE)
    assert (await _state(shop))[1] is PilotState.OVER, "there were calls already"
